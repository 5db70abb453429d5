import { validateStyleMin } from "@maplibre/maplibre-gl-style-spec";
import { describe, expect, it } from "vitest";
import type { Course } from "../src/lib/api/drives";
import type { Reach } from "../src/lib/api/navigation";
import { en } from "../src/lib/i18n/en";
import { settingUp } from "../src/lib/i18n/en/setting_up";
import { zh } from "../src/lib/i18n/zh";
import { settingUp as settingUpZh } from "../src/lib/i18n/zh/setting_up";
import { Words } from "../src/lib/i18n/words";
import { Prefs } from "../src/lib/look/prefs.svelte";
import { Units } from "../src/lib/look/units";
import { courseOverlay, legend, stepsOf, tone } from "../src/panels/drives/course_overlay";
import { parts, touched } from "../src/panels/drives/stretches";
import { connector } from "../src/panels/map/connectors";
import { points, reachOverlay, stamp } from "../src/panels/map/reach/rings";
import { PALETTES } from "../src/panels/map/style/palette";
import { style } from "../src/panels/map/style/style";

const words = new Words("en", { ...en, ...settingUp });
const chinese = new Words("zh", { ...zh, ...settingUpZh });
const metric = new Units(new Prefs(undefined, ["en-IE"]));
const miles = new Units(new Prefs(undefined, ["en-US"]));
const LOOK = { theme: "night", language: "en", calm: false, letters: 14, broad: 1 } as const;

/** A row a second, north by 11 m each. */
function course(more: Partial<Course>): Course {
  const count = more.speed?.length ?? more.power?.length ?? more.latitude?.length ?? 0;
  const each = <T>(value: (n: number) => T) => Array.from({ length: count }, (_, n) => value(n));
  return { at: each((n) => 1_764_000_000 + n), speed: each(() => 50), power: each(() => null), charge: each(() => 64), latitude: each((n) => 60 + n / 10_000), longitude: each(() => 24.9), ...more };
}
const at = (n: number) => 1_764_000_000 + n;

describe("a course on the map", () => {
  it("is cut where the speed reaches a step, without a hole between", () => {
    const found = parts(course({ speed: [10, 20, 40, 50, 70, null, 70] }), [], "speed", [30, 60, 100]);
    expect(found.stretches).toEqual([{ level: 0, rows: [0, 1] }, { level: 1, rows: [1, 2, 3] }, { level: 2, rows: [3, 4] }, { level: -1, rows: [4, 5] }, { level: 2, rows: [5, 6] }]);
    expect(found.gaps).toEqual([]);
  });

  it("is cut by power as well, where what the brakes win back is a level of its own", () => {
    // Watts into the battery, as cars count.
    const found = parts(course({ power: [5_000, 2_000, -5_000, -20_000, -60_000] }), [], "power", stepsOf("power", false));
    expect(found.stretches.map(({ level, rows }) => [level, rows.at(-1)])).toEqual([[0, 1], [1, 2], [2, 3], [3, 4]]);
  });

  it("is bridged where the car told nothing, and neither drawn nor bridged where its receiver leapt", () => {
    expect(parts(course({ speed: [50, 50, 50, 50] }), [[at(1), at(2)]], "speed", [30])).toEqual({ stretches: [{ level: 1, rows: [0, 1] }, { level: 1, rows: [2, 3] }], gaps: [[1, 2]] });
    const leap = { speed: [50, 50, 50, 50], latitude: [60, 60.0001, 60.5, 60.5001] };
    expect(parts(course(leap), [], "speed", [30]).gaps).toEqual([]);
    expect(parts(course(leap), [], "speed", [30]).stretches.map(({ rows }) => rows)).toEqual([[0, 1], [2, 3]]);
    // Without a place at the gap's edge, from the last that is known to the next.
    expect(parts(course({ speed: [50, 50, 50, 50, 50], latitude: [60, 60.0001, null, 60.0003, 60.0004] }), [[at(2), at(3)]], "speed", [30]).gaps).toEqual([[1, 3]]);
    // Over the date line is no leap.
    expect(parts(course({ speed: [50, 50], latitude: [0, 0], longitude: [179.9999, -179.9999] }), [], "speed", [30]).stretches).toHaveLength(1);
  });

  it("gives the row that a touch means, on a long straight as well, and none far from the line", () => {
    const all = { stretches: [{ level: 0, rows: [0, 1] }], gaps: [[1, 2]] as const };
    const project = (row: number) => [{ x: 0, y: 0 }, { x: 100, y: 0 }, { x: 100, y: 200 }][row]!;
    expect(touched(all, { x: 40, y: 5 }, 20, project)).toBe(0);
    expect(touched(all, { x: 60, y: -5 }, 20, project)).toBe(1);
    expect(touched(all, { x: 110, y: 150 }, 20, project)).toBe(2);
    expect(touched(all, { x: 40, y: 30 }, 20, project)).toBeUndefined();
    expect(touched({ stretches: [], gaps: [] }, { x: 0, y: 0 }, 20, project)).toBeUndefined();
  });

  it("is one that MapLibre takes, and goes on over the date line", () => {
    const over = course({ speed: [10, 40, 80, 120, null], longitude: [179.9998, 179.9999, -180, -179.9999, -179.9998], latitude: [0, 0, 0, 0, 0] });
    for (const by of ["speed", "power"] as const) {
      const overlay = courseOverlay(over, parts(over, [[at(3), at(4)]], by, stepsOf(by, false)), by);
      expect(validateStyleMin(style(LOOK, [], [overlay]) as never), by).toEqual([]);
    }
    const steady = { ...over, speed: over.speed.map(() => 50) };
    const { sources } = courseOverlay(steady, parts(steady, [], "speed", [30]), "speed");
    expect(sources["told"]).toMatchObject({ data: { features: [{ geometry: { coordinates: [[179.9998, 0], [179.9999, 0], [180, 0], [expect.closeTo(180.0001, 6), 0], [expect.closeTo(180.0002, 6), 0]] } }] } });
  });

  it("says what each colour means, in the person's units, and no two look the same", () => {
    expect(legend("speed", metric, words)).toMatchObject({ 0: "under 30 km/h", 1: "30–60 km/h", 3: "over 100 km/h" });
    expect(legend("speed", miles, words)).toMatchObject({ 0: "under 20 mph", 2: "40–60 mph" });
    expect(legend("power", metric, words)).toMatchObject({ 0: "won back by braking", 1: "under 10 kW", 2: "10–30 kW", 3: "over 30 kW" });
    for (const colors of Object.values(PALETTES)) for (const by of ["speed", "power"] as const) expect(new Set([-1, 0, 1, 2, 3].map((level) => tone(by, level, colors))).size).toBe(5);
    expect(tone("speed", 3, PALETTES.night)).toBe(PALETTES.night.road);
    expect(tone("speed", 0, PALETTES.night)).toBe(PALETTES.night.home);
  });
});

describe("the range on the map", () => {
  const one: Reach = { car: "car", metres: 10_000, capped: false, reserve: 10, consumption: 18, drives: 0, rings: [[[60, 24], [60, 25], [61, 25], [60, 24]], [[60, 24], [60, 25]]] };

  it("is one that MapLibre takes, longitude first, without rings that are none", () => {
    const overlay = reachOverlay({ there: one, back: { ...one, rings: [] } });
    expect(validateStyleMin(style(LOOK, [], [overlay]) as never)).toEqual([]);
    expect(overlay.sources["there"]).toMatchObject({ data: { features: [{ geometry: { coordinates: [[[24, 60], [25, 60], [25, 61], [24, 60]]] } }] } });
    expect(points({ there: one, back: one })).toHaveLength(12);
  });

  it("is asked for anew by the percent and by the kilometre, not with every metre", () => {
    const here = { latitude: 60.1712, longitude: 24.9412 };
    expect(stamp(64.2, here)).toBe(stamp(63.8, { latitude: 60.1714, longitude: 24.9414 }));
    expect(stamp(64.2, here)).not.toBe(stamp(62.9, here));
    expect(stamp(64.2, here)).not.toBe(stamp(64.2, { ...here, latitude: 60.19 }));
    expect(stamp(undefined, undefined)).toBe(" ");
  });

  it("calls connectors as people do, in both languages", () => {
    expect(connector({ standard: "IEC_62196_T2_COMBO", count: 2, power: 150 }, metric, words)).toBe("2 × CCS (fast, DC) 150 kW");
    expect(connector({ standard: "IEC_62196_T2" }, metric, chinese)).toBe("Type 2（欧标交流）");
    expect(connector({ standard: "PANTOGRAPH_TOP" }, metric, words)).toBe("PANTOGRAPH TOP");
  });
});
