import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Spot } from "../src/lib/api/maps";
import { LiveStore } from "../src/lib/live/store";
import { told } from "../src/panels/map/regions.svelte";
import { Searching } from "../src/panels/map/searching.svelte";
import { covers } from "../src/panels/map/geometry";
import { hit, kindOf } from "../src/panels/map/spots";
import { snap } from "./scripted";

const spot = (name: string): Spot => ({ kind: "street", name, latitude: 47, longitude: 9 });

describe("searching as one types", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("asks once for what was typed quickly", async () => {
    const asked: string[] = [];
    const searching = new Searching(() => undefined, (text) => (asked.push(text), Promise.resolve([spot(text)])));
    for (const text of ["S", "St", "Stä"]) searching.type(text);
    await vi.advanceTimersByTimeAsync(500);
    expect(asked).toEqual(["Stä"]);
    expect(searching.found?.map((one) => one.name)).toEqual(["Stä"]);
    expect(searching.busy).toBe(false);
  });

  it("shows the answer to what was typed last, whichever comes last", async () => {
    const answers = new Map<string, (found: Spot[]) => void>();
    const searching = new Searching(() => undefined, (text) => new Promise((resolve) => answers.set(text, resolve)));
    searching.type("a");
    await vi.advanceTimersByTimeAsync(200);
    searching.type("ab");
    await vi.advanceTimersByTimeAsync(200);
    answers.get("ab")!([spot("ab")]);
    answers.get("a")!([spot("a")]);
    await vi.advanceTimersByTimeAsync(0);
    expect(searching.found?.map((one) => one.name)).toEqual(["ab"]);
  });

  it("does what waits for the answer when it is there, and not if something else is typed before", async () => {
    const searching = new Searching(() => undefined, (text) => Promise.resolve([spot(text)]));
    const done: string[] = [];
    searching.type("a");
    searching.answered(() => done.push("a"));
    searching.type("ab");
    searching.answered(() => done.push(searching.found?.[0]?.name ?? "nothing"));
    expect(done).toEqual([]);
    await vi.advanceTimersByTimeAsync(200);
    expect(done).toEqual(["ab"]);
    searching.answered(() => done.push("at once"));
    expect(done).toEqual(["ab", "at once"]);
  });

  it("forgets what was found when nothing is typed any more, also what is still on its way", async () => {
    let answer: (found: Spot[]) => void = () => undefined;
    const searching = new Searching(() => undefined, () => new Promise((resolve) => (answer = resolve)));
    searching.type("a");
    await vi.advanceTimersByTimeAsync(200);
    searching.type("  ");
    answer([spot("a")]);
    await vi.advanceTimersByTimeAsync(0);
    expect(searching.found).toBeUndefined();
    expect(searching.busy).toBe(false);
  });

  it("says when nobody answers, and no more once somebody does", async () => {
    let works = false;
    const searching = new Searching(() => undefined, () => (works ? Promise.resolve([spot("a")]) : Promise.reject(new Error("away"))));
    searching.type("a");
    await vi.advanceTimersByTimeAsync(200);
    expect(searching.failed).toBeInstanceOf(Error);
    works = true;
    searching.type("ab");
    await vi.advanceTimersByTimeAsync(200);
    expect([searching.failed, searching.found?.length]).toEqual([undefined, 1]);
  });
});

describe("what stands on the map", () => {
  it("is hit by a tap that is near enough, the nearest first", () => {
    const project = ({ longitude, latitude }: { longitude: number; latitude: number }) => ({ x: longitude * 1000, y: latitude * 1000 });
    const all = [{ latitude: 0, longitude: 0.04 }, { latitude: 0, longitude: 0.01 }];
    expect(hit(all, { latitude: 0, longitude: 0 }, 30, project)).toBe(all[1]);
    expect(hit(all, { latitude: 0, longitude: 0.2 }, 30, project)).toBeUndefined();
  });

  it("is called by what it is", () => {
    expect(kindOf({ ...spot("x"), kind: "point", about: "amenity=pharmacy" })).toBe("map.kind.pharmacy");
    expect(kindOf({ ...spot("x"), kind: "point", about: "amenity=something_odd" })).toBeUndefined();
    expect(kindOf(spot("x"))).toBe("map.kind.street");
  });

  it("lies on a map or beside it", () => {
    const region = { bounds: [9, 47, 10, 48] as [number, number, number, number] };
    expect(covers(region, { latitude: 47.5, longitude: 9.5 })).toBe(true);
    expect(covers(region, { latitude: 48.1, longitude: 9.5 })).toBe(false);
  });

  it("is told by the hub, whatever is missing in it", () => {
    const state = (value: unknown) => {
      const store = new LiveStore();
      store.snap(snap(1, { "hub/maps.state": [value as never, 1] }), true);
      return told(store);
    };
    expect(state({ ready: true, regions: { li: "abc" } })).toEqual({ ready: true, regions: { li: "abc" }, making: undefined });
    expect(state({})).toEqual({ ready: false, regions: {}, making: undefined });
    expect(state("odd")).toBeUndefined();
    expect(told(new LiveStore())).toBeUndefined();
  });
});
