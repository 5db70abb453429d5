/** A network on which nothing is said yet: connections are made meanwhile, which takes its time. */

import type { Wire, WireEvents, World } from "./world";

export class Held implements World {
  readonly now = () => this.world.now();
  readonly steady = () => this.world.steady();
  readonly random = () => this.world.random();
  #held = false;
  #waits: (() => void) | undefined;

  constructor(readonly world: World) {}

  /** Until `release` no connection counts as open. */
  hold(): void {
    this.#held = true;
  }

  release(): void {
    this.#held = false;
    this.#waits?.();
    this.#waits = undefined;
  }

  connect(events: WireEvents): Wire {
    const open = () => {
      if (this.#held) this.#waits = events.open;
      else events.open();
    };
    return this.world.connect({ ...events, open });
  }

  later(ms: number, run: () => void): () => void {
    return this.world.later(ms, run);
  }
}
