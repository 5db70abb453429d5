/** Dragging a tile of the board with finger, pen or mouse. The others make room while it is over them; nothing of the page
 *  is rebuilt until it is let go. */

import { tick } from "svelte";
import type { Tile } from "../../../lib/things/board.svelte";

interface Place {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** What the drag asks of the board: its grid, the number of its first tile, how many tiles there are in all. */
interface Ground {
  grid(): HTMLElement;
  first(): number;
  count(): number;
  /** Turn to the page before (-1) or after (1); false: there is none. */
  turn(by: 1 | -1): boolean;
  drop(tile: Tile, to: number): void;
}

const START = 6;
const EDGE = 72;
const DWELL = 550;

export class Drag {
  tile = $state.raw<Tile | undefined>();
  ghost = $state.raw<Place>({ x: 0, y: 0, width: 0, height: 0 });
  #from = 0;
  #to = $state(0);
  #places = $state.raw<Place[]>([]);
  #stop: (() => void) | undefined;
  #dwell: ReturnType<typeof setTimeout> | undefined;
  #leaning = 0;

  constructor(readonly ground: Ground) {}

  /** A pointer goes down on the handle of the tile at `index`. */
  down(event: PointerEvent, tile: Tile, index: number): void {
    if (!event.isPrimary || event.button !== 0 || this.#stop) return;
    const start = { x: event.clientX, y: event.clientY };
    const box = (event.currentTarget as HTMLElement).closest<HTMLElement>("[data-place]")!.getBoundingClientRect();
    const hold = { x: start.x - box.x, y: start.y - box.y };
    const move = (at: PointerEvent) => {
      if (at.pointerId !== event.pointerId) return;
      if (this.tile === undefined) {
        if (Math.hypot(at.clientX - start.x, at.clientY - start.y) < START) return;
        this.#from = this.#to = index;
        this.#measure();
        this.tile = tile;
      }
      this.ghost = { x: at.clientX - hold.x, y: at.clientY - hold.y, width: box.width, height: box.height };
      this.#over(at.clientX, at.clientY);
    };
    const up = (at: PointerEvent) => at.pointerId === event.pointerId && this.#end(true);
    const cancel = (at: PointerEvent) => at.pointerId === event.pointerId && this.#end(false);
    const key = (at: KeyboardEvent) => at.key === "Escape" && this.#end(false);
    addEventListener("pointermove", move);
    addEventListener("pointerup", up);
    addEventListener("pointercancel", cancel);
    addEventListener("keydown", key);
    this.#stop = () => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", up);
      removeEventListener("pointercancel", cancel);
      removeEventListener("keydown", key);
    };
  }

  /** Where the tile at `index` has to move to make room, as CSS. */
  shift(index: number): string | undefined {
    if (this.tile === undefined || index === this.#from) return undefined;
    const { first } = this.ground;
    const to = index > this.#from && index <= this.#to ? index - 1 : index < this.#from && index >= this.#to ? index + 1 : index;
    const here = this.#places[index - first()];
    const there = this.#places[to - first()];
    if (to === index || here === undefined) return undefined;
    return there === undefined ? "scale(0.6)" : `translate(${there.x - here.x}px, ${there.y - here.y}px)`;
  }

  end(): void {
    this.#end(false);
  }

  #measure(): void {
    // By the layout, not by what is painted: tiles may be on their way.
    const grid = this.ground.grid();
    const box = grid.getBoundingClientRect();
    this.#places = [...grid.querySelectorAll<HTMLElement>(":scope > [data-place]")].map((one) => ({
      x: box.x + scrollX + one.offsetLeft, y: box.y + scrollY + one.offsetTop, width: one.offsetWidth, height: one.offsetHeight,
    }));
  }

  #over(x: number, y: number): void {
    const box = this.ground.grid().getBoundingClientRect();
    this.#lean(x < box.left + EDGE / 3 ? -1 : x > box.right - EDGE / 3 ? 1 : 0);
    if (y < EDGE) scrollBy(0, -16);
    else if (y > innerHeight - EDGE * 1.5) scrollBy(0, 16);
    const at = this.#places.findIndex((one) => x + scrollX >= one.x && x + scrollX <= one.x + one.width && y + scrollY >= one.y && y + scrollY <= one.y + one.height);
    if (at >= 0) this.#to = Math.min(this.ground.count() - 1, this.ground.first() + at);
  }

  /** Held at the board's edge for a moment, the page turns. */
  #lean(by: -1 | 0 | 1): void {
    if (by === this.#leaning) return;
    this.#leaning = by;
    clearTimeout(this.#dwell);
    if (by === 0) return;
    this.#dwell = setTimeout(async () => {
      this.#leaning = 0;
      if (!this.ground.turn(by)) return;
      await tick();
      this.#measure();
      const first = this.ground.first();
      this.#to = Math.min(this.ground.count() - 1, by > 0 ? first : first + this.#places.length - 1);
    }, DWELL);
  }

  #end(dropped: boolean): void {
    this.#stop?.();
    this.#stop = undefined;
    clearTimeout(this.#dwell);
    this.#leaning = 0;
    const tile = this.tile;
    this.tile = undefined;
    if (dropped && tile !== undefined && this.#to !== this.#from) this.ground.drop(tile, this.#to);
  }
}
