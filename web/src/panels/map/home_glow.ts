/** Home is warm: a glow on the ground around it. Pure. */

import type { Point } from "../../lib/things/whereabouts";
import { lngLat } from "./geometry";
import type { Overlay } from "./style/style";

export function glow(home: Point): Overlay {
  return {
    id: "home",
    sources: { at: { type: "geojson", data: { type: "Feature", properties: {}, geometry: { type: "Point", coordinates: lngLat(home) } } } },
    layers: (look, colors) => [
      {
        id: "glow", type: "circle", source: "at",
        paint: {
          "circle-color": colors.home, "circle-blur": 1, "circle-pitch-alignment": "map", "circle-opacity": look.theme === "night" ? 0.42 : 0.3,
          "circle-radius": ["interpolate", ["exponential", 1.4], ["zoom"], 8, 12 * look.broad, 14, 70 * look.broad, 18, 190 * look.broad],
        },
      },
    ],
  };
}
