/** Pressing and holding, by finger, mouse or key. */

const HOLD = 700;
const LETS_GO = ["pointerup", "keyup"];

export class Hold {
  holding = $state(false);
  /** It was let go too early, a moment ago. */
  brief = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** When the press began, as the browser counts what people do, in ms. */
  #since = 0;

  constructor(
    readonly held: () => void,
    readonly barred: () => boolean,
  ) {}

  readonly #start = (event: Event) => {
    if (this.holding || this.barred()) return;
    this.holding = true;
    this.brief = false;
    this.#since = event.timeStamp;
    this.#timer = setTimeout(this.#done, HOLD);
  };

  readonly #done = () => {
    this.end();
    navigator.vibrate?.(30);
    this.held();
  };

  readonly #stop = (event: Event) => {
    if (this.#timer !== undefined) {
      // A page that was busy is told of the letting go before its own timer: what counts is what the finger did.
      if (LETS_GO.includes(event.type) && event.timeStamp - this.#since >= HOLD) return this.#done();
      this.brief = true;
    }
    this.end();
    if (this.brief) setTimeout(() => (this.brief = false), 1600);
  };

  end(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.holding = false;
  }

  readonly #key = (event: KeyboardEvent) => event.key === " " || event.key === "Enter";

  readonly events = {
    onpointerdown: this.#start,
    onpointerup: this.#stop,
    onpointerleave: this.#stop,
    onpointercancel: this.#stop,
    oncontextmenu: (event: Event) => event.preventDefault(),
    onkeydown: (event: KeyboardEvent) => this.#key(event) && !event.repeat && this.#start(event),
    onkeyup: (event: KeyboardEvent) => this.#key(event) && this.#stop(event),
  };
}
