/** A person's board: the tiles of their car's home, the same on every screen of theirs. What is arranged here shows at
 *  once; the hub's word counts as soon as it is there. */

import { act } from "../api/call";
import type { components } from "../api/schema";
import type { LiveStore } from "../live/store";

export type Tile = components["schemas"]["Tile"];
export type Spot = Pick<Tile, "kind" | "item">;
type Told = components["schemas"]["Board"];

export const MOST = 60;
/** How long the live line may be behind the answer to an operation, in ms. */
const CATCH_UP = 800;
const UNDO = 20;

export const same = (one: Spot, other: Spot): boolean => one.kind === other.kind && one.item === other.item;

/** `tiles` with the one at `from` moved to `to`. */
export function moved<T>(tiles: readonly T[], from: number, to: number): T[] {
  const row = [...tiles];
  row.splice(to, 0, ...row.splice(from, 1));
  return row;
}

export class Board {
  #draft = $state.raw<readonly Tile[] | undefined>();
  #undo = $state.raw<readonly (() => Promise<void>)[]>([]);
  #turn = 0;
  /** Whether it is being put together on this screen. */
  arranging = $state(false);
  #last: Promise<void> = Promise.resolve();

  /** `person`: whose board it is. `fail`: shows what went wrong. */
  constructor(
    readonly store: LiveStore,
    readonly person: () => string | undefined,
    readonly fail: (error: unknown) => void,
  ) {}

  /** The tiles, the first one first. */
  get tiles(): readonly Tile[] {
    return this.#draft ?? this.#facts();
  }

  get undoable(): boolean {
    return this.#undo.length > 0;
  }

  has(spot: Spot): boolean {
    return this.tiles.some((tile) => same(tile, spot));
  }

  /** Put things and rooms on it, before the tile at `at` or at the end. */
  async put(spots: readonly Spot[], at?: number): Promise<void> {
    const fresh = spots.filter((spot) => !this.has(spot));
    if (fresh.length === 0) return;
    const row = [...this.tiles];
    const before = at === undefined ? undefined : row[at];
    row.splice(at ?? row.length, 0, ...fresh.map((spot) => ({ ...spot, id: `${spot.kind} ${spot.item}`, name: "", order: "" })));
    this.#remember(async () => {
      for (const spot of fresh) await this.#take(spot);
    });
    await this.#do(row, () => act<Told>("home/put", { tiles: fresh.map(({ kind, item }) => ({ kind, item })), before: this.#id(before) }));
  }

  /** Move a tile so that it stands at `to`. */
  async move(tile: Spot, to: number): Promise<void> {
    const from = this.tiles.findIndex((one) => same(one, tile));
    if (from < 0 || to < 0 || to >= this.tiles.length || from === to) return;
    this.#remember(() => this.#move(tile, from));
    await this.#move(tile, to);
  }

  /** Take a tile off. */
  async take(tile: Spot): Promise<void> {
    const at = this.tiles.findIndex((one) => same(one, tile));
    if (at < 0) return;
    this.#remember(() => this.#putBack(tile, at));
    await this.#take(tile);
  }

  /** Take back what was arranged last. */
  async undo(): Promise<void> {
    const back = this.#undo.at(-1);
    this.#undo = this.#undo.slice(0, -1);
    await back?.();
  }

  forget(): void {
    this.#undo = [];
  }

  #remember(back: () => Promise<void>): void {
    this.#undo = [...this.#undo, back].slice(-UNDO);
  }

  async #putBack(tile: Spot, at: number): Promise<void> {
    const kept = this.#undo;
    await this.put([tile], Math.min(at, this.tiles.length));
    this.#undo = kept;
  }

  async #move(tile: Spot, to: number): Promise<void> {
    const from = this.tiles.findIndex((one) => same(one, tile));
    if (from < 0) return;
    const row = moved(this.tiles, from, to);
    const before = row[to + 1];
    await this.#do(row, () => act<Told>("home/move", { tile: this.#id(tile), before: this.#id(before) }));
  }

  async #take(tile: Spot): Promise<void> {
    const row = this.tiles.filter((one) => !same(one, tile));
    await this.#do(row, () => act<Told>("home/take_off", { tile: this.#id(tile) }));
  }

  /** The id that the hub knows a tile by; one that was only just put has none before its turn comes. */
  #id(spot: Spot | undefined): string | null {
    return spot === undefined ? null : ((this.#facts().find((tile) => same(tile, spot)) ?? this.tiles.find((tile) => same(tile, spot)))?.id ?? null);
  }

  /** Show `row` at once, and do what makes it so once all that was asked before is done. */
  async #do(row: readonly Tile[], run: () => Promise<Told>): Promise<void> {
    const turn = ++this.#turn;
    this.#draft = row;
    this.#last = this.#last.then(async () => {
      try {
        const told = await run();
        if (turn !== this.#turn) return;
        this.#draft = told.tiles;
        setTimeout(() => turn === this.#turn && (this.#draft = undefined), CATCH_UP);
      } catch (error) {
        if (turn === this.#turn) this.#draft = undefined;
        this.fail(error);
      }
    });
    await this.#last;
  }

  #facts(): Tile[] {
    const person = this.person();
    if (person === undefined) return [];
    const found: Tile[] = [];
    for (const [path, { value }] of this.store.records("tile")) {
      const id = path.slice("@tile/".length);
      if (!id.startsWith(`${person}:`) || typeof value !== "object" || value === null || Array.isArray(value)) continue;
      const { kind, item, name, order } = value;
      if ((kind === "thing" || kind === "room" || kind === "scene") && typeof item === "string" && typeof order === "string") found.push({ id, kind, item, name: String(name ?? item), order });
    }
    return found.sort((one, other) => compare(one.order, other.order) || compare(one.id, other.id));
  }
}

/** By character codes, as the hub does; a language's own order would be another. */
function compare(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
