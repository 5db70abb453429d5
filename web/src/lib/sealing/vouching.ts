/** Letting others into the group, as an owner's screen: by keys that somebody here compared, or by a link that went from this
 *  screen to theirs. */

import * as api from "../api/keys";
import { ApiError } from "../api/call";
import { base64url, bytesOf, utf8 } from "./bytes";
import { change, type Box, type Decision, type Invited } from "./box";
import type { Chain } from "./chain";
import { same, vouched, type Member } from "./device_list";
import { signed } from "./signing";
import { signsOf } from "./signs";

const PURPOSE = "wayhome proof 1";
/** So long somebody may take to come in after they were let in here, in ms. */
const LASTS = 24 * 3_600_000;

/** Somebody who waits, and the signs that their own screen shows. `inside`: it is in with both of these keys, for the same
 *  person, and is to do more. */
export type Asking = api.WaitingMember & { readonly shown: string; readonly inside: boolean };
export type Whom = Omit<Decision, "until" | "since">;

/** That keys are those of who was given this secret. The hub does not know it. */
export async function proofOf(secret: string, device: string, sign: string, open: string): Promise<string | undefined> {
  const raw = bytesOf(secret, 32);
  if (raw === undefined) return undefined;
  const key = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return base64url(await crypto.subtle.sign("HMAC", key, utf8([PURPOSE, device, sign, open].join("\n"))));
}

/** Somebody here has compared these keys: whoever comes with them is let in. */
export async function decide(whom: Whom): Promise<void> {
  await change((box) => box && { ...box, lets: [...(box.lets ?? []).filter((other) => other.until > Date.now()), { ...whom, until: Date.now() + LASTS, since: versionOf(box) }] });
}

const versionOf = (box: Box): number => box.chain?.lists.length ?? 0;

/** Whether they came in after that was decided: put out again, they come in by it no second time. */
function served(one: Decision, { lists }: Chain): boolean {
  const is = (other: Member) => other.sign === one.sign && other.open === one.open && (other.person ?? null) === one.person && (!one.owner || other.owner);
  return lists.slice(one.since ?? 0).some((list) => list.members.some(is));
}

/** A secret for a link: whoever comes by it is let in. */
export async function invite(person: string | null, owner: boolean): Promise<string> {
  const secret = base64url(crypto.getRandomValues(new Uint8Array(32)));
  const one = { secret, person, owner, until: Date.now() + LASTS };
  await change((box) => box && { ...box, invited: [...(box.invited ?? []).filter((other) => other.until > Date.now()), one] });
  return secret;
}

/** Sign for whom this screen lets in, for the version after the newest one; who else waits. `owed`: somebody could not be
 *  signed for now, as nobody does that at the wheel, or the hub was not there. Throws ApiError. */
export async function round(device: string, chain: Chain): Promise<{ asking: readonly Asking[]; owed: boolean }> {
  const told = await api.waiting();
  const asking: Asking[] = [];
  const [newest, head] = [chain.lists.at(-1)!, chain.hashes.at(-1)!];
  let owed = false;
  // What the hub tells is of another list than this screen has: it will be told anew.
  if (told.head !== head) return { asking, owed };
  const box = await change((box) => box && { ...box, lets: (box.lets ?? []).filter((one) => !served(one, chain)) });
  if (box === undefined) return { asking, owed };
  for (const one of told.waiting) {
    // Who comes in by an owner's screen signs no lists, but for a code on paper: the sheet does not say so, either.
    if (one.id === device || (one.signs && one.kind !== "paper")) continue;
    // Other keys in this screen's own place are nobody's whom it would let in.
    const shown = await signsOf(one.sign, one.open);
    if (shown === undefined) continue;
    if (!(await lets(box, one))) asking.push({ ...one, shown, inside: newest.members.some((other) => same(other, one) && (other.person ?? null) === one.person) });
    else owed = !(await sign(box, one, head)) || owed;
  }
  return { asking, owed };
}

/** Sign for one; false: that could not be said to the hub. One who can't be let in keeps nobody else from it. */
async function sign(box: Box, one: api.WaitingMember, before: string): Promise<boolean> {
  const signature = base64url(await signed(box.sign.privateKey, utf8(vouched(one, before))));
  try {
    await api.vouch({ member: one.id, by: box.device, signature, before });
    return true;
  } catch (error) {
    // The list has gone on meanwhile, they are in, or have other keys by now: this is asked again when the hub says so.
    return error instanceof ApiError && ["conflict", "not_found", "bad_input"].includes(error.code);
  }
}

async function lets(box: Box, one: api.WaitingMember): Promise<boolean> {
  const now = Date.now();
  const whose = (other: { person: string | null; owner: boolean; until: number }) => other.person === one.person && (!one.owner || other.owner) && other.until > now;
  // Another owner has said no since: that is to be looked at once more.
  const still = (other: Decision) => !one.refused || other.despite === true;
  if ((box.lets ?? []).some((other) => still(other) && other.kind === one.kind && other.sign === one.sign && other.open === one.open && (!one.signs || other.signs) && whose(other))) return true;
  if (one.kind !== "screen" || one.signs || one.refused || one.proof === "") return false;
  for (const other of box.invited ?? []) if (whose(other) && (await proofOf(other.secret, one.id, one.sign, one.open)) === one.proof) return came(other, one);
  return false;
}

/** Somebody came by a link: it is good for these keys from now on, and for no others. */
async function came(by: Invited, { kind, sign, open, person, owner, signs }: api.WaitingMember): Promise<true> {
  const one = { kind, sign, open, person, owner, signs, until: by.until };
  await change((box) => box && { ...box, invited: (box.invited ?? []).filter((other) => other.secret !== by.secret), lets: [...(box.lets ?? []), { ...one, since: versionOf(box) }] });
  return true;
}
