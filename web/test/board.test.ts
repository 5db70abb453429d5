import fc from "fast-check";
import { afterEach, describe, expect, it, vi } from "vitest";
import { en } from "../src/lib/i18n/en";
import { Words } from "../src/lib/i18n/words";
import type { Value, WireReading } from "../src/lib/live/frames";
import { LiveStore } from "../src/lib/live/store";
import { Prefs } from "../src/lib/look/prefs.svelte";
import { Units } from "../src/lib/look/units";
import { Board, moved } from "../src/lib/things/board.svelte";
import { matcher } from "../src/lib/things/glob";
import { House } from "../src/lib/things/house";
import { Rights } from "../src/lib/things/rights.svelte";
import { room, summary, switching } from "../src/lib/things/rooms";
import { suggested } from "../src/lib/things/suggest";
import { snap } from "./scripted";

const words = new Words("en", en);
const units = new Units(new Prefs(undefined, ["en-GB"]));

type Made = { kind?: string; name?: string; area?: string; signals: Record<string, object>; now?: Record<string, Value> };

function facts(things: Record<string, Made>): Record<string, WireReading> {
  const set: Record<string, WireReading> = {};
  for (const [id, { signals, now = {}, kind = "x", area, name = id }] of Object.entries(things)) {
    const traits = [...new Set(Object.keys(signals).map((one) => one.split(".")[0]!))];
    set[`${id}/thing.info`] = [{ name, link: "l", kind, traits, signals, ...(area ? { area } : {}) } as unknown as Value, 1];
    for (const [signal, value] of Object.entries(now)) set[`${id}/${signal}`] = [value, 1];
  }
  return set;
}

function home(things: Record<string, Made>, may?: (path: string) => boolean): House {
  const store = new LiveStore();
  store.snap(snap(1, facts(things)), true);
  return new House(store, may);
}

const lamp = (on: boolean, area = "Kitchen"): Made => ({ kind: "light", area, signals: { "light.on": {} }, now: { "light.on": on } });

describe("what a screen may act on", () => {
  it("globs mean what they mean to the hub", () => {
    const cases: [string, string, boolean][] = [
      ["**", "lamp/light.on", true],
      ["**", "@tile/anna:1", false],
      ["*/light.**", "lamp/light.on", true],
      ["*/light.**", "lamp/lighting.on", false],
      ["*/light.*", "lamp/light.a.b", false],
      ["lamp/**", "lamp/switch.on", true],
      ["lamp/**", "lamp-2/switch.on", false],
      ["lamp/light.on", "lamp/light.on", true],
      ["lamp/light.on", "lampXlight.on", false],
      ["*/Vehicle.Cabin.**", "su7/Vehicle.Cabin", true],
      ["*/Vehicle.Cabin.**", "su7/Vehicle.Cabins", false],
    ];
    for (const [glob, path, fits] of cases) expect([glob, path, matcher([glob])(path)]).toEqual([glob, path, fits]);
    expect(matcher([])("lamp/light.on")).toBe(false);
  });

  it("is the role's usual until the hub has said, then the hub's word", () => {
    const rights = new Rights(() => false);
    expect(rights.may("lamp/light.on")).toBe(false);
    rights.take(["*/light.**"]);
    expect([rights.may("lamp/light.on"), rights.may("door/lock.locked")]).toEqual([true, false]);
    rights.take([]);
    expect(rights.may("lamp/light.on")).toBe(false);
  });

  it("a guest's home has only what they see or may do something with", () => {
    const guest = home(
      { lamp: lamp(true), door: { signals: { "lock.locked": {} } }, night: { signals: { "scene.activate": {} } }, secret: { signals: { "scene.activate": {} } } },
      (path) => path.startsWith("night/"),
    );
    expect(guest.areas().flatMap((area) => area.things).sort()).toEqual(["lamp", "night"]);
    expect([guest.listed("door"), guest.listed("lamp")]).toEqual([false, true]);
    expect(guest.thing("lamp").can("light.on")).toBe(false);
  });
});

describe("rooms", () => {
  it("say how many lights are on, how warm it is and what stands open", () => {
    const it = home({
      a: lamp(true),
      b: lamp(false),
      heat: { area: "Kitchen", signals: { "climate.current_temperature": {} }, now: { "climate.current_temperature": 20.5 } },
      win: { area: "Kitchen", signals: { "binary_sensor.on": { device_class: "window" } }, now: { "binary_sensor.on": true } },
    });
    const kitchen = room(it, "Kitchen")!;
    expect(summary(kitchen, words, units)).toBe("1 light on · 20.5° · 1 open");
    expect(switching(kitchen)).toMatchObject({ on: false, lamps: [{ id: "a" }] });
    expect(room(it, "Cellar")).toBeUndefined();
  });

  it("switch on what is off when none is on; what may not be switched is left alone", () => {
    const it = home({ a: lamp(false), b: lamp(false) }, (path) => path !== "b/light.on");
    expect(switching(room(it, "Kitchen")!)).toMatchObject({ on: true, lamps: [{ id: "a" }] });
    expect(switching(room(home({ a: lamp(true) }, () => false), "Kitchen")!)).toBeUndefined();
    expect(summary(room(home({ s: { area: "K", signals: { "scene.activate": {} } } }), "K")!, words, units)).toBe("1 device");
  });
});

describe("a room of which nothing is heard", () => {
  const gone = { "thing.online": false };
  const heat: Made = { area: "Kitchen", signals: { "climate.current_temperature": {} }, now: { "climate.current_temperature": 20.5 } };

  it("is as old as what it says; what still answers counts alone", () => {
    const dark = { ...lamp(true), now: { "light.on": true, ...gone } };
    const away = room(home({ a: dark, heat: { ...heat, now: { ...heat.now, ...gone } } }), "Kitchen")!;
    expect([away.lit, away.temperature, away.old !== undefined]).toEqual([1, 20.5, true]);
    const half = room(home({ a: dark, b: lamp(false), heat }), "Kitchen")!;
    expect([half.lit, half.temperature, half.old]).toEqual([0, 20.5, undefined]);
  });

  it("is of when the hub was last heard", () => {
    expect(room(home({ a: lamp(true) }), "Kitchen", 7)!.old).toBe(7);
    expect(room(home({ a: lamp(true) }), "Kitchen")!.old).toBeUndefined();
  });
});

describe("what is suggested", () => {
  it("is the way in first, and six at most", () => {
    const gate: Made = { kind: "gate", area: "Outside", signals: { "cover.state": {}, "cover.open": {} }, now: { "cover.state": "closed" } };
    const it = home({
      a: lamp(true), b: lamp(true), c: lamp(false), gate, arrive: { name: "Coming home", signals: { "scene.activate": {} } },
      heat: { area: "Hall", signals: { "climate.target_temperature": {} }, now: { "climate.target_temperature": 21 } },
      door: { area: "Hall", signals: { "lock.locked": {} }, now: { "lock.locked": true } },
    });
    const six = suggested(it);
    expect(six.map((one) => one.item)).toEqual(["gate", "arrive", "Kitchen", "heat", "door", "a"]);
    expect(suggested(home({}))).toEqual([]);
  });

  it("offers nothing that may not be done", () => {
    const six = suggested(home({ a: lamp(true) }, () => false));
    expect(six).toEqual([]);
  });
});

describe("the board", () => {
  const tile = (id: string, item: string, order: string): Record<string, WireReading> => ({ [`@tile/${id}`]: [{ person: "anna", kind: "thing", item, name: item.toUpperCase(), order }, 1] });
  const store = new LiveStore();
  store.snap(snap(1, { ...tile("anna:1", "a", "V"), ...tile("anna:2", "b", "b"), ...tile("anna:3", "c", "Vx"), ...tile("mei:1", "m", "A"), "@tile/anna:odd": [7, 1], "@tile/anna:half": [{ order: "b" }, 1] }), true);
  afterEach(() => vi.unstubAllGlobals());

  it("is one's own tiles in the order of the hub, whatever else the screen sees", () => {
    expect(new Board(store, () => "anna", () => undefined).tiles.map((one) => one.item)).toEqual(["a", "c", "b"]);
    expect(new Board(store, () => undefined, () => undefined).tiles).toEqual([]);
  });

  it("shows a move at once, asks the hub for it, and can take it back", async () => {
    const asked: [string, unknown][] = [];
    vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
      asked.push([path, JSON.parse(String(init.body))]);
      return new Response(JSON.stringify({ person: "anna", tiles: board.tiles, most: 60 }));
    });
    const board = new Board(store, () => "anna", () => undefined);
    const done = board.move({ kind: "thing", item: "b" }, 0);
    expect(board.tiles.map((one) => one.item)).toEqual(["b", "a", "c"]);
    await done;
    await board.undo();
    expect(board.tiles.map((one) => one.item)).toEqual(["a", "c", "b"]);
    expect(asked).toEqual([["api/home/move", { tile: "anna:2", before: "anna:1" }], ["api/home/move", { tile: "anna:2", before: null }]]);
    expect(board.undoable).toBe(false);
  });

  it("what the hub refuses is shown and undone", async () => {
    vi.stubGlobal("fetch", async () => new Response(JSON.stringify({ code: "too_many", detail: "full" }), { status: 429 }));
    const fail = vi.fn();
    const board = new Board(store, () => "anna", fail);
    await board.put([{ kind: "thing", item: "new" }]);
    expect(fail).toHaveBeenCalledOnce();
    expect(board.tiles.map((one) => one.item)).toEqual(["a", "c", "b"]);
  });

  it("moving loses and invents nothing", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { minLength: 1, maxLength: 20 }), fc.nat(), fc.nat(), (row, one, other) => {
        const [from, to] = [one % row.length, other % row.length];
        const then = moved(row, from, to);
        expect([...then].sort()).toEqual([...row].sort());
        expect(then[to]).toBe(row[from]);
      }),
    );
  });
});
