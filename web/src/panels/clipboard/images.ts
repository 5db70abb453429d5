/** Images of the clipboard as they are sealed, see docs/reference/sealing.md, and what of them browsers copy. */

import { base64url, bytesOf, joined, utf8, type Bytes } from "../../lib/sealing/bytes";

/** Bytes of an image at most; what is larger goes as a file. */
export const MOST = 4 * 1024 * 1024;
/** What is shown, and nothing else: none of them carries a script. */
export const TYPES = ["image/png", "image/jpeg", "image/webp"];
/** Whether it can be drawn, whatever its name says it is. */
export const drawn = (image: Blob): Promise<boolean> => createImageBitmap(image).then((one) => (one.close(), true), () => false);
const PURPOSE = "wayhome clip image 1\n";
const NONCE = 12;

/** What stands of an image in its entry's frame. */
export interface Picture {
  readonly type: string;
  readonly key: string;
}

/** The picture that a frame tells of; undefined: none, or of a kind that is not shown. */
export function picture(said: object): Picture | undefined {
  const { type, key } = ((said as { image?: unknown }).image ?? {}) as { type?: unknown; key?: unknown };
  return typeof type === "string" && TYPES.includes(type) && bytesOf(key, 32) !== undefined ? { type, key: key as string } : undefined;
}

export const fresh = (type: string): Picture => ({ type, key: base64url(crypto.getRandomValues(new Uint8Array(32))) });

const keyOf = (one: Picture) => crypto.subtle.importKey("raw", bytesOf(one.key, 32)!, "AES-GCM", false, ["encrypt", "decrypt"]);
/** It belongs to this entry: put into another one, it opens nowhere. */
const bound = (id: string, type: string): Bytes => utf8(`${PURPOSE}${id}\n${type}`);

export async function seal(one: Picture, id: string, content: Bytes): Promise<Bytes> {
  const iv = crypto.getRandomValues(new Uint8Array(NONCE));
  const how = { name: "AES-GCM", iv, additionalData: bound(id, one.type) };
  return joined(iv, new Uint8Array(await crypto.subtle.encrypt(how, await keyOf(one), content)));
}

/** Throws where it was changed, or belongs elsewhere. */
export async function open(one: Picture, id: string, sealed: Bytes): Promise<Bytes> {
  const how = { name: "AES-GCM", iv: sealed.subarray(0, NONCE), additionalData: bound(id, one.type) };
  return new Uint8Array(await crypto.subtle.decrypt(how, await keyOf(one), sealed.subarray(NONCE)));
}

/** As it is sent: the frame behind its length, then the image. */
export function imageBody(frame: Bytes, sealed: Bytes): Bytes {
  const length = new Uint8Array(4);
  new DataView(length.buffer).setUint32(0, frame.length);
  return joined(length, frame, sealed);
}

/** As browsers take it into the system's clipboard: PNG is all that they do. */
export async function png(image: Blob): Promise<Blob> {
  if (image.type === "image/png") return image;
  const drawn = await createImageBitmap(image);
  const canvas = Object.assign(document.createElement("canvas"), { width: drawn.width, height: drawn.height });
  canvas.getContext("2d")!.drawImage(drawn, 0, 0);
  return new Promise((resolve, reject) => canvas.toBlob((made) => (made ? resolve(made) : reject(new Error("no room"))), "image/png"));
}

/** The image, or the text, that this device has copied. Throws where the browser does not let the page look. */
export async function copied(): Promise<Blob | string> {
  const clipboard = navigator.clipboard as Clipboard & { read?: Clipboard["read"] };
  for (const one of clipboard.read ? await clipboard.read() : []) {
    const type = TYPES.find((type) => one.types.includes(type));
    // Who copies in a word processor gets a text, and a picture of it.
    if (type !== undefined && !one.types.includes("text/plain")) return one.getType(type);
  }
  return clipboard.readText();
}
