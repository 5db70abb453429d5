/** The roads: by class, with edges, tunnels under and bridges over the rest. Pure. */

import type { ExpressionSpecification, FilterSpecification, LayerSpecification } from "maplibre-gl";
import type { Named } from "./ground";
import type { Look } from "./look";
import type { Palette } from "./palette";

const CLASSES = ["service", "minor", "tertiary", "secondary", "primary", "trunk", "motorway"] as const;
type Class = (typeof CLASSES)[number];

/** px at a zoom, for each class; what is not there yet at a zoom is as thin as nothing. */
const WIDTHS: readonly (readonly [zoom: number, px: Record<Class, number>])[] = [
  [5, { service: 0, minor: 0, tertiary: 0, secondary: 0, primary: 0, trunk: 0.5, motorway: 0.8 }],
  [9, { service: 0, minor: 0, tertiary: 0, secondary: 0.6, primary: 1.2, trunk: 1.6, motorway: 2 }],
  [12, { service: 0, minor: 0.6, tertiary: 1.4, secondary: 2, primary: 2.8, trunk: 3.2, motorway: 4 }],
  [14, { service: 0.8, minor: 2.2, tertiary: 3.4, secondary: 4.4, primary: 5.4, trunk: 6, motorway: 7 }],
  [16, { service: 3, minor: 7, tertiary: 9, secondary: 10.5, primary: 12, trunk: 13, motorway: 14 }],
  [18, { service: 10, minor: 22, tertiary: 26, secondary: 30, primary: 34, trunk: 36, motorway: 38 }],
];
/** Ramps are narrower than what they lead to. */
const LINK = 0.65;

/** `more`: px on both sides together, for an edge. */
export function width(look: Look, more = 0): ExpressionSpecification {
  const stops = WIDTHS.flatMap(([zoom, px]) => {
    const by = (part: number) => ["match", ["get", "class"], ...CLASSES.flatMap((one) => [one, px[one] === 0 ? 0 : px[one] * part * look.broad + more]), 0];
    return [zoom, ["case", ["to-boolean", ["get", "link"]], by(LINK), by(1)]];
  });
  return ["interpolate", ["exponential", 1.5], ["zoom"], ...stops] as unknown as ExpressionSpecification;
}

function color(colors: Palette): ExpressionSpecification {
  return ["match", ["get", "class"], "motorway", colors.motorway, ["trunk", "primary"], colors.major, ["secondary", "tertiary"], colors.middle, colors.minor];
}

const ORDER: ExpressionSpecification = ["match", ["get", "class"], ...CLASSES.flatMap((one, at) => [one, at]), 0] as never;
const DRIVEN: FilterSpecification = ["in", ["get", "class"], ["literal", [...CLASSES]]];
const has = (what: string): ExpressionSpecification => ["to-boolean", ["get", what]];

/** Where on the way of things a road lies. */
function lies(how: "tunnel" | "bridge" | "ground"): FilterSpecification {
  const [tunnel, bridge] = [has("tunnel"), has("bridge")];
  const here: ExpressionSpecification = how === "tunnel" ? tunnel : how === "bridge" ? ["all", bridge, ["!", tunnel]] : ["!", ["any", tunnel, bridge]];
  return ["all", DRIVEN as ExpressionSpecification, here];
}

export function roads(of: Named, look: Look, colors: Palette): LayerSpecification[] {
  const round = { "line-cap": "round", "line-join": "round", "line-sort-key": ORDER } as const;
  const butt = { ...round, "line-cap": "butt" } as const;
  const fill = { "line-color": color(colors), "line-width": width(look) };
  const edge = { "line-color": colors.edge, "line-width": width(look, 2 * look.broad) };
  const thin = (px: number): ExpressionSpecification => ["interpolate", ["exponential", 1.5], ["zoom"], 13, 0.6 * look.broad, 18, px * look.broad];
  return [
    { id: "tunnel-edge", type: "line", ...of("road"), minzoom: 11, filter: lies("tunnel"), layout: butt, paint: { ...edge, "line-dasharray": [1, 0.6] } },
    { id: "tunnel", type: "line", ...of("road"), filter: lies("tunnel"), layout: butt, paint: { ...fill, "line-color": colors.tunnel } },
    { id: "path", type: "line", ...of("road"), minzoom: 14, filter: ["==", ["get", "class"], "path"], layout: { "line-cap": "round" }, paint: { "line-color": colors.path, "line-width": thin(3), "line-dasharray": [1.5, 2] } },
    { id: "track", type: "line", ...of("road"), minzoom: 13, filter: ["==", ["get", "class"], "track"], paint: { "line-color": colors.path, "line-width": thin(5), "line-dasharray": [4, 1.5] } },
    { id: "ferry", type: "line", ...of("road"), filter: ["==", ["get", "class"], "ferry"], paint: { "line-color": colors.wet, "line-width": 1.5 * look.broad, "line-dasharray": [5, 4], "line-opacity": 0.7 } },
    { id: "road-edge", type: "line", ...of("road"), minzoom: 11, filter: lies("ground"), layout: round, paint: edge },
    { id: "road", type: "line", ...of("road"), filter: lies("ground"), layout: round, paint: fill },
    { id: "bridge-edge", type: "line", ...of("road"), minzoom: 11, filter: lies("bridge"), layout: butt, paint: { ...edge, "line-width": width(look, 4 * look.broad) } },
    { id: "bridge", type: "line", ...of("road"), filter: lies("bridge"), layout: round, paint: fill },
  ];
}

/** Which way a street of one direction goes. */
export function arrows(of: Named, look: Look): LayerSpecification[] {
  const one = (id: string, way: number): LayerSpecification => ({
    id, type: "symbol", ...of("road"), minzoom: 15.5, filter: ["all", DRIVEN as ExpressionSpecification, ["==", ["get", "oneway"], way], ["!=", ["get", "class"], "motorway"]],
    layout: { "symbol-placement": "line", "symbol-spacing": 160 * look.broad, "icon-image": "oneway", "icon-rotate": way > 0 ? 0 : 180, "icon-rotation-alignment": "map", "icon-size": 0.5 * look.broad, "icon-padding": 0 },
    paint: { "icon-opacity": 0.6 },
  });
  return [one("oneway", 1), one("oneway-back", -1)];
}
