/* What a guest's phone throws, sealed for the screen whose code it has scanned: docs/reference/sealing.md. The key stands
   behind the hash sign of the page's address, which browsers send to nobody. */

const PURPOSE = "wayhome throw 1\n";
const utf8 = (text) => new TextEncoder().encode(text);

/** The secret for the hub and the key for the screen, of an address; undefined: there are none in it. */
export function parts(hash) {
  const [, token, key] = /^#([A-Za-z0-9_-]{43})\.([A-Za-z0-9_-]{43})$/.exec(hash) ?? [];
  if (!token || !key) return undefined;
  return { token, key: Uint8Array.from(atob(key.replaceAll("-", "+").replaceAll("_", "/") + "="), (sign) => sign.charCodeAt(0)) };
}

/** `about`: `{kind: "text"}`, or `{kind: "file", name, type}`; `content`: its bytes. */
export async function seal(key, about, content) {
  const head = utf8(JSON.stringify(about));
  const clear = new Uint8Array(4 + head.length + content.length);
  new DataView(clear.buffer).setUint32(0, head.length);
  clear.set(head, 4);
  clear.set(content, 4 + head.length);
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const opened = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt"]);
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: utf8(PURPOSE) }, opened, clear);
  const all = new Uint8Array(iv.length + sealed.byteLength);
  all.set(iv);
  all.set(new Uint8Array(sealed), iv.length);
  return all;
}
