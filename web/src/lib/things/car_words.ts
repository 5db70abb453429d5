/** A car's doors and driving in words. */

import type { Key, Words } from "../i18n/words";
import type { IconName } from "../icons/shapes";
import type { Units } from "../look/units";
import { DOORS, WHEELS, bonnetOpen, doorPath, driving, trunkOpen, tyre, tyreLow, type DoorPlace, type WheelPlace } from "./car";
import type { ThingView } from "./house";

export const DOOR_WORDS: Record<DoorPlace, Key> = {
  "Row1.DriverSide": "car.door.fl",
  "Row1.PassengerSide": "car.door.fr",
  "Row2.DriverSide": "car.door.rl",
  "Row2.PassengerSide": "car.door.rr",
};

/** What stands open, each as a phrase; empty when all is closed. */
export function opened(car: ThingView, words: Words): string[] {
  const phrases = DOORS.filter((place) => car.flag(doorPath(place, "IsOpen"))).map((place) => words.t("car.open.one", { what: words.t(DOOR_WORDS[place]) }));
  if (trunkOpen(car)) phrases.push(words.t("car.open.one", { what: words.t("car.trunk") }));
  if (bonnetOpen(car)) phrases.push(words.t("car.open.one", { what: words.t("car.bonnet") }));
  if (DOORS.some((place) => (car.number(doorPath(place, "Window.Position")) ?? 0) > 2)) phrases.push(words.t("car.open.one", { what: words.t("car.windows") }));
  return phrases;
}

export interface Warning {
  /** What it is, whatever its words and numbers: said once while it lasts. */
  key: string;
  tone: "warn" | "stop";
  icon: IconName;
  text: string;
  /** As it is said when it begins: without a number, which may come a moment later. */
  news?: string;
}

export const WHEEL_WORDS: Record<WheelPlace, Key> = {
  "Row1.Wheel.Left": "car.wheel.fl",
  "Row1.Wheel.Right": "car.wheel.fr",
  "Row2.Wheel.Left": "car.wheel.rl",
  "Row2.Wheel.Right": "car.wheel.rr",
};

/** What is wrong with a car, the gravest first. A door that stands open is grave once the car moves. */
export function warnings(car: ThingView, words: Words, units: Units): Warning[] {
  const tone = driving(car) === "moving" ? "stop" : "warn";
  const open = opened(car, words).map((text): Warning => ({ key: `open ${text}`, tone, icon: "alert", text }));
  const tyres = WHEELS.flatMap((place): Warning[] => {
    const pressure = tyre(car, place);
    if (!tyreLow(pressure, car.flag(`Vehicle.Chassis.Axle.${place}.Tire.IsPressureLow`))) return [];
    const said = pressure === undefined ? undefined : units.pressure(pressure);
    return [{ key: `tyre ${place}`, tone: "warn", icon: "tyre", text: [words.t(WHEEL_WORDS[place]), said && `${said.text} ${said.unit}`].filter(Boolean).join(" "), news: `${words.t(WHEEL_WORDS[place])}: ${words.t("car.tyre.low")}` }];
  });
  return tone === "stop" ? [...open, ...tyres] : [...tyres, ...open];
}
