import { describe, expect, it } from "vitest";
import type { Listed, Recording } from "../src/lib/api/recordings";
import { dayNamed, Days, hours, length, placed } from "../src/panels/recordings/days.svelte";

const one = (id: string, start: number): Recording => ({ id, camera: "yard", name: "Yard", start, happened: start, why: "motion", by: "pir/binary_sensor.on", end: start + 20 });

const listed = (day: string, recordings: Recording[] = []): Listed => ({
  day,
  start: 0,
  end: 86_400,
  recordings,
  more: false,
  days: ["2026-11-26", "2026-11-24", "2026-11-20"].map((one) => ({ day: one, recordings: 1 })),
  running: [],
  cameras: [],
  rules: {},
  room: { taken: 0, most: 0, free: 0 },
  undo: 60,
});

describe("a day's recordings", () => {
  it("leads to the days beside it that have any", async () => {
    const days = new Days(async ({ day }) => listed(day ?? "2026-11-26"));
    await days.load(undefined, undefined);
    expect([days.beside(-1), days.beside(1)]).toEqual(["2026-11-24", undefined]);
    await days.load("2026-11-22", undefined);
    expect([days.beside(-1), days.beside(1)]).toEqual(["2026-11-20", "2026-11-24"]);
  });

  it("shows what was asked for last, whatever comes last", async () => {
    const waiting: ((found: Listed) => void)[] = [];
    const days = new Days(() => new Promise((done) => waiting.push(done)));
    const [first, second] = [days.load("2026-11-24", undefined), days.load("2026-11-26", undefined)];
    waiting[1]!(listed("2026-11-26"));
    waiting[0]!(listed("2026-11-24"));
    await Promise.all([first, second]);
    expect(days.shown?.day).toBe("2026-11-26");
  });

  it("stands while another answer fails, and says so", async () => {
    let fails = false;
    const days = new Days(async () => {
      if (fails) throw new Error("away");
      return listed("2026-11-26", [one("a", 1_000)]);
    });
    await days.load(undefined, undefined);
    fails = true;
    await days.load(undefined, undefined);
    expect(days.shown?.recordings.map(({ id }) => id)).toEqual(["a"]);
    expect(days.failed).toBeInstanceOf(Error);
    days.change({ ...one("a", 1_000), kept: true });
    expect(days.shown?.recordings[0]?.kept).toBe(true);
  });

  it("lies where it was, on days of any length", () => {
    expect(placed(0, 86_400, 21_600)).toBe(0.25);
    expect([placed(0, 86_400, -5), placed(0, 86_400, 90_000)]).toEqual([0, 1]);
    expect(hours(0, 90_000).map(({ seconds }) => seconds)).toEqual([22_500, 45_000, 67_500]);
  });

  it("is said in words", () => {
    expect(dayNamed("2026-11-26", "en-GB")).toBe("Thursday 26 November");
    expect(dayNamed("soon", "en-GB")).toBe("soon");
    expect([length(7.6), length(62), length(-1)]).toEqual(["0:08", "1:02", "0:00"]);
  });
});
