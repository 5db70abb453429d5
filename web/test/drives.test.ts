import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Course, Drive, Listed } from "../src/lib/api/drives";
import { en } from "../src/lib/i18n/en";
import { settingUp } from "../src/lib/i18n/en/setting_up";
import { Words } from "../src/lib/i18n/words";
import { Prefs } from "../src/lib/look/prefs.svelte";
import { Units } from "../src/lib/look/units";
import { Book } from "../src/panels/drives/book.svelte";
import { charted, drawn, nearest, spread } from "../src/panels/drives/course";
import { placed, sentence, timed, took, totalled } from "../src/panels/drives/drive_words";
import { bounds } from "../src/panels/drives/plot";
import { readings } from "../src/panels/drives/readings";

const words = new Words("en", { ...en, ...settingUp });
const metric = new Units(new Prefs(undefined, ["en-IE"]));
const miles = new Units(new Prefs(undefined, ["en-US"]));

function course(count: number, more: Partial<Course> = {}): Course {
  const at = Array.from({ length: count }, (_, n) => 1_764_000_000 + n);
  const each = (value: (n: number) => number) => at.map((_, n) => value(n));
  return { at, speed: each((n) => n % 120), power: each((n) => 500 - n * 100), charge: each(() => 64), latitude: each((n) => 47 + n / 10_000), longitude: each((n) => 9.5 + n / 20_000), ...more };
}

describe("a course as charts", () => {
  it("draws what is drawn from the battery upwards, in the person's units, and nothing in a gap", () => {
    const rows = charted(course(3, { power: [-18_000, null, 5_000] }), [[1_764_000_001, 1_764_000_002]], true);
    expect(rows.at).toHaveLength(4);
    expect(rows.power).toEqual([18, null, null, -5]);
    expect(rows.speed[2]).toBeNull();
    expect(rows.speed[1]).toBeCloseTo(1 / 1.609344);
  });

  it("points at the row nearest to a moment", () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 0, max: 100_000 }), { minLength: 1, maxLength: 60 }), fc.integer({ min: -10, max: 100_010 }), (times, moment) => {
        const at = times.sort((one, other) => one - other);
        const best = Math.min(...at.map((one) => Math.abs(one - moment)));
        expect(Math.abs(at[nearest(at, moment)]! - moment)).toBe(best);
      }),
    );
  });

  it("spreads a table's rows over the whole time", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 2, max: 30 }), (count, most) => {
        const rows = spread(course(count).at, most);
        expect(rows.length).toBeLessThanOrEqual(most);
        expect(rows[0]).toBe(0);
        expect(rows.at(-1)).toBe(count - 1);
      }),
    );
  });

  it("never makes a mountain of what hardly changes, and holds all that was told", () => {
    fc.assert(
      fc.property(fc.float({ min: -200, max: 200, noNaN: true }), fc.float({ min: 0, max: 300, noNaN: true }), (low, room) => {
        const [bottom, top] = bounds(low, low + room, false);
        expect(bottom).toBeLessThan(low);
        expect(top).toBeGreaterThan(low + room);
        expect(top - bottom).toBeGreaterThanOrEqual(5 - 1e-6);
      }),
    );
    expect(bounds(3, 50, true)[0]).toBe(0);
  });

  it("reads out what was told and says what was not", () => {
    const told = readings(course(3, { speed: [50, null, 52], power: [null, null, null] }), 1, metric, words);
    expect(told.map(({ name, text }) => [name, text]).slice(1)).toEqual([
      ["Speed", "not told"],
      ["Charge", "64%"],
    ]);
  });
});

describe("a course as a line", () => {
  it("has a stretch for each speed, joined to the one before, and stays in its picture", () => {
    const line = drawn(course(200), [], [30, 60, 100])!;
    expect(line.stretches.map(({ level }) => level)).toEqual([0, 1, 2, 3, 0, 1, 2]);
    for (const [n, { points }] of line.stretches.entries()) if (n > 0) expect(points.split(" ")[0]).toBe(line.stretches[n - 1]!.points.split(" ").at(-1));
    for (const spot of line.spots) {
      expect(spot![0]).toBeGreaterThanOrEqual(0);
      expect(spot![0]).toBeLessThanOrEqual(line.width);
      expect(spot![1]).toBeLessThanOrEqual(line.height);
    }
  });

  it("is broken where the car told nothing, and where its receiver leapt", () => {
    const steady = { speed: Array.from({ length: 40 }, () => 50) };
    const whole = course(40, steady);
    expect(drawn(whole, [], [30])!.stretches).toHaveLength(1);
    expect(drawn(whole, [[whole.at[19]!, whole.at[20]!]], [30])!.stretches).toHaveLength(2);
    const leapt = course(40, { ...steady, latitude: whole.latitude.map((value, row) => (row < 20 ? value : value! + 0.1)) });
    expect(drawn(leapt, [], [30])!.stretches).toHaveLength(2);
  });

  it("takes the shorter way over the date line, and is none without two places", () => {
    const line = drawn(course(3, { latitude: [0, 0, 0], longitude: [179.99, -180, -179.99] }), [], [30])!;
    expect(line.spots.map((spot) => spot![0])).toEqual([60, 560, 1060]);
    expect(drawn(course(1), [], [30])).toBeUndefined();
    expect(drawn(course(3, { latitude: [null, null, null] }), [], [30])).toBeUndefined();
  });
});

const drive: Drive = { id: "d", car: "car", name: "Aurora", start: 1_764_000_000, end: 1_764_001_800, distance: 24_000, energy: 4.8, goal: { latitude: 47, longitude: 9, name: "Work", place: "work" } };

describe("a drive in words", () => {
  it("says what is known of its places, and what is not", () => {
    expect([drive.goal, { latitude: 1, longitude: 2 }, null].map((place) => placed(place, words))).toEqual(["Work", "Unnamed place", "Not known"]);
    expect(sentence(drive, metric, words)).toContain("from Not known to Work, 24 km");
  });

  it("makes up no times", () => {
    expect(timed({ ...drive, coarse: true }, metric, words)).toMatch(/^about /);
    expect(timed({ ...drive, coarse: true, end: drive.start }, metric, words)).toMatch(/^noticed at /);
  });

  it("counts consumption the way people do where they live", () => {
    expect(took(drive, metric)).toEqual({ text: "20", unit: "kWh/100 km" });
    expect(took(drive, miles)).toEqual({ text: "3.1", unit: "mi/kWh" });
    expect(took({ ...drive, energy: null }, metric)).toBeUndefined();
    const total = { month: "2026-11", drives: 2, distance: 48_000, duration: 3_600, energy: 4.8, measured: 24_000 };
    expect(totalled(total, metric, words)).toEqual(["2 drives", "48 km", metric.duration(3_600), "4.8 kWh", "20 kWh/100 km"]);
    expect(totalled({ ...total, drives: 1, measured: 0 }, metric, words)).toHaveLength(3);
  });
});

describe("the log book", () => {
  const of = (start: number): Drive => ({ ...drive, id: String(start), start, end: start + 60 });
  const all = Array.from({ length: 120 }, (_, n) => of(10_000 - n * 60));
  const months = [
    { month: "2026-11", drives: 70, distance: 0, duration: 0, energy: 0, measured: 0 },
    { month: "2026-10", drives: 50, distance: 0, duration: 0, energy: 0, measured: 0 },
  ];
  const asked: unknown[] = [];
  const ask = (query: { car?: string; after?: string; limit?: number }): Promise<Listed> => {
    asked.push(query);
    const from = query.after === undefined ? 0 : Number(query.after);
    const to = from + (query.limit ?? 50);
    return Promise.resolve({ drives: all.slice(from, to), next: to < all.length ? String(to) : null, months, total: months[0]!, kept: { all: true, cars: {} } });
  };

  it("is leafed through page by page, by the months that the hub counts, and looked at anew as far", async () => {
    const book = new Book(ask);
    await book.load(undefined);
    expect(book.months.map((month) => month.drives.length)).toEqual([50]);
    await book.more(undefined);
    expect(book.months.map((month) => month.drives.length)).toEqual([70, 30]);
    await book.more(undefined);
    expect([book.drives.length, book.next]).toEqual([120, undefined]);
    await book.load(undefined);
    expect(book.drives).toHaveLength(120);
    expect(asked.at(-1)).toEqual({ car: undefined, limit: 120 });
  });

  it("keeps what stood there when it can't be read, and says so", async () => {
    let broken = false;
    const book = new Book((query) => (broken ? Promise.reject(new Error("away")) : ask(query)));
    await book.load(undefined);
    broken = true;
    await book.load(undefined);
    expect([book.drives.length, String(book.failed)]).toEqual([50, "Error: away"]);
  });

  it("takes the answer that was asked for last", async () => {
    const waiting: (() => void)[] = [];
    const book = new Book((query) => new Promise((resolve) => waiting.push(() => resolve(ask(query)))));
    const [first, second] = [book.load("one"), book.load("two")];
    waiting[1]!();
    await second;
    book.clear();
    waiting[0]!();
    await first;
    expect(book.drives).toEqual([]);
  });
});
