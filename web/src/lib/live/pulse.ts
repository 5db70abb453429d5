/** Whether the other end is still there: asks when it is silent, and gives up when it does not answer. */

import type { World } from "./world";

const SILENCE = 6_000;
/** What was asked for, and not answered within this, in ms, makes one ask as well. */
const DOUBT = 1_500;
/** Without an answer for so long, in ms, the connection is dead. */
const ANSWER_WITHIN = 8_000;
/** ... and for so long, what is shown may be old: by how long answers take on this line, where that is known. */
const LATE = 2_500;
const LATE_AT_FIRST = 4_000;
const LATE_AT_MOST = 6_000;
/** Also a line that is busy is asked so often, in ms: wishes go by what the hub's clock says. */
const AGAIN = 20_000;
/** A connection that has not said its first word after this, in ms, is none: in a tunnel nothing else would tell. */
const FIRST_WITHIN = 10_000;

export class Pulse {
  /** When it was asked, by the steady clock. */
  #asked: number | undefined;
  /** How long the last answer took, in ms. */
  #took: number | undefined;
  /** It is asked soon. */
  #doubts = false;
  #cancel: (() => void) | undefined;
  #again: (() => void) | undefined;

  /** `silent`: it has not answered yet. */
  constructor(
    readonly world: Pick<World, "steady" | "later">,
    readonly ask: () => void,
    readonly silent: () => void,
    readonly dead: () => void,
  ) {}

  /** A connection is being made. */
  begin(): void {
    this.#wait(FIRST_WITHIN, this.dead);
  }

  /** Something came. */
  heard(): void {
    if (this.#asked === undefined) this.#wait(SILENCE, () => this.beat());
  }

  /** Something was said that wants an answer: without one it is asked soon. */
  doubt(): void {
    // Who goes on asking does not put it off.
    if (this.#asked !== undefined || this.#doubts) return;
    this.#wait(DOUBT, () => this.beat());
    this.#doubts = true;
  }

  /** Ask now. */
  beat(): void {
    if (this.#asked !== undefined) return;
    this.#asked = this.world.steady();
    this.ask();
    const late = this.#took === undefined ? LATE_AT_FIRST : Math.min(LATE_AT_MOST, Math.max(LATE, 2 * this.#took + 1_000));
    this.#wait(late, () => {
      this.silent();
      this.#wait(ANSWER_WITHIN - late, this.dead);
    });
  }

  /** It answered; how long that took, in ms, or undefined when nobody asked. */
  answered(): number | undefined {
    if (this.#asked === undefined) return undefined;
    this.#took = this.world.steady() - this.#asked;
    this.#asked = undefined;
    this.heard();
    this.#again?.();
    this.#again = this.world.later(AGAIN, () => this.beat());
    return this.#took;
  }

  stop(): void {
    this.#asked = undefined;
    this.#doubts = false;
    this.#cancel?.();
    this.#again?.();
    this.#cancel = this.#again = undefined;
  }

  #wait(ms: number, run: () => void): void {
    this.#cancel?.();
    this.#doubts = false;
    this.#cancel = this.world.later(ms, run);
  }
}
