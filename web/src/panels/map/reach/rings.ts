/** How far the charge reaches, on the map: there is dashed and cool; there and back is drawn through, and warm as home. Pure. */

import type { Feature, FeatureCollection, Polygon } from "geojson";
import type { LayerSpecification } from "maplibre-gl";
import type { Reach } from "../../../lib/api/navigation";
import type { Point } from "../../../lib/things/whereabouts";
import { growing, type Look } from "../style/look";
import type { Palette } from "../style/palette";
import type { Overlay } from "../style/style";

/** What can be reached one way, and what can be come back from. */
export interface Both {
  readonly there: Reach;
  readonly back: Reach;
}

const areas = ({ rings }: Reach): FeatureCollection => ({
  type: "FeatureCollection",
  features: rings.filter((ring) => ring.length > 3).map((ring): Feature<Polygon> => ({ type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [ring.map(([latitude, longitude]) => [longitude, latitude])] } })),
});

/** The points of what is drawn, to look at all of it. */
export const points = ({ there, back }: Both): Point[] => [...there.rings, ...back.rings].flat().map(([latitude, longitude]) => ({ latitude, longitude }));

export function reachOverlay(both: Both): Overlay {
  return {
    id: "reach",
    sources: { there: { type: "geojson", data: areas(both.there) }, back: { type: "geojson", data: areas(both.back) } },
    layers: (look: Look, colors: Palette): LayerSpecification[] => {
      const wide = growing(look.broad, [6, 2.5], [14, 4]);
      const round = { "line-join": "round" } as const;
      return [
        { id: "there-area", type: "fill", source: "there", paint: { "fill-color": colors.road, "fill-opacity": 0.1 } },
        { id: "back-area", type: "fill", source: "back", paint: { "fill-color": colors.home, "fill-opacity": 0.12 } },
        { id: "there", type: "line", source: "there", layout: round, paint: { "line-color": colors.road, "line-width": wide, "line-dasharray": [2.5, 2] } },
        { id: "back", type: "line", source: "back", layout: round, paint: { "line-color": colors.home, "line-width": wide } },
      ];
    },
  };
}

/** What is asked for anew when it changes: by the percent, and by about a kilometre. */
export const stamp = (charge: number | undefined, at: Point | undefined): string => `${charge === undefined ? "" : Math.round(charge)} ${at ? `${at.latitude.toFixed(2)} ${at.longitude.toFixed(2)}` : ""}`;
