/** Bytes and the texts that stand for them. */

export type Bytes = Uint8Array<ArrayBuffer>;

export const utf8 = (text: string): Bytes => new TextEncoder().encode(text);

export function base64url(data: ArrayBuffer | Bytes): string {
  let text = "";
  for (const byte of new Uint8Array(data)) text += String.fromCharCode(byte);
  return btoa(text).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

/** The bytes of a text in base64url; undefined: it is none. Each sequence of bytes has one text only. */
export function bytesOf(text: unknown, size?: number): Bytes | undefined {
  if (typeof text !== "string" || !/^[A-Za-z0-9_-]*$/.test(text)) return undefined;
  try {
    const found = Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0));
    return (size === undefined || found.length === size) && base64url(found) === text ? found : undefined;
  } catch {
    return undefined;
  }
}

export const hex = (data: ArrayBuffer | Bytes): string => Array.from(new Uint8Array(data), (byte) => byte.toString(16).padStart(2, "0")).join("");

export const sha256 = (data: Bytes): Promise<ArrayBuffer> => crypto.subtle.digest("SHA-256", data);

export function joined(...parts: Bytes[]): Bytes {
  const all = new Uint8Array(parts.reduce((sum, one) => sum + one.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
