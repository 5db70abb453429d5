/** The group's key of an epoch: unwrapped by HPKE, known by its mark, and the one before it inside the next. */

import { bytesOf, hex, joined, sha256, utf8, type Bytes } from "./bytes";

/** The pair that opens. Its private half can't be read. */
export type Opener = CryptoKeyPair;

const NONCE = 12;
const POINT = 65;

/** By what every member sees that it has the same key as the others. */
export async function markOfKey(key: Bytes): Promise<string> {
  return hex(await sha256(joined(utf8("wayhome epoch 1\n"), key)));
}

/** HPKE as all members have it. It comes when there is something to open: most screens never look. */
export async function hpke() {
  const { Aes256Gcm, CipherSuite, DhkemP256HkdfSha256, HkdfSha256 } = await import("@hpke/core");
  return new CipherSuite({ kem: new DhkemP256HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() });
}

/** What is in a member's wrap; undefined: it is not for this key, this epoch and member. */
export async function unwrapped(wrap: string, opener: Opener, epoch: number, id: string): Promise<Bytes | undefined> {
  const raw = bytesOf(wrap);
  if (raw === undefined) return undefined;
  const suite = await hpke();
  const info = utf8(`wayhome group 1\n${epoch}\n${id}`);
  try {
    return new Uint8Array(await suite.open({ recipientKey: opener, enc: raw.slice(0, POINT), info }, raw.slice(POINT)));
  } catch {
    return undefined;
  }
}

/** The key before, by that of `epoch`. */
export async function handed(past: string, key: Bytes, epoch: number): Promise<Bytes | undefined> {
  const raw = bytesOf(past);
  if (raw === undefined) return undefined;
  try {
    const opens = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["decrypt"]);
    const how = { name: "AES-GCM", iv: raw.slice(0, NONCE), additionalData: utf8(`wayhome past 1\n${epoch}`) };
    return new Uint8Array(await crypto.subtle.decrypt(how, opens, raw.slice(NONCE)));
  } catch {
    return undefined;
  }
}
