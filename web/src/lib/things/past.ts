/** What a signal was over the last hours, made ready to be drawn. */

import type { Value } from "../live/frames";

export type Point = readonly [at: number, value: Value];

/** A curve shows so many s at least. */
const LEAST = 600;

export interface Line {
  least: number;
  most: number;
  /** Where it begins, 0 to 100. */
  from: number;
  /** SVG path data in a box of 100 by 100. */
  path: string;
}

/** A curve of at most about `most` points: of each stretch of time the least and the most, so that no peak is lost.
 *  `end`: now; the last value holds until then. */
export function line(points: readonly Point[], start: number, end: number, most = 120): Line | undefined {
  const numbers = points.filter((one): one is readonly [number, number] => typeof one[1] === "number");
  if (numbers.length === 0) return undefined;
  const values = numbers.map(([, value]) => value);
  const [low, high] = [values.reduce((one, other) => Math.min(one, other)), values.reduce((one, other) => Math.max(one, other))];
  const x = (at: number) => ((Math.max(at, start) - start) / (end - start || 1)) * 100;
  const y = (value: number) => (high === low ? 50 : 96 - ((value - low) / (high - low)) * 92);
  const kept = thinned(numbers, start, end, most);
  const steps = kept.map(([at, value]) => `${x(at).toFixed(2)} ${y(value).toFixed(2)}`);
  return { least: low, most: high, from: Number(x(kept[0]![0]).toFixed(2)), path: `M${steps.join("L")}H100` };
}

function thinned(points: readonly (readonly [number, number])[], start: number, end: number, most: number): readonly (readonly [number, number])[] {
  if (points.length <= most) return points;
  const span = (end - start) / (most / 2);
  const kept: (readonly [number, number])[] = [];
  for (let from = 0; from < points.length; ) {
    const bucket = Math.floor((points[from]![0] - start) / span);
    let to = from;
    while (to < points.length && Math.floor((points[to]![0] - start) / span) === bucket) to++;
    const some = points.slice(from, to);
    const least = some.reduce((one, other) => (other[1] < one[1] ? other : one));
    const greatest = some.reduce((one, other) => (other[1] > one[1] ? other : one));
    kept.push(...(least === greatest ? [least] : least[0] < greatest[0] ? [least, greatest] : [greatest, least]));
    from = to;
  }
  return kept;
}

export interface Stretch {
  /** In percent of the whole time. */
  from: number;
  width: number;
}

/** From when a curve is drawn: a day back, or from the first that is known where that is later. */
export function since(points: readonly Point[], end: number, span: number): number {
  const first = points[0]?.[0] ?? end;
  return Math.min(end - LEAST, Math.max(end - span, first));
}

/** When something was on (or open), as stretches of the time from `start` to `end`. */
export function stretches(points: readonly Point[], start: number, end: number): Stretch[] {
  const part = (at: number) => ((Math.min(end, Math.max(start, at)) - start) / (end - start || 1)) * 100;
  return points.flatMap(([at, value], n) => {
    const from = part(at);
    const until = part(points[n + 1]?.[0] ?? end);
    return value === true && until > from ? [{ from, width: until - from }] : [];
  });
}
