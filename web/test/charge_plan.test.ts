import { describe, expect, it } from "vitest";
import { en } from "../src/lib/i18n/en";
import { Words } from "../src/lib/i18n/words";
import { zh } from "../src/lib/i18n/zh";
import { Prefs } from "../src/lib/look/prefs.svelte";
import { Units } from "../src/lib/look/units";
import { NO_PLAN, asPlan, clock, daysOf, doing, moved, summary } from "../src/lib/things/charge_plan";

const words = new Words("en", en);
const units = new Units(new Prefs(undefined, ["en-GB"]));
const said = (values: object) => doing(asPlan({ on: true, ...values } as never), words, units, 1_000_000)?.text;

describe("the charge schedule in words", () => {
  it("is off until somebody sets one up, and nothing is said of it", () => {
    expect(asPlan(undefined)).toEqual(NO_PLAN);
    expect(doing(NO_PLAN, words, units, 0)).toBeUndefined();
  });

  it("says what it waits for: a time soon, a day and a time later", () => {
    const at = 1_000_000 + 3 * 3600;
    expect(said({ doing: "waits", begins: at })).toBe(`Waits until ${units.time(at)}`);
    const day = new Intl.DateTimeFormat("en-GB", { weekday: "short" }).format((1_000_000 + 50 * 3600) * 1000);
    expect(said({ doing: "waits", begins: 1_000_000 + 50 * 3600 })).toMatch(new RegExp(`^Waits until ${day} `));
    expect(said({ doing: "waits" })).toBe("Waits for its hours");
    expect(said({ doing: "unplugged" })).toBe("Waits for the cable");
  });

  it("tells who has it their way, until the cable is out", () => {
    expect(said({ doing: "by_hand", standing: { hand: "START", by: "person:anna" } })).toBe("Charging by hand, until it is unplugged.");
    expect(said({ doing: "by_hand", standing: { hand: "STOP" } })).toBe("Stopped by hand, until it is unplugged. It was done at the car.");
  });

  it("says why it charges", () => {
    expect(said({ doing: "charges", end: "06:00", standing: { because: "window" } })).toBe("Charges in its hours, until 06:00");
    expect(said({ doing: "charges", ready: "07:30", standing: { because: "ready" } })).toBe("Charges to be ready by 07:30");
    expect(said({ doing: "charges", start: "10:00", end: "10:00" })).toBe("Charges: all hours are open");
  });

  it("says that the car was asked, and what it said to it", () => {
    expect(said({ doing: "asks", standing: { asked: "STOP" } })).toBe("Asks the car to stop…");
    const trouble = doing(asPlan({ on: true, doing: "trouble", standing: { trouble: "the car sleeps" } }), words, units, 0);
    expect(trouble).toEqual({ tone: "warn", text: "The car does not follow the schedule: the car sleeps" });
    expect(said({ doing: "trouble" })).toContain("asked several times");
  });

  it("has a word for everything that a schedule can be at", () => {
    for (const one of ["unknown", "unplugged", "by_hand", "waits", "asks", "charges", "charged", "trouble"])
      for (const language of [words, new Words("zh", zh)]) expect(doing(asPlan({ on: true, doing: one }), language, units, 0)?.text, one).toBeTruthy();
  });

  it("sums up hours and days", () => {
    expect(summary(asPlan({ on: true }), words, units)).toBe("22:00–06:00, every day");
    expect(summary(asPlan({ start: "09:00", end: "09:00", days: [0, 1, 2, 3, 4] }), words, units)).toBe("All day, Mon–Fri");
    expect(daysOf([5, 0], words, units)).toBe("Mon, Sat");
    expect(clock("22:00", new Units(new Prefs(undefined, ["en-US"])))).toBe("10:00 PM");
  });

  it("moves times round the clock", () => {
    expect([moved("23:30", 30), moved("00:00", -30), moved("06:15", 60)]).toEqual(["00:00", "23:30", "07:15"]);
  });

  it("is not shaken by what is no plan", () => {
    for (const value of [null, 3, "x", [], { days: "all", standing: 4, begins: "soon", limit: "80" }]) expect(asPlan(value as never)).toMatchObject({ on: false, start: "22:00", byCar: false });
  });
});
