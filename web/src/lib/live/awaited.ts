import { createSubscriber } from "svelte/reactivity";

/** Something that is read before it is there. What a reader makes while reading would not tell it, if it were a `Told`. */
export class Awaited {
  #tell: (() => void) | undefined;
  readonly watch = createSubscriber((update) => {
    this.#tell = update;
    return () => (this.#tell = undefined);
  });

  changed(): void {
    this.#tell?.();
  }
}
