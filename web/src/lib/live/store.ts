/** The household as this screen knows it: one cell for each path, each with its own readers. */

import { Told } from "../look/told.svelte";
import type { Delta, Snap, ToldFrame, Value, WireReading, WireWish } from "./frames";
import { same, toReading, toWish, type Reading, type Wish } from "./reading";

export type { Reading, Wish } from "./reading";

class Cell extends Told {
  reading: Reading | undefined;
  wish: Wish | undefined;
  /** Set while the hub has not confirmed a wish made on this screen. */
  own: Wish | undefined;
}

const INFO = "/thing.info";
const HUB = "hub/";

/** Paths that are looked at together. */
class Group extends Told {
  readonly paths = new Set<string>();
}

export class LiveStore {
  /** Told of every path that changed: by this the last picture is kept. */
  onput: ((path: string) => void) | undefined;
  readonly #cells = new Map<string, Cell>();
  readonly #things = new Set<string>();
  /** How many facts are known of each thing beyond what the hub itself says of it. */
  readonly #facts = new Map<string, number>();
  /** The paths of the hub itself and of each collection of records. */
  readonly #groups = new Map<string, Group>();
  #partial: Map<string, Reading> | undefined;
  #partialWishes = new Map<string, Wish>();
  readonly #toldThings = new Told();
  readonly #along = new Map<string, (data: Value) => void>();

  /** The fact at `path`, or undefined while nobody reported one. Readers are told of this path's changes only. */
  reading(path: string): Reading | undefined {
    const cell = this.#cell(path);
    cell.watch();
    return cell.reading;
  }

  value(path: string): Value | undefined {
    return this.reading(path)?.value;
  }

  /** The fact at `path` as it is now, for who is told by other means when it changes. */
  peek(path: string): Reading | undefined {
    return this.#cells.get(path)?.reading;
  }

  /** Whether anything is known of a thing beyond that it is there. Readers of `things` are told when that changes. */
  knows(thing: string): boolean {
    return (this.#facts.get(thing) ?? 0) > 0;
  }

  /** The records of a collection that this screen sees, by path. Told when one of them comes, goes or changes. */
  records(collection: string): ReadonlyMap<string, Reading> {
    const found = new Map<string, Reading>();
    for (const path of this.#grouped(`@${collection}`)) found.set(path, this.peek(path)!);
    return found;
  }

  /** The open wish at `path`: this screen's own first, else the household's. */
  wish(path: string): Wish | undefined {
    const cell = this.#cell(path);
    cell.watch();
    return cell.own ?? cell.wish;
  }

  /** This screen's own wish at `path` as it is now. */
  peekWish(path: string): Wish | undefined {
    return this.#cells.get(path)?.own;
  }

  /** The ids of all things. Told only when things come, go, are described anew, or say their first or last word. */
  things(): string[] {
    this.#toldThings.watch();
    return [...this.#things];
  }

  /** The paths of the hub itself (`hub/`), or of a collection of records (`@now/`), that begin with `head` and hold
   *  something. Told when one of these comes, goes or changes. */
  paths(head: string): string[] {
    return [...this.#grouped(head.slice(0, head.indexOf("/")))].filter((path) => path.startsWith(head)).sort();
  }

  setOwnWish(path: string, wish: Wish | undefined, key?: string): void {
    const cell = this.#cell(path);
    if (wish === undefined && key !== undefined && cell.own?.key !== key) return;
    cell.own = wish;
    cell.changed();
  }

  /** Takes a part of a snapshot; true once it is whole, and only then does the screen change. */
  snap(frame: Snap, first: boolean): boolean {
    if (first || this.#partial === undefined) {
      this.#partial = new Map();
      this.#partialWishes = new Map();
    }
    for (const [path, wire] of Object.entries(frame.set)) this.#partial.set(path, toReading(wire));
    for (const [path, wire] of Object.entries(frame.wish ?? {})) this.#partialWishes.set(path, toWish(wire));
    if (frame.more) return false;
    const whole = this.#partial;
    const wishes = this.#partialWishes;
    this.#partial = undefined;
    for (const [path, cell] of this.#cells) {
      if (!whole.has(path) && cell.reading !== undefined) this.#put(path, undefined);
      if (!wishes.has(path) && cell.wish !== undefined) this.#putWish(path, undefined);
    }
    for (const [path, reading] of whole) this.#put(path, reading);
    for (const [path, wish] of wishes) this.#putWish(path, wish);
    return true;
  }

  /** Forgets the parts of a snapshot that will not be completed. */
  dropPartial(): void {
    this.#partial = undefined;
  }

  delta(frame: Delta): void {
    for (const path of frame.gone ?? []) {
      this.#put(path, undefined);
      this.#putWish(path, undefined);
    }
    for (const [path, wire] of Object.entries(frame.set ?? {})) this.#put(path, toReading(wire));
    for (const [path, wire] of Object.entries(frame.wish ?? {})) this.#putWish(path, wire === null ? undefined : toWish(wire));
  }

  /** `take` gets what the hub tells along with the news of a path, just before these, until what this returns is called. */
  along(path: string, take: (data: Value) => void): () => void {
    this.#along.set(path, take);
    return () => void (this.#along.get(path) === take && this.#along.delete(path));
  }

  tell({ path, data }: ToldFrame): void {
    this.#along.get(path)?.(data);
  }

  /** Takes what was kept on this device, a part at a time; nothing is forgotten by it. */
  recall(facts: Iterable<[string, WireReading]>, wishes: Iterable<[string, WireWish]>): void {
    for (const [path, wire] of facts) this.#put(path, toReading(wire));
    for (const [path, wire] of wishes) this.#putWish(path, toWish(wire));
  }

  /** Forgets everything: somebody else is here now, or nobody. */
  clear(): void {
    this.#partial = undefined;
    for (const [path, cell] of this.#cells) {
      cell.own = undefined;
      this.#put(path, undefined);
      this.#putWish(path, undefined);
    }
  }

  /** The fact and the household's wish at `path`, for who keeps them. */
  held(path: string): { readonly reading: Reading | undefined; readonly wish: Wish | undefined } | undefined {
    return this.#cells.get(path);
  }

  /** Everything known now. */
  facts(): Map<string, Reading> {
    const all = new Map<string, Reading>();
    for (const [path, cell] of this.#cells) if (cell.reading) all.set(path, cell.reading);
    return all;
  }

  #cell(path: string): Cell {
    let cell = this.#cells.get(path);
    if (cell === undefined) {
      cell = new Cell();
      this.#cells.set(path, cell);
    }
    return cell;
  }

  #put(path: string, reading: Reading | undefined): void {
    const cell = this.#cell(path);
    if (same(cell.reading, reading)) return;
    const known = cell.reading !== undefined;
    cell.reading = reading;
    this.onput?.(path);
    cell.changed();
    if (path.startsWith("@") || path.startsWith(HUB)) return this.#join(path, reading !== undefined);
    if (known !== (reading !== undefined)) this.#count(path, reading !== undefined);
    if (path.endsWith(INFO)) {
      const id = path.slice(0, -INFO.length);
      if (reading === undefined) this.#things.delete(id);
      else this.#things.add(id);
      this.#toldThings.changed();
    }
  }

  #grouped(name: string): ReadonlySet<string> {
    const group = this.#group(name);
    group.watch();
    return group.paths;
  }

  #group(name: string): Group {
    let group = this.#groups.get(name);
    if (group === undefined) this.#groups.set(name, (group = new Group()));
    return group;
  }

  #join(path: string, there: boolean): void {
    const group = this.#group(path.slice(0, path.indexOf("/")));
    if (there) group.paths.add(path);
    else group.paths.delete(path);
    group.changed();
  }

  #count(path: string, there: boolean): void {
    const at = path.indexOf("/");
    if (path.startsWith("thing.", at + 1)) return;
    const thing = path.slice(0, at);
    const before = this.#facts.get(thing) ?? 0;
    const now = before + (there ? 1 : -1);
    this.#facts.set(thing, now);
    if ((before === 0 || now === 0) && this.#things.has(thing)) this.#toldThings.changed();
  }

  #putWish(path: string, wish: Wish | undefined): void {
    const cell = this.#cell(path);
    if (cell.wish === undefined && wish === undefined) return;
    cell.wish = wish;
    this.onput?.(path);
    // The hub has taken this screen's wish over: from now on its word counts.
    if (wish !== undefined && cell.own?.key === wish.key) cell.own = undefined;
    cell.changed();
  }
}
