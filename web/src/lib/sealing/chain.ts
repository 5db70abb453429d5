/** All versions of the device list that this screen knows, and what becomes of another one. It never goes back. */

import { bytesOf, utf8 } from "./bytes";
import { atMost, FIRST, hashOf, member, PURPOSE, readList, same, vouched, type DeviceList, type Member, type Signed } from "./device_list";
import { handed, markOfKey, unwrapped, type Opener } from "./group_key";
import { isSigned, markOf } from "./signing";
import type { Bytes } from "./bytes";

/** Why a list does not count. `fork`: it is well signed, and another one of that version counts. `unvouched`: it is well
 *  signed, and lets somebody in for whom no owner's screen has. */
export type Why = "unsound" | "stranger" | "known" | "older" | "gap" | "wrong_hash" | "unknown_signer" | "unentitled" | "forged" | "fork" | "epoch" | "unvouched";

/** The history from the first version on. `anchor`: the mark of the key that signed that. It is kept as it is. */
export interface Chain {
  readonly anchor: string;
  readonly signed: readonly Signed[];
  readonly lists: readonly DeviceList[];
  readonly hashes: readonly string[];
}

export const begun = (anchor: string): Chain => ({ anchor, signed: [], lists: [], hashes: [] });

/** Who comes into the next version without an owner's screen that signs for it. `all`: whoever the keeper says, as no
 *  owner's screen has belonged to the group yet. `one`: one owner's screen and nobody else, as the code on paper was used where
 *  none of these was left, or the group was begun anew. `vouched`: nobody. */
export type Letting = "all" | "one" | "vouched";

export function letting(lists: readonly DeviceList[]): Letting {
  // One that was bound before any owner's screen was there was begun anew.
  if (lists.at(-1)?.bound) return lists.some((list) => list.members.some((one) => one.owner)) ? "vouched" : "one";
  return lists.some((list) => list.bound) ? "one" : "all";
}

/** Why `next` is not the version that follows these; undefined: it is. */
async function follows(chain: Chain, next: Signed): Promise<Why | undefined> {
  const list = await readList(next);
  const [old, oldHash] = [chain.lists.at(-1), chain.hashes.at(-1) ?? FIRST];
  if (list === undefined) return "unsound";
  if (old === undefined) {
    const founder = member(list, list.signer);
    if (list.version !== 1 || list.before !== FIRST || list.epoch !== 1) return "gap";
    if (!founder?.signs || (await markOf(founder.sign)) !== chain.anchor) return "stranger";
    return (await by(founder, next)) ? undefined : "forged";
  }
  if (list.version <= old.version) return "older";
  if (list.version > old.version + 1) return "gap";
  if (list.before !== oldHash) return "wrong_hash";
  const signer = member(old, list.signer);
  if (signer === undefined) return "unknown_signer";
  if (!signer.signs) return "unentitled";
  if (!(await by(signer, next))) return "forged";
  return (await isVouched(old, oldHash, list, signer, letting(chain.lists))) ? epoch(old, list) : "unvouched";
}

/** Once an owner's screen belongs to the group nobody comes in without one, whoever signs the list. The code on paper stands
 *  for it: for the hub that it lets in, and for one owner's screen where none is left. It is spent. */
async function isVouched(old: DeviceList, oldHash: string, list: DeviceList, signer: Member, lets: Letting): Promise<boolean> {
  if (lets === "all") return true;
  const byPaper = signer.kind === "paper";
  if (byPaper ? list.members.some((one) => one.sign === signer.sign) : old.bound && !list.bound) return false;
  const free: Member[] = [];
  for (const one of list.members) {
    const known = member(old, one.id);
    if ((known !== undefined && atMost(one, known)) || (byPaper && one.id === list.keeper)) continue;
    const vouch = list.vouches.find((said) => said.member === one.id);
    const owner = vouch && member(old, vouch.by);
    const signature = bytesOf(vouch?.signature, 64);
    if (!owner?.owner || signature === undefined || !(await isSigned(owner.sign, signature, utf8(vouched(one, oldHash))))) free.push(one);
  }
  // The one that lets the others in from then on. Where another one is there it would not be needed.
  const first = (lets === "one" || byPaper) && free.length === 1 && free[0]!.owner === true && list.members.filter((one) => one.owner).length === 1;
  return free.length === 0 || first;
}

async function by(one: Member, next: Signed): Promise<boolean> {
  const signature = bytesOf(next.signature, 64);
  return signature !== undefined && isSigned(one.sign, signature, utf8(PURPOSE + next.body));
}

/** Whoever is out must not know the key that comes next. */
function epoch(old: DeviceList, next: DeviceList): Why | undefined {
  const gone = old.members.some((one) => {
    const kept = member(next, one.id);
    return kept === undefined || !same(one, kept);
  });
  if (next.epoch === old.epoch) return gone || next.mark !== old.mark || next.past !== old.past ? "epoch" : undefined;
  return next.epoch === old.epoch + 1 && next.mark !== old.mark && next.past !== "" ? undefined : "epoch";
}

/** Why another list does not count; undefined: it is the next one. */
export async function judge(chain: Chain, next: Signed): Promise<Why | undefined> {
  const list = await readList(next);
  if (list === undefined) return "unsound";
  const at = list.version - 1;
  if (at >= chain.lists.length) return follows(chain, next);
  if (chain.hashes[at] === (await hashOf(next))) return "known";
  const why = await follows(shorter(chain, at), next);
  return why === undefined || why === "epoch" || why === "unvouched" ? "fork" : why;
}

/** As it was at that version. */
export const shorter = ({ anchor, signed, lists, hashes }: Chain, version: number): Chain => ({ anchor, signed: signed.slice(0, version), lists: lists.slice(0, version), hashes: hashes.slice(0, version) });

/** With the next version, of which `judge` said nothing against it. */
export async function grown(chain: Chain, next: Signed): Promise<Chain> {
  const list = (await readList(next))!;
  return { anchor: chain.anchor, signed: [...chain.signed, next], lists: [...chain.lists, list], hashes: [...chain.hashes, await hashOf(next)] };
}

/** Who was called so while that epoch's key was in use. */
export function ofEpoch(chain: Chain, id: string, epoch: number): Member[] {
  return chain.lists.filter((list) => list.epoch === epoch).flatMap((list) => member(list, id) ?? []);
}

/** The group's key of an epoch, for who is called `id`; undefined: it has none. */
export async function keyOf(chain: Chain, epoch: number, id: string, opener: Opener): Promise<Bytes | undefined> {
  let found: Bytes | undefined;
  let seen: DeviceList | undefined;
  for (const list of chain.lists.toReversed()) {
    if (list.epoch === seen?.epoch) continue;
    const mine = member(list, id);
    let key = mine && (await unwrapped(mine.wrap, opener, list.epoch, id));
    if (key === undefined && found !== undefined && seen?.epoch === list.epoch + 1) key = await handed(seen.past, found, seen.epoch);
    found = key !== undefined && (await markOfKey(key)) === list.mark ? key : undefined;
    seen = list;
    if (list.epoch === epoch) return found;
  }
  return undefined;
}
