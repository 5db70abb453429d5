/** A code on paper, made by an owner's screen: no hub knows it. The same as `wayhome/sealing/paper.py`, and held to the same
 *  vectors. */

import { base64url, bytesOf, joined, sha256, utf8, type Bytes } from "./bytes";
import { isSigned, signed, SIGNS } from "./signing";
import { signsOf } from "./signs";

const SIZE = 20;
const ID = "paper";
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const GROUP = 5;
const GROUPS = 7;
const SALT = utf8("wayhome paper 1");
/** Of P-256. */
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
/** A private key of P-256 in PKCS #8 up to its number, without the public half: the browser works that out. */
const PKCS8 = Uint8Array.from([0x30, 0x41, 2, 1, 0, 0x30, 0x13, 6, 7, 0x2a, 0x86, 0x48, 0xce, 0x3d, 2, 1, 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7, 4, 0x27, 0x30, 0x25, 2, 1, 1, 4, 0x20]);

/** The code, its signs to be compared, and what the hub is told: its public keys, signed by the first of them. */
export interface Printed {
  readonly code: string;
  readonly signs: string;
  readonly told: { readonly sign: string; readonly open: string; readonly signature: string };
}

/** A fresh one. Throws where this browser can't work out its keys. */
export const printed = (): Promise<Printed> => of(crypto.getRandomValues(new Uint8Array(SIZE)));

/** The one of 20 random bytes. */
export async function of(secret: Bytes): Promise<Printed> {
  const [sign, open] = await Promise.all([keyOf(secret, "sign"), keyOf(secret, "open")]);
  const said = utf8(["wayhome keys 1", ID, sign.point, open.point].join("\n"));
  const signature = await signed(sign.key, said);
  const signs = await signsOf(sign.point, open.point);
  // A code whose keys are others than its own would open nothing on the day it is needed.
  if (signs === undefined || !(await isSigned(sign.point, signature, said))) throw new Error("this browser makes no such keys");
  return { code: await codeOf(secret), signs, told: { sign: sign.point, open: open.point, signature: base64url(signature) } };
}

/** As it is printed: 160 bits, and 15 to find a mistyped sign, in Crockford's base 32. */
async function codeOf(secret: Bytes): Promise<string> {
  const check = new DataView(await sha256(joined(utf8("wayhome paper 1\n"), secret))).getUint16(0) >> 1;
  const bits = (number(secret) << 15n) | BigInt(check);
  const signs = Array.from({ length: GROUP * GROUPS }, (_, at) => ALPHABET[Number((bits >> BigInt(GROUP * (GROUP * GROUPS - 1 - at))) & 31n)]).join("");
  return Array.from({ length: GROUPS }, (_, at) => signs.slice(at * GROUP, (at + 1) * GROUP)).join("-");
}

async function keyOf(secret: Bytes, use: "sign" | "open"): Promise<{ key: CryptoKey; point: string }> {
  const base = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  const raw = new Uint8Array(await crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt: SALT, info: utf8(use) }, base, 8 * 48));
  const hex = ((number(raw) % (ORDER - 1n)) + 1n).toString(16).padStart(64, "0");
  const scalar = Uint8Array.from(hex.match(/../g)!, (two) => parseInt(two, 16));
  const key = await crypto.subtle.importKey("pkcs8", joined(PKCS8, scalar), SIGNS, true, ["sign"]);
  const { x, y } = await crypto.subtle.exportKey("jwk", key);
  return { key, point: base64url(joined(Uint8Array.from([4]), bytesOf(x, 32)!, bytesOf(y, 32)!)) };
}

const number = (bytes: Bytes): bigint => bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
