import { describe, expect, it } from "vitest";
import { DARK, Daylight, LIGHT, right, TO_DAY, TO_NIGHT } from "../src/lib/look/daylight";
import { elevation, place } from "../src/lib/look/sun";

const at = (iso: string) => Date.parse(iso) / 1000;

describe("where the sun stands", () => {
  it("as in Meeus's worked example 25.a", () => {
    const { ascension, declination } = place(at("1992-10-13T00:00:00Z"));
    expect(ascension).toBeCloseTo(198.38083, 2);
    expect(declination).toBeCloseTo(-7.78507, 2);
  });

  // Sunrise and sunset as almanacs print them, to the minute: the sun's upper rim on the horizon, refraction 34'.
  it.each([
    ["London, midsummer", 51.5074, -0.1278, "2024-06-20T03:43Z", "2024-06-20T20:21Z"],
    ["London, midwinter", 51.5074, -0.1278, "2024-12-21T08:04Z", "2024-12-21T15:53Z"],
    ["Singapore, equinox", 1.2897, 103.8501, "2024-03-19T23:09Z", "2024-03-20T11:15Z"],
    ["Quito, equinox", -0.2299, -78.525, "2024-09-22T11:03Z", "2024-09-22T23:10Z"],
    ["Sydney, midsummer", -33.8688, 151.2093, "2024-12-20T18:41Z", "2024-12-21T09:05Z"],
    ["Cape Town, midwinter", -33.9258, 18.4232, "2024-06-20T05:51Z", "2024-06-20T15:45Z"],
    ["New York, midwinter", 40.7128, -74.006, "2024-12-21T12:17Z", "2024-12-21T21:32Z"],
    ["Tokyo, midsummer", 35.6895, 139.6917, "2024-06-20T19:26Z", "2024-06-21T10:00Z"],
    ["Beijing, midwinter", 39.9075, 116.3972, "2024-12-20T23:33Z", "2024-12-21T08:52Z"],
    ["Reykjavik, midwinter", 64.1355, -21.8954, "2024-12-21T11:23Z", "2024-12-21T15:29Z"],
    ["Oslo, midsummer", 59.9127, 10.7461, "2024-06-20T01:54Z", "2024-06-20T20:43Z"],
  ])("%s", (_, latitude, longitude, rise, set) => {
    // A minute moves it by up to 0.25 degrees.
    for (const moment of [rise, set]) expect(Math.abs(elevation(at(moment), latitude, longitude) + 0.833)).toBeLessThan(0.26);
  });

  it("does not set in Tromsø at midsummer, nor rise at midwinter", () => {
    const day = (date: string) => Array.from({ length: 96 }, (_, quarter) => elevation(at(date) + quarter * 900, 69.6492, 18.9553));
    expect(Math.min(...day("2024-06-21T00:00Z"))).toBeGreaterThan(2.5);
    expect(Math.max(...day("2024-12-21T00:00Z"))).toBeLessThan(-2.9);
    expect(Math.max(...day("2024-12-21T00:00Z"))).toBeGreaterThan(-6);
  });
});

describe("day and night on the glass", () => {
  const run = (daylight: Daylight, from: number, seconds: number, seen: { light?: number; beam?: boolean; sun?: number }) => {
    for (let now = from; now <= from + seconds; now++) daylight.see({ now, ...seen });
    return daylight.shown;
  };

  it("the first look is believed at once", () => {
    expect(new Daylight().see({ now: 0, light: 3 })).toBe("night");
    expect(new Daylight().see({ now: 0, light: 60 })).toBe("day");
    expect(new Daylight().see({ now: 0 })).toBeUndefined();
  });

  it("an underpass changes nothing, a tunnel does", () => {
    const daylight = new Daylight();
    daylight.see({ now: 0, light: 80 });
    expect(run(daylight, 1, TO_NIGHT - 2, { light: 2, beam: true })).toBe("day");
    expect(run(daylight, 20, 5, { light: 80 })).toBe("day");
    expect(run(daylight, 30, TO_NIGHT, { light: 2, beam: true })).toBe("night");
  });

  it("a street lamp changes nothing, the morning does", () => {
    const daylight = new Daylight();
    daylight.see({ now: 0, light: 0 });
    expect(run(daylight, 1, 4, { light: 40 })).toBe("night");
    expect(run(daylight, 10, 60, { light: 0 })).toBe("night");
    expect(run(daylight, 80, TO_DAY, { light: 40 })).toBe("day");
  });

  it("in the dusk between them the beam decides; without it nothing flickers", () => {
    const dusk = (DARK + LIGHT) / 2;
    expect(right({ now: 0, light: dusk, beam: true }, "day")).toBe("night");
    expect(right({ now: 0, light: dusk, beam: false }, "day")).toBe("day");
    expect(right({ now: 0, light: dusk }, "night")).toBe("night");
  });

  it("without a sensor the sun counts, and a beam at dusk", () => {
    expect(right({ now: 0, sun: 30, beam: true }, undefined)).toBe("day");
    expect(right({ now: 0, sun: 3, beam: true }, undefined)).toBe("night");
    expect(right({ now: 0, sun: -2, beam: false }, undefined)).toBe("day");
    expect(right({ now: 0, sun: -4, beam: false }, undefined)).toBe("night");
    expect(right({ now: 0, beam: true }, undefined)).toBe("night");
    expect(right({ now: 0, beam: false }, undefined)).toBeUndefined();
  });
});
