/** Points and boxes, as MapLibre and the hub count them. Pure. */

import type { FeatureCollection } from "geojson";
import type { Point } from "../../lib/things/whereabouts";

export type Box = readonly [west: number, south: number, east: number, north: number];

/** A drawing of nothing, for a source that is filled later. */
export const NOTHING: FeatureCollection = { type: "FeatureCollection", features: [] };

/** MapLibre counts longitude first. */
export const lngLat = ({ longitude, latitude }: Point): [number, number] => [longitude, latitude];

/** The box around points; undefined: there are none. */
export function around(points: readonly Point[]): Box | undefined {
  if (points.length === 0) return undefined;
  let [west, south, east, north] = [180, 90, -180, -90];
  for (const { latitude, longitude } of points) {
    [west, east] = [Math.min(west, longitude), Math.max(east, longitude)];
    [south, north] = [Math.min(south, latitude), Math.max(north, latitude)];
  }
  return [west, south, east, north];
}

/** Whether a box, as that of a region's map, has a point. */
export function covers({ bounds: [west, south, east, north] }: { readonly bounds: readonly number[] }, { latitude, longitude }: Point): boolean {
  return west! <= longitude && longitude <= east! && south! <= latitude && latitude <= north!;
}

/** So many of the regions as are drawn at once: those around a point first, then those closest to it. They keep their order. */
export function nearest<T extends { readonly bounds: readonly number[] }>(all: readonly T[], { latitude, longitude }: Point, most: number): readonly T[] {
  if (all.length <= most) return all;
  const shrinks = Math.cos((latitude * Math.PI) / 180);
  const outside = (low: number, value: number, high: number) => Math.max(low - value, 0, value - high);
  const far = ({ bounds: [west, south, east, north] }: T) => Math.hypot(outside(west!, longitude, east!) * shrinks, outside(south!, latitude, north!));
  const near = new Set([...all].sort((one, other) => far(one) - far(other)).slice(0, most));
  return all.filter((one) => near.has(one));
}
