/** What this screen keeps of the group: its two keys, which can't be read, not even by this page, the history of the
 *  device list as far as it has come, and how far it has counted. It goes when somebody signs out. */

import { base64url } from "./bytes";
import type { Chain } from "./chain";
import { OPENS, SIGNS } from "./signing";

const STORE = "wayhome-sealing";
const MINE = "mine";

export interface Box {
  /** Whose keys these are: a device of the household, by its id. */
  readonly device: string;
  readonly sign: CryptoKeyPair;
  readonly open: CryptoKeyPair;
  /** None until it is known whose lists count. */
  readonly chain?: Chain;
  /** Of the last frame that was sealed here. */
  readonly counter: number;
  /** The highest counter that was seen in a record, by its id. */
  readonly seen: Readonly<Record<string, number>>;
  /** Whom somebody at this screen, an owner's, has let in; and by which links others may come. Until they are in. */
  readonly lets?: readonly Decision[];
  readonly invited?: readonly Invited[];
}

/** Keys that somebody here compared, and what whoever has them may be. `until`: ms since 1970. `since`: the version that the
 *  list had then: once they are in a later one it has served. `despite`: an owner had not wanted them before. */
export interface Decision {
  readonly kind: "hub" | "screen" | "paper";
  readonly sign: string;
  readonly open: string;
  readonly person: string | null;
  readonly owner: boolean;
  readonly signs: boolean;
  readonly until: number;
  readonly since?: number;
  readonly despite?: boolean;
}

/** A secret that went from this screen to another one by a link, and who it is for. */
export interface Invited {
  readonly secret: string;
  readonly person: string | null;
  readonly owner: boolean;
  readonly until: number;
}

/** What a device is called that asks to be let in: it has its keys before it has a name. */
export const NEW = "";

/** The box of this device, with new keys where there was none. Another page of the browser may be faster: the first counts. */
export async function boxOf(device: string): Promise<Box> {
  const found = await load();
  if (found?.device === device) return found;
  if (found?.device === NEW) return change((box) => (box?.device === NEW ? { ...box, device } : box ?? found));
  const [sign, open] = await Promise.all([
    crypto.subtle.generateKey(SIGNS, false, ["sign", "verify"]),
    crypto.subtle.generateKey(OPENS, false, ["deriveBits"]),
  ]);
  return change((box) => (box?.device === device ? box : { device, sign, open, counter: 0, seen: {} }));
}

/** The public halves, as others are told them. */
export async function points({ sign, open }: Box): Promise<{ sign: string; open: string }> {
  const [one, other] = await Promise.all([sign, open].map((pair) => crypto.subtle.exportKey("raw", pair.publicKey)));
  return { sign: base64url(one!), open: base64url(other!) };
}

/** Change it, in one go; what is in it then. Where nobody is signed in any more there is none, and `how` makes none. */
export async function change<B extends Box | undefined>(how: (box: Box | undefined) => B): Promise<B> {
  const database = await opened();
  try {
    return await new Promise((done, fail) => {
      const transaction = database.transaction(STORE, "readwrite");
      const store = transaction.objectStore(STORE);
      let made: B;
      const request = store.get(MINE);
      request.onsuccess = () => {
        made = how(request.result as Box | undefined);
        if (made !== undefined && made !== request.result) store.put(made, MINE);
      };
      transaction.oncomplete = () => done(made);
      transaction.onerror = transaction.onabort = () => fail(transaction.error);
    });
  } finally {
    database.close();
  }
}

export async function forget(): Promise<void> {
  await new Promise((done) => {
    const request = indexedDB.deleteDatabase(STORE);
    request.onsuccess = request.onerror = request.onblocked = done;
  }).catch(() => undefined);
}

async function load(): Promise<Box | undefined> {
  const database = await opened();
  try {
    return await new Promise((done, fail) => {
      const request = database.transaction(STORE).objectStore(STORE).get(MINE);
      request.onsuccess = () => done(request.result as Box | undefined);
      request.onerror = () => fail(request.error);
    });
  } finally {
    database.close();
  }
}

function opened(): Promise<IDBDatabase> {
  return new Promise((done, fail) => {
    const opening = indexedDB.open(STORE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    opening.onsuccess = () => done(opening.result);
    opening.onerror = opening.onblocked = () => fail(opening.error);
  });
}
