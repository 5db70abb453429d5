/** How far a map is, in words. Pure. */

import type { Making } from "../../../lib/api/maps";
import type { Key } from "../../../lib/i18n/words";
import type { Units } from "../../../lib/look/units";

const STEPS = ["fetch", "check", "places", "tiles", "roads"] as const;

export const stepKey = (step: Making["step"]): Key => `maps.step.${step}`;

/** "40%"; undefined where nobody knows. */
export function shareText(share: number | null | undefined, units: Units): string | undefined {
  return typeof share === "number" ? units.percent(share * 100) : undefined;
}

/** "2 of 5". */
export const place = (step: Making["step"]): { n: number; of: number } => ({ n: STEPS.indexOf(step) + 1, of: STEPS.length });
