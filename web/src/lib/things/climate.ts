/** A cabin's climate as its bar and sheet offer it: only what the car has. */

import { CABIN_ON, CABIN_PASSENGER, CABIN_TARGET, DEFROST_FRONT, DEFROST_REAR, FAN, RECIRCULATION, SEAT_DRIVER, SEAT_PASSENGER, WHEEL_HEAT } from "./car";
import type { ThingView } from "./house";

/** All that may be told of it. */
export const CLIMATE = [CABIN_ON, CABIN_TARGET, CABIN_PASSENGER, FAN, RECIRCULATION, DEFROST_FRONT, DEFROST_REAR, SEAT_DRIVER, SEAT_PASSENGER, WHEEL_HEAT];

/** Whether this car can be told anything of its climate. */
export function hasClimate(car: ThingView): boolean {
  return CLIMATE.some((signal) => car.can(signal));
}

/** Steps of a heater in a car: off, and three. VSS counts in percent; below 0 it cools. */
export const STEPS = 3;

/** The step that a heater's percent shows as: any heat at all is at least the first. */
export function step(percent: number): number {
  return Math.sign(percent) * Math.min(STEPS, Math.ceil((Math.abs(percent) / 100) * STEPS - 0.05));
}

/** The percent that a step stands for. */
export function percentOf(steps: number): number {
  return Math.round((steps / STEPS) * 100);
}

/** What the next tap on a heater's button wishes: from off to the most, then down to off, as seats in cars do. */
export function nextStep(steps: number): number {
  return steps <= 0 ? STEPS : steps - 1;
}
