/** How the map is to look on this screen, now. */

import type { Face } from "../../lib/look/face.svelte";
import type { Look } from "./style/look";
import type { Theme } from "./style/palette";

export const themeNow = (root: HTMLElement = document.documentElement): Theme => (root.dataset["theme"] === "day" ? "day" : "night");

/** On the car's glass all goes by the size of the screen: who calls it does so anew when that changes. */
export function lookOf(theme: Theme, language: string, calm: boolean, face: Face): Look {
  const rem = parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
  const glass = face === "car";
  return { theme, language: language === "zh" ? "zh" : "en", calm, letters: Math.round(rem * (glass ? 1.5 : 0.85)), broad: (rem / 16) * (glass ? 1.5 : 1) };
}
