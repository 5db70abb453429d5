/** What a car told in one row of a drive's course, in the person's units. */

import type { Course } from "../../lib/api/drives";
import type { Words } from "../../lib/i18n/words";
import type { Units } from "../../lib/look/units";
import { said } from "./drive_words";

export interface Told {
  readonly name: string;
  readonly text: string;
  /** The colour that the charts give it. */
  readonly tone: string;
}

/** The time of day, and each of speed, power and charge that the drive tells of at all. */
export function readings(course: Course, row: number, units: Units, words: Words): Told[] {
  const nothing = words.t("drives.nothing");
  const number = (value: number | null | undefined, text: (value: number) => string) => (typeof value === "number" ? text(value) : nothing);
  const told: Told[] = [{ name: words.t("drives.clock"), text: units.time(course.at[row]!), tone: "--quiet" }];
  const tells = (column: readonly (number | null)[]) => column.some((value) => value !== null);
  if (tells(course.speed)) told.push({ name: words.t("drives.speed"), text: number(course.speed[row], (kmh) => said(units.speed(kmh))), tone: "--road" });
  if (tells(course.power)) told.push({ name: words.t("drives.power"), text: number(course.power[row], (watts) => `${units.number(-watts / 1000, 1)} kW`), tone: "--home" });
  if (tells(course.charge)) told.push({ name: words.t("drives.charged"), text: number(course.charge[row], (percent) => `${units.number(percent, 1)}%`), tone: "--ok" });
  return told;
}
