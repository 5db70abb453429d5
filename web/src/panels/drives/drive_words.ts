/** Drives in words and numbers, as the person reads them. */

import type { Drive, DrivePlace, Total } from "../../lib/api/drives";
import type { Words } from "../../lib/i18n/words";
import type { Measure, Units } from "../../lib/look/units";

/** Drives are told to the tenth up to this length. */
const FINE = 100;

export function said(measure: Measure): string {
  return `${measure.text} ${measure.unit}`;
}

export function distance(metres: number, units: Units): Measure {
  return units.distance(metres, FINE);
}

/** Where a drive began or ended. */
export function placed(place: DrivePlace | null | undefined, words: Words): string {
  return place?.name ?? words.t(place ? "drives.place.unnamed" : "drives.place.unknown");
}

/** When it was. Nobody knows when a drive was that was only noticed afterwards. */
export function timed(drive: Drive, units: Units, words: Words): string {
  const end = drive.end ?? drive.start;
  if (drive.coarse && end === drive.start) return words.t("drives.noticed", { time: units.time(end) });
  const times = `${units.time(drive.start)} – ${units.time(end)}`;
  return drive.coarse ? words.t("drives.about", { times }) : times;
}

/** How long it took, if that is known. */
export function long(drive: Drive): number | undefined {
  const seconds = (drive.end ?? drive.start) - drive.start;
  return seconds > 0 ? seconds : undefined;
}

export function took(drive: Drive, units: Units): Measure | undefined {
  return drive.energy !== null && drive.energy !== undefined && drive.distance ? units.consumption(drive.energy, drive.distance) : undefined;
}

/** What drives came to, in a line: how far, how long, how much, and what they took. */
export function totalled(total: Total, units: Units, words: Words): string[] {
  const parts = [words.t(total.drives === 1 ? "drives.count.one" : "drives.count.other", { n: units.number(total.drives) }), said(units.distance(total.distance, FINE))];
  if (total.duration > 0) parts.push(units.duration(total.duration));
  if (total.measured > 0) parts.push(said(units.energy(total.energy)), said(units.consumption(total.energy, total.measured)));
  return parts;
}

export function monthNamed(month: string, locale: string): string {
  const [year, number] = month.split("-").map(Number);
  if (!year || !number) return month;
  return new Intl.DateTimeFormat(locale, { month: "long", year: "numeric" }).format(new Date(year, number - 1, 15));
}

export function day(seconds: number, locale: string, whole = false): string {
  return new Intl.DateTimeFormat(locale, whole ? { dateStyle: "full" } : { weekday: "short", day: "numeric" }).format(seconds * 1000);
}

/** What a picture of a drive's course shows. */
export function courseWords(drive: Drive, by: "speed" | "power", units: Units, words: Words): string {
  const far = typeof drive.distance === "number" ? said(distance(drive.distance, units)) : words.t("drives.place.unknown");
  return words.t(by === "speed" ? "drives.course.what" : "drives.course.what.power", { from: placed(drive.origin, words), to: placed(drive.goal, words), distance: far });
}

/** One drive in a sentence, for who hears the screen. */
export function sentence(drive: Drive, units: Units, words: Words): string {
  const what = [`${day(drive.start, units.prefs.locale, true)}, ${timed(drive, units, words)}`, words.t("drives.fromto", { from: placed(drive.origin, words), to: placed(drive.goal, words) })];
  if (typeof drive.distance === "number") what.push(said(distance(drive.distance, units)));
  if (drive.lost && !drive.coarse) what.push(words.t("drives.lost"));
  return what.join(", ");
}
