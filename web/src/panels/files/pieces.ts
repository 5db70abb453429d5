/** The pieces of a file as they are sealed, see docs/reference/sealing.md. A service worker opens them in the same way:
 *  src/sw-files.js. */

import { base64url, bytesOf, hex, joined, sha256, utf8, type Bytes } from "../../lib/sealing/bytes";

export const PIECE = 4 * 1024 * 1024;
/** What is sealed at a time: browsers take memory that is larger afresh from the system each time, which costs more than
 *  to seal it. */
const PART = 512 * 1024;
const PARTS = PIECE / PART;
const PURPOSE = "wayhome file 2\n";
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

const bound = (id: string, number: number, size: number): Bytes => utf8(`${PURPOSE}${id}\n${number}\n${size}`);

export interface Sealed {
  readonly piece: Blob;
  /** SHA-256 of the piece as it is sent, and those of what is in its parts, one after the other. */
  readonly digest: Bytes;
  readonly inner: Bytes;
}

/** Where pieces are put together, one after the other: fresh memory for each costs more than to seal it. */
export class Bench {
  readonly #room = new Uint8Array(PIECE + PARTS * (NONCE + TAG));

  /** All of them side by side, until the next ones. */
  put(parts: readonly Bytes[]): Bytes {
    let at = 0;
    for (const part of parts) {
      this.#room.set(part, at);
      at += part.length;
    }
    return this.#room.subarray(0, at);
  }
}

/** The parts of a piece, each `size` bytes long; also of nothing there is one. */
const cut = (piece: Bytes, size: number): Bytes[] => Array.from({ length: Math.max(1, Math.ceil(piece.length / size)) }, (_, n) => piece.subarray(n * size, (n + 1) * size));

/** Seal a piece. The nonces are made of what is in it: another content, as of a file that was changed meanwhile, has
 *  others, and the same piece sealed once more is the same. */
export async function seal(keys: Keys, id: string, index: number, size: number, content: Bytes, bench: Bench): Promise<Sealed> {
  const parts = await Promise.all(
    cut(content, PART).map(async (part, n) => {
      const number = index * PARTS + n;
      const inner = new Uint8Array(await sha256(part));
      const made = await crypto.subtle.sign("HMAC", keys.nonce, joined(utf8(`${number}\n`), inner));
      const iv = new Uint8Array(made).slice(0, NONCE);
      const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: bound(id, number, size) }, keys.seal, part);
      return { inner, laid: [iv, new Uint8Array(sealed)] };
    }),
  );
  // Both take a copy of it at once: after that the next one may lie there.
  const laid = bench.put(parts.flatMap((part) => part.laid));
  const [piece, digest] = [new Blob([laid]), sha256(laid)];
  return { piece, digest: new Uint8Array(await digest), inner: joined(...parts.map((part) => part.inner)) };
}

export interface Opened {
  readonly parts: readonly Bytes[];
  /** Their SHA-256, one after the other. */
  readonly inner: Bytes;
}

/** What is in a piece. Throws where it was changed, or belongs elsewhere. */
export async function open(keys: Keys, id: string, index: number, size: number, piece: Bytes): Promise<Opened> {
  const parts = await Promise.all(
    cut(piece, NONCE + PART + TAG).map(async (part, n) => {
      const how = { name: "AES-GCM", iv: part.subarray(0, NONCE), additionalData: bound(id, index * PARTS + n, size) };
      return new Uint8Array(await crypto.subtle.decrypt(how, keys.seal, part.subarray(NONCE)));
    }),
  );
  return { parts, inner: joined(...(await Promise.all(parts.map(sha256))).map((digest) => new Uint8Array(digest))) };
}

/** The hash of a whole: of hashes, one after the other. */
export const whole = async (digests: readonly Bytes[]): Promise<string> => hex(await sha256(joined(...digests)));
