/** The place on this device where the last picture lies: IndexedDB, which may be full, forbidden, broken or hung. */

import { BUCKETS as ALL } from "./buckets";
import type { Whose } from "./whose";

/** What is known of the picture as a whole. */
export interface Label {
  readonly form: number;
  readonly whose: Whose;
  /** Of which revision it is. Without: it can be shown, but nothing can be resumed from it. */
  readonly epoch?: string;
  readonly rev?: number;
  /** When the hub was last heard, in s since 1970 by its clock. */
  readonly heard: number;
  /** Hub's clock minus this device's, in ms. */
  readonly offset: number;
  /** Another one with each writing: so a page knows whether somebody else wrote since. */
  readonly stamp: string;
  readonly things: number;
}

/** How its texts are laid; a picture of another form is let go. */
export const FORM = 1;

export interface Change {
  readonly label: Label;
  /** Undefined: the bucket is empty. */
  readonly buckets: ReadonlyMap<number, string | undefined>;
  /** Nothing that lies there now is of this picture. */
  readonly whole: boolean;
}

/** What lies there at one moment. */
export interface Lying {
  readonly label: Label | undefined;
  /** The texts of all buckets, some at a time. */
  readonly texts: readonly Promise<string[]>[];
}

export interface Shelf {
  label(): Promise<Label | undefined>;
  /** All of it is asked for at once: to ask in turns costs a slow device more than the reading. */
  read(): Promise<Lying>;
  /** All of it or nothing. `hurry`: the page may be gone in a moment. */
  write(change: Change, hurry?: boolean): Promise<void>;
  erase(): Promise<void>;
  /** How much lies there, in bytes. */
  size(): Promise<number>;
}

const NAME = "wayhome";
const BUCKETS = "buckets";
const LABEL = "label";
const AT_ONCE = 32;
/** A browser whose store does not answer within this, in ms, has none. */
export const PATIENCE = 4_000;

/** What `run` promises, or an error when it takes too long: some browsers' stores hang for ever. */
export function within<T>(ms: number, run: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new DOMException("no answer", "TimeoutError")), ms);
    run.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function answer<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new DOMException("refused"));
  });
}

function done(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new DOMException("aborted", "AbortError"));
  });
}

export class BrowserShelf implements Shelf {
  #db: Promise<IDBDatabase> | undefined;

  constructor(readonly factory: () => IDBFactory | undefined) {}

  async label(): Promise<Label | undefined> {
    const db = await this.#open();
    return (await within(PATIENCE, answer(db.transaction(LABEL).objectStore(LABEL).get(0)))) as Label | undefined;
  }

  async read(): Promise<Lying> {
    const transaction = (await this.#open()).transaction([LABEL, BUCKETS]);
    const label = within(PATIENCE, answer(transaction.objectStore(LABEL).get(0)));
    const shelf = transaction.objectStore(BUCKETS);
    const texts = Array.from({ length: Math.ceil(ALL / AT_ONCE) }, (_, at) => {
      const range = IDBKeyRange.bound(at * AT_ONCE, (at + 1) * AT_ONCE, false, true);
      return within(PATIENCE, answer(shelf.getAll(range) as IDBRequest<string[]>));
    });
    // Who stops reading at one of them does not hear of the others.
    for (const some of texts) some.catch(() => undefined);
    return { label: (await label) as Label | undefined, texts };
  }

  async write({ label, buckets, whole }: Change, hurry = false): Promise<void> {
    const transaction = (await this.#open()).transaction([BUCKETS, LABEL], "readwrite", { durability: "relaxed" });
    const end = done(transaction);
    const shelf = transaction.objectStore(BUCKETS);
    if (whole) shelf.clear();
    const put = (number: number, text: string | undefined) => (text === undefined ? shelf.delete(number) : shelf.put(text, number));
    const rest = [...buckets];
    const last = () => {
      transaction.objectStore(LABEL).put(label, 0);
      if (hurry) transaction.commit?.();
    };
    // One after the other, each in a turn of its own: however many there are, no frame waits for them.
    const next = () => {
      const one = rest.pop();
      if (one === undefined) last();
      else put(...one).onsuccess = next;
    };
    if (hurry) {
      for (const one of rest) put(...one);
      last();
    } else next();
    await within(PATIENCE, end);
  }

  async erase(): Promise<void> {
    try {
      const transaction = (await this.#open()).transaction([BUCKETS, LABEL], "readwrite");
      transaction.objectStore(BUCKETS).clear();
      transaction.objectStore(LABEL).clear();
      await within(PATIENCE, done(transaction));
    } catch {
      // What can't be opened is thrown away as a whole.
      await this.#drop();
    }
  }

  async size(): Promise<number> {
    const texts = await Promise.all((await this.read()).texts);
    return texts.flat().reduce((sum, text) => sum + new Blob([text]).size, 0);
  }

  /** Another version of the page, or broken: it is thrown away and made anew once. */
  #open(): Promise<IDBDatabase> {
    this.#db ??= within(PATIENCE, this.#ask()).catch(async (error: unknown) => {
      if (error instanceof DOMException && error.name === "TimeoutError") throw error;
      await this.#drop();
      return within(PATIENCE, this.#ask());
    });
    return this.#db;
  }

  async #ask(): Promise<IDBDatabase> {
    const factory = this.factory();
    if (factory === undefined) throw new DOMException("there is no store here", "TimeoutError");
    const request = factory.open(NAME, FORM);
    request.onupgradeneeded = () => {
      for (const name of request.result.objectStoreNames) request.result.deleteObjectStore(name);
      request.result.createObjectStore(BUCKETS);
      request.result.createObjectStore(LABEL);
    };
    const db = await answer(request);
    // Somebody wants to throw it away, or a newer page to lay it otherwise.
    db.onversionchange = db.onclose = () => {
      db.close();
      this.#db = undefined;
    };
    return db;
  }

  async #drop(): Promise<void> {
    this.#db = undefined;
    const factory = this.factory();
    if (factory) await within(PATIENCE, answer(factory.deleteDatabase(NAME))).catch(() => undefined);
  }
}
