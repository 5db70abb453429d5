/** What stands in the gallery: a made-up car and home, with every state that a thing can be in. */

import type { Value, WireReading, WireWish } from "../../lib/live/frames";
import type { Refinement } from "../../lib/things/house";

type Text = readonly [en: string, zh: string];

export interface Made {
  id: string;
  name: Text;
  kind: string;
  area?: Text;
  /** Signals with their facts and bounds; `age` s ago; `fixed` ones can't be told. */
  signals: Record<string, { value: Value; refinement?: Refinement; quality?: "stale" | "unreachable"; age?: number }>;
  wishes?: Record<string, Value>;
  online?: boolean;
}

const LIVING: Text = ["Living room", "客厅"];
const OUTSIDE: Text = ["Outside", "室外"];
const NAMES: Text = ["Names", "名称"];
const ON: Refinement = {};
const TEMPERATURE: Refinement = { unit: "°C", min: 7, max: 30, step: 0.5 };

const light = (on: boolean): Made["signals"] => ({
  "light.on": { value: on, refinement: ON },
  "light.brightness": { value: 62, refinement: { unit: "%", min: 1, max: 100 } },
});

const climate: Made["signals"] = {
  "climate.mode": { value: "heat", refinement: { allowed: ["off", "heat", "cool", "auto"] } },
  "climate.action": { value: "heating", refinement: { fixed: true } },
  "climate.current_temperature": { value: 19.5, refinement: { unit: "°C", fixed: true } },
  "climate.target_temperature": { value: 21, refinement: TEMPERATURE },
};

const HOME: readonly Made[] = [
  { id: "lamp-on", name: ["Lamp that is on", "亮着的灯"], kind: "light", area: LIVING, signals: light(true) },
  { id: "lamp-off", name: ["Lamp that is off", "关着的灯"], kind: "light", area: LIVING, signals: light(false) },
  { id: "lamp-asked", name: ["Lamp that was asked", "已请求的灯"], kind: "light", area: LIVING, signals: light(false), wishes: { "light.on": true } },
  { id: "heater", name: ["Heater", "取暖器"], kind: "climate", area: LIVING, signals: climate },
  { id: "blind", name: ["Blinds", "百叶窗"], kind: "cover", area: LIVING, signals: { "cover.state": { value: "open", refinement: { fixed: true } }, "cover.position": { value: 70, refinement: { unit: "%", min: 0, max: 100 } } } },
  { id: "television", name: ["Does not answer", "没有回应"], kind: "media_player", area: LIVING, online: false, signals: { "media_player.state": { value: "playing", quality: "unreachable", age: 900, refinement: { fixed: true } } } },
  { id: "door", name: ["Front door", "大门"], kind: "lock", area: OUTSIDE, signals: { "lock.state": { value: "locked", refinement: { fixed: true } }, "lock.locked": { value: true, refinement: ON } } },
  { id: "alarm", name: ["Alarm", "警报"], kind: "alarm", area: OUTSIDE, signals: { "alarm.state": { value: "triggered", refinement: { fixed: true } } } },
  { id: "outdoors", name: ["Old reading", "旧读数"], kind: "sensor", area: OUTSIDE, signals: { "sensor.value": { value: 8.4, quality: "stale", age: 7200, refinement: { unit: "°C", device_class: "temperature", fixed: true } } } },
  { id: "long", name: ["A name that its owner made so long that no tile of any screen could ever hold all of it ".repeat(2).trim(), "主人起的名字长得没有任何屏幕上的卡片能完整放下".repeat(6)], kind: "light", area: NAMES, signals: light(true) },
  { id: "hebrew", name: ["מנורת הסלון הגדולה", "מנורת הסלון הגדולה"], kind: "light", area: NAMES, signals: light(false) },
  { id: "signs", name: ["🛋️ Sofa 👨‍👩‍👧 lamp", "🛋️ 沙发 👨‍👩‍👧 灯"], kind: "light", area: NAMES, signals: light(true) },
];

const fact = (value: Value, refinement: Refinement = { fixed: true }) => ({ value, refinement });
const BATTERY = "Vehicle.Powertrain.TractionBattery";

const DOORS: Made["signals"] = Object.fromEntries(
  ["Row1.DriverSide", "Row1.PassengerSide", "Row2.DriverSide", "Row2.PassengerSide"].flatMap((place, at) => [
    [`Vehicle.Cabin.Door.${place}.IsOpen`, fact(at === 1)],
    [`Vehicle.Cabin.Door.${place}.IsLocked`, fact(at !== 1, ON)],
    [`Vehicle.Cabin.Door.${place}.Window.Position`, fact(0)],
  ]),
);
const TYRES: Made["signals"] = Object.fromEntries(
  ["Row1.Wheel.Left", "Row1.Wheel.Right", "Row2.Wheel.Left", "Row2.Wheel.Right"].map((place, at) => [`Vehicle.Chassis.Axle.${place}.Tire.Pressure`, fact(at === 0 ? 185 : 250)]),
);

const CAR: Made = {
  id: "car",
  name: ["Aurora", "极光"],
  kind: "car",
  signals: {
    "Vehicle.Speed": fact(88.4),
    "Vehicle.Powertrain.Transmission.CurrentGear": fact(127),
    [`${BATTERY}.StateOfCharge.Displayed`]: fact(64),
    [`${BATTERY}.Range`]: fact(312_000),
    [`${BATTERY}.Charging.ChargeLimit`]: fact(80, { unit: "%", min: 50, max: 100 }),
    [`${BATTERY}.Charging.IsCharging`]: fact(false),
    "Vehicle.Cabin.HVAC.IsAirConditioningActive": fact(true, ON),
    "Vehicle.Cabin.HVAC.Station.Row1.Driver.Temperature": fact(21, { unit: "celsius", min: 16, max: 28, step: 0.5 }),
    "Vehicle.Cabin.HVAC.AmbientAirTemperature": fact(20.5),
    "Vehicle.Exterior.AirTemperature": fact(9),
    "Vehicle.Body.Trunk.Rear.IsOpen": fact(false, ON),
    "driving.state": fact("parked"),
    ...DOORS,
    ...TYRES,
  },
};

export interface Picture {
  set: Record<string, WireReading>;
  wish: Record<string, WireWish>;
}

/** All of it as a hub would tell it, and what there is `more`. `now`: s since 1970. */
export function made(language: "en" | "zh", now: number, more: readonly Made[] = []): Picture {
  const of = (text: Text) => text[language === "zh" ? 1 : 0];
  const picture: Picture = { set: { "hub/hub.info": [{ name: of(["Linden 7", "林荫路7号"]), version: "0", demo: true }, now] }, wish: {} };
  for (const thing of [CAR, ...more, ...HOME]) {
    const traits = [...new Set(Object.keys(thing.signals).map((signal) => signal.split(".")[0]!))];
    const signals: Record<string, Value> = {};
    for (const [signal, { value, refinement, quality, age = 0 }] of Object.entries(thing.signals)) {
      signals[signal] = { ...refinement } as Value;
      picture.set[`${thing.id}/${signal}`] = [value, now - age, null, quality ?? "good"];
    }
    const info: Value = { name: of(thing.name), link: "made", kind: thing.kind, traits, signals, ...(thing.area ? { area: of(thing.area) } : {}) };
    picture.set[`${thing.id}/thing.info`] = [info, now];
    picture.set[`${thing.id}/thing.online`] = [thing.online ?? true, now - (thing.online === false ? 900 : 0)];
    for (const [signal, target] of Object.entries(thing.wishes ?? {})) picture.wish[`${thing.id}/${signal}`] = [target, "sent", `made-${thing.id}`, now + 86_400];
  }
  return picture;
}
