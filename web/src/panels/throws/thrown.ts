/** What was thrown, as this screen opens it: src/throw/throw_seal.js seals it on the guest's phone. */

import { base64url, bytesOf, utf8, type Bytes } from "../../lib/sealing/bytes";

const PURPOSE = "wayhome throw 1\n";
const NONCE = 12;
const HEAD = 4;

export type Thrown = { readonly text: string } | { readonly file: File };

export const freshKey = (): string => base64url(crypto.getRandomValues(new Uint8Array(32)));

/** The address in the code: behind its hash sign, which no browser sends, the secret for the hub and the key for the screen. */
export const linkOf = (address: string, token: string, key: string): string => `${address.replace(/\/$/, "")}/throw#${token}.${key}`;

/** Throws where it was not sealed by this key, or says nothing that can be shown. */
export async function open(key: string, sealed: Bytes): Promise<Thrown> {
  const opening = await crypto.subtle.importKey("raw", bytesOf(key, 32)!, "AES-GCM", false, ["decrypt"]);
  const how = { name: "AES-GCM", iv: sealed.subarray(0, NONCE), additionalData: utf8(PURPOSE) };
  const clear = new Uint8Array(await crypto.subtle.decrypt(how, opening, sealed.subarray(NONCE)));
  const length = new DataView(clear.buffer).getUint32(0);
  if (HEAD + length > clear.length) throw new Error("unsound");
  const about = JSON.parse(new TextDecoder().decode(clear.subarray(HEAD, HEAD + length))) as { kind?: unknown; name?: unknown; type?: unknown };
  const content = clear.slice(HEAD + length);
  if (about.kind === "text") return { text: new TextDecoder("utf-8", { fatal: true }).decode(content) };
  if (about.kind !== "file" || typeof about.name !== "string" || typeof about.type !== "string") throw new Error("unsound");
  return { file: new File([content], about.name, { type: about.type }) };
}
