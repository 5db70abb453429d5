/** What comes within one frame is taken together, right before that frame is drawn: however many words the hub says, the
 *  screen is worked out once for each picture that is seen, and no later than it could be seen. */

/** Where no frames are drawn (the page is hidden or covered), what came is taken after this, in ms. */
const UNSEEN = 100;

export interface Frames {
  /** Calls `run` right before the next frame is drawn; returns how to call it off. */
  next(run: () => void): () => void;
  later(ms: number, run: () => void): () => void;
}

export const browserFrames: Frames = {
  next: (run) => {
    const frame = requestAnimationFrame(run);
    return () => cancelAnimationFrame(frame);
  },
  later: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

export class Gathered {
  #texts: string[] = [];
  #off: (() => void) | undefined;

  constructor(
    readonly take: (text: string) => void,
    readonly frames: Frames = browserFrames,
  ) {}

  add(text: string): void {
    this.#texts.push(text);
    if (this.#off !== undefined) return;
    const now = () => this.all();
    const [frame, timer] = [this.frames.next(now), this.frames.later(UNSEEN, now)];
    this.#off = () => {
      frame();
      timer();
    };
  }

  /** Take at once what has come. */
  all(): void {
    const texts = this.#texts;
    this.drop();
    for (const text of texts) this.take(text);
  }

  /** What has come is of no use any more. */
  drop(): void {
    this.#off?.();
    this.#off = undefined;
    this.#texts = [];
  }
}
