/** Pressing and holding, by finger, mouse or key. */

const HOLD = 700;

export class Hold {
  holding = $state(false);
  /** It was let go too early, a moment ago. */
  brief = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly held: () => void,
    readonly barred: () => boolean,
  ) {}

  readonly #start = () => {
    if (this.holding || this.barred()) return;
    this.holding = true;
    this.brief = false;
    this.#timer = setTimeout(() => {
      this.holding = false;
      this.#timer = undefined;
      navigator.vibrate?.(30);
      this.held();
    }, HOLD);
  };

  readonly #stop = () => {
    if (this.#timer !== undefined) this.brief = true;
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
    onkeydown: (event: KeyboardEvent) => this.#key(event) && !event.repeat && this.#start(),
    onkeyup: (event: KeyboardEvent) => this.#key(event) && this.#stop(),
  };
}
