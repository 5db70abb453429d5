/** The pieces of a file as they are sealed, see docs/reference/sealing.md. A service worker opens them in the same way:
 *  src/sw-files.js. */

import { base64url, bytesOf, hex, joined, sha256, utf8, type Bytes } from "../../lib/sealing/bytes";

export const PIECE = 4 * 1024 * 1024;
const PURPOSE = "wayhome file 1\n";
const NONCE = 12;
const TAG = 16;

/** What stands in a file's frame. `hash`: in hex; it comes with the last piece. */
export interface Said {
  readonly text: string;
  readonly type: string;
  readonly size: number;
  readonly key: string;
  readonly hash?: string;
}

/** What a frame says, where it is a file's. */
export function told(said: object, size: number): Said | undefined {
  const { text, type, size: length, key, hash } = said as Partial<Record<keyof Said, unknown>>;
  if (typeof text !== "string" || typeof type !== "string" || length !== size || bytesOf(key, 32) === undefined) return undefined;
  if (hash !== undefined && (typeof hash !== "string" || !/^[0-9a-f]{64}$/.test(hash))) return undefined;
  return { text, type, size, key: key as string, hash };
}

export const freshKey = (): string => base64url(crypto.getRandomValues(new Uint8Array(32)));

export interface Keys {
  readonly seal: CryptoKey;
  readonly nonce: CryptoKey;
}

export async function keysOf(key: string): Promise<Keys> {
  const base = await crypto.subtle.importKey("raw", bytesOf(key, 32)!, "HKDF", false, ["deriveKey"]);
  const how = (use: string) => ({ name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: utf8(`${PURPOSE}${use}`) });
  const [seal, nonce] = await Promise.all([
    crypto.subtle.deriveKey(how("seal"), base, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]),
    crypto.subtle.deriveKey(how("nonce"), base, { name: "HMAC", hash: "SHA-256", length: 256 }, false, ["sign"]),
  ]);
  return { seal, nonce };
}

const bound = (id: string, index: number, size: number): Bytes => utf8(`${PURPOSE}${id}\n${index}\n${size}`);

export interface Sealed {
  readonly piece: Blob;
  /** SHA-256 of the piece as it is sent, and of what is in it. */
  readonly digest: Bytes;
  readonly inner: Bytes;
}

/** Where pieces are put together, one after the other: fresh memory for each costs more than to seal it. */
export class Bench {
  readonly #room = new Uint8Array(NONCE + PIECE + TAG);

  /** A nonce and what it sealed, side by side, until the next one. */
  put(iv: Bytes, sealed: Bytes): Bytes {
    this.#room.set(iv);
    this.#room.set(sealed, iv.length);
    return this.#room.subarray(0, iv.length + sealed.length);
  }
}

/** Seal a piece. The nonce is made of what is in it: another content, as of a file that was changed meanwhile, has
 *  another one, and the same piece sealed once more is the same. */
export async function seal(keys: Keys, id: string, index: number, size: number, content: Bytes, bench: Bench): Promise<Sealed> {
  const inner = new Uint8Array(await sha256(content));
  const made = await crypto.subtle.sign("HMAC", keys.nonce, joined(utf8(`${index}\n`), inner));
  const iv = new Uint8Array(made).slice(0, NONCE);
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: bound(id, index, size) }, keys.seal, content);
  // Both take a copy of it at once: after that the next one may lie there.
  const laid = bench.put(iv, new Uint8Array(sealed));
  const [piece, digest] = [new Blob([laid]), sha256(laid)];
  return { piece, digest: new Uint8Array(await digest), inner };
}

/** What is in a piece. Throws where it was changed, or belongs elsewhere. */
export async function open(keys: Keys, id: string, index: number, size: number, piece: Bytes): Promise<Bytes> {
  const how = { name: "AES-GCM", iv: piece.subarray(0, NONCE), additionalData: bound(id, index, size) };
  return new Uint8Array(await crypto.subtle.decrypt(how, keys.seal, piece.subarray(NONCE)));
}

/** The hash of a whole: of its pieces' hashes, one after the other. */
export const whole = async (digests: readonly Bytes[]): Promise<string> => hex(await sha256(joined(...digests)));
