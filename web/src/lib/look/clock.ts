import { createSubscriber } from "svelte/reactivity";

/** A clock that ticks once a second, and only while somebody looks at it. `now` is s since 1970, by the hub. */
export class TickingClock {
  readonly #watch = createSubscriber((update) => {
    const timer = setInterval(update, 1000);
    return () => clearInterval(timer);
  });

  constructor(readonly read: () => number) {}

  get now(): number {
    this.#watch();
    return this.read();
  }
}
