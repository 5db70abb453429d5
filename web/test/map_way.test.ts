import { validateStyleMin } from "@maplibre/maplibre-gl-style-spec";
import { describe, expect, it, vi } from "vitest";
import { decoded, plan, start } from "../src/lib/api/navigation";
import { LiveStore } from "../src/lib/live/store";
import { ThingView } from "../src/lib/things/house";
import { arrow, arrowKey, laneArrow } from "../src/panels/map/route/arrows";
import { guidance, journey, leads } from "../src/panels/map/route/guidance";
import { colours, length, wayOverlay } from "../src/panels/map/route/way_line";
import { PALETTES } from "../src/panels/map/style/palette";
import { style } from "../src/panels/map/style/style";
import { en } from "../src/lib/i18n/en";
import { settingUp } from "../src/lib/i18n/en/setting_up";
import { snap } from "./scripted";

const LOOK = { theme: "night", language: "en", calm: true, letters: 24, broad: 1.5 } as const;
const SHAPE = [{ latitude: 47, longitude: 9 }, { latitude: 47.01, longitude: 9 }, { latitude: 47.01, longitude: 9.02 }];
const led = (value: unknown) => {
  const store = new LiveStore();
  store.snap(snap(1, { "car/navigation.now": [value as never, 1] }), true);
  return guidance(new ThingView(store, "car"));
};

describe("the way on the map", () => {
  it("is one that MapLibre takes, wherever the car is on it, and towards home", () => {
    for (const home of [true, false])
      for (const behind of [-1, 0, 0.001, 0.3, 0.449999, 0.45, 0.8, 0.99999, 1, 2]) expect(validateStyleMin(style(LOOK, [], [wayOverlay(SHAPE, [SHAPE], home, behind)]) as never), `${home} ${behind}`).toEqual([]);
  });

  it("turns from the road's colour to home's, and from anywhere else does not", () => {
    const { road, home } = PALETTES.night;
    expect(colours(PALETTES.night, true, 0)).toEqual(["interpolate", ["linear"], ["line-progress"], 0, road, 0.45, road, 1, home]);
    expect(JSON.stringify(colours(PALETTES.night, false, 0))).not.toContain(home);
  });

  it("is faded where it is driven already", () => {
    const [, , , ...stops] = colours(PALETTES.night, true, 0.8) as unknown as (number | string)[];
    expect(stops.slice(0, 4)).toEqual([0, PALETTES.night.border, 0.8, PALETTES.night.border]);
    expect(stops.at(-1)).toBe(PALETTES.night.home);
  });

  it("is as long as its points lie apart", () => {
    expect(length(SHAPE)).toBeCloseTo(1112 + 1517, -2);
    expect(length([])).toBe(0);
  });

  it("is read as the hub writes it", () => {
    // By the format's own description: 38.5, -120.2; 40.7, -120.95; 43.252, -126.453, with six digits.
    expect(decoded("_izlhA~rlgdF_{geC~ywl@_kwzCn`{nI")).toEqual([{ latitude: 38.5, longitude: -120.2 }, { latitude: 40.7, longitude: -120.95 }, { latitude: 43.252, longitude: -126.453 }]);
    expect(decoded("")).toEqual([]);
  });
});

describe("the way that was picked", () => {
  it("is said by its mark, and by no number: they may be found in another order by then", async () => {
    const asked: [string, unknown][] = [];
    vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
      asked.push([path, JSON.parse(String(init.body))]);
      return new Response(JSON.stringify(path.endsWith("plan") ? { car: "car", ways: [{ shape: "", length: 1, time: 1, mark: "one" }, { shape: "", length: 2, time: 2, mark: "two" }] } : { car: "car" }));
    });
    const goal = { latitude: 47, longitude: 9, name: "Gym" };
    const avoids = { tolls: true, motorways: false, ferries: false };
    const ways = await plan("car", [goal], avoids);
    await start("car", goal, avoids, ways[1]?.mark);
    await start("car", goal, avoids);
    const wanted = { car: "car", avoid_tolls: true, avoid_motorways: false, avoid_ferries: false, stops: [goal] };
    expect(asked.slice(1).map(([, body]) => body)).toEqual([{ ...wanted, mark: "two" }, wanted]);
    vi.unstubAllGlobals();
  });
});

describe("how a car is led", () => {
  it("is read with whatever of it is there", () => {
    const goal = { latitude: 47, longitude: 9, name: "Home", place: "home" };
    expect(led({ state: "planning", goal })).toMatchObject({ state: "planning", goal, stops: 0, next: undefined });
    const next = { kind: "left", far: 120, streets: ["A"], lanes: [{ leads: ["left"], take: "left" }, { leads: ["through"] }, 7] };
    const full = led({ state: "under_way", goal, at: [47, 9], next, eta: 5, charge: -2 });
    expect(full).toMatchObject({ at: { latitude: 47, longitude: 9 }, eta: 5, charge: -2, next: { kind: "left", lanes: [{ take: "left" }, { take: undefined }] } });
    expect(leads(full)).toBe(true);
    expect(leads(led({ state: "arrived", goal }))).toBe(false);
  });

  it("is nothing where it makes no sense", () => {
    for (const value of [null, 1, [], {}, { state: "under_way" }, { state: "odd", goal: { latitude: 1, longitude: 1 } }, { state: "under_way", goal: { latitude: "1", longitude: 1 } }]) expect(led(value)).toBeUndefined();
  });

  it("knows what is still to come, and what was to be avoided, for who adds a stop", () => {
    const [shop, home] = [{ latitude: 47, longitude: 9, name: "Shop" }, { latitude: 47.1, longitude: 9, name: "Home", place: "home" }];
    const kept = { start: "1", stops: [shop, home], at: 1, avoid_tolls: true, led: { start: "1", passed: 1 } };
    expect(journey(kept)).toEqual({ stops: [home], avoids: { tolls: true, motorways: false, ferries: false } });
    expect(journey({ ...kept, led: null })?.stops).toMatchObject([{ name: "Shop" }, { place: "home" }]);
    expect(journey({ ...kept, led: { start: "0", passed: 2 } })?.stops).toHaveLength(2);
    for (const nothing of [undefined, null, {}, { ...kept, led: { start: "1", passed: 2 } }]) expect(journey(nothing)).toBeUndefined();
  });

  it("has a picture and a word for each manoeuvre of the hub", () => {
    const kinds = "none start start_right start_left arrive arrive_right arrive_left becomes continue slight_right right sharp_right uturn_right uturn_left sharp_left left slight_left ramp_straight ramp_right ramp_left exit_right exit_left stay_straight stay_right stay_left merge merge_right merge_left roundabout_enter roundabout_exit ferry_enter ferry_exit odd".split(" ");
    const messages: Record<string, string> = { ...en, ...settingUp };
    for (const kind of kinds) expect(messages[arrowKey(kind)], kind).toBeTruthy();
    expect(arrow("roundabout_enter", true)).not.toBe(arrow("roundabout_enter", false));
    expect(arrow("left", false)).not.toBe(arrow("right", false));
    expect(laneArrow("sharp_left")).toBe("sharpLeft");
    expect(laneArrow("odd")).toBe("straight");
  });
});
