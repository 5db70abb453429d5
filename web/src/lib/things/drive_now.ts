/** What a car's hub tells live of its drives: the one under way, and the last one. */

import type { components } from "../api/schema";
import type { ThingView } from "./house";

export interface UnderWay {
  readonly id: string;
  readonly start: number;
  readonly coarse: boolean;
  readonly distance: number | null;
  readonly energy: number | null;
  readonly charge: number | null;
  readonly charge_from: number | null;
  readonly origin: components["schemas"]["DrivePlace"] | null;
}

export interface LastDriven {
  readonly id: string;
  readonly start: number;
  readonly end: number;
  readonly distance: number | null;
  readonly goal: string | null;
}

export interface DriveNow {
  readonly drive: UnderWay | null;
  readonly last: LastDriven | null;
  /** Another number: something of the car's kept drives has changed. */
  readonly kept: number;
}

/** Undefined: whoever looks here does not learn where the car has been. */
export function driveNow(car: ThingView): DriveNow | undefined {
  const told = car.value("drive.now");
  return typeof told === "object" && told !== null && !Array.isArray(told) ? (told as unknown as DriveNow) : undefined;
}
