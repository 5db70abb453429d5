/** When the hub was heard, and what its clock says: ages are told by it alone, since a tablet's own may be a day off. */

import type { World } from "./world";

/** A gap so short, in ms, is nobody's business: what is shown is fresh by any measure. */
export const GRACE = 2_000;
/** After so long, in ms, what the driving state was says nothing of what it is. */
export const UNSURE = 15_000;
/** An answer that took no longer, in ms, says what the hub's clock is, whatever was thought before. */
const PROMPT = 1_500;
/** While a connection lives it is never silent for so long: then this device has slept. */
const SLEPT = 45_000;

/** `heard`: s since 1970 by the hub's clock; `offset`: its clock minus this device's, in ms. */
export interface Heard {
  readonly heard: number;
  readonly offset: number;
}

/** What was kept of an earlier connection. */
export interface Earlier extends Heard {
  readonly epoch?: string;
  readonly rev?: number;
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

  /** When the hub was last heard before the connection was lost: what it says to a new one, before it has told the
   *  household, makes nobody surer of the cars. */
  #before: number | undefined;
  /** The same two by the steady clock: one that is set says nothing of how long ago that was. */
  #at: number | undefined;
  #atBefore: number | undefined;
  #begun: number | undefined;
  /** What the hub's clock said, in s, and when by the steady clock here, in ms. */
  #clock: { said: number; at: number } | undefined;
  /** It was asked whether it is there, and says nothing. */
  #silent = false;

  constructor(readonly world: Pick<World, "now" | "steady">) {}

  /** From now on the hub is asked. */
  begin(): void {
    this.#begun ??= this.world.now();
  }

  /** Whether the hub has had its time to answer. */
  get waited(): boolean {
    return this.#begun !== undefined && Math.abs(this.world.now() - this.#begun) >= GRACE;
  }

  /** The hub said something. What it says before it has told the household makes nothing of it fresh. True: it had
   *  been silent. */
  now(): boolean {
    const silent = this.#silent;
    this.#silent = false;
    if (this.told) {
      this.heard = this.world.now();
      this.#at = this.world.steady();
    }
    return silent;
  }

  /** The hub does not say whether it is there: the line may be dead, however it looks. */
  silent(): void {
    this.#silent = true;
  }

  /** The connection is lost; `dead`: nobody said so. One that was silent has been lost for as long as nothing was heard. */
  loses(dead: boolean): void {
    this.#before = this.heard;
    this.#atBefore = this.#at;
    this.lost = (dead || this.#silent ? this.heard : undefined) ?? this.world.now();
    this.#silent = false;
  }

  /** It has told the household. */
  tell(): void {
    this.told = true;
    this.lost = this.#before = this.#atBefore = undefined;
    this.now();
  }

  /** The hub told its time, in s; `took`: so long after it was asked for it, in ms. */
  tells(now: number, took?: number): void {
    this.offset = now * 1000 - (this.world.now() - (took ?? 0) / 2);
    const known = this.clock;
    // What lay on its way for long says less than what was known.
    if (known === undefined || now > known || (took !== undefined && took <= PROMPT)) this.#clock = { said: now, at: this.world.steady() };
  }

  /** What the hub's clock shows is not known any more: this device slept, or the line is another. */
  unclock(): void {
    this.#clock = undefined;
  }

  /** The hub's clock now, in s, at the least: its word took its time to come here. Undefined: it has not said yet. */
  get clock(): number | undefined {
    return this.#clock && this.#clock.said + (this.world.steady() - this.#clock.at) / 1000;
  }

  /** How long, in ms, the hub has not been there; 0 while it is. Infinite: nobody can say. */
  get away(): number {
    return this.#there ? 0 : this.#since(this.lost ?? this.heard);
  }

  /** How long, in ms, it has said nothing, which may be longer: a line that stalls is cut some time later. 0 while it
   *  is there. */
  get unheard(): number {
    if (this.#there) return 0;
    const at = this.#atBefore ?? this.#at;
    return Math.max(this.#since(this.#before ?? this.heard), at === undefined ? 0 : this.world.steady() - at);
  }

  get #there(): boolean {
    return this.told && this.lost === undefined && !this.#silent;
  }

  #since(at: number | undefined): number {
    const past = at === undefined ? Infinity : this.world.now() - at;
    return past >= 0 ? past : Infinity;
  }

  /** Whether what is shown is to be taken for old. */
  get late(): boolean {
    return this.away >= GRACE;
  }

  /** Whether nobody knows what the cars are doing now. A healthy line is silent for seconds, too: what was said before
   *  it broke is as old as it is, however suddenly it broke. */
  get unsure(): boolean {
    return !this.told || this.unheard >= UNSURE;
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
    if (this.#before !== undefined) this.#before += ms;
  }

  forget(): void {
    this.heard = this.lost = this.#before = this.#at = this.#atBefore = this.#clock = undefined;
    this.told = this.#silent = false;
  }
}
