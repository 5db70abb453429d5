/** Holding a button that turns a camera: it is said over and over while it is held, as the hub lets go for whoever is not heard. */

import type { ThingView } from "../../lib/things/house";
import { siteOf } from "../../lib/things/sites";

export type Speeds = readonly [pan: number, tilt: number, zoom: number];
export const STILL: Speeds = [0, 0, 0];
/** The ways that a camera turns in while one is held. None at another site: that its road carries the letting go in time nobody
 *  can promise. Its positions are wishes as any, and go there. */
export function held<Way extends string>(thing: ThingView, ways: readonly Way[]): Way[] {
  if (!thing.can("camera.turn") || siteOf(thing) !== undefined) return [];
  return ways.filter((one) => thing.refinement("camera.turn").allowed?.includes(one));
}

/** The hub lets go after 1 s. */
const SAY = 300;

export class Holding {
  #wanted: Speeds = STILL;
  #timer: ReturnType<typeof setInterval> | undefined;
  #saying = false;
  #unsaid = false;

  constructor(readonly say: (speeds: Speeds) => Promise<void>) {}

  hold(speeds: Speeds): void {
    if (speeds === STILL && this.#wanted === STILL) return;
    this.#wanted = speeds;
    clearInterval(this.#timer);
    if (speeds !== STILL) this.#timer = setInterval(() => void this.#tell(), SAY);
    void this.#tell();
  }

  end(): void {
    this.hold(STILL);
  }

  /** One at a time, so that no turn overtakes the stop that came after it. */
  async #tell(): Promise<void> {
    if (this.#saying) {
      this.#unsaid = true;
      return;
    }
    this.#saying = true;
    try {
      do {
        this.#unsaid = false;
        await this.say(this.#wanted);
      } while (this.#unsaid && this.#wanted === STILL);
    } catch {
      // It was told to whoever holds; the hub lets go by itself.
      if (this.#wanted !== STILL) {
        clearInterval(this.#timer);
        this.#wanted = STILL;
      }
    } finally {
      this.#saying = false;
    }
  }
}
