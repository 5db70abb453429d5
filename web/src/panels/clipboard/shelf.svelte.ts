/** The clipboard's entries as this screen can read them. */

import * as api from "../../lib/api/clipboard";
import { ApiError } from "../../lib/api/call";
import { named } from "../../lib/live/ulid";
import { bytesOf } from "../../lib/sealing/bytes";
import type { Group, Opened } from "../../lib/sealing/group.svelte";
import { drawn, fresh, imageBody, MOST, open, picture, seal, TYPES, type Picture } from "./images";

export const KIND = "clip";
/** Letters of one text: more does not go into a frame in any script. */
export const LETTERS = 10_000;

export type Entry = api.ShownEntry & Opened & { readonly picture?: Picture };
/** So long, in ms, this page shows what is there for a minute, whatever the clocks say. */
const BRIEF = 60_000;
/** `brief`: for a minute only. */
export interface How {
  readonly everybody?: boolean;
  readonly brief?: boolean;
}

export class Shelf {
  entries = $state.raw<readonly Entry[] | undefined>();
  /** Whether this screen takes part; undefined until the hub has said so. */
  part = $state.raw<boolean | undefined>();
  /** How long what is put in lasts, in s. */
  lasts = $state.raw(0);
  #opened = new Map<string, Opened>();
  #images = new Map<string, Promise<Blob>>();
  #seen = new Set<string>();
  /** When what is there for a minute was first listed here, by a clock that nobody sets. */
  #since = new Map<string, number>();
  #round = 0;
  #loaded = 0;

  constructor(
    readonly group: Group,
    readonly person: string,
  ) {}

  /** Ask for what there is, and open it. Throws ApiError. */
  async load(): Promise<void> {
    const mine = ++this.#round;
    const { entries, part, lasts } = await api.entries();
    const found: Entry[] = [];
    // What is no longer listed stays nowhere: not even the page's memory has its clear text.
    const kept = new Map<string, Opened>();
    for (const one of entries) {
      const name = `${one.id} ${one.frame} ${this.group.version} ${this.group.standing}`;
      const opened = this.#opened.get(name) ?? (await this.group.open(KIND, one.id, one.frame));
      kept.set(name, opened);
      found.push({ ...one, ...opened, picture: "said" in opened && one.image > 0 ? picture(opened.said) : undefined });
    }
    if (mine !== this.#round) return;
    this.#loaded++;
    this.#opened = kept;
    this.entries = found;
    [this.part, this.lasts] = [part, lasts];
    const there = new Set(entries.map((one) => one.id));
    for (const map of [this.#images, this.#since]) for (const id of map.keys()) if (!there.has(id)) map.delete(id);
    for (const one of found) if (one.brief && !this.#since.has(one.id)) this.#since.set(one.id, performance.now());
    this.#letGo((one) => this.#past(one));
    if (part) await this.group.prune(there);
  }

  /** What has come, as the hub tells it along with its news: it is shown before all is asked for. */
  async show(one: api.ShownEntry): Promise<void> {
    const before = this.#loaded;
    const opened = await this.group.open(KIND, one.id, one.frame, "glance");
    // Who has asked meanwhile knows better; what this screen can't open says so with the rest.
    if (!this.entries || !("text" in opened) || this.#loaded > before || this.entries.some(({ id }) => id === one.id)) return;
    if (one.brief) this.#since.set(one.id, performance.now());
    const later = this.entries.findIndex(({ at }) => at <= one.at);
    this.entries = this.entries.toSpliced(later < 0 ? this.entries.length : later, 0, { ...one, ...opened, picture: one.image > 0 ? picture(opened.said) : undefined });
  }

  /** Put a text in; its entry's id. Throws ApiError, RangeError. */
  async put(text: string, how: How = {}): Promise<string> {
    return this.#put(how, async (id) => this.show(await api.put(id, await this.group.seal(KIND, id, { text }), how.brief === true)));
  }

  /** Put an image in. Throws ApiError; RangeError for one that is too large or of another kind. */
  async putImage(image: Blob, how: How = {}): Promise<string> {
    if (image.size > MOST || image.size === 0 || !TYPES.includes(image.type) || !(await drawn(image))) throw new RangeError("too large");
    const content = new Uint8Array(await image.arrayBuffer());
    return this.#put(how, async (id) => {
      const one = fresh(image.type);
      const frame = bytesOf(await this.group.seal(KIND, id, { text: "", image: one }))!;
      await api.putImage(id, imageBody(frame, await seal(one, id, content)), how.brief === true);
      await this.load();
    });
  }

  async #put(how: How, put: (id: string) => Promise<void>): Promise<string> {
    const id = named(how.everybody ? "ALL" : this.person);
    for (let tries = 0; ; tries++) {
      try {
        await put(id);
        return id;
      } catch (error) {
        // Somebody was put out meanwhile: it is sealed anew, with the newest key.
        if (!(error instanceof ApiError) || error.code !== "conflict" || tries > 0) throw error;
        await this.group.settle();
      }
    }
  }

  /** The image of an entry, opened; asked for once. Throws ApiError, Error. */
  image(entry: Entry): Promise<Blob> {
    const known = this.#images.get(entry.id);
    if (known) return known;
    const asked = this.#image(entry);
    this.#images.set(entry.id, asked);
    asked.catch(() => this.#images.delete(entry.id));
    return asked;
  }

  async #image(entry: Entry): Promise<Blob> {
    return new Blob([await open(entry.picture!, entry.id, await api.image(entry.id))], { type: entry.picture!.type });
  }

  /** Tell the person's other screens, or their phones, that an entry is there; how many. Throws ApiError. */
  async tell(entry: Entry, phones: boolean): Promise<number> {
    return (await api.tell(entry.id, phones)).screens;
  }

  /** This screen was told of it, and shows it. */
  async seen(entry: Entry): Promise<void> {
    if (this.#seen.has(entry.id)) return;
    this.#seen.add(entry.id);
    // What the hub does not hear now is said the next time.
    await api.got(entry.id).catch(() => this.#seen.delete(entry.id));
  }

  async pin(entry: Entry): Promise<void> {
    await api.pin(entry.id, entry.until !== null);
    await this.load();
  }

  async remove(entry: Entry): Promise<void> {
    await api.remove(entry.id);
    await this.load();
  }

  /** What is over its time goes from the screen, also where the hub is not heard. */
  drop(now: number): void {
    this.#letGo((one) => this.#past(one) || (one.brief && one.until! <= now));
  }

  #past(one: Entry): boolean {
    return performance.now() - (this.#since.get(one.id) ?? Infinity) >= BRIEF;
  }

  #letGo(over: (one: Entry) => boolean): void {
    const gone = this.entries?.filter(over) ?? [];
    if (gone.length === 0) return;
    this.entries = this.entries!.filter((one) => !gone.includes(one));
    for (const one of gone) {
      this.#images.delete(one.id);
      for (const name of this.#opened.keys()) if (name.startsWith(`${one.id} `)) this.#opened.delete(name);
    }
  }

  async choose(choice: api.Choice): Promise<void> {
    await api.choose(choice);
    await this.load();
  }
}

/** Those in which all words of a search stand; what can't be opened is found by none. */
export function found(entries: readonly Entry[], search: string): readonly Entry[] {
  const words = search.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  return words.length === 0 ? entries : entries.filter((one) => "text" in one && words.every((word) => one.text.toLocaleLowerCase().includes(word)));
}

/** What the phone is called on which a text was copied that a hub has put in; undefined: nobody says. */
export function phoneOf(said: object): string | undefined {
  const { name } = said as { name?: unknown };
  return typeof name === "string" && name !== "" ? name.slice(0, 64) : undefined;
}
