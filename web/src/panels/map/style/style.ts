/** The whole style of the map: every region's ground first, then every region's roads, so that no region covers another's
 *  streets; what others draw, then the words. Pure. */

import type { LayerSpecification, SourceSpecification, StyleSpecification } from "maplibre-gl";
import type { Region } from "../../../lib/api/maps";
import { borders, buildings, land, rails, water, type Named } from "./ground";
import type { Look } from "./look";
import { PALETTES, type Palette } from "./palette";
import { arrows, roads } from "./roads";
import { words } from "./words";

export const PROTOCOL = "wayhome";
/** So many regions are drawn at once at most. */
export const MOST = 6;
/** How the names of the regions' sources begin. */
export const PREFIX = "map:";

/** What somebody else draws on the map, between the roads and the words or over all of it. */
export interface Overlay {
  readonly id: string;
  readonly over?: "roads" | "words";
  readonly sources: Readonly<Record<string, SourceSpecification>>;
  /** Its layers, by the names of its sources. */
  readonly layers: (look: Look, colors: Palette) => LayerSpecification[];
}

/** What a region's tiles are asked by: see `tiles.ts`. Another revision is another address. */
export const address = (region: Pick<Region, "id" | "revision">): string => `${PROTOCOL}://${region.id}/${region.revision}/{z}/{x}/{y}`;

export function style(look: Look, regions: readonly Region[], overlays: readonly Overlay[]): StyleSpecification {
  const colors = PALETTES[look.theme];
  const shown = regions.slice(0, MOST);
  const sources: Record<string, SourceSpecification> = {};
  for (const one of shown) {
    const [west, south, east, north] = one.bounds;
    sources[PREFIX + one.id] = { type: "vector", tiles: [address(one)], minzoom: 2, maxzoom: 14, bounds: [west, south, east, north] };
  }
  const each = (make: (of: Named) => LayerSpecification[]): LayerSpecification[] => {
    const made = shown.map((one) => make((layer) => ({ source: PREFIX + one.id, "source-layer": layer })).map((layer) => ({ ...layer, id: `${layer.id}@${one.id}` })));
    // Layer by layer, each of all regions: the ground of one never lies over the roads of the next.
    return (made[0] ?? []).flatMap((_, at) => made.map((layers) => layers[at]!));
  };
  const drawn = (over: "roads" | "words") =>
    overlays.filter((one) => (one.over ?? "roads") === over).flatMap((one) =>
      one.layers(look, colors).map((layer) => ({ ...layer, id: `${one.id}:${layer.id}`, ...("source" in layer ? { source: `${one.id}:${layer.source}` } : {}) }) as LayerSpecification),
    );
  for (const one of overlays) for (const [name, source] of Object.entries(one.sources)) sources[`${one.id}:${name}`] = source;
  return {
    version: 8,
    name: `Wayhome ${look.theme}`,
    sources,
    // A tilt shows what lies far; it fades into the sky.
    sky: { "sky-color": colors.ground, "horizon-color": colors.ground, "fog-color": colors.ground, "fog-ground-blend": 0.6, "horizon-fog-blend": 0.8, "sky-horizon-blend": 0.8 },
    layers: [
      { id: "ground", type: "background", paint: { "background-color": colors.ground } },
      ...each((of) => land(of, colors)),
      ...each((of) => water(of, look, colors)),
      ...each((of) => borders(of, look, colors)),
      ...each((of) => rails(of, look, colors)),
      ...each((of) => buildings(of, colors)),
      ...each((of) => roads(of, look, colors)),
      ...each((of) => arrows(of, look)),
      ...drawn("roads"),
      ...each((of) => words(of, look, colors)),
      ...drawn("words"),
    ],
  };
}
