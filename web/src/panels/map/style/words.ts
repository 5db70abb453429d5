/** The words on the map: streets, places, waters, what one finds one's way by, house numbers. Pure. */

import type { ExpressionSpecification, LayerSpecification } from "maplibre-gl";
import type { Named } from "./ground";
import { called, growing, LETTERS, STRONG, type Look } from "./look";
import type { Palette } from "./palette";

/** What whoever drives may want at once; the rest is for who stands. */
const NEEDED = ["fuel", "parking", "hospital", "ferry_terminal"];
/** Kinds that have a picture of their own; the rest is a dot. */
export const PICTURED = ["fuel", "parking", "hospital", "pharmacy", "school", "restaurant", "cafe", "fast_food", "hotel", "museum", "supermarket", "ferry_terminal", "bus_station", "station"];

export function words(of: Named, look: Look, colors: Palette): LayerSpecification[] {
  const { letters, calm } = look;
  const name = called(look.language);
  const clear = { "text-halo-color": colors.halo, "text-halo-width": Math.max(1.2, letters / 12), "text-halo-blur": 0.5 };
  const middle = (id: string, layer: string, minzoom: number): LayerSpecification => ({
    id, type: "symbol", ...of(layer), minzoom, filter: ["has", "name"],
    layout: { "text-field": name, "text-font": LETTERS, "text-size": letters * 0.95, "text-max-width": 7, ...(layer === "stream" ? { "symbol-placement": "line", "symbol-spacing": 400 } : {}) },
    paint: { ...clear, "text-color": colors.wet },
  });
  const picture: ExpressionSpecification = ["match", ["get", "kind"], PICTURED, ["concat", "point:", ["get", "kind"]], "point:other"] as never;
  const found: LayerSpecification[] = [
    middle("stream-name", "stream", 13),
    middle("water-name", "water", 13),
    {
      id: "street-name", type: "symbol", ...of("road"), minzoom: 12.5,
      filter: ["all", ["has", "name"], ["!", ["in", ["get", "class"], ["literal", calm ? ["path", "track", "service"] : ["track"]]]], ...(calm ? [[">=", ["zoom"], ["match", ["get", "class"], "minor", 15, 13]]] : [])] as never,
      layout: {
        "symbol-placement": "line", "text-field": name, "text-font": LETTERS, "symbol-spacing": (calm ? 500 : 300) * look.broad, "text-max-angle": 35, "text-padding": calm ? 12 : 4,
        "text-size": ["interpolate", ["linear"], ["zoom"], 13, letters * 0.9, 17, letters * 1.1],
        "symbol-sort-key": ["match", ["get", "class"], "motorway", 0, "trunk", 1, "primary", 2, "secondary", 3, "tertiary", 4, 5],
      },
      paint: { ...clear, "text-color": colors.street },
    },
    {
      id: "road-number", type: "symbol", ...of("road"), minzoom: 8, filter: ["all", ["has", "ref"], ["in", ["get", "class"], ["literal", ["motorway", "trunk", "primary"]]], ["!", ["to-boolean", ["get", "link"]]]] as never,
      layout: {
        "symbol-placement": "line", "symbol-spacing": 500 * look.broad, "text-field": ["slice", ["get", "ref"], 0, 8], "text-font": STRONG, "text-size": letters * 0.9, "text-rotation-alignment": "viewport", "icon-rotation-alignment": "viewport",
        "icon-image": "shield", "icon-text-fit": "both", "icon-text-fit-padding": [2, 5, 2, 5], "text-padding": 20,
      },
      paint: { "text-color": colors.onShield },
    },
    {
      id: "point", type: "symbol", ...of("point"), minzoom: 15, filter: (calm ? ["in", ["get", "kind"], ["literal", NEEDED]] : [">=", ["zoom"], ["match", ["get", "kind"], NEEDED, 15, PICTURED.filter((one) => !NEEDED.includes(one)), 16, 17]]) as never,
      layout: {
        "icon-image": picture, "icon-size": calm ? look.broad * 0.9 : look.broad * 0.75, "text-font": LETTERS, "text-field": ["step", ["zoom"], "", calm ? 18 : 16.5, name], "text-size": letters * 0.9, "text-anchor": "top", "text-offset": [0, 0.8],
        "text-optional": true, "text-max-width": 8, "icon-padding": 6,
      },
      paint: { ...clear, "text-color": colors.quiet },
    },
    {
      id: "place", type: "symbol", ...of("place"), filter: ["has", "name"],
      layout: {
        "text-field": name, "text-font": STRONG, "text-max-width": 8, "text-padding": 8, "symbol-sort-key": ["get", "rank"],
        "text-size": ["interpolate", ["linear"], ["zoom"], 5, ["match", ["get", "kind"], ["country", "state", "city"], letters * 1.1, letters * 0.9], 14, ["match", ["get", "kind"], ["city", "town"], letters * 1.6, ["village", "suburb"], letters * 1.25, letters]],
      },
      paint: { ...clear, "text-color": colors.place, "text-opacity": ["interpolate", ["linear"], ["zoom"], 15.5, 1, 17, calm ? 0 : 0.35] },
    },
  ];
  if (!calm)
    found.unshift({
      id: "number", type: "symbol", ...of("number"), minzoom: 16.5,
      layout: { "text-field": ["get", "number"], "text-font": LETTERS, "text-size": growing(1, [16.5, letters * 0.75], [19, letters * 0.95]), "text-padding": 6 },
      paint: { ...clear, "text-color": colors.quiet },
    });
  return found;
}
