/** Turning a dial: with the finger on its ring, by taps on its buttons, by keys. Several steps in a row are one wish: the
 *  last number counts. */

import { atAngle, snapped, type Scale } from "./dial";

const REST = 500;

/** What a dial is to whoever turns it. */
interface Ground {
  scale(): Scale;
  /** What stands there before the first step. */
  from(): number | undefined;
  ask(value: number): void;
}

export class Turning {
  draft = $state<number | undefined>();
  #held = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(readonly ground: Ground) {}

  step(by: number): void {
    const { min, max } = this.ground.scale();
    this.draft = snapped((this.draft ?? this.ground.from() ?? (min + max) / 2) + by, this.ground.scale());
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#ask(), REST);
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
      clearTimeout(this.#timer);
      this.#held = true;
      this.draft = this.#at(event);
    },
    onpointermove: (event: PointerEvent) => {
      if (this.#held) this.draft = this.#at(event);
    },
    onpointerup: () => {
      if (this.#held) this.#ask();
      this.#held = false;
    },
    onpointercancel: () => {
      this.#held = false;
      this.draft = undefined;
    },
  };

  end(): void {
    clearTimeout(this.#timer);
  }

  #at(event: PointerEvent): number {
    const box = (event.currentTarget as SVGElement).ownerSVGElement!.getBoundingClientRect();
    return atAngle(event.clientX - box.x - box.width / 2, event.clientY - box.y - box.height / 2, this.ground.scale());
  }

  #ask(): void {
    if (this.draft !== undefined) this.ground.ask(this.draft);
    this.draft = undefined;
  }
}
