/** A number that goes to its next value frame by frame, so that ten reports a second do not jump. */

/** Longest way to a new value, in ms: what is shown lags no further behind than that. */
const LONGEST = 120;

export interface Frames {
  now: () => number;
  /** Calls `run` at the next frame; returns how to call it off. */
  next: (run: () => void) => () => void;
  /** True where nothing may move, or nobody looks. */
  still: () => boolean;
}

export const browserFrames: Frames = {
  now: () => performance.now(),
  next: (run) => {
    const frame = requestAnimationFrame(run);
    return () => cancelAnimationFrame(frame);
  },
  still: () => document.hidden || matchMedia("(prefers-reduced-motion: reduce)").matches,
};

export class Glide {
  value = $state<number | undefined>();
  #from = 0;
  #to = 0;
  #start = 0;
  #last = 0;
  #stop: (() => void) | undefined;

  /** `seen`: the least way that is worth going step by step. What shows whole numbers has nothing to show in between of
   *  a shorter one, and a slow glass would draw each frame for it. */
  constructor(
    readonly seen = 0,
    readonly frames: Frames = browserFrames,
  ) {}

  /** Go to `target` within the time that passed since the last one; undefined: nothing is known any more. */
  to(target: number | undefined): void {
    const now = this.frames.now();
    this.#stop?.();
    this.#stop = undefined;
    const since = now - this.#last;
    this.#last = now;
    if (target === undefined || this.value === undefined || Math.abs(target - this.value) < this.seen || this.frames.still()) {
      this.value = target;
      return;
    }
    [this.#from, this.#to, this.#start] = [this.value, target, now];
    this.#step(Math.min(LONGEST, since));
  }

  end(): void {
    this.#stop?.();
  }

  #step(span: number): void {
    const part = span <= 0 ? 1 : Math.min(1, (this.frames.now() - this.#start) / span);
    this.value = this.#from + (this.#to - this.#from) * part;
    this.#stop = part < 1 ? this.frames.next(() => this.#step(span)) : undefined;
  }
}
