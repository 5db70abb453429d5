/** Lengths as they are said on the road: in round figures, and short ones in a unit of their own. */

import type { Measure, Units } from "../../lib/look/units";

const YARD = 0.9144;
const FOOT = 0.3048;

/** "350 m", "1.2 km"; where people count in miles "400 ft" or "150 yd" up to a tenth of one. */
export function ahead(metres: number, units: Units): Measure {
  const far = Math.max(0, metres);
  if (units.prefs.distance === "km") return far < 975 ? { text: units.number(round(far)), unit: "m" } : units.distance(far);
  if (far >= 160) return units.distance(far);
  const feet = units.prefs.region !== "GB";
  return { text: units.number(round(far / (feet ? FOOT : YARD))), unit: feet ? "ft" : "yd" };
}

/** Nobody measures to the metre on the road. */
function round(length: number): number {
  const step = length < 100 ? 10 : 50;
  return Math.round(length / step) * step;
}

export const said = (metres: number, units: Units): string => {
  const { text, unit } = ahead(metres, units);
  return `${text} ${unit}`;
};
