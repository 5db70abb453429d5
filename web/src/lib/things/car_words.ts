/** A car's doors and driving in words. */

import type { Key, Words } from "../i18n/words";
import { DOORS, door, trunkOpen, type DoorPlace } from "./car";
import type { ThingView } from "./house";

const DOOR_WORDS: Record<DoorPlace, Key> = {
  "Row1.DriverSide": "car.door.fl",
  "Row1.PassengerSide": "car.door.fr",
  "Row2.DriverSide": "car.door.rl",
  "Row2.PassengerSide": "car.door.rr",
};

/** What stands open, each as a phrase; empty when all is closed. */
export function opened(car: ThingView, words: Words): string[] {
  const phrases = DOORS.filter((place) => door(car, place).open).map((place) => words.t("car.open.one", { what: words.t(DOOR_WORDS[place]) }));
  if (trunkOpen(car)) phrases.push(words.t("car.open.one", { what: words.t("car.trunk") }));
  if (DOORS.some((place) => (door(car, place).window ?? 0) > 2)) phrases.push(words.t("car.open.one", { what: words.t("car.windows") }));
  return phrases;
}
