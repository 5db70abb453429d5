/** By what people compare a device's keys on two screens: three pictures and eight letters. The same as
 *  `wayhome/sealing/signs.py`. */

import { bytesOf, joined, utf8, type Bytes } from "./bytes";

const ALPHABET = "23456789BCDFGHJKMNPQRSTVWXYZ";
const SIGNS = [..."🐶🐱🦊🐻🐼🦁🐸🐵🐔🐧🦆🦉🐝🦋🐢🐙🐬🐳🌵🌲🍀🌻🍎🍋🍉🍇🍓🥕🍕🧀🍩🚲⛵🚀🎈🎁🔑🔔🎸🎲☂⚓⭐🌙🔥🌈⚡❄"];
const ROUNDS = 100_000;
const LETTERS = 8;
const PICTURES = [0, 4, 8];

/** So many are remembered: each takes a good part of a second on a watch. */
const MOST = 200;
const known = new Map<string, Promise<string | undefined>>();

/** The signs of two public keys, with blanks between them; undefined: they are none. */
export function signsOf(sign: string, open: string): Promise<string | undefined> {
  const both = `${sign} ${open}`;
  let found = known.get(both);
  if (found === undefined) {
    if (known.size >= MOST) known.clear();
    known.set(both, (found = made(sign, open)));
    // What could not be worked out now may be later.
    found.catch(() => known.delete(both));
  }
  return found;
}

async function made(sign: string, open: string): Promise<string | undefined> {
  const [one, other] = [bytesOf(sign, 65), bytesOf(open, 65)];
  if (one === undefined || other === undefined) return undefined;
  const secret = await crypto.subtle.importKey("raw", joined(one, other), "PBKDF2", false, ["deriveBits"]);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: utf8("wayhome signs 1"), iterations: ROUNDS };
  const raw: Bytes = new Uint8Array(await crypto.subtle.deriveBits(how, secret, 8 * (12 + LETTERS)));
  const view = new DataView(raw.buffer);
  const letters = Array.from(raw.slice(12), (byte) => ALPHABET[byte % ALPHABET.length]).join("");
  return [...PICTURES.map((at) => SIGNS[view.getUint32(at) % SIGNS.length]), `${letters.slice(0, 4)}-${letters.slice(4)}`].join(" ");
}
