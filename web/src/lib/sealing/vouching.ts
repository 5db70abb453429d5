/** Letting others into the group, as an owner's screen: by keys that somebody here compared, or by a link that went from this
 *  screen to theirs. */

import * as api from "../api/keys";
import { ApiError } from "../api/call";
import { base64url, bytesOf, utf8 } from "./bytes";
import { change, type Box, type Decision, type Invited } from "./box";
import { same, vouched, type DeviceList } from "./device_list";
import { signed } from "./signing";
import { signsOf } from "./signs";

const PURPOSE = "wayhome proof 1";
/** So long somebody may take to come in after they were let in here, in ms. */
const LASTS = 24 * 3_600_000;

/** Somebody who waits, and the signs that their own screen shows. `inside`: it is in with both of these keys, for the same
 *  person, and is to do more. */
export type Asking = api.WaitingMember & { readonly shown: string; readonly inside: boolean };
export type Whom = Omit<Decision, "until">;

/** That keys are those of who was given this secret. The hub does not know it. */
export async function proofOf(secret: string, device: string, sign: string, open: string): Promise<string | undefined> {
  const raw = bytesOf(secret, 32);
  if (raw === undefined) return undefined;
  const key = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return base64url(await crypto.subtle.sign("HMAC", key, utf8([PURPOSE, device, sign, open].join("\n"))));
}

/** Somebody here has compared these keys: whoever comes with them is let in. */
export async function decide(whom: Whom): Promise<void> {
  const one = { ...whom, until: Date.now() + LASTS };
  await change((box) => box && { ...box, lets: [...(box.lets ?? []).filter((other) => other.until > Date.now()), one] });
}

/** A secret for a link: whoever comes by it is let in. */
export async function invite(person: string | null, owner: boolean): Promise<string> {
  const secret = base64url(crypto.getRandomValues(new Uint8Array(32)));
  const one = { secret, person, owner, until: Date.now() + LASTS };
  await change((box) => box && { ...box, invited: [...(box.invited ?? []).filter((other) => other.until > Date.now()), one] });
  return secret;
}

/** Sign for whom this screen lets in, as the version after `newest`, whose hash is `head`; who else waits. Throws ApiError. */
export async function round(device: string, newest: DeviceList, head: string): Promise<readonly Asking[]> {
  const told = await api.waiting();
  const asking: Asking[] = [];
  // What the hub tells is of another list than this screen has: it will be told anew.
  if (told.head !== head) return asking;
  // Whoever is in was let in: put out again, they come in by that no second time.
  const box = await change((box) => box && { ...box, lets: (box.lets ?? []).filter((one) => !newest.members.some((other) => other.sign === one.sign && (!one.owner || other.owner))) });
  if (box === undefined) return asking;
  for (const one of told.waiting) {
    const shown = await signsOf(one.sign, one.open);
    // Other keys in this screen's own place are nobody's whom it would let in.
    if (shown === undefined || one.id === device) continue;
    // Who comes in by an owner's screen signs no lists, but for a code on paper: the sheet does not say so, either.
    if (one.signs && one.kind !== "paper") continue;
    if (!(await lets(box, one))) asking.push({ ...one, shown, inside: newest.members.some((other) => same(other, one) && (other.person ?? null) === one.person) });
    else {
      const signature = base64url(await signed(box.sign.privateKey, utf8(vouched(one, head))));
      await api.vouch({ member: one.id, by: device, signature, before: head }).catch(late);
    }
  }
  return asking;
}

/** The list has gone on meanwhile, or they are in: this is asked again when the hub says so. */
function late(error: unknown): void {
  if (!(error instanceof ApiError) || !["conflict", "not_found"].includes(error.code)) throw error;
}

async function lets(box: Box, one: api.WaitingMember): Promise<boolean> {
  const now = Date.now();
  const whose = (other: { person: string | null; owner: boolean; until: number }) => other.person === one.person && (!one.owner || other.owner) && other.until > now;
  if ((box.lets ?? []).some((other) => other.kind === one.kind && other.sign === one.sign && other.open === one.open && (!one.signs || other.signs) && whose(other))) return true;
  if (one.kind !== "screen" || one.signs || one.proof === "") return false;
  for (const other of box.invited ?? []) if (whose(other) && (await proofOf(other.secret, one.id, one.sign, one.open)) === one.proof) return came(other, one);
  return false;
}

/** Somebody came by a link: it is good for these keys from now on, and for no others. */
async function came(by: Invited, { kind, sign, open, person, owner, signs }: api.WaitingMember): Promise<true> {
  const one = { kind, sign, open, person, owner, signs, until: by.until };
  await change((box) => box && { ...box, invited: (box.invited ?? []).filter((other) => other.secret !== by.secret), lets: [...(box.lets ?? []), one] });
  return true;
}
