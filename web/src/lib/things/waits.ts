/** Wishes that wait: for this screen's way to its hub, or for the hub's to the site that owns the thing. */

import type { Words } from "../i18n/words";
import type { Units } from "../look/units";
import { CHARGE_LIMIT, CHARGE_SWITCH, TRUNK, lockPaths } from "./car";
import { CLIMATE } from "./climate";
import type { ThingView } from "./house";
import { windowPaths } from "./openings";

/** Charging, as far as it is told from here. */
export const CHARGING = [CHARGE_LIMIT, CHARGE_SWITCH];

/** What is locked, opened and shut. */
export function openings(car: ThingView): string[] {
  return [...lockPaths(car), TRUNK, ...windowPaths(car)];
}

/** All that a car is told from its own pages. */
export function controls(car: ThingView): string[] {
  return [...CLIMATE, ...CHARGING, ...openings(car)];
}

/** "waits, 9 min left", of the wish that ends first (`now`: s since 1970 by the hub's clock); undefined: none waits. */
export function waits(thing: ThingView, signals: readonly string[], words: Words, units: Units, now: number): string | undefined {
  const ends = signals.map((signal) => thing.wish(signal)).flatMap((wish) => (wish?.state === "queued" || wish?.state === "waiting" ? [wish.expires] : []));
  return ends.length === 0 ? undefined : words.t("offline.waits", { time: units.left(Math.min(...ends) - now) });
}
