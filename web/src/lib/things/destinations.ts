/** Where a car is to go next, as people have sent it: over the live store. */

import type { Words } from "../i18n/words";
import type { LiveStore } from "../live/store";
import type { Units } from "../look/units";
import type { Destination } from "../api/destinations";
import { bearing, between, wind, type Point } from "./whereabouts";

const PATHS = "@destination/";
/** One that came so long ago, in s, is not offered any more; it stays in the list. */
const OFFERED = 12 * 3_600;

/** Those of one car, newest first. */
export function destinations(store: LiveStore, car: string): Destination[] {
  const all = store.paths(PATHS).flatMap((path) => {
    const value = store.value(path);
    if (typeof value !== "object" || value === null || Array.isArray(value) || value["car"] !== car) return [];
    const { name, at, by } = value;
    if (typeof name !== "string" || typeof at !== "number") return [];
    const link = typeof value["link"] === "string" && /^https?:/.test(value["link"]) ? value["link"] : null;
    const [latitude, longitude] = [value["latitude"], value["longitude"]].map((one) => (typeof one === "number" ? one : null)) as [number | null, number | null];
    return [{ id: path.slice(PATHS.length), car, name, at, by: typeof by === "string" ? by : "", latitude, longitude, link }];
  });
  return all.sort((one, other) => other.at - one.at);
}

/** The newest one, while it is news and this screen has not put it away. `now`: s since 1970. */
export function offered(all: readonly Destination[], now: number, away: string | undefined): Destination | undefined {
  const newest = all[0];
  return newest && newest.id !== away && now - newest.at < OFFERED ? newest : undefined;
}

/** Where it is; undefined: nobody knows. */
export function spot(one: Destination): Point | undefined {
  return typeof one.latitude === "number" && typeof one.longitude === "number" ? { latitude: one.latitude, longitude: one.longitude } : undefined;
}

/** What it is called: its name, else its coordinates, else that a link leads there. */
export function called(one: Destination, words: Words): string {
  const at = spot(one);
  return one.name || (at ? `${at.latitude.toFixed(5)}, ${at.longitude.toFixed(5)}` : words.t("destination.link"));
}

/** "12 km to the northeast, as the crow flies"; undefined where that is not known. */
export function wayThere(one: Destination, here: Point | undefined, words: Words, units: Units): string | undefined {
  const at = spot(one);
  if (!at || !here) return undefined;
  const { text, unit } = units.distance(between(here, at));
  return words.t("destination.way", { far: `${text} ${unit}`, wind: words.t(`car.wind.${wind(bearing(here, at))}`) });
}
