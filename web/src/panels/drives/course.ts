/** A drive's course as charts and as a line to draw. Pure. */

import type { Column, Course, Gap } from "../../lib/api/drives";
import { parts } from "./stretches";

/** What charts draw: power counts up when it is drawn from the battery. */
export interface Charted {
  readonly at: number[];
  readonly speed: (number | null)[];
  readonly power: (number | null)[];
  readonly charge: (number | null)[];
}

const KM_PER_MILE = 1.609344;

/** The columns in the person's units, with a row of nothing in each gap: no line goes where nobody knows. */
export function charted(course: Course, gaps: readonly Gap[], miles: boolean): Charted {
  const breaks = new Set(gaps.map(([from]) => from));
  const rows: Charted = { at: [], speed: [], power: [], charge: [] };
  course.at.forEach((at, row) => {
    rows.at.push(at);
    rows.speed.push(scaled(course.speed[row], miles ? 1 / KM_PER_MILE : 1));
    rows.power.push(scaled(course.power[row], -1 / 1000));
    rows.charge.push(scaled(course.charge[row], 1));
    const next = course.at[row + 1];
    if (next === undefined || !breaks.has(at)) return;
    rows.at.push((at + next) / 2);
    for (const column of [rows.speed, rows.power, rows.charge]) column.push(null);
  });
  return rows;
}

function scaled(value: number | null | undefined, by: number): number | null {
  // No minus zero.
  return value === null || value === undefined ? null : value * by + 0;
}

/** Whether a column tells anything. */
export function tells(column: Column): boolean {
  return column.some((value) => value !== null);
}

/** Rows spread evenly over time, as many as a table bears. */
export function spread(at: readonly number[], most: number): number[] {
  if (at.length <= most) return at.map((_, row) => row);
  const [first, last] = [at[0]!, at.at(-1)!];
  const wanted = Array.from({ length: most }, (_, n) => first + ((last - first) * n) / (most - 1));
  return [...new Set(wanted.map((moment) => nearest(at, moment)))];
}

/** The row that is nearest to a moment. */
export function nearest(at: readonly number[], moment: number): number {
  let [low, high] = [0, at.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (at[middle]! <= moment) low = middle;
    else high = middle;
  }
  return high >= 0 && Math.abs(at[high]! - moment) < Math.abs(at[low]! - moment) ? high : Math.max(0, low);
}

/** A stretch of one speed. `level`: how many of the steps it has reached; -1: the speed is not known. */
export interface Stretch {
  readonly level: number;
  readonly points: string;
}

export interface Drawn {
  readonly width: number;
  readonly height: number;
  readonly stretches: readonly Stretch[];
  /** Where the car was in each row; undefined where it did not tell. */
  readonly spots: readonly (readonly [x: number, y: number] | undefined)[];
}

const SIDE = 1000;
const MARGIN = 60;

/** The course as a line, north up. Undefined: the car told no two places. `steps`: km/h at which the line changes. */
export function drawn(course: Course, gaps: readonly Gap[], steps: readonly number[]): Drawn | undefined {
  const places = course.at.map((_, row) => [course.longitude[row], course.latitude[row]] as const);
  const known = places.filter((one): one is [number, number] => typeof one[0] === "number" && typeof one[1] === "number");
  if (known.length < 2) return undefined;
  const middle = (Math.min(...known.map(([, y]) => y)) + Math.max(...known.map(([, y]) => y))) / 2;
  const narrow = Math.cos((middle * Math.PI) / 180);
  // Over the date line, the shorter way round.
  const east = known[0]![0];
  const flat = ([x, y]: readonly [number, number]) => [((((x - east + 540) % 360) + 360) % 360 - 180) * narrow, -y] as const;
  const all = known.map(flat);
  const [left, top] = [Math.min(...all.map(([x]) => x)), Math.min(...all.map(([, y]) => y))];
  const [wide, high] = [Math.max(...all.map(([x]) => x)) - left, Math.max(...all.map(([, y]) => y)) - top];
  const scale = SIDE / Math.max(wide, high, 1e-6);
  const spots = places.map((one) => {
    if (typeof one[0] !== "number" || typeof one[1] !== "number") return undefined;
    const [x, y] = flat(one as readonly [number, number]);
    return [Math.round((x - left) * scale) + MARGIN, Math.round((y - top) * scale) + MARGIN] as const;
  });
  return {
    width: Math.round(wide * scale) + 2 * MARGIN,
    height: Math.round(high * scale) + 2 * MARGIN,
    stretches: parts(course, gaps, "speed", steps).stretches.map(({ level, rows }) => ({ level, points: rows.map((row) => spots[row]!.join()).join(" ") })),
    spots,
  };
}
