/** A place on the map as people write and read it. */

import type { Units } from "../../../lib/look/units";
import { driving } from "../../../lib/things/car";
import type { ThingView } from "../../../lib/things/house";

export interface Place {
  latitude: number;
  longitude: number;
}

/** Degrees out of "47.14226, 9.52683", as maps give them. Undefined: it is no place on the earth. */
export function point(text: string): Place | undefined {
  const found = /^\s*(-?\d{1,2}(?:\.\d+)?)\s*°?\s*[,;\s]\s*(-?\d{1,3}(?:\.\d+)?)\s*°?\s*$/.exec(text);
  if (!found) return undefined;
  const [latitude, longitude] = [Number(found[1]), Number(found[2])];
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? { latitude, longitude } : undefined;
}

export const told = (place: Place, units: Units): string => `${units.number(place.latitude, 5, 5)}°, ${units.number(place.longitude, 5, 5)}°`;

/** Where a parked car stands. Undefined: it drives, or does not tell. */
export function carsPlace(car: ThingView | undefined): Place | undefined {
  const latitude = car?.number("Vehicle.CurrentLocation.Latitude");
  const longitude = car?.number("Vehicle.CurrentLocation.Longitude");
  if (car === undefined || latitude === undefined || longitude === undefined || driving(car) !== "parked") return undefined;
  return { latitude, longitude };
}
