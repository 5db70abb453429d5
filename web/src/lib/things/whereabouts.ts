/** Where a car is: its point, the household's place there, how far it is from home and in which direction. */

import type { Value } from "../live/frames";
import type { LiveStore } from "../live/store";
import type { ThingView } from "./house";

export const LATITUDE = "Vehicle.CurrentLocation.Latitude";
export const LONGITUDE = "Vehicle.CurrentLocation.Longitude";
const EARTH = 6_371_000;
/** How near a place without a size of its own is, in metres. */
const NEAR = 100;

export interface Point {
  latitude: number;
  longitude: number;
}

export interface Place extends Point {
  id: string;
  name: string;
  radius: number;
}

/** The car's point, and when it was told (s since 1970). A car that never had a fix tells 0, 0. */
export function point(car: ThingView): (Point & { at: number }) | undefined {
  const latitude = car.number(LATITUDE);
  const longitude = car.number(LONGITUDE);
  const reading = car.reading(LATITUDE);
  if (latitude === undefined || longitude === undefined || reading === undefined) return undefined;
  if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180 || (latitude === 0 && longitude === 0)) return undefined;
  return { latitude, longitude, at: reading.sourceAt ?? reading.at };
}

/** The household's places, as far as whoever looks here sees them. */
export function places(store: LiveStore): Place[] {
  return store.paths("@place/").flatMap((path) => asPlace(path.slice("@place/".length), store.value(path)) ?? []);
}

function asPlace(id: string, value: Value | undefined): Place | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const { latitude, longitude, radius, name } = value;
  if (typeof latitude !== "number" || typeof longitude !== "number") return undefined;
  return { id, latitude, longitude, radius: typeof radius === "number" ? radius : NEAR, name: typeof name === "string" ? name : "" };
}

/** Metres between two points. */
export function between(one: Point, other: Point): number {
  const [a, b] = [rad(one.latitude), rad(other.latitude)];
  const half = Math.sin((b - a) / 2) ** 2 + Math.cos(a) * Math.cos(b) * Math.sin(rad(other.longitude - one.longitude) / 2) ** 2;
  return 2 * EARTH * Math.asin(Math.min(1, Math.sqrt(half)));
}

/** The direction from one point to another, in degrees from north, clockwise. */
export function bearing(from: Point, to: Point): number {
  const [a, b, turn] = [rad(from.latitude), rad(to.latitude), rad(to.longitude - from.longitude)];
  const east = Math.sin(turn) * Math.cos(b);
  const north = Math.cos(a) * Math.sin(b) - Math.sin(a) * Math.cos(b) * Math.cos(turn);
  return ((Math.atan2(east, north) * 180) / Math.PI + 360) % 360;
}

export const WINDS = ["n", "ne", "e", "se", "s", "sw", "w", "nw"] as const;
export type Wind = (typeof WINDS)[number];

/** The eighth of the compass that a direction falls in. */
export function wind(degrees: number): Wind {
  return WINDS[Math.round(degrees / 45) % 8]!;
}

/** The place that a point lies in: the nearest one of those. */
export function within(here: Point, all: readonly Place[]): Place | undefined {
  const near = all.map((place) => ({ place, far: between(here, place) })).filter(({ place, far }) => far <= Math.max(place.radius, NEAR));
  return near.sort((one, other) => one.far - other.far)[0]?.place;
}

/** A link that opens the device's own maps at the point. Apple's know no `geo:`, computers often know neither. */
export function mapLink(here: Point, name: string, agent: string): string {
  const at = `${here.latitude.toFixed(6)},${here.longitude.toFixed(6)}`;
  if (/Android|HarmonyOS/i.test(agent)) return `geo:${at}?q=${at}(${encodeURIComponent(name)})`;
  if (/iPhone|iPad|Macintosh/i.test(agent)) return `maps:?ll=${at}&q=${encodeURIComponent(name)}`;
  return `https://www.openstreetmap.org/?mlat=${here.latitude.toFixed(6)}&mlon=${here.longitude.toFixed(6)}#map=17/${here.latitude.toFixed(5)}/${here.longitude.toFixed(5)}`;
}

function rad(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
