/** When the hub was heard, and what its clock says: ages are told by it alone, since a tablet's own may be a day off. */

import type { World } from "./world";

/** A gap so short, in ms, is nobody's business: what is shown is fresh by any measure. */
export const GRACE = 2_000;
/** After so long, in ms, what the driving state was says nothing of what it is. */
export const UNSURE = 30_000;
/** While a connection lives it is never silent for so long: then this device has slept. */
const SLEPT = 45_000;

/** `heard`: s since 1970 by the hub's clock; `offset`: its clock minus this device's, in ms. */
export interface Heard {
  readonly heard: number;
  readonly offset: number;
}

export class Hearing {
  /** When the hub was last heard, ms by this device's clock. */
  heard: number | undefined;
  /** When the connection was lost; undefined while it stands, and before the first one. */
  lost: number | undefined;
  /** Whether the hub itself has told since this page was opened. */
  told = false;
  /** Hub's clock minus this device's, in ms. */
  offset = 0;

  #begun: number | undefined;

  constructor(readonly world: Pick<World, "now">) {}

  /** From now on the hub is asked. */
  begin(): void {
    this.#begun ??= this.world.now();
  }

  /** Whether the hub has had its time to answer. */
  get waited(): boolean {
    return this.#begun !== undefined && Math.abs(this.world.now() - this.#begun) >= GRACE;
  }

  /** The hub said something. What it says before it has told the household makes nothing of it fresh. */
  now(): void {
    if (this.told) this.heard = this.world.now();
  }

  /** It has told the household. */
  tell(): void {
    this.told = true;
    this.now();
  }

  /** The hub told its time, in s; `asked`: when it was asked for it. */
  tells(now: number, asked = this.world.now()): void {
    this.offset = now * 1000 - (asked + this.world.now()) / 2;
  }

  /** How long, in ms, the hub has not been there; 0 while it is. Infinite: nobody can say. */
  get away(): number {
    if (this.told && this.lost === undefined) return 0;
    const since = this.lost ?? this.heard;
    const away = since === undefined ? Infinity : this.world.now() - since;
    return away >= 0 ? away : Infinity;
  }

  /** Whether what is shown is to be taken for old. */
  get late(): boolean {
    return this.away >= GRACE;
  }

  /** Whether nobody knows what the cars are doing now. */
  get unsure(): boolean {
    return !this.told || this.away >= UNSURE;
  }

  get slept(): boolean {
    return this.heard !== undefined && Math.abs(this.world.now() - this.heard) > SLEPT;
  }

  /** Go on from what was kept. */
  recall({ heard, offset }: Heard): void {
    const here = this.world.now();
    // No time was before that: a clock here that says so was set since, and may be right now.
    this.offset = here + offset >= heard * 1000 ? offset : Math.max(0, heard * 1000 - here);
    this.heard = heard * 1000 - this.offset;
  }

  /** This device's clock was set back by so many ms; the hub's goes on as it went. */
  jumped(ms: number): void {
    this.offset -= ms;
    if (this.heard !== undefined) this.heard += ms;
    if (this.lost !== undefined) this.lost += ms;
  }

  forget(): void {
    this.heard = this.lost = undefined;
    this.told = false;
  }
}
