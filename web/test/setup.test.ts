import { describe, expect, it } from "vitest";
import { en } from "../src/lib/i18n/en";
import { Words } from "../src/lib/i18n/words";
import { LiveStore } from "../src/lib/live/store";
import { Prefs } from "../src/lib/look/prefs.svelte";
import { Toasts } from "../src/lib/look/toasts.svelte";
import { Units } from "../src/lib/look/units";
import { allowed, evening, sentences } from "../src/lib/things/grants";
import { House } from "../src/lib/things/house";
import { carOf, from, rowsOf, said } from "../src/lib/things/mapping";
import { signalName } from "../src/lib/things/signal_words";

const words = new Words("en", en);
await words.more();
const units = new Units(new Prefs(undefined, ["de-DE", "en-GB"]));
const LOCK = "Vehicle.Cabin.Door.Row1.DriverSide.IsLocked";
const RANGE = "Vehicle.Powertrain.TractionBattery.Range";

describe("what is allowed", () => {
  it("who may operate a thing may see it, and a guest sees lights anyway", () => {
    const until = new Date("2026-11-25T22:00:00Z");
    expect(sentences({ glob: "front-door/**", until, home: true }, "guest")).toEqual([
      "read front-door/** when home until 2026-11-25T22:00:00Z",
      "act front-door/** when home until 2026-11-25T22:00:00Z",
    ]);
    expect(sentences({ glob: "*/light.**" }, "guest")).toEqual(["act */light.**"]);
    expect(sentences({ glob: "gate/**" }, "member")).toEqual(["act gate/**"]);
  });

  it("is told as one line for what belongs together, also on terms that no form here makes", () => {
    const house = new House(new LiveStore());
    const grants = ["read gate/** when home", "act gate/** when home", "act */light.** until 1970-01-01T01:00+00:00", "read fridge/** daily 07:00-20:00"].map((sentence, at) => ({ id: String(at), to: "person:robin", sentence }));
    const lines = allowed([...grants, { id: "x", to: "person:mei", sentence: "act **" }], "person:robin", 9_000, house, words, units);
    expect(lines.map(({ ids, what, over }) => [ids, what, over])).toEqual([[["0", "1"], "gate", false], [["2"], "All lights", true], [["3"], "fridge", false]]);
    expect(lines[0]?.terms).toEqual(["while at home"]);
    expect(lines[2]?.terms).toEqual(["see only", "07:00–20:00 each day"]);
  });

  it("days, hours, a parked car and a count are said to the hub and read back in words", () => {
    const given = sentences({ glob: "gate/**", parked: true, days: "end", hours: [22 * 60, 6 * 60 + 30], uses: 1 }, "guest");
    expect(given).toEqual(["read gate/** while parked daily 22:00-06:30 on sat,sun", "act gate/** while parked daily 22:00-06:30 on sat,sun uses 1"]);
    const grants = given.map((sentence, at) => ({ id: String(at), to: "person:robin", sentence }));
    const lines = allowed(grants, "person:robin", 9_000, new House(new LiveStore()), words, units);
    expect(lines).toHaveLength(1);
    expect(lines[0]?.terms).toEqual(["while: Parked", "22:00–06:30 each day", "Sat, Sun", "once"]);
  });

  it("an evening ends at eleven, late ones the day after", () => {
    expect(evening(new Date(2026, 10, 25, 15, 3))).toBe("2026-11-25T23:00");
    expect(evening(new Date(2026, 11, 31, 22, 1))).toBe("2027-01-01T23:00");
  });
});

describe("the guided car step", () => {
  const car = { id: "", name: "Car", signals: { [LOCK]: { entity: "binary_sensor.a", invert: true }, [RANGE]: { entity: "sensor.r" } } };
  const rows = rowsOf({
    key: "k", car, others: [],
    proposals: [
      { signal: LOCK, source: car.signals[LOCK]!, name: "Doors", now: true },
      { signal: RANGE, source: car.signals[RANGE]!, name: "Range", now: 310_000, to_unit: "m" },
    ],
  });

  it("says rows in people's words and units", () => {
    expect(rows.map((row) => [signalName(row.signal, words), said(row, words, units)])).toEqual([["Driver's door, locked", "Locked"], ["Range", "310 km"]]);
    expect(signalName("Vehicle.Chassis.Axle.Row2.Wheel.Left.Tire.Pressure", words)).toBe("Tyre rear left");
    expect(signalName("Vehicle.Brand.NewThing", words)).toBe("Brand New Thing");
  });

  it("keeps how a row is read, unless it comes from elsewhere; what is left out stays out", () => {
    expect(carOf(car, "Blue", rows).signals).toEqual(car.signals);
    const [lock, range] = rows as [(typeof rows)[number], (typeof rows)[number]];
    expect(carOf(car, "Blue", [from(lock, "lock.b"), { ...range, on: false }])).toEqual({ id: "", name: "Blue", signals: { [LOCK]: { entity: "lock.b" } } });
    expect(from(lock, "binary_sensor.a")).toBe(lock);
  });
});

describe("toasts", () => {
  it("newer good news takes the place of older; trouble stays", () => {
    const toasts = new Toasts();
    toasts.add("stop", "No answer");
    toasts.add("calm", "Home: Connecting");
    toasts.add("ok", "Home: Connected");
    const last = toasts.add("ok", "Family car is here now");
    expect(toasts.shown?.title).toBe("No answer");
    toasts.close(toasts.shown!.id);
    expect(toasts.shown).toMatchObject({ id: last, title: "Family car is here now" });
    toasts.close(last);
    expect(toasts.shown).toBeUndefined();
  });
});
