/** Several taps or keys in a row are one wish: what stands at their end counts, also when the page is left, or closed,
 *  before it was said. */

export class LastWord<T> {
  /** What is being asked for, until it is said. */
  draft = $state.raw<T | undefined>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Made with the part it serves. `rest`: how long it waits for another step, in ms. */
  constructor(
    readonly rest: number,
    readonly tell: (value: T) => void,
  ) {
    $effect(() => {
      const leave = () => this.#timer !== undefined && this.say();
      addEventListener("pagehide", leave);
      return () => {
        removeEventListener("pagehide", leave);
        leave();
      };
    });
  }

  /** A step: it is said once no other follows. */
  step(to: T): void {
    this.hold(to);
    this.#timer = setTimeout(() => this.say(), this.rest);
  }

  /** Under a finger: it is said when let go. */
  hold(to: T | undefined): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.draft = to;
  }

  say(): void {
    const last = this.draft;
    this.hold(undefined);
    if (last !== undefined) this.tell(last);
  }
}
