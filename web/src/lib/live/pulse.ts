/** Whether the other end is still there: asks when it is silent, and gives up when it does not answer. */

import type { World } from "./world";

const SILENCE = 25_000;
const ANSWER_WITHIN = 8_000;
/** A connection that has not said its first word after this, in ms, is none: in a tunnel nothing else would tell. */
const FIRST_WITHIN = 10_000;

export class Pulse {
  #asked: number | undefined;
  #cancel: (() => void) | undefined;

  constructor(
    readonly world: Pick<World, "now" | "later">,
    readonly ask: () => void,
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

  /** Ask now. */
  beat(): void {
    if (this.#asked !== undefined) return;
    this.#asked = this.world.now();
    this.ask();
    this.#wait(ANSWER_WITHIN, this.dead);
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
