/** A sealed record, as `wayhome/sealing/frame.py` and docs/reference/sealing.md have it. */

import { joined, utf8, type Bytes } from "./bytes";
import { ofEpoch, type Chain } from "./chain";
import { isSigned, signed } from "./signing";

const VERSION = 1;
const PURPOSE = utf8("wayhome record 1\n");
const NONCE = 12;
const TAG = 16;
const SIGNATURE = 64;
const MOST = 48_000;
const TEXT = 128;

/** What a frame says of itself in the clear. `counter` rises with each frame of a sender. */
export interface Header {
  readonly kind: string;
  readonly record: string;
  readonly sender: string;
  readonly epoch: number;
  readonly counter: number;
}

/** Why a frame can't be opened. `other`: it is not of the record that it lies in. `unknown_sender`: who it names was not of
 *  the group in that epoch. `no_key`: this screen does not have that epoch's key. */
export type Why = "unsound" | "other" | "unknown_sender" | "forged" | "no_key" | "damaged";

interface Parts {
  readonly header: Header;
  readonly bound: Bytes;
  readonly nonce: Bytes;
  readonly sealed: Bytes;
  readonly said: Bytes;
  readonly signature: Bytes;
}

/** Content as a frame. `key`: the group's, of the header's epoch. Throws RangeError for what is too long. */
export async function seal(header: Header, content: Bytes, key: Bytes, sign: CryptoKey): Promise<Bytes> {
  const bound = boundOf(header);
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE));
  const how = { name: "AES-GCM", iv: nonce, additionalData: bound };
  const sealed = new Uint8Array(await crypto.subtle.encrypt(how, await derived(key, header.kind, "encrypt"), content));
  const said = joined(bound, nonce, sealed);
  if (said.length + SIGNATURE > MOST) throw new RangeError("this is too long to be sealed");
  return joined(said, await signed(sign, joined(PURPOSE, said)));
}

/** Take a frame apart; undefined: it is none. */
export function parts(data: Bytes): Parts | undefined {
  if (data.length > MOST || data[0] !== VERSION || data.length < 13) return undefined;
  const view = new DataView(data.buffer, data.byteOffset);
  const epoch = view.getUint32(1);
  const counter = view.getBigUint64(5);
  const texts: string[] = [];
  let at = 13;
  for (let n = 0; n < 3; n++) {
    const size = data[at] ?? 0;
    const end = at + 1 + size;
    if (size === 0 || size > TEXT || end > data.length) return undefined;
    try {
      texts.push(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data.subarray(at + 1, end)));
    } catch {
      return undefined;
    }
    at = end;
  }
  if (data.length < at + NONCE + TAG + SIGNATURE || epoch === 0 || counter === 0n || counter > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  const said = data.slice(0, -SIGNATURE);
  const [kind, record, sender] = texts as [string, string, string];
  const header = { kind, record, sender, epoch, counter: Number(counter) };
  return { header, bound: data.slice(0, at), nonce: data.slice(at, at + NONCE), sealed: said.slice(at + NONCE), said, signature: data.slice(-SIGNATURE) };
}

/** Whether a frame is what its sender wrote for that record, without opening it. */
export async function sent(data: Bytes, kind: string, record: string, chain: Chain): Promise<Header | Why> {
  const frame = parts(data);
  if (frame === undefined) return "unsound";
  const { header } = frame;
  if (header.kind !== kind || header.record !== record) return "other";
  const senders = ofEpoch(chain, header.sender, header.epoch);
  if (senders.length === 0) return "unknown_sender";
  const message = joined(PURPOSE, frame.said);
  for (const one of new Set(senders.map((sender) => sender.sign))) if (await isSigned(one, frame.signature, message)) return header;
  return "forged";
}

/** What is in a frame of which `sent` told who sent it. */
export async function content(data: Bytes, key: Bytes | undefined): Promise<Bytes | Why> {
  const frame = parts(data);
  if (frame === undefined) return "unsound";
  if (key === undefined) return "no_key";
  try {
    const how = { name: "AES-GCM", iv: frame.nonce, additionalData: frame.bound };
    return new Uint8Array(await crypto.subtle.decrypt(how, await derived(key, frame.header.kind, "decrypt"), frame.sealed));
  } catch {
    return "damaged";
  }
}

async function derived(key: Bytes, kind: string, use: "encrypt" | "decrypt"): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey("raw", key, "HKDF", false, ["deriveKey"]);
  const how = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: joined(PURPOSE, utf8(kind)) };
  return crypto.subtle.deriveKey(how, base, { name: "AES-GCM", length: 256 }, false, [use]);
}

function boundOf(header: Header): Bytes {
  const head = new DataView(new ArrayBuffer(13));
  head.setUint8(0, VERSION);
  head.setUint32(1, header.epoch);
  head.setBigUint64(5, BigInt(header.counter));
  const texts = [header.kind, header.record, header.sender].map((text) => {
    const raw = utf8(text);
    if (raw.length === 0 || raw.length > TEXT) throw new RangeError("a name in a frame is too long");
    return joined(new Uint8Array([raw.length]), raw);
  });
  return joined(new Uint8Array(head.buffer), ...texts);
}
