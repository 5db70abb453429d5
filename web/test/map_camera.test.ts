import { describe, expect, it } from "vitest";
import { Prefs } from "../src/lib/look/prefs.svelte";
import { Units } from "../src/lib/look/units";
import { Gliding, turned, zoomFor } from "../src/panels/map/gliding";
import { said } from "../src/panels/map/lengths";

const at = (latitude: number, longitude = 9, heading?: number) => ({ latitude, longitude, heading });

describe("a car between two readings", () => {
  it("goes from one to the next in a bit more than the time that lay between them", () => {
    const gliding = new Gliding();
    gliding.to(at(47, 9, 350), 1_000);
    expect(gliding.at(1_000)).toEqual({ latitude: 47, longitude: 9, heading: 350 });
    gliding.to(at(47.001, 9, 10), 2_000);
    expect(gliding.at(2_000)?.latitude).toBeCloseTo(47);
    const half = gliding.at(2_575)!;
    expect(half.latitude).toBeCloseTo(47.0005);
    // Over north, and not all the way round.
    expect(half.heading).toBeCloseTo(0);
    expect(gliding.done(2_500)).toBe(false);
    expect(gliding.at(9_000)).toEqual({ latitude: 47.001, longitude: 9, heading: 10 });
    expect(gliding.done(9_000)).toBe(true);
  });

  it("does not stand still between readings that come a little early and late", () => {
    const gliding = new Gliding();
    const times = [0, 1_000, 2_060, 2_990, 4_040, 5_000];
    times.forEach((now, at) => {
      if (at > 2) expect(gliding.done(now - 1), `before ${now}`).toBe(false);
      gliding.to({ latitude: 47 + at * 1e-4, longitude: 9 }, now);
    });
  });

  it("is there at once after a jump, a long silence, or where nothing may move", () => {
    for (const [next, now, still] of [[at(47.1), 2_000, false], [at(47.001), 60_000, false], [at(47.001), 2_000, true]] as const) {
      const gliding = new Gliding();
      gliding.to(at(47), 1_000);
      gliding.to(next, now, still);
      expect(gliding.at(now)?.latitude).toBe(next.latitude);
      expect(gliding.done(now)).toBe(true);
    }
  });

  it("heads where it moves when it does not say, and keeps that while it stands", () => {
    const gliding = new Gliding();
    gliding.to(at(47), 0);
    gliding.to(at(47, 9.001), 1_000, true);
    expect(gliding.at(1_000)?.heading).toBeCloseTo(90, 0);
    gliding.to(at(47.000001, 9.001), 2_000, true);
    expect(gliding.at(2_000)?.heading).toBeCloseTo(90, 0);
  });

  it("knows nothing before the first one", () => {
    expect(new Gliding().at(0)).toBeUndefined();
  });
});

describe("what one looks at", () => {
  it("turns the shorter way round", () => {
    expect(turned(350, 10, 0.5)).toBeCloseTo(0);
    expect(turned(10, 350, 0.25)).toBeCloseTo(5);
    expect(turned(0, 180, 1)).toBeCloseTo(180);
  });

  it("is further away the faster one drives", () => {
    const all = [undefined, 0, 20, 50, 90, 130, 200].map(zoomFor);
    expect(all).toEqual([...all].sort((one, other) => other - one));
    expect(zoomFor(50)).toBe(16);
    expect(zoomFor(-50)).toBe(16);
  });
});

describe("a length on the road", () => {
  const units = (language: string) => new Units(new Prefs(undefined, [language]));
  it("is said in round figures", () => {
    expect([4, 44, 96, 120, 349, 950, 974, 1_240, 26_000].map((metres) => said(metres, units("de-DE")).replace(",", "."))).toEqual(["0 m", "40 m", "100 m", "100 m", "350 m", "950 m", "950 m", "1.2 km", "26 km"]);
    expect(said(-5, units("de-DE"))).toBe("0 m");
    expect([30, 150, 800].map((metres) => said(metres, units("en-US")))).toEqual(["100 ft", "500 ft", "0.5 mi"]);
    expect(said(100, units("en-GB"))).toBe("100 yd");
  });
});
