/** What the map looks at: the car, heading up or north up; what a finger showed; the whole way. */

import type { Point } from "../../lib/things/whereabouts";
import { after, Gliding, turned, zoomFor, type Placed } from "./gliding";
import { lngLat, type View } from "./view";

export type Mode = "heading" | "north" | "free";

/** So long, in ms, it stays where whoever drives has pushed it to. */
export const COMES_BACK = 10_000;
/** How far the view is tilted while it drives along, in degrees. */
const TILT = 50;
/** The car stands in the lower part of the picture: what is ahead counts. Part of the height that is kept above it. */
const AHEAD = 0.36;

export class Camera {
  mode = $state<Mode>("free");
  /** Where up is, in degrees from north. */
  bearing = $state(0);
  /** Whether there is a car to follow. */
  found = $state(false);
  readonly #gliding = new Gliding();
  #view: View;
  #speed: number | undefined;
  #zoom: number | undefined;
  /** By how much whoever looks wants it closer than the speed says. */
  #closer = 0;
  #before: Mode = "north";
  #frame: number | undefined;
  #then = 0;
  #back: ReturnType<typeof setTimeout> | undefined;
  readonly #ends: (() => void)[] = [];

  constructor(
    view: View,
    /** Where the car is drawn, whatever is looked at. */
    readonly onplace: (placed: Placed) => void,
    /** Whether it comes back by itself from where a finger pushed it to. */
    readonly drives: () => boolean,
  ) {
    this.#view = view;
    const pushed = ({ originalEvent }: { originalEvent?: unknown }) => originalEvent !== undefined && this.#pushed();
    for (const name of ["dragstart", "zoomstart", "rotatestart", "pitchstart"] as const) {
      view.gl.on(name, pushed);
      this.#ends.push(() => void view.gl.off(name, pushed));
    }
    const turn = () => {
      // It is read by the compass: to a degree.
      const now = Math.round(view.gl.getBearing());
      if (now !== this.bearing) this.bearing = now;
    };
    view.gl.on("rotate", turn);
    this.#ends.push(() => void view.gl.off("rotate", turn));
    // A phone that is turned has its cards elsewhere.
    const sized = () => this.#wake();
    view.gl.on("resize", sized);
    this.#ends.push(() => void view.gl.off("resize", sized));
  }

  /** Where the car is now, as it says. */
  see(at: Point & { heading?: number }, speed: number | undefined): void {
    this.#speed = speed;
    this.found = true;
    this.#gliding.to(at, performance.now(), this.#view.still());
    this.#wake();
  }

  follow(mode: Mode): void {
    clearTimeout(this.#back);
    this.#before = this.mode = mode;
    this.#closer = 0;
    if (mode === "free") return;
    this.#zoom = undefined;
    if (mode === "north") this.#view.gl.jumpTo({ padding: { top: 0, bottom: 0, left: 0, right: 0 } });
    this.#wake();
  }

  /** Look at something else than the car, until it is asked for again. */
  free(): void {
    clearTimeout(this.#back);
    this.mode = "free";
    this.#view.gl.jumpTo({ padding: { top: 0, bottom: 0, left: 0, right: 0 } });
  }

  zoom(by: number): void {
    if (this.mode === "free") return this.#view.zoom(by);
    this.#closer = Math.max(-4, Math.min(3, this.#closer + by));
    this.#wake();
  }

  end(): void {
    clearTimeout(this.#back);
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    for (const end of this.#ends) end();
  }

  #pushed(): void {
    if (this.mode !== "free") this.#before = this.mode;
    this.mode = "free";
    clearTimeout(this.#back);
    if (this.drives()) this.#back = setTimeout(() => this.found && this.follow(this.#before === "free" ? "heading" : this.#before), COMES_BACK);
  }

  #wake(): void {
    if (this.#frame !== undefined) return;
    this.#then = performance.now();
    this.#frame = requestAnimationFrame(() => this.#step());
  }

  #step(): void {
    this.#frame = undefined;
    const now = performance.now();
    const placed = this.#gliding.at(now);
    if (placed === undefined) return;
    this.onplace(placed);
    const settled = this.mode === "free" || this.#look(placed, now - this.#then);
    this.#then = now;
    if (!(settled && this.#gliding.done(now))) this.#frame = requestAnimationFrame(() => this.#step());
  }

  /** Look at the car; true when nothing more is to move. */
  #look(placed: Placed, passed: number): boolean {
    const { gl } = this.#view;
    const still = this.#view.still();
    const wanted = zoomFor(this.#speed) + this.#closer;
    const heads = this.mode === "heading";
    this.#zoom ??= this.#view.still() ? wanted : gl.getZoom();
    this.#zoom = still || Math.abs(wanted - this.#zoom) < 0.01 ? wanted : after(this.#zoom, wanted, passed, 500);
    const [bearing, pitch] = [gl.getBearing(), gl.getPitch()];
    const [to, tilt] = heads ? [placed.heading, TILT] : [0, 0];
    const part = still ? 1 : 1 - Math.exp(-passed / 180);
    const off = Math.abs(((((to - bearing) % 360) + 540) % 360) - 180);
    const turn = off < 0.2 ? to : turned(bearing, to, part);
    const leans = Math.abs(tilt - pitch) < 0.2 ? tilt : pitch + (tilt - pitch) * part;
    const top = heads ? gl.getContainer().clientHeight * AHEAD : 0;
    gl.jumpTo({ center: lngLat(placed), zoom: this.#zoom, bearing: turn, pitch: leans, padding: { top, bottom: 0, left: this.#view.aside, right: this.#view.aside && gl.getContainer().clientWidth * 0.13 } });
    return this.#zoom === wanted && turn === to && leans === tilt;
  }
}
