import { describe, expect, it } from "vitest";
import { en } from "../src/lib/i18n/en";
import { Words } from "../src/lib/i18n/words";
import type { Value, WireReading } from "../src/lib/live/frames";
import { LiveStore } from "../src/lib/live/store";
import { Prefs } from "../src/lib/look/prefs.svelte";
import { Units } from "../src/lib/look/units";
import { gear, limits, locked, tyreLow } from "../src/lib/things/car";
import { controls } from "../src/lib/things/controls";
import { oldest } from "../src/lib/things/freshness";
import { House } from "../src/lib/things/house";
import { tile } from "../src/lib/things/tiles";
import { snap } from "./scripted";

const words = new Words("en", en);
const units = new Units(new Prefs(undefined, ["en-GB"]));

function house(things: Record<string, { kind?: string; area?: string; signals: Record<string, object>; now?: Record<string, Value> }>, more: Record<string, WireReading> = {}): House {
  const set: Record<string, WireReading> = { ...more };
  for (const [id, { signals, now = {}, kind = "x", area }] of Object.entries(things)) {
    const traits = [...new Set(Object.keys(signals).map((one) => one.split(".")[0]!))];
    set[`${id}/thing.info`] = [{ name: id, link: "l", kind, traits, signals, ...(area ? { area } : {}) } as unknown as Value, 1];
    for (const [signal, value] of Object.entries(now)) set[`${id}/${signal}`] = [value, 1];
  }
  const store = new LiveStore();
  store.snap(snap(1, set), true);
  return new House(store);
}

const one = (signals: Record<string, object>, now: Record<string, Value>, kind?: string) => tile(house({ it: { signals, now, kind } }).thing("it"), words, units);

describe("tiles", () => {
  it("a lamp says its brightness and offers the other state", () => {
    expect(one({ "light.on": {}, "light.brightness": {} }, { "light.on": true, "light.brightness": 60 })).toMatchObject({ on: true, state: "60%", act: { signal: "light.on", target: false } });
    expect(one({ "light.on": {} }, {})).toMatchObject({ on: false, state: "Not known" });
    expect(one({ "switch.on": { fixed: true } }, { "switch.on": true }).act).toBeUndefined();
  });

  it("a phone says how full it is, and is rung from its sheet only", () => {
    expect(one({ "battery.level": {}, "phone.ring": {} }, { "battery.level": 64 })).toMatchObject({ icon: "phone", state: "64%" });
    expect(one({ "phone.ring": {} }, {}).state).toBe("Not known");
  });

  it("a television is told from a speaker; what is switched says that it is a switch", () => {
    const player = (source: object, kind?: string) => one({ "media_player.state": {}, "media_player.source": source, "media_player.playing": {} }, { "media_player.state": "idle" }, kind);
    expect([player({}, "tv").icon, player({ allowed: ["Music", "HDMI 1"] }).icon, player({ allowed: ["AUX"] }).icon]).toEqual(["tv", "tv", "media"]);
    expect(player({}).act?.toggle).toBe(true);
    expect(one({ "light.on": {} }, { "light.on": false }).act?.toggle).toBe(true);
    expect(one({ "scene.activate": {} }, {}).act?.toggle).toBeUndefined();
  });

  it("fact and wish stand apart", () => {
    const home = house({ it: { signals: { "light.on": {} }, now: { "light.on": false } } });
    home.store.delta({ t: "delta", rev: 2, wish: { "it/light.on": [true, "sent", "K", 9] } });
    expect(tile(home.thing("it"), words, units)).toMatchObject({ on: false, state: "Off", wished: "On", act: { target: false } });
  });

  it("what opens or unlocks is risky; what closes or locks a cover is not", () => {
    expect(one({ "lock.locked": {}, "lock.state": {} }, { "lock.locked": true, "lock.state": "locked" }).act).toMatchObject({ target: false, risky: true });
    const closed = { "cover.state": "closed" };
    const opens = (kind: string) => one({ "cover.state": {}, "cover.open": {}, "cover.close": {} }, closed, kind).act;
    expect(["gate", "garage", "door"].map((kind) => opens(kind)?.risky)).toEqual([true, true, true]);
    expect(opens("blind")).toMatchObject({ signal: "cover.open", risky: false, held: true });
    expect(one({ "valve.position": {}, "valve.open": {} }, { "valve.position": 0 }).act).toMatchObject({ signal: "valve.open", risky: true });
    expect(one({ "siren.on": {} }, { "siren.on": false }).act).toMatchObject({ target: true, risky: true });
    expect(one({ "cover.state": {}, "cover.open": {}, "cover.close": {} }, { "cover.state": "open" }).act).toMatchObject({ signal: "cover.close", risky: false });
  });

  it("a heater says where it is and where it goes", () => {
    const state = one({ "climate.current_temperature": {}, "climate.target_temperature": {}, "climate.action": {} }, { "climate.current_temperature": 19.5, "climate.target_temperature": 21, "climate.action": "heating" });
    expect(state).toMatchObject({ glow: true, state: "19.5° → 21° · Heating" });
  });

  it("alarms alarm", () => {
    expect(one({ "binary_sensor.on": { device_class: "smoke" } }, { "binary_sensor.on": true }).alarm).toBe(true);
    expect(one({ "alarm.state": {} }, { "alarm.state": "triggered" }).alarm).toBe(true);
    expect(one({ "lock.locked": {}, "lock.state": {} }, { "lock.state": "jammed" }).alarm).toBe(true);
  });

  it("what can be set comes from the signals and their bounds", () => {
    const thing = house({ it: { signals: { "light.on": {}, "light.brightness": { min: 5 }, "climate.mode": { allowed: ["off", "heat"] }, "fan.preset": {} } } }).thing("it");
    const list = controls(thing, words, units);
    expect(list.map((control) => control.signal)).toEqual(["light.on", "light.brightness", "climate.mode"]);
    expect(list[1]).toMatchObject({ shape: "slider", min: 5, max: 100 });
    expect(list[2]).toMatchObject({ options: [["off", "Off"], ["heat", "Heat"]] });
  });
});

describe("freshness", () => {
  const lamp = { lamp: { signals: { "light.on": {} }, now: { "light.on": true } } };

  it("a fact is fresh as long as its thing answers, however long it has not changed", () => {
    expect(oldest(house(lamp).thing("lamp"), undefined)).toBeUndefined();
  });

  it("it is old since the thing or the hub went away, or since it was told, where the hub doubts it", () => {
    expect(oldest(house(lamp).thing("lamp"), 50)).toBe(50);
    expect(oldest(house(lamp, { "lamp/thing.online": [false, 42] }).thing("lamp"), undefined)).toBe(42);
    expect(oldest(house(lamp, { "lamp/thing.online": [false, 42] }).thing("lamp"), 50)).toBe(42);
    expect(oldest(house({ lamp: { signals: { "light.on": {} } } }, { "lamp/light.on": [true, 7, null, "stale"] }).thing("lamp"), undefined)).toBe(7);
  });
});

describe("cars and homes", () => {
  const doors = Object.fromEntries(["Row1.DriverSide", "Row1.PassengerSide"].map((place) => [`Vehicle.Cabin.Door.${place}.IsLocked`, {}]));
  const home = house({
    car: { signals: { "Vehicle.Speed": {}, ...doors }, now: { "Vehicle.Cabin.Door.Row1.DriverSide.IsLocked": true, "Vehicle.Cabin.Door.Row1.PassengerSide.IsLocked": false, "Vehicle.Powertrain.Transmission.CurrentGear": -1 } },
    lamp: { area: "Kitchen", signals: { "light.on": {} } },
    heater: { area: "Hall", signals: { "climate.mode": {} } },
    hallLamp: { area: "Hall", signals: { "light.on": {} } },
    scene: { signals: { "scene.activate": {} } },
  });

  it("are told apart, areas by size, loose things last", () => {
    expect(home.cars()).toEqual(["car"]);
    expect(home.areas()).toEqual([{ name: "Hall", things: ["hallLamp", "heater"] }, { name: "Kitchen", things: ["lamp"] }, { name: "", things: ["scene"] }]);
  });

  it("a car is locked when every door that tells is", () => {
    expect(locked(home.thing("car"))).toBe(false);
    expect(locked(home.thing("lamp"))).toBeUndefined();
    expect(gear(home.thing("car"))).toBe("R");
    expect([tyreLow(undefined), tyreLow(160), tyreLow(240)]).toEqual([false, true, false]);
  });

  it("restrictions are the driver's alone", () => {
    const moving = house({ car: { signals: { "Vehicle.Speed": {} } } }, { "car/driving.restrictions": [{ items: 6, setup: false, keyboard: false, hold: true }, 1] }).thing("car");
    expect(limits(moving, false).setup).toBe(true);
    expect(limits(moving, true)).toMatchObject({ setup: false, keyboard: false, items: 6 });
  });
});
