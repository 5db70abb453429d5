import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Value, WireReading } from "../src/lib/live/frames";
import { LiveStore } from "../src/lib/live/store";
import { angle, arc, atAngle, snapped, spot } from "../src/lib/parts/dial";
import { House, type Refinement, type ThingView } from "../src/lib/things/house";
import { colour, COLOURS, css, near, shine, white, whites, wishes } from "../src/lib/things/light";
import { asked, entrance, leaf, openness } from "../src/lib/things/opening";
import { line, since, stretches } from "../src/lib/things/past";
import { code, cut, dust, few, played, runtime } from "../src/lib/things/sheet";
import { snap } from "./scripted";

function thing(signals: Record<string, Refinement>, now: Record<string, Value> = {}, kind = "x", times: Record<string, WireReading> = {}): ThingView {
  const set: Record<string, WireReading> = { "it/thing.info": [{ name: "it", link: "l", kind, traits: [], signals } as unknown as Value, 1], ...times };
  for (const [signal, value] of Object.entries(now)) set[`it/${signal}`] = [value, 1];
  const store = new LiveStore();
  store.snap(snap(1, set), true);
  return new House(store).thing("it");
}

describe("a lamp's light", () => {
  const all = { "light.hue": {}, "light.saturation": {}, "light.color_temp": {} };

  it("shows a colour only while it shows no white", () => {
    expect(colour(thing(all, { "light.hue": 30, "light.saturation": 40, "light.color_temp": 2700 }))).toBeUndefined();
    expect(colour(thing(all, { "light.hue": 30, "light.saturation": 40 }))).toEqual({ hue: 30, saturation: 40 });
    expect(shine(thing(all, { "light.color_temp": 2700 }))).toBe(white(2700));
    expect(shine(thing(all))).toBeUndefined();
  });

  it("asks for what differs, the hue first", () => {
    const lamp = thing(all, { "light.hue": 200, "light.saturation": 80 });
    expect(wishes(lamp, { hue: 200, saturation: 50 })).toEqual([["light.saturation", 50]]);
    expect(wishes(lamp, { hue: 359.7, saturation: 10 })).toEqual([["light.hue", 0], ["light.saturation", 10]]);
    expect(wishes(thing({ "light.hue": {} }), { hue: 5, saturation: 9 })).toEqual([["light.hue", 5]]);
  });

  it("every usual colour is told from every other, round the circle too", () => {
    for (const one of COLOURS) for (const other of COLOURS) expect(near(one, other), `${one.name} ${other.name}`).toBe(one === other);
    expect(near({ hue: 358, saturation: 100 }, { hue: 2, saturation: 100 })).toBe(true);
  });

  it("offers only whites that the lamp has, each once", () => {
    expect(whites(2700, 5000).map(({ kelvin }) => kelvin)).toEqual([2700, 4000, 5000]);
    expect(css({ hue: 120, saturation: 0 })).toContain("100%)");
    expect(white(1000)).toBe(white(2000));
  });
});

describe("what opens", () => {
  it("is drawn as what it is called, and held where it lets somebody in", () => {
    const kinds = ["gate", "garage", "door", "curtain", "blind", "cover"];
    expect(kinds.map((kind) => leaf(thing({}, {}, kind)))).toEqual(["gate", "garage", "door", "curtain", "blind", "shade"]);
    expect(kinds.map((kind) => entrance(thing({}, {}, kind)))).toEqual([true, true, true, false, false, false]);
    expect(leaf(thing({ "cover.state": { device_class: "garage" } }))).toBe("garage");
  });

  it("one that knows only its ends stands at one of them", () => {
    const at = (state: string) => openness(thing({}, { "cover.state": state }));
    expect([at("open"), at("closed"), at("opening"), openness(thing({}))]).toEqual([100, 0, 50, undefined]);
    const blind = thing({ "cover.open": {} });
    blind.store.delta({ t: "delta", rev: 2, wish: { "it/cover.open": [true, "sent", "K", 9] } });
    expect(asked(blind)).toBe(100);
  });
});

describe("a sheet", () => {
  it("shows few choices to who drives, and always what holds", () => {
    const options = ["a", "b", "c", "d", "e"].map((one) => [one, one] as const);
    expect(few(options, 3, "b").map(([one]) => one)).toEqual(["a", "b", "c"]);
    expect(few(options, 3, "e").map(([one]) => one)).toEqual(["a", "b", "e"]);
    expect(few(options, 3, undefined)).toHaveLength(3);
  });

  it("cuts names by signs that people see", () => {
    expect(cut("Küche", 20)).toBe("Küche");
    expect(cut("👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧", 3)).toBe("👨‍👩‍👧👨‍👩‍👧…");
    fc.assert(fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 2, max: 30 }), (name, most) => {
      expect([...new Intl.Segmenter().segment(cut(name, most))].length).toBeLessThanOrEqual(Math.max(most, 1));
    }));
  });

  it("asks for a code where the panel does", () => {
    const panel = thing({ "alarm.mode": { code: "number", code_for: ["disarmed"] } });
    expect([code(panel, "alarm.mode", "disarmed"), code(panel, "alarm.mode", "armed_home")]).toEqual(["number", undefined]);
    expect(code(thing({ "lock.locked": { code: "text" } }), "lock.locked", false)).toBe("text");
    expect(code(thing({ "lock.locked": {} }), "lock.locked", false)).toBeUndefined();
  });

  it("a player's place goes on by itself while it plays, to the end at most", () => {
    const at = (state: string, now: number) => played(thing({}, { "media_player.state": state, "media_player.duration": 90 }, "x", { "it/media_player.position": [30, 108, 100, "good"] }), now);
    expect([at("playing", 110), at("paused", 110), at("playing", 999), played(thing({}), 1)]).toEqual([40, 30, 90, undefined]);
    expect([runtime(187.9), runtime(3765), runtime(-1)]).toEqual(["3:07", "1:02:45", "0:00"]);
    expect([dust(5), dust(20), dust(80)]).toEqual(["good", "fair", "bad"]);
  });
});

describe("a dial", () => {
  const scale = { min: 7, max: 30, step: 0.5 };

  it("each value is found again at its place", () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: 46 }), (n) => {
      const value = 7 + n / 2;
      const { x, y } = spot(angle(value, scale), 86);
      expect(atAngle(x - 100, y - 100, scale)).toBeCloseTo(value, 5);
    }));
  });

  it("keeps to its steps and its ends; below, the nearer end counts", () => {
    expect([snapped(21.3, scale), snapped(99, scale), snapped(-5, scale)]).toEqual([21.5, 30, 7]);
    expect([atAngle(-1, 50, scale), atAngle(1, 50, scale)]).toEqual([7, 30]);
    expect(arc(7, 30, scale)).toMatch(/^M39\.19 160\.81A86 86 0 1 1 160\.81 160\.81$/);
  });
});

describe("the past", () => {
  it("keeps every peak however many points there are", () => {
    const points = Array.from({ length: 5_000 }, (_, n) => [n, n === 1_234 ? 99 : n === 4_321 ? -7 : 20] as const);
    const found = line(points, 0, 5_000)!;
    expect([found.least, found.most]).toEqual([-7, 99]);
    expect(found.path.split("L").length).toBeLessThan(130);
    expect(found.path).toContain(" 4.00");
    expect(found.path).toContain(" 96.00");
  });

  it("says nothing where nothing is known, and begins where it is", () => {
    expect(line([[3, null]], 0, 9)).toBeUndefined();
    expect(line([[50, 4]], 0, 100)).toEqual({ least: 4, most: 4, from: 50, path: "M50.00 50.00H100" });
    expect([since([], 10_000, 5_000), since([[9_000, 1]], 10_000, 5_000), since([[1, 1]], 10_000, 5_000)]).toEqual([9_400, 9_000, 5_000]);
  });

  it("shows when something was on, until now where it still is", () => {
    expect(stretches([[0, false], [25, true], [50, false], [90, true]], 0, 100)).toEqual([{ from: 25, width: 25 }, { from: 90, width: 10 }]);
    expect(stretches([[-50, true], [10, false]], 0, 100)).toEqual([{ from: 0, width: 10 }]);
  });
});
