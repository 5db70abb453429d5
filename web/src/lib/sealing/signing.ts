/** Signatures with P-256 and SHA-256, as all members of the group make them. */

import { bytesOf, hex, sha256, type Bytes } from "./bytes";

export const SIGNS = { name: "ECDSA", namedCurve: "P-256" } as const;
export const OPENS = { name: "ECDH", namedCurve: "P-256" } as const;
const HOW = { name: "ECDSA", hash: "SHA-256" } as const;
const POINT = 65;

/** Whether a text is a point of P-256. */
export async function isPoint(key: string): Promise<boolean> {
  const point = bytesOf(key, POINT);
  if (point?.[0] !== 4) return false;
  return crypto.subtle.importKey("raw", point, SIGNS, true, ["verify"]).then(
    () => true,
    () => false,
  );
}

/** Whether who has this key (a point in base64url) signed a message so. */
export async function isSigned(key: string, signature: Bytes, message: Bytes): Promise<boolean> {
  const point = bytesOf(key, POINT);
  if (point === undefined || signature.length !== 64) return false;
  try {
    const known = await crypto.subtle.importKey("raw", point, SIGNS, true, ["verify"]);
    return await crypto.subtle.verify(HOW, known, signature, message);
  } catch {
    return false;
  }
}

export async function signed(key: CryptoKey, message: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.sign(HOW, key, message));
}

/** By what links and people name a key: the first 32 hex digits of its SHA-256. */
export async function markOf(key: string): Promise<string> {
  return hex(await sha256(bytesOf(key) ?? new Uint8Array())).slice(0, 32);
}
