/** Navigation: ways that are asked for, and the one that a car is led on. */

import type { Point } from "../things/whereabouts";
import { act, file, read } from "./call";
import type { components } from "./schema";

export interface Stop extends Point {
  name: string;
  place?: string;
}
export interface Avoids {
  tolls: boolean;
  motorways: boolean;
  ferries: boolean;
}
/** A way as the hub tells it: its shape as an encoded line with six digits. */
type Told = Pick<components["schemas"]["NavigationWay"], "shape" | "length" | "time"> & Partial<components["schemas"]["NavigationWay"]>;
export type Planned = Omit<Told, "shape"> & { shape: Point[] };
/** Where to: a point, a place of the household, or what was sent to the car. */
export type Goal = Stop & { sent?: string };

const avoided = ({ tolls, motorways, ferries }: Avoids) => ({ avoid_tolls: tolls, avoid_motorways: motorways, avoid_ferries: ferries });
const stop_ = ({ latitude, longitude, name, place }: Stop) => ({ latitude, longitude, name, ...(place ? { place } : {}) });

export const plan = (car: string, stops: readonly Stop[], avoids: Avoids, alternatives = 2): Promise<Planned[]> =>
  act<{ ways: Told[] }>("navigation/plan", { car, stops: stops.map(stop_), ...avoided(avoids), alternatives }).then(({ ways }) => ways.map(unpacked));
/** `mark`: that of the way of the plan that was chosen; it is taken also where the car has moved on since. Throws ApiError, `conflict` where it can't be. */
export const start = (car: string, goal: Goal, avoids: Avoids, mark?: string): Promise<unknown> =>
  act("navigation/start", { car, ...(mark ? { mark } : {}), ...avoided(avoids), ...(goal.sent ? { destination: goal.sent } : goal.place ? { place: goal.place } : { stops: [stop_(goal)] }) });
/** Go over these stops, the last one the goal. */
export const over = (car: string, stops: readonly Stop[], avoids: Avoids): Promise<unknown> => act("navigation/start", { car, stops: stops.map(stop_), ...avoided(avoids) });
export const stop = (car: string): Promise<unknown> => act("navigation/stop", { car });
export const skip = (car: string): Promise<unknown> => act("navigation/skip", { car });
/** The way that a car is led on; undefined while there is none. */
export const show = (car: string): Promise<Planned | undefined> => read<{ line?: Told | null }>("navigation/show", { car }).then(({ line }) => (line ? unpacked(line) : undefined));

/** What its driver has to hear now, as sound. Throws ApiError, `not_found` where there is nothing, or the hub has no voice. */
export const say = async (car: string, language: string, units: "metric" | "feet" | "yards"): Promise<ArrayBuffer> => (await file("navigation/say", { car, language, units })).arrayBuffer();

/** How far a car's charge reaches, with `back` there and back again: rings of latitudes and longitudes. Throws ApiError. */
export type Reach = components["schemas"]["NavigationReach"];
export const reach = (car: string, back: boolean): Promise<Reach> => read("navigation/reach", { car, back: String(back) }, 15_000);

const unpacked = (way: Told): Planned => ({ ...way, shape: decoded(way.shape) });

/** The points of an encoded line with six digits. */
export function decoded(text: string): Point[] {
  const found: Point[] = [];
  let [at, latitude, longitude] = [0, 0, 0];
  const next = (): number => {
    let [value, shift, part] = [0, 0, 0];
    do {
      part = text.charCodeAt(at++) - 63;
      value |= (part & 0x1f) << shift;
      shift += 5;
    } while (part >= 0x20);
    return value & 1 ? ~(value >> 1) : value >> 1;
  };
  while (at < text.length) {
    latitude += next();
    longitude += next();
    found.push({ latitude: latitude / 1e6, longitude: longitude / 1e6 });
  }
  return found;
}
