/** What of a car opens and shuts besides being locked: its trunk, its windows. Only what it has and may be told. */

import { DOORS, HORN, FLASH, TRUNK, door, doorPath } from "./car";
import type { ThingView } from "./house";

/** How far a window is let down for air, in percent. */
export const VENT = 15;
/** Percent up to which a window counts as shut: sensors are not exact. */
const SHUT = 2;

/** The windows that this car can be told to move. */
export function windowPaths(car: ThingView): string[] {
  return DOORS.map((place) => doorPath(place, "Window.Position")).filter((signal) => car.can(signal));
}

/** How far each window that tells is open, in percent. */
export function windows(car: ThingView): number[] {
  return DOORS.map((place) => door(car, place).window).filter((one) => one !== undefined);
}

export function windowsOpen(car: ThingView): boolean {
  return windows(car).some((one) => one > SHUT);
}

/** The doors that tell whether they are open. */
export function doorsTold(car: ThingView): boolean {
  return DOORS.some((place) => door(car, place).open !== undefined);
}

/** Whether the car stands parked, or tells nothing of it: some of it takes no wish before that, whoever asks. */
export function rests(car: ThingView): boolean {
  return !["moving", "idling"].includes(car.text("driving.state") ?? "");
}

/** Whether the trunk can be opened or shut from here now. */
export function trunkMoves(car: ThingView): boolean {
  return rests(car) && car.can(TRUNK);
}

/** Whether the car can make itself seen or heard: only while it is parked. */
export function findable(car: ThingView): boolean {
  return rests(car) && (car.can(HORN) || car.can(FLASH));
}
