/** Whether the other end is still there: asks when it is silent, and gives up when it does not answer. */

import type { World } from "./world";

const SILENCE = 6_000;
/** What was asked for, and not answered within this, in ms, makes one ask as well. */
const DOUBT = 1_500;
/** Without an answer for so long, in ms, what is shown may be old; and for so long, the connection is dead. */
const LATE = 2_500;
const ANSWER_WITHIN = 8_000;
/** A connection that has not said its first word after this, in ms, is none: in a tunnel nothing else would tell. */
const FIRST_WITHIN = 10_000;

export class Pulse {
  #asked: number | undefined;
  #cancel: (() => void) | undefined;

  /** `silent`: it has not answered yet. */
  constructor(
    readonly world: Pick<World, "now" | "later">,
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
    if (this.#asked === undefined) this.#wait(DOUBT, () => this.beat());
  }

  /** Ask now. */
  beat(): void {
    if (this.#asked !== undefined) return;
    this.#asked = this.world.now();
    this.ask();
    this.#wait(LATE, () => {
      this.silent();
      this.#wait(ANSWER_WITHIN - LATE, this.dead);
    });
  }

  /** It answered; when it was asked, or undefined when nobody asked. */
  answered(): number | undefined {
    const asked = this.#asked;
    this.#asked = undefined;
    this.heard();
    return asked;
  }

  stop(): void {
    this.#asked = undefined;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #wait(ms: number, run: () => void): void {
    this.#cancel?.();
    this.#cancel = this.world.later(ms, run);
  }
}
