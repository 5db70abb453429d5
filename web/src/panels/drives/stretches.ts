/** A drive's course cut where what it is coloured by changes, and where nobody knows. Pure. */

import type { Course, Gap } from "../../lib/api/drives";

export type By = "speed" | "power";

/** Rows of the course, one after the other. `level`: how many of the steps its value has reached; -1: that was not told. */
export interface Stretch {
  readonly level: number;
  readonly rows: readonly number[];
}

export interface Parts {
  readonly stretches: readonly Stretch[];
  /** From one row to the next that tells a place, between which the car told nothing. */
  readonly gaps: readonly (readonly [from: number, to: number])[];
}

/** Faster than that, km/h, no car goes: its receiver found itself somewhere else. */
const FASTEST = 450;

/** Where the car was in a row; undefined where it did not tell. */
export function spot(course: Course, row: number): { latitude: number; longitude: number } | undefined {
  const [latitude, longitude] = [course.latitude[row], course.longitude[row]];
  return typeof latitude === "number" && typeof longitude === "number" ? { latitude, longitude } : undefined;
}

/** `steps`: km/h, or kW drawn from the battery, at which the line changes. */
export function parts(course: Course, gaps: readonly Gap[], by: By, steps: readonly number[]): Parts {
  const breaks = new Set(gaps.map(([from]) => from));
  const found: { level: number; rows: number[] }[] = [];
  const bridges: [number, number][] = [];
  let before: number | undefined;
  /** What goes on after it was not told. */
  let broken = false;
  course.at.forEach((at, row) => {
    if (spot(course, row) !== undefined) {
      const leapt = before !== undefined && leaps(course, before, row);
      const level = levelOf(course, row, by, steps);
      const last = found.at(-1);
      if (before === undefined || leapt || broken) {
        if (before !== undefined && broken && !leapt) bridges.push([before, row]);
        found.push({ level, rows: [row] });
      } else if (last?.level === level) last.rows.push(row);
      else found.push({ level, rows: [before, row] });
      [before, broken] = [row, false];
    }
    if (breaks.has(at)) broken = true;
  });
  return { stretches: found.filter(({ rows }) => rows.length > 1), gaps: bridges };
}

function levelOf(course: Course, row: number, by: By, steps: readonly number[]): number {
  const value = course[by][row];
  if (typeof value !== "number") return -1;
  // Power counts up when it is drawn from the battery; a speed backwards is a speed.
  const told = by === "speed" ? Math.abs(value) : -value / 1000;
  return steps.filter((step) => told >= step).length;
}

/** Whether the line does not go on from a row to the next that tells a place. */
function leaps(course: Course, from: number, to: number): boolean {
  const [north, east] = [course.latitude[to]! - course.latitude[from]!, course.longitude[to]! - course.longitude[from]!];
  const round = Math.abs(east) > 180 ? 360 - Math.abs(east) : east;
  const metres = Math.hypot(north, round * Math.cos((course.latitude[to]! * Math.PI) / 180)) * 111_195;
  return metres > 300 && metres / Math.max(1, course.at[to]! - course.at[from]!) > FASTEST / 3.6;
}

/** The row that somebody means who touches the line: that nearest to the touch, on the part of the line nearest to it,
 *  within so many px. `project`: where a row is on the screen. */
export function touched(all: Parts, at: { x: number; y: number }, reach: number, project: (row: number) => { x: number; y: number }): number | undefined {
  let [best, least] = [undefined as number | undefined, reach];
  for (const rows of [...all.stretches.map((one) => one.rows), ...all.gaps]) {
    let from = project(rows[0]!);
    for (const [n, row] of rows.slice(1).entries()) {
      const to = project(row);
      const [x, y] = [to.x - from.x, to.y - from.y];
      const long = x * x + y * y;
      const part = long === 0 ? 0 : Math.max(0, Math.min(1, ((at.x - from.x) * x + (at.y - from.y) * y) / long));
      const far = Math.hypot(at.x - from.x - part * x, at.y - from.y - part * y);
      if (far <= least) [best, least] = [part < 0.5 ? rows[n]! : row, far];
      from = to;
    }
  }
  return best;
}
