/** The way on the map: blue, and amber towards home; what is behind is faded; other ways are thin. Pure. */

import type { Feature, LineString } from "geojson";
import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import { between, type Point } from "../../../lib/things/whereabouts";
import { lngLat } from "../geometry";
import { growing, type Look } from "../style/look";
import type { Palette } from "../style/palette";
import type { Overlay } from "../style/style";

const ID = "way";
/** From this part of the way on it turns to home's colour. */
const WARMS = 0.45;

export const line = (shape: readonly Point[]): Feature<LineString> => ({ type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: shape.map(lngLat) } });

/** The metres of a shape. */
export function length(shape: readonly Point[]): number {
  return shape.slice(1).reduce((sum, point, at) => sum + between(shape[at]!, point), 0);
}

/** The colours along it. `behind`: the part that is driven already, 0 to 1. */
export function colours(colors: Palette, home: boolean, behind: number): ExpressionSpecification {
  const faded = colors.border;
  const past = Math.min(0.9999, Math.max(0, behind));
  const ahead = (at: number): (number | string)[] => (home ? [Math.max(at, WARMS), colors.road, 1, colors.home] : [1, colors.road]);
  // The stops of a gradient have to rise.
  const first = past <= 0 ? [0, colors.road] : [0, faded, past, faded, Math.min(0.99995, past + 0.00002), mixed(colors, home, past)];
  const rest = ahead(0).reduce<(number | string)[]>((all, one, at, list) => (at % 2 === 0 && Number(one) > Number(first.at(-2)) ? [...all, one, list[at + 1]!] : all), []);
  return ["interpolate", ["linear"], ["line-progress"], ...first, ...rest] as unknown as ExpressionSpecification;
}

/** What colour it has at a part of it. */
function mixed(colors: Palette, home: boolean, at: number): string {
  if (!home || at <= WARMS) return colors.road;
  const part = (at - WARMS) / (1 - WARMS);
  const channel = (hex: string, n: number) => parseInt(hex.slice(1 + 2 * n, 3 + 2 * n), 16);
  return `#${[0, 1, 2].map((n) => Math.round(channel(colors.road, n) + (channel(colors.home, n) - channel(colors.road, n)) * part).toString(16).padStart(2, "0")).join("")}`;
}

/** `others`: ways that one could go as well. */
export function wayOverlay(shape: readonly Point[], others: readonly (readonly Point[])[], home: boolean, behind: number): Overlay {
  const round = { "line-cap": "round", "line-join": "round" } as const;
  // What has nothing to show is drawn all the same, at each picture: it is left out.
  const beside = others.length > 0;
  const features = others.map((one, at) => ({ ...line(one), properties: { at } }));
  return {
    id: ID,
    sources: {
      way: { type: "geojson", lineMetrics: true, data: line(shape) },
      ...(beside && { others: { type: "geojson", data: { type: "FeatureCollection", features } } }),
    },
    layers: (look: Look, colors: Palette): LayerSpecification[] => [
      ...(beside ? ([
        { id: "others-edge", type: "line", source: "others", layout: round, paint: { "line-color": colors.halo, "line-width": growing(look.broad, [8, 5], [14, 8], [18, 16]) } },
        { id: "others", type: "line", source: "others", layout: round, paint: { "line-color": colors.border, "line-width": growing(look.broad, [8, 3], [14, 5], [18, 10]) } },
      ] as const) : []),
      { id: "edge", type: "line", source: "way", layout: round, paint: { "line-color": colors.halo, "line-width": growing(look.broad, [8, 7], [14, 11], [18, 26]) } },
      { id: "line", type: "line", source: "way", layout: round, paint: { "line-gradient": colours(colors, home, behind), "line-width": growing(look.broad, [8, 4.5], [14, 7.5], [18, 18]) } },
    ],
  };
}

/** The layer whose colours say what is behind. */
export const LINE = `${ID}:line`;
