/** A drive's course as it is drawn on the map: by speed or by power, dashed where the car told nothing. Pure. */

import type { Feature, FeatureCollection, LineString } from "geojson";
import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import type { Course } from "../../lib/api/drives";
import type { Units } from "../../lib/look/units";
import type { Words } from "../../lib/i18n/words";
import { lngLat } from "../map/geometry";
import { growing, type Look } from "../map/style/look";
import type { Palette } from "../map/style/palette";
import type { Overlay } from "../map/style/style";
import { said } from "./drive_words";
import { spot, type By, type Parts } from "./stretches";

const KM_PER_MILE = 1.609344;
/** kW drawn from the battery at which the line changes: below nothing, the brakes won something back. */
const POWERS = [0, 10, 30];

/** km/h or kW at which the line changes, round ones in the person's units. */
export function stepsOf(by: By, miles: boolean): readonly number[] {
  if (by === "power") return POWERS;
  return miles ? [20, 40, 60].map((mph) => mph * KM_PER_MILE) : [30, 60, 100];
}

/** What each level means, from -1 on, in words. */
export function legend(by: By, units: Units, words: Words): Readonly<Record<number, string>> {
  const steps = stepsOf(by, units.prefs.distance === "mi");
  if (by === "power") {
    const kW = (at: number) => `${units.number(steps[at]!)} kW`;
    return { [-1]: words.t("drives.silent.power"), 0: words.t("drives.back"), 1: words.t("drives.under", { speed: kW(1) }), 2: `${units.number(steps[1]!)}–${kW(2)}`, 3: words.t("drives.over", { speed: kW(2) }) };
  }
  const speed = (at: number) => said(units.speed(steps[at]!));
  const number = (at: number) => units.speed(steps[at]!).text;
  return { [-1]: words.t("drives.silent"), 0: words.t("drives.under", { speed: speed(0) }), 1: `${number(0)}–${speed(1)}`, 2: `${number(1)}–${speed(2)}`, 3: words.t("drives.over", { speed: speed(2) }) };
}

/** The width of each level's line as a part of the widest: what counts is told by it as well as by colour. */
export const WIDTHS: Readonly<Record<By, readonly number[]>> = { speed: [1, 0.86, 0.71, 0.57], power: [0.45, 0.57, 0.8, 1] };

/** Each level's colour; `warm` how much of home's is in it, `ok` for what was won back. */
export function tone(by: By, level: number, colors: Pick<Palette, "road" | "home" | "ok" | "quiet">): string {
  if (level < 0) return colors.quiet;
  if (by === "power" && level === 0) return colors.ok;
  const warm = by === "power" ? [0, 0, 0.5, 1][level]! : [1, 0.6, 0.25, 0][level]!;
  return mixed(colors.road, colors.home, warm);
}

function mixed(one: string, other: string, part: number): string {
  const channel = (hex: string, n: number) => parseInt(hex.slice(1 + 2 * n, 3 + 2 * n), 16);
  return `#${[0, 1, 2].map((n) => Math.round(channel(one, n) + (channel(other, n) - channel(one, n)) * part).toString(16).padStart(2, "0")).join("")}`;
}

export const COURSE = "course";
const LEVELS = [0, 1, 2, 3] as const;

export function courseOverlay(course: Course, { stretches, gaps }: Parts, by: By): Overlay {
  const line = (rows: readonly number[], level: number): Feature<LineString> => ({ type: "Feature", properties: { level }, geometry: { type: "LineString", coordinates: unbroken(rows.map((row) => lngLat(spot(course, row)!))) } });
  const all = (features: Feature[]): FeatureCollection => ({ type: "FeatureCollection", features });
  const each = (value: (level: number) => string | number) => ["match", ["get", "level"], ...LEVELS.flatMap((level) => [level, value(level)]), value(-1)] as unknown as ExpressionSpecification;
  const round = { "line-cap": "round", "line-join": "round" } as const;
  return {
    id: COURSE,
    sources: {
      told: { type: "geojson", data: all(stretches.filter(({ level }) => level >= 0).map(({ rows, level }) => line(rows, level))) },
      silent: { type: "geojson", data: all([...gaps, ...stretches.filter(({ level }) => level < 0).map(({ rows }) => rows)].map((rows) => line(rows, -1))) },
    },
    layers: (look: Look, colors: Palette): LayerSpecification[] => {
      const wide = (part: number, more = 0) => growing(look.broad, [8, 6 * part + more], [14, 9 * part + more], [18, 18 * part + more]);
      const widths = (more: number) => {
        // A width that grows with the zoom has the zoom outermost.
        const by_level = (most: number) => each((level) => (most * (level < 0 ? 0.5 : WIDTHS[by][level]!) + more) * look.broad);
        return ["interpolate", ["exponential", 1.5], ["zoom"], 8, by_level(6), 14, by_level(9), 18, by_level(18)] as unknown as ExpressionSpecification;
      };
      return [
        { id: "silent-edge", type: "line", source: "silent", layout: round, paint: { "line-color": colors.halo, "line-width": wide(0.45, 4) } },
        { id: "silent", type: "line", source: "silent", layout: { "line-join": "round" }, paint: { "line-color": colors.quiet, "line-width": wide(0.45), "line-dasharray": [1.6, 1.6] } },
        { id: "edge", type: "line", source: "told", layout: round, paint: { "line-color": colors.halo, "line-width": widths(4) } },
        { id: "line", type: "line", source: "told", layout: round, paint: { "line-color": each((level) => tone(by, level, colors)), "line-width": widths(0) } },
      ];
    },
  };
}

/** Over the date line a line goes on counting, that it is not drawn around the world. */
function unbroken(points: [number, number][]): [number, number][] {
  let before = points[0]?.[0] ?? 0;
  return points.map(([x, y]) => {
    before = x + 360 * Math.round((before - x) / 360);
    return [before, y];
  });
}
