/** What was thrown, as this screen opens it: src/throw/throw_seal.js seals it on the guest's phone. */

import { LETTERS } from "../clipboard/shelf.svelte";
import { base64url, bytesOf, utf8, type Bytes } from "../../lib/sealing/bytes";

const PURPOSE = "wayhome throw 1\n";
const NONCE = 12;
const HEAD = 4;
/** Bytes of the JSON before the content. */
const ABOUT = 2_048;
/** What is not seen, or turns the direction of writing: a link with it looks like another one. Joiners stay: emoji and
 *  scripts are written with them. */
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g;
/** Addresses under which a machine finds only itself. */
const LOOPBACK = /^(?:(?:.+\.)?localhost|127(?:\.\d+){3}|\[::1\])$/;

export type Thrown = { readonly text: string } | { readonly file: File };

export const freshKey = (): string => base64url(crypto.getRandomValues(new Uint8Array(32)));

/** The address in the code: behind its hash sign, which no browser sends, the secret for the hub and the key for the screen. */
export const linkOf = (address: string, token: string, key: string): string => `${address.replace(/\/$/, "")}/throw#${token}.${key}`;

/** Where a guest's phone finds the hub: where this screen does, unless that is the hub's own machine; else where the hub
 *  says. "": nowhere. */
export const doorOf = (here: string, said: string): string => (LOOPBACK.test(new URL(here).hostname) ? said : here);

/** Throws where it was not sealed by this key, or says nothing that can be shown: a stranger chose all of it. */
export async function open(key: string, sealed: Bytes): Promise<Thrown> {
  const opening = await crypto.subtle.importKey("raw", bytesOf(key, 32)!, "AES-GCM", false, ["decrypt"]);
  const how = { name: "AES-GCM", iv: sealed.subarray(0, NONCE), additionalData: utf8(PURPOSE) };
  const clear = new Uint8Array(await crypto.subtle.decrypt(how, opening, sealed.subarray(NONCE)));
  const length = new DataView(clear.buffer).getUint32(0);
  if (length > ABOUT || HEAD + length > clear.length) throw new Error("unsound");
  const about = JSON.parse(new TextDecoder().decode(clear.subarray(HEAD, HEAD + length))) as { kind?: unknown; name?: unknown; type?: unknown };
  const content = clear.slice(HEAD + length);
  if (about.kind === "text") {
    // Four bytes make a letter at most.
    const text = content.length > 4 * LETTERS ? undefined : new TextDecoder("utf-8", { fatal: true }).decode(content);
    if (text === undefined || text.length > LETTERS) throw new Error("too long");
    return { text: text.replace(UNSEEN, "") };
  }
  if (about.kind !== "file" || typeof about.name !== "string" || typeof about.type !== "string") throw new Error("unsound");
  return { file: new File([content], about.name, { type: about.type }) };
}
