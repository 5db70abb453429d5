import { describe, expect, it } from "vitest";
import type { Outcome } from "../src/lib/api/scenes";
import { en } from "../src/lib/i18n/en";
import { settingUp } from "../src/lib/i18n/en/setting_up";
import { Words } from "../src/lib/i18n/words";
import { LiveStore } from "../src/lib/live/store";
import { Prefs } from "../src/lib/look/prefs.svelte";
import { Units } from "../src/lib/look/units";
import { ThingView } from "../src/lib/things/house";
import { reason, statesLine, sum } from "../src/lib/things/scene_words";

const words = new Words("en", { ...en, ...settingUp });
const units = new Units(new Prefs(undefined, ["en-GB"]));
const HVAC = "Vehicle.Cabin.HVAC.";
const DOOR = "Vehicle.Cabin.Door.Row1.DriverSide.";

function thing(kind: string, ...signals: string[]): ThingView {
  const store = new LiveStore();
  const info = { name: "It", link: "l", kind, traits: [...new Set(signals.map((one) => one.split(".")[0]!))], signals: Object.fromEntries(signals.map((one) => [one, {}])) };
  store.snap({ t: "snap", epoch: "e", rev: 1, now: 1, set: { "it/thing.info": [info, 1] } }, true);
  return new ThingView(store, "it");
}

const outcome = (name: string, state: Outcome["state"], more: Partial<Outcome> = {}): Outcome => ({ thing: name, name, signal: "light.on", value: true, state, ...more });

describe("a scene in words", () => {
  it("says of a lamp what counts, and not twice that it is on", () => {
    const lamp = thing("light", "light.on", "light.brightness", "light.hue", "light.saturation");
    expect(statesLine(lamp, { "light.on": true, "light.brightness": 40 }, words, units)).toBe("40%");
    expect(statesLine(lamp, { "light.on": false }, words, units)).toBe("Off");
    expect(statesLine(lamp, { "light.on": true, "light.brightness": 10, "light.hue": 20, "light.saturation": 80 }, words, units)).toBe("10%, Colour 20°");
  });

  it("says once that a car is locked and its windows are closed", () => {
    const car = thing("car", `${HVAC}IsAirConditioningActive`, `${HVAC}Station.Row1.Driver.Temperature`, `${DOOR}IsLocked`, `${DOOR}Window.Position`);
    const states = { [`${HVAC}IsAirConditioningActive`]: true, [`${HVAC}Station.Row1.Driver.Temperature`]: 21.5, [`${DOOR}IsLocked`]: true, "Vehicle.Body.Trunk.Rear.IsLocked": true, [`${DOOR}Window.Position`]: 0 };
    expect(statesLine(car, states, words, units)).toBe("Cabin On, Cabin temperature 21.5 °C, Locked, Windows Closed");
  });

  it("tells what failed before what waits, counted by things", () => {
    const some = [outcome("Lamp", "done"), outcome("Lamp", "same"), outcome("Door", "failed", { code: "not_while_driving" }), outcome("Heater", "waits")];
    expect(sum("Film", some, words)).toEqual({ tone: "warn", title: "Film: 1 of 3 did not do it", detail: `Door: ${words.t("error.not_while_driving")}` });
    expect(sum("Film", [outcome("Lamp", "done"), outcome("Heater", "waits")], words)).toEqual({ tone: "calm", title: "Film: 1 of 2 wait for the way there" });
    expect(sum("Film", [outcome("Lamp", "done"), outcome("Hall", "sent")], words).title).toBe("Film: on its way");
    expect(sum("Film", [outcome("Lamp", "same")], words)).toEqual({ tone: "ok", title: "Film: done" });
    expect(sum("Film", [outcome("Lamp", "done"), outcome("Hall", "changed")], words, true)).toEqual({ tone: "calm", title: "Film: undone", detail: "Changed since, so left as it is: Hall" });
  });

  it("says a reason in the device's words where there are none of ours", () => {
    expect(reason(outcome("Lamp", "failed", { code: "odd", why: "the lamp is tired" }), words)).toBe("the lamp is tired");
  });
});
