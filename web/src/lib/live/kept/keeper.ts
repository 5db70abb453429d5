/** Keeps the last picture of the household on this device: seldom, in small steps, while nothing else is to be done. */

import type { LiveSocket } from "../socket";
import type { LiveStore } from "../store";
import { bucketOf, pack, unpack } from "./buckets";
import type { Pace } from "./pace";
import { FORM, type Label, type Shelf } from "./shelf";
import type { Whose } from "./whose";

/** What stands in the way of keeping. */
export type Trouble = "full" | "unavailable" | undefined;

const FIRST = 1_500;
const EVERY = 10_000;
const AFTER_FULL = 300_000;
/** So long one step may take. */
const STEP = 2;
const HURRY = 10;
/** So long in one go what was kept is read, while there is nothing to be seen yet. */
const TURN = 24;
/** That nothing has changed is written only when it is so much later, in s. */
const LATELY = 5;
/** What is older is let go, in s: nobody steers a house by it, and a lost device should tell little. */
export const LONGEST = 7 * 86_400;
const GUESTS = 86_400;

export class Keeper {
  trouble: Trouble;
  /** The label as it was written last. */
  label: Label | undefined;
  readonly #paths = new Map<number, Set<string>>();
  readonly #dirty = new Set<number>();
  #whose: Whose | undefined;
  #resumable = false;
  #held = false;
  #whole = true;
  #recalling = false;
  #recalled: Promise<Whose | undefined> | undefined;
  #waiting: (() => void) | undefined;
  #round = 0;
  #writing = false;
  #gaveUp = false;
  /** The texts of the round that is under way. */
  #made = new Map<number, string | undefined>();

  constructor(
    readonly shelf: Shelf,
    readonly store: LiveStore,
    readonly socket: LiveSocket,
    readonly pace: Pace,
    readonly changed: () => void = () => undefined,
  ) {
    store.onput = (path) => this.#put(path);
  }

  /** Shows what is kept; whose it is, or undefined when there is nothing that can be shown. Read once, however often it
   *  is asked for. Never throws. */
  recall(): Promise<Whose | undefined> {
    return (this.#recalled ??= this.#recall());
  }

  async #recall(): Promise<Whose | undefined> {
    try {
      const { label, texts } = await this.shelf.read();
      if (label === undefined || this.#gaveUp) return undefined;
      const now = (this.pace.now() + label.offset) / 1000;
      if (label.form !== FORM || now - label.heard > (label.whose.me["role"] === "guest" ? GUESTS : LONGEST)) {
        await this.erase();
        return undefined;
      }
      this.#recalling = true;
      let since = this.pace.lap();
      for (const some of texts) {
        for (const text of await some) {
          if (this.#gaveUp) return undefined;
          const { facts, wishes } = unpack(text);
          this.store.recall(facts, wishes.filter(([, wish]) => wish[3] > now));
          if (this.pace.lap() - since < TURN) continue;
          await this.pace.breath();
          since = this.pace.lap();
        }
      }
      if (this.#gaveUp) return undefined;
      this.#recalling = false;
      this.label = label;
      this.socket.recall(label);
      return label.whose;
    } catch {
      // Given up: what the store holds is the hub's word by now, and stays.
      if (this.#gaveUp) return undefined;
      // Broken or out of reach: as if nothing were kept.
      this.#recalling = false;
      this.store.clear();
      void this.shelf.erase().catch(() => undefined);
      return undefined;
    }
  }

  /** It takes too long: the hub's word comes first, and what is read later is not shown any more. */
  giveUp(): void {
    this.#gaveUp = true;
    if (this.#recalling) this.store.clear();
    this.#recalling = false;
  }

  /** From now on the picture is kept for these. */
  async keep(whose: Whose): Promise<void> {
    const before = this.#whose;
    this.#whose = whose;
    if (before !== undefined) return this.#plan(EVERY);
    this.#resumable = await this.pace.alone();
    if (this.#whose === undefined) return;
    this.#held = true;
    const there = await this.shelf.label().catch(() => undefined);
    // What lies there is what this page has read: then only what changed since is written.
    this.#whole = there === undefined || there.stamp !== this.label?.stamp;
    if (this.#whole) for (const bucket of this.#paths.keys()) this.#dirty.add(bucket);
    this.#plan(FIRST);
  }

  /** The page may be gone in a moment: what changed is written now, if it is little. */
  flush(): void {
    const whose = this.#ready();
    if (whose === undefined || this.#writing) return;
    this.#abandon();
    const label = this.#labelled(whose);
    if (this.#dirty.size === 0 && label.heard - (this.label?.heard ?? 0) < LATELY) return;
    const end = this.pace.lap() + HURRY;
    for (const bucket of this.#dirty) {
      if (this.pace.lap() > end) {
        this.#abandon();
        return this.#plan(FIRST);
      }
      this.#dirty.delete(bucket);
      this.#made.set(bucket, this.#text(bucket));
    }
    void this.#write(label, this.#round, true);
  }

  /** Nothing of the household stays here, and nothing is kept until somebody is here again. */
  async erase(): Promise<void> {
    this.#whose = this.label = undefined;
    // What is being read still is not shown any more.
    this.giveUp();
    this.#abandon();
    this.#waiting?.();
    this.#waiting = undefined;
    this.#whole = true;
    await this.shelf.erase().catch(() => undefined);
    this.changed();
  }

  #put(path: string): void {
    const bucket = bucketOf(path);
    let paths = this.#paths.get(bucket);
    if (paths === undefined) this.#paths.set(bucket, (paths = new Set()));
    const there = this.store.held(path);
    if (there?.reading === undefined && there?.wish === undefined) paths.delete(path);
    else paths.add(path);
    if (this.#recalling) return;
    this.#dirty.add(bucket);
    if (this.#waiting === undefined) this.#plan(this.label === undefined ? FIRST : EVERY);
  }

  #ready(): Whose | undefined {
    return this.#held && this.socket.revision !== undefined && this.trouble !== "unavailable" ? this.#whose : undefined;
  }

  #plan(ms: number): void {
    if (this.#whose === undefined || !this.#held || this.#waiting !== undefined) return;
    this.#waiting = this.pace.later(ms, () => {
      this.#waiting = undefined;
      if (this.#ready() === undefined || this.#writing) return this.#plan(EVERY);
      this.#begin();
    });
  }

  /** One round: the texts are made step by step, then written all together. What changes meanwhile comes with the next. */
  #begin(): void {
    const label = this.#labelled(this.#ready()!);
    const round = this.#round;
    const step = (left: () => number) => {
      if (round !== this.#round) return;
      // Another picture than the one that was begun with: its revision would not fit.
      if (label.epoch !== undefined && label.epoch !== this.socket.epoch) {
        this.#abandon();
        return this.#plan(FIRST);
      }
      const end = this.pace.lap() + STEP;
      let some = false;
      // What changes while the round is made has its place at the end. One at least each time, however busy the page is.
      for (const bucket of this.#dirty) {
        if (some && (this.pace.lap() >= end || left() < 1)) return this.pace.idle(step);
        this.#dirty.delete(bucket);
        this.#made.set(bucket, this.#text(bucket));
        some = true;
      }
      void this.#write(label, round);
    };
    this.pace.idle(step);
  }

  /** What the round under way was about is to be written still. */
  #abandon(): void {
    this.#round++;
    for (const bucket of this.#made.keys()) this.#dirty.add(bucket);
    this.#made = new Map();
  }

  async #write(label: Label, round: number, hurry = false): Promise<void> {
    this.#writing = true;
    const buckets = this.#made;
    this.#made = new Map();
    try {
      await this.shelf.write({ label, buckets, whole: this.#whole }, hurry);
      // Erased while it was being written.
      if (round !== this.#round && this.#whose === undefined) return void this.shelf.erase().catch(() => undefined);
      this.#whole = false;
      this.label = label;
      this.trouble = undefined;
      if (this.#dirty.size > 0) this.#plan(EVERY);
    } catch (error) {
      for (const bucket of buckets.keys()) this.#dirty.add(bucket);
      this.trouble = error instanceof DOMException && error.name === "QuotaExceededError" ? "full" : "unavailable";
      if (this.trouble === "full") this.#plan(AFTER_FULL);
    } finally {
      this.#writing = false;
      this.changed();
    }
  }

  #text(bucket: number): string | undefined {
    return pack(this.#paths.get(bucket) ?? [], this.store);
  }

  #labelled(whose: Whose): Label {
    const { epoch, revision, offset } = this.socket;
    const { heard } = this.socket.hearing;
    const resume = this.#resumable ? { epoch, rev: revision } : {};
    const at = ((heard ?? this.pace.now()) + offset) / 1000;
    return { form: FORM, whose, ...resume, heard: at, offset, stamp: this.pace.stamp(), things: this.store.things().length };
  }
}

