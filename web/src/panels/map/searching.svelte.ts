/** Searching as somebody types: the hub is asked when they pause for a moment, and the newest answer wins. */

import { search, type Spot } from "../../lib/api/maps";
import type { Point } from "../../lib/things/whereabouts";

/** ms without a key. */
const PAUSE = 120;
export const MOST = 12;
/** Letters that the hub looks for. */
export const LONGEST = 200;

type Asks = (text: string, near: Point | undefined) => Promise<Spot[]>;

export class Searching {
  text = $state("");
  /** What was found; undefined: nothing was asked yet. */
  found = $state.raw<readonly Spot[] | undefined>();
  busy = $state(false);
  failed = $state.raw<unknown>();
  #round = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #then: (() => void) | undefined;

  constructor(
    readonly near: () => Point | undefined,
    readonly asks: Asks,
  ) {}

  type(text: string): void {
    this.text = text;
    clearTimeout(this.#timer);
    this.#then = undefined;
    const mine = ++this.#round;
    if (text.trim() === "") {
      this.found = this.failed = undefined;
      this.busy = false;
      return;
    }
    this.busy = true;
    this.#timer = setTimeout(() => void this.#ask(text.trim(), mine), PAUSE);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#round++;
  }

  async #ask(text: string, mine: number): Promise<void> {
    try {
      const found = await this.asks(text, this.near());
      if (mine !== this.#round) return;
      this.found = found;
      this.failed = undefined;
    } catch (error) {
      if (mine !== this.#round) return;
      this.failed = error;
    }
    this.busy = false;
    this.#then?.();
    this.#then = undefined;
  }

  /** Do something as soon as there is an answer to what is typed; not if something else is typed before. */
  answered(run: () => void): void {
    if (this.busy) this.#then = run;
    else run();
  }
}

/** The hub's search in a language. */
export const asking = (language: string): Asks => (text, near) => search(text, language === "zh" ? "zh" : "en", near, MOST);

/** Lists of which so many lines are shown in all: the first ones first, none that is empty. */
export function cut<T extends { all: readonly unknown[] }>(lists: readonly T[], left: number): T[] {
  return lists.flatMap((one) => {
    const all = one.all.slice(0, Math.max(0, left));
    left -= all.length;
    return all.length > 0 ? [{ ...one, all }] : [];
  });
}
