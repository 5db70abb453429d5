/** The clipboard's entries as this screen can read them. */

import * as api from "../../lib/api/keys";
import { ApiError } from "../../lib/api/call";
import { ulid } from "../../lib/live/ulid";
import type { Group, Opened } from "../../lib/sealing/group.svelte";

export const KIND = "clip";
/** Letters of one text: more does not go into a frame in any script. */
export const LETTERS = 10_000;

export type Entry = api.ShownEntry & Opened;

export class Shelf {
  entries = $state.raw<readonly Entry[] | undefined>();
  #opened = new Map<string, Opened>();
  #round = 0;

  constructor(
    readonly group: Group,
    readonly person: string,
  ) {}

  /** Ask for what there is, and open it. Throws ApiError. */
  async load(): Promise<void> {
    const mine = ++this.#round;
    const { entries } = await api.entries();
    const found: Entry[] = [];
    for (const one of entries) {
      const name = `${one.id} ${one.frame} ${this.group.version} ${this.group.standing}`;
      const opened = this.#opened.get(name) ?? (await this.group.open(KIND, one.id, one.frame));
      this.#opened.set(name, opened);
      found.push({ ...one, ...opened });
    }
    if (mine !== this.#round) return;
    this.entries = found;
    await this.group.prune(new Set(entries.map((one) => one.id)));
  }

  /** Put a text in. Throws ApiError, RangeError. */
  async put(text: string, everybody: boolean): Promise<void> {
    const id = `${everybody ? "ALL" : this.person}:${ulid(Date.now(), (bytes) => crypto.getRandomValues(bytes)).toLowerCase()}`;
    for (let tries = 0; ; tries++) {
      try {
        await api.put(id, await this.group.seal(KIND, id, { text }));
        return await this.load();
      } catch (error) {
        // Somebody was put out meanwhile: it is sealed anew, with the newest key.
        if (!(error instanceof ApiError) || error.code !== "conflict" || tries > 0) throw error;
        await this.group.settle();
      }
    }
  }

  async pin(entry: Entry): Promise<void> {
    await api.pin(entry.id, entry.until !== null);
    await this.load();
  }

  async remove(entry: Entry): Promise<void> {
    await api.remove(entry.id);
    await this.load();
  }
}

/** Those in which all words of a search stand; what can't be opened is found by none. */
export function found(entries: readonly Entry[], search: string): readonly Entry[] {
  const words = search.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return words.length === 0 ? entries : entries.filter((one) => "text" in one && words.every((word) => one.text.toLocaleLowerCase().includes(word)));
}
