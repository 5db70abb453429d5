/** The household itself: its name, home, time zone and market. */

import { act, read } from "./call";
import type { components } from "./schema";

export type Household = components["schemas"]["Household"];
export type Point = components["schemas"]["Point"];

export const household = () => read<Household>("people/household");
export const change = (changes: components["schemas"]["HouseholdChanges"]) => act<Household>("people/household_change", changes);

/** Where this device is, as its browser says. Throws GeolocationPositionError. */
export function here(navigator: Navigator): Promise<GeolocationCoordinates> {
  return new Promise((resolve, reject) =>
    navigator.geolocation.getCurrentPosition(({ coords }) => resolve(coords), reject, { enableHighAccuracy: true, timeout: 20_000, maximumAge: 60_000 }),
  );
}
