/** Day or night on the car's glass: by its light sensor, else by beam and sun. Pure: time comes with what is seen. */

export type Shows = "day" | "night";

export interface Seen {
  /** s, of any clock that only goes forward. */
  now: number;
  /** Percent of light outside, by the car's sensor. */
  light?: number;
  /** Whether the low beam is on. */
  beam?: boolean;
  /** The sun over the horizon at the car, in degrees. */
  sun?: number;
}

/** Below: dark. Above: light. Between them the beam decides, and without it what was shown stays. */
export const DARK = 10;
export const LIGHT = 20;
/** How long it has to be so, in s: an underpass is shorter, and so is the cone of a street lamp. */
export const TO_NIGHT = 8;
export const TO_DAY = 15;
/** The middle of civil twilight: lamps are on, and a white screen begins to blind. */
export const TWILIGHT = -3;
/** So high the sun makes a lit beam mean a tunnel or a habit, not the night. */
const HIGH = 6;

/** What is right for what is seen; undefined: nothing says it. */
export function right(seen: Seen, shown: Shows | undefined): Shows | undefined {
  const { light, beam, sun } = seen;
  if (light !== undefined) {
    if (light <= DARK) return "night";
    if (light >= LIGHT) return "day";
    return beam === true ? "night" : (shown ?? "day");
  }
  if (beam === true && (sun === undefined || sun < HIGH)) return "night";
  return sun === undefined ? undefined : sun < TWILIGHT ? "night" : "day";
}

/** Remembers what is shown and since when something else would be right. */
export class Daylight {
  shown: Shows | undefined;
  #other: number | undefined;

  see(seen: Seen): Shows | undefined {
    const wanted = right(seen, this.shown);
    if (wanted === undefined || wanted === this.shown) {
      this.#other = undefined;
      return this.shown;
    }
    // Entering the car nobody waits.
    const delay = this.shown === undefined ? 0 : wanted === "night" ? TO_NIGHT : TO_DAY;
    this.#other ??= seen.now;
    if (seen.now - this.#other >= delay) {
      this.shown = wanted;
      this.#other = undefined;
    }
    return this.shown;
  }

  /** Without any car to go by, the next one is believed at once. */
  forget(): void {
    this.shown = this.#other = undefined;
  }
}
