/** Turning a dial: with the finger on its ring, by taps on its buttons, by keys. */

import { atAngle, snapped, type Scale } from "./dial";
import { LastWord } from "./last_word.svelte";

const REST = 500;

/** What a dial is to whoever turns it. */
interface Ground {
  scale(): Scale;
  /** What stands there before the first step. */
  from(): number | undefined;
  ask(value: number): void;
}

export class Turning {
  readonly #last: LastWord<number>;
  #held = false;

  /** Made with the dial. */
  constructor(readonly ground: Ground) {
    this.#last = new LastWord(REST, (value) => ground.ask(value));
  }

  get draft(): number | undefined {
    return this.#last.draft;
  }

  step(by: number): void {
    const { min, max } = this.ground.scale();
    this.#last.step(snapped((this.draft ?? this.ground.from() ?? (min + max) / 2) + by, this.ground.scale()));
  }

  readonly key = (event: KeyboardEvent): void => {
    const { step } = this.ground.scale();
    const by = { ArrowUp: step, ArrowRight: step, ArrowDown: -step, ArrowLeft: -step, PageUp: step * 5, PageDown: -step * 5 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    this.step(by);
  };

  readonly ring = {
    onpointerdown: (event: PointerEvent) => {
      if (!event.isPrimary || event.button !== 0) return;
      (event.currentTarget as Element).setPointerCapture(event.pointerId);
      this.#held = true;
      this.#last.hold(this.#at(event));
    },
    onpointermove: (event: PointerEvent) => {
      if (this.#held) this.#last.hold(this.#at(event));
    },
    onpointerup: () => {
      if (this.#held) this.#last.say();
      this.#held = false;
    },
    onpointercancel: () => {
      this.#held = false;
      this.#last.hold(undefined);
    },
  };

  #at(event: PointerEvent): number {
    const box = (event.currentTarget as SVGElement).ownerSVGElement!.getBoundingClientRect();
    return atAngle(event.clientX - box.x - box.width / 2, event.clientY - box.y - box.height / 2, this.ground.scale());
  }
}
