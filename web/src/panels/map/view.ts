/** A map on the page, for everybody who shows something on it: what they draw, what it looks at, what stands on it.
 *  Nothing outside of this folder speaks to MapLibre. */

import { Marker, type GeoJSONSource, type Map as GL } from "maplibre-gl";
import type { Feature, FeatureCollection } from "geojson";
import type { Region } from "../../lib/api/maps";
import type { Point } from "../../lib/things/whereabouts";
import { around, lngLat, nearest, type Box } from "./geometry";
import { pictures } from "./images";
import { longPresses } from "./long_presses";
import { MOST, PREFIX, style, type Overlay } from "./style/style";
import type { Look } from "./style/look";

export { lngLat, NOTHING } from "./geometry";
export type { Overlay } from "./style/style";
export type { Look } from "./style/look";
export type { Palette } from "./style/palette";

/** px of the map's edges that something lies over. */
export interface Edges {
  top: number;
  bottom: number;
  left: number;
  right: number;
}
export interface Tile {
  x: number;
  y: number;
  z: number;
}
export interface Pin {
  move: (to: Point, heading?: number) => void;
  end: () => void;
}

export class View {
  #overlays: readonly Overlay[] = [];
  #regions: readonly Region[] = [];
  #look: Look;
  #redraw: () => void;
  #restyles = false;
  /** The regions that are drawn, by their ids. */
  #drawn = "";
  #ended = false;

  constructor(
    readonly gl: GL,
    look: Look,
    regions: readonly Region[],
    /** Whether nothing may move by itself. */
    readonly still: () => boolean,
  ) {
    this.#look = look;
    this.#regions = regions;
    this.#redraw = pictures(gl, () => this.#look.theme);
    // Somewhere else other regions lie, where a household has more than are drawn at once.
    gl.on("moveend", () => this.#regions.length > MOST && this.#drawn !== this.#near().map(({ id }) => id).join() && this.#restyle());
    this.#restyle();
  }

  get look(): Look {
    return this.#look;
  }

  get regions(): readonly Region[] {
    return this.#regions;
  }

  /** Draw something: its layers come again with every look. Drawn anew under the same id, it takes the old one's place.
   *  What it returns takes it away. */
  draw(overlay: Overlay): () => void {
    const at = this.#overlays.findIndex((one) => one.id === overlay.id);
    this.#overlays = at < 0 ? [...this.#overlays, overlay] : this.#overlays.with(at, overlay);
    this.#restyle();
    return () => {
      if (!this.#overlays.includes(overlay)) return;
      this.#overlays = this.#overlays.filter((one) => one !== overlay);
      this.#restyle();
    };
  }

  /** Give one of its sources other features, without another look. */
  fill(id: string, source: string, data: Feature | FeatureCollection): void {
    if (this.#ended) return;
    const overlay = this.#overlays.find((one) => one.id === id);
    const before = overlay?.sources[source];
    if (overlay === undefined || before?.type !== "geojson") return;
    // Kept as well: a look that comes later brings it again.
    before.data = data as never;
    this.gl.getSource<GeoJSONSource>(`${id}:${source}`)?.setData(data as never);
  }

  /** Show it in another look, or other regions. */
  show(look: Look, regions: readonly Region[]): void {
    const turned = look.theme !== this.#look.theme;
    const same = regions === this.#regions && JSON.stringify(look) === JSON.stringify(this.#look);
    this.#look = look;
    this.#regions = regions;
    if (turned) this.#redraw();
    if (!same) this.#restyle();
  }

  /** Ask for these tiles once more. By name: of those that failed MapLibre takes up no others. */
  again(tiles: Tile[]): void {
    for (const { id } of this.#regions) if (this.gl.getSource(PREFIX + id)) this.gl.refreshTiles(PREFIX + id, tiles);
  }

  /** Let an element stand at a point of the map: flat on it where it has a `heading` (degrees from north), else upright. */
  pin(element: HTMLElement, at: Point, heading?: number): Pin {
    const flat = heading !== undefined;
    const marker = new Marker({ element, anchor: "center", rotationAlignment: flat ? "map" : "viewport", pitchAlignment: flat ? "map" : "viewport", subpixelPositioning: true, opacityWhenCovered: "1" });
    marker.setLngLat(lngLat(at)).setRotation(heading ?? 0).addTo(this.gl);
    return {
      move: (to, turned) => {
        marker.setLngLat(lngLat(to));
        if (turned !== undefined) marker.setRotation(turned);
      },
      end: () => marker.remove(),
    };
  }

  /** Look at all of these points at once. `edges`: what to keep clear of. */
  fit(points: readonly Point[], edges: Partial<Edges> = {}, most = 16): void {
    const box = around(points);
    if (box === undefined) return;
    const padding = { top: 48, bottom: 48, left: 48, right: 48, ...edges };
    const { clientWidth, clientHeight } = this.gl.getContainer();
    // What lies over it may leave less than nothing: then a bit of it is covered.
    const by = Math.min(1, (clientWidth * 0.8) / (padding.left + padding.right), (clientHeight * 0.8) / (padding.top + padding.bottom));
    for (const side of Object.keys(padding) as (keyof Edges)[]) padding[side] *= by;
    this.gl.fitBounds(box as [number, number, number, number], { padding, maxZoom: most, bearing: 0, pitch: 0, animate: !this.still(), duration: 300 });
  }

  /** So far from its left side, in px, it lies under cards while the car is followed: on a low screen. */
  get aside(): number {
    const { clientWidth: wide } = this.gl.getContainer();
    return innerHeight < 480 && innerWidth >= 480 ? Math.min(wide * 0.64, 24 * this.#letter) : 0;
  }

  /** How large a letter is, in px. */
  get #letter(): number {
    return parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
  }

  /** What of it is free beside what stands over it: at the side, on a narrow screen above or between. `tall`: what is
   *  asked stands there, as the card that is given. */
  beside(tall: boolean, card?: Element): Edges {
    const room = this.gl.getContainer();
    const { clientWidth: wide, clientHeight: high } = room;
    // A card is as wide as its column, or leaves a third of the map free.
    const { aside } = this;
    if (wide > 800 || aside > 0) return { left: aside || Math.min(wide * 0.64, 36 * this.#letter), right: wide * 0.13, top: high * 0.2, bottom: high * 0.12 };
    if (card) return { left: 40, right: 80, top: 24, bottom: room.getBoundingClientRect().bottom - card.getBoundingClientRect().top + 24 };
    return { left: 40, right: 80, top: tall ? 40 : high * 0.3, bottom: tall ? high * 0.55 : high * 0.22 };
  }

  /** Look at one point, where the card of it leaves the map free. */
  goTo(at: Point, zoom = Math.max(15, this.gl.getZoom())): void {
    const { left, right, top, bottom } = this.beside(true);
    this.gl.easeTo({ center: lngLat(at), zoom, offset: [(left - right) / 2, (top - bottom) / 2], duration: this.still() ? 0 : 300 });
  }

  zoom(by: number): void {
    if (this.still()) this.gl.jumpTo({ zoom: this.gl.getZoom() + by });
    else this.gl.easeTo({ zoom: this.gl.getZoom() + by, duration: 200 });
  }

  /** What is in sight. */
  get box(): Box {
    const bounds = this.gl.getBounds();
    const within = (value: number, most: number) => Math.max(-most, Math.min(most, value));
    return [within(bounds.getWest(), 180), within(bounds.getSouth(), 90), within(bounds.getEast(), 180), within(bounds.getNorth(), 90)];
  }

  get centre(): Point {
    const { lat, lng } = this.gl.getCenter().wrap();
    return { latitude: lat, longitude: lng };
  }

  /** Called whenever it has come to rest somewhere else. Returns how to stop that. */
  rests(run: () => void): () => void {
    this.gl.on("moveend", run);
    return () => void this.gl.off("moveend", run);
  }

  /** Called with where somebody taps, and where they press for longer. */
  touched(on: { pick: (at: Point) => void; long: (at: Point) => void }): void {
    longPresses(this.gl, on);
  }

  /** Where a point is on the screen, in px from the map's corner. */
  project(at: Point): { x: number; y: number } {
    return this.gl.project(lngLat(at));
  }

  end(): void {
    this.#ended = true;
    this.gl.remove();
  }

  #near(): readonly Region[] {
    return nearest(this.#regions, this.centre, MOST);
  }

  /** Several changes at once make one look. */
  #restyle(): void {
    if (this.#restyles) return;
    this.#restyles = true;
    queueMicrotask(() => {
      this.#restyles = false;
      if (this.#ended) return;
      const near = this.#near();
      this.#drawn = near.map(({ id }) => id).join();
      this.gl.setStyle(style(this.#look, near, this.#overlays), { diff: true });
    });
  }
}
