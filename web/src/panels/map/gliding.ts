/** A car between two readings of where it is: shown on its way from one to the next, so that it drives and does not hop.
 *  Pure: the time comes with what is told. */

import { between, bearing, type Point } from "../../lib/things/whereabouts";

export interface Placed extends Point {
  /** Degrees from north. */
  heading: number;
}

/** Longest way to a new reading, in ms. */
const LONGEST = 1_500;
/** A bit longer than the time between two readings: one that comes late does not find the car standing. */
const LATE = 1.15;
/** So far, in m, no car gets from one reading to the next: its receiver found itself elsewhere, or it was silent. */
const JUMP = 400;
/** Nearer than that, in m, a movement says nothing of a direction. */
const STEP = 2;

export class Gliding {
  #from: Placed | undefined;
  #to: Placed | undefined;
  #start = 0;
  #span = 0;
  #last = -Infinity;

  /** The next reading, at the time `now` in ms. A car that tells no heading goes where it moves. */
  to(next: Point & { heading?: number }, now: number, still = false): void {
    const before = this.#to;
    const shown = this.at(now);
    const since = now - this.#last;
    const moved = before === undefined ? 0 : between(before, next);
    if (before !== undefined && moved === 0 && (next.heading ?? before.heading) === before.heading) return;
    this.#last = now;
    const heading = next.heading ?? (before !== undefined && moved > STEP ? bearing(before, next) : (before?.heading ?? 0));
    this.#to = { latitude: next.latitude, longitude: next.longitude, heading };
    const jumps = shown === undefined || still || moved > JUMP || since > 4 * LONGEST;
    [this.#from, this.#start, this.#span] = [jumps ? this.#to : shown, now, jumps ? 0 : Math.min(LONGEST, since * LATE)];
  }

  /** Where it is shown at `now`; undefined before the first reading. */
  at(now: number): Placed | undefined {
    if (this.#from === undefined || this.#to === undefined) return undefined;
    const part = this.#span <= 0 ? 1 : Math.min(1, Math.max(0, (now - this.#start) / this.#span));
    const mix = (a: number, b: number) => a + (b - a) * part;
    return {
      latitude: mix(this.#from.latitude, this.#to.latitude),
      longitude: mix(this.#from.longitude, this.#to.longitude),
      heading: turned(this.#from.heading, this.#to.heading, part),
    };
  }

  /** Whether there is nothing more to come until the next reading. */
  done(now: number): boolean {
    return now - this.#start >= this.#span;
  }
}

/** A part of the way from one direction to another, the shorter way round; degrees in 0 to 360. */
export function turned(from: number, to: number, part: number): number {
  const turn = ((((to - from) % 360) + 540) % 360) - 180;
  return (((from + turn * part) % 360) + 360) % 360;
}

/** How close one looks at a speed in km/h: streets in town, the road ahead on a motorway. */
export function zoomFor(speed: number | undefined): number {
  const steps = [[0, 16.6], [30, 16.4], [50, 16], [80, 15.2], [120, 14.3], [160, 13.8]] as const;
  const at = Math.abs(speed ?? 0);
  const next = steps.findIndex(([kmh]) => kmh > at);
  if (next < 0) return steps.at(-1)![1];
  const [[slow, near], [fast, far]] = [steps[next - 1]!, steps[next]!];
  return near + ((far - near) * (at - slow)) / (fast - slow);
}

/** A value that goes after another one, most of the way within `pace` ms. */
export function after(value: number, wanted: number, passed: number, pace: number): number {
  return value + (wanted - value) * (1 - Math.exp(-passed / pace));
}
