/** What lies under the roads: land, water, buildings, rails, borders. Pure. */

import type { LayerSpecification } from "maplibre-gl";
import { growing, type Look } from "./look";
import type { Palette } from "./palette";

type Layer = LayerSpecification;
export type Named = (layer: string) => { source: string; "source-layer": string };

export function land(of: Named, colors: Palette): Layer[] {
  const color = ["match", ["get", "kind"], "wood", colors.wood, ["green", "park"], colors.green, "field", colors.field, "bare", colors.bare, colors.town];
  return [{ id: "land", type: "fill", ...of("land"), paint: { "fill-color": color as never, "fill-antialias": false } }];
}

export function water(of: Named, look: Look, colors: Palette): Layer[] {
  return [
    { id: "stream", type: "line", ...of("stream"), layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": colors.water, "line-width": growing(look.broad, [8, 0.6], [12, 1.5], [16, 6], [18, 14]) } },
    { id: "water", type: "fill", ...of("water"), paint: { "fill-color": colors.water } },
  ];
}

export function buildings(of: Named, colors: Palette): Layer[] {
  return [
    {
      id: "building", type: "fill", ...of("building"), minzoom: 13.5,
      paint: { "fill-color": colors.building, "fill-opacity": ["interpolate", ["linear"], ["zoom"], 13.5, 0, 14.5, 1], "fill-outline-color": colors.ground },
    },
  ];
}

export function rails(of: Named, look: Look, colors: Palette): Layer[] {
  const rail = { "line-color": colors.rail, "line-width": growing(look.broad, [9, 0.5], [14, 1.2], [18, 3]) };
  return [
    { id: "rail", type: "line", ...of("rail"), filter: ["!", ["to-boolean", ["get", "tunnel"]]], paint: rail },
    { id: "rail-under", type: "line", ...of("rail"), filter: ["to-boolean", ["get", "tunnel"]], paint: { ...rail, "line-dasharray": [2, 3], "line-opacity": 0.6 } },
  ];
}

export function borders(of: Named, look: Look, colors: Palette): Layer[] {
  return [
    {
      id: "border", type: "line", ...of("border"), layout: { "line-join": "round" },
      paint: { "line-color": colors.border, "line-width": growing(look.broad, [4, 0.7], [12, 2]), "line-dasharray": [4, 3], "line-opacity": ["match", ["get", "level"], [1, 2], 0.9, 0.5] },
    },
  ];
}
