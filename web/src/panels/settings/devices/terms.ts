/** On which terms a device is let in, as people choose them. */

import type { Role, Terms } from "../../../lib/api/people";

export const RANK: readonly Role[] = ["guest", "child", "member", "owner"];
/** How long a device stays. */
export type Stay = "always" | "evening" | "week";
export type Seat = NonNullable<Terms["seat"]>;

/** The roles that a device of somebody with `most` may have. */
export const upTo = (most: Role): Role[] => RANK.slice(0, RANK.indexOf(most) + 1);

/** When a stay that begins now (s since 1970) ends; null: never. */
export function ends(stay: Stay, now: number): number | null {
  if (stay === "always") return null;
  const day = new Date(now * 1000);
  if (stay === "week") return now + 7 * 86_400;
  if (day.getHours() >= 22) day.setDate(day.getDate() + 1);
  day.setHours(23, 0, 0, 0);
  return day.getTime() / 1000;
}
