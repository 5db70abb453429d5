/** What the map's look depends on. Pure. */

import type { ExpressionSpecification } from "maplibre-gl";
import type { Theme } from "./palette";

export interface Look {
  readonly theme: Theme;
  readonly language: "en" | "zh";
  /** Somebody drives: fewer words, larger ones. */
  readonly calm: boolean;
  /** The height of a street's letters in px: 24 and more on the car's glass. */
  readonly letters: number;
  /** How much wider lines are than in the hand. */
  readonly broad: number;
}

/** The family of the page, at a weight: a name with the weight's word in it is drawn in that weight, see `MapView`. */
export const LETTERS = ["Figtree Medium", "PingFang SC", "HarmonyOS Sans SC", "MiSans", "Noto Sans CJK SC", "Noto Sans SC", "Microsoft YaHei"];
export const STRONG = ["Figtree Bold", ...LETTERS.slice(1)];

/** How something is called for whoever reads: in their language where the map has it, else as it is called there. */
export function called(language: Look["language"]): ExpressionSpecification {
  return ["coalesce", ["get", `name_${language}`], ["get", "name"]];
}

/** A width that grows with the zoom, from pairs of zoom and px. */
export function growing(broad: number, ...stops: readonly (readonly [zoom: number, px: number])[]): ExpressionSpecification {
  return ["interpolate", ["exponential", 1.5], ["zoom"], ...stops.flatMap(([zoom, px]) => [zoom, px * broad])] as unknown as ExpressionSpecification;
}
