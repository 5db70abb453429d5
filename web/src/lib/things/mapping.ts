/** The guided car step: the rows that a person looks at, and the car that comes of them. */

import type { Car, Source, Suggestion } from "../api/links";
import type { Value } from "../live/frames";
import type { Words } from "../i18n/words";
import type { Units } from "../look/units";
import type { ThingView } from "./house";

export interface Row {
  signal: string;
  source: Source;
  /** The entity's name, or its id where that is all that is known. */
  from: string;
  now?: unknown;
  unit?: string | null;
  on: boolean;
}

export function rowsOf(one: Suggestion): Row[] {
  return one.proposals.map(({ signal, source, name, now, to_unit }) => ({ signal, source, from: name, now, unit: to_unit, on: true }));
}

/** The rows of a car that was confirmed: what they say now is what the car says. */
export function rowsOfCar(car: Car, thing: ThingView): Row[] {
  return Object.entries(car.signals).map(([signal, source]) => ({
    signal, source, from: source.entity, now: thing.value(signal), unit: UNIT.find(([part]) => part.test(signal))?.[1], on: true,
  }));
}

const UNIT: [RegExp, string][] = [
  [/(Range|TraveledDistance)$/, "m"],
  [/(Displayed|ChargeLimit|RelativeLevel)$/, "percent"],
  [/Temperature$/, "Celsius"],
  [/Pressure$/, "kPa"],
  [/Speed$/, "km/h"],
];

/** The car with the rows that were left on. */
export function carOf(car: Car, name: string, rows: readonly Row[]): Car {
  return { ...car, name, signals: Object.fromEntries(rows.filter((row) => row.on).map((row) => [row.signal, row.source])) };
}

/** A row that comes from another entity; how the old one was read no longer holds. */
export function from(row: Row, entity: string): Row {
  return row.source.entity === entity ? row : { signal: row.signal, source: { entity }, from: entity, unit: row.unit, on: true };
}

export function said(row: Row, words: Words, units: Units): string {
  const { now, unit } = row;
  if (now === undefined || now === null) return "–";
  if (typeof now === "boolean") {
    const [yes, no] = row.signal.endsWith("IsLocked") ? ["locked", "unlocked"] : row.signal.endsWith("IsOpen") ? ["open", "closed"] : ["on", "off"];
    return words.word(now ? yes : no);
  }
  if (typeof now !== "number") return words.word(String(now));
  if (unit === "m") return Object.values(units.distance(now)).join(" ");
  if (unit === "kPa") return Object.values(units.pressure(now)).join(" ");
  if (unit === "km/h") return Object.values(units.speed(now)).join(" ");
  return units.measure(now as Value & number, unit ?? undefined);
}
