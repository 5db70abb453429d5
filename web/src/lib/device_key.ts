/** This device's own key, by which the household's other doors know it. It can't be read, not even by this page: it only
 *  signs. Its public half stands in the device's record, which all hubs have. */

import { known } from "./doors";
import { at } from "./live/at";
import type { Others } from "./live/roaming";

const STORE = "wayhome-key";
const PURPOSE = "wayhome door 1";
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" } as const;

interface Kept {
  device: string;
  pair: CryptoKeyPair;
}

/** Make the key of this device known to the hub, where there is another door to use it at. To be called at the own door,
 *  by who is signed in as `device`. */
export async function introduce(win: Window & typeof globalThis, device: string, tell: (key: string) => Promise<unknown>): Promise<void> {
  if (at.door !== "" || !win.isSecureContext || known(win).length === 0) return;
  let kept = await load(win);
  if (kept?.device !== device) kept = await first(win, { device, pair: await win.crypto.subtle.generateKey(ALGORITHM, false, ["sign", "verify"]) });
  await tell(base64url(await win.crypto.subtle.exportKey("raw", kept.pair.publicKey)));
}

/** The other doors, and how they know this device; undefined: there is no way in there. */
export async function others(win: Window & typeof globalThis): Promise<Others | undefined> {
  const kept = await load(win);
  if (kept === undefined) return undefined;
  const sign = async (nonce: string, door: string) => {
    const said = new TextEncoder().encode([PURPOSE, nonce, door].join("\n"));
    return base64url(await win.crypto.subtle.sign({ name: "ECDSA", hash: "SHA-256" }, kept.pair.privateKey, said));
  };
  return { doors: known(win), device: kept.device, sign };
}

/** Nobody is signed in here any more. */
export async function forget(win: Window): Promise<void> {
  at.door = "";
  at.pass = undefined;
  await new Promise((done) => {
    const request = win.indexedDB.deleteDatabase(STORE);
    request.onsuccess = request.onerror = request.onblocked = done;
  }).catch(() => undefined);
}

function base64url(data: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(data))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function store<T>(win: Window, mode: IDBTransactionMode, run: (store: IDBObjectStore) => IDBRequest): Promise<T> {
  return new Promise((done, fail) => {
    const opening = win.indexedDB.open(STORE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    opening.onerror = () => fail(opening.error);
    opening.onsuccess = () => {
      const database = opening.result;
      const request = run(database.transaction(STORE, mode).objectStore(STORE));
      request.onsuccess = () => (database.close(), done(request.result as T));
      request.onerror = () => (database.close(), fail(request.error));
    };
  });
}

const load = (win: Window) => store<Kept | undefined>(win, "readonly", (at) => at.get("key"));

/** Keep a key, unless another page of this device was faster; the one that counts. */
async function first(win: Window, mine: Kept): Promise<Kept> {
  await store(win, "readwrite", (at) => {
    const found = at.get("key");
    found.onsuccess = () => (found.result as Kept | undefined)?.device === mine.device || at.put(mine, "key");
    return at.count();
  });
  return (await load(win)) ?? mine;
}
