/** The one live connection of this page, tied to the browser: network, visibility, clock. */

import { Told } from "../look/told.svelte";
import { world } from "./browser_world";
import type { LimitsFrame, Value } from "./frames";
import { WishFailed } from "./commands";
import { Held } from "./held";
import { Keeper } from "./kept/keeper";
import type { Pace } from "./kept/pace";
import type { Shelf } from "./kept/shelf";
import { KeptWishes, type KeptWish } from "./kept/wishes";
import type { Whose } from "./kept/whose";
import { LiveSocket, type Line } from "./socket";
import { pathOf } from "./open_wish";
import { LiveStore } from "./store";
import { stamp } from "./ulid";
import { RISKY, timeToLive, type How } from "./wait";
import type { World } from "./world";

export type { How } from "./wait";

/** Everything of all things, notices, the tiles of boards, places, scenes, when cars may charge, that the clipboard or files have
 *  changed, what has moved, what is no twin, and the sites: the hub shows each person what is theirs to see. */
const WANT = ["**", "@now/*", "@tile/*", "@place/*", "@destination/*", "@navigation/*", "@scene/*", "@charging/*", "@clip_news/*", "@file_news/*", "@notification_news/*", "@throw/*", "@message_news/*", "@call/*", "@owner/*", "@apart/*", "@site/*"];

/** Where this device keeps the last picture, and what is still wished. */
export interface Keeping {
  readonly shelf: Shelf;
  readonly pace: Pace;
  readonly box: () => Storage | undefined;
}

const SWEEP = 500;
/** A step of the clock of more, in ms, is not its own. */
const STEP = 2_000;

export class Live {
  readonly store = new LiveStore();
  readonly keeper: Keeper | undefined;
  readonly #world: Held;
  readonly #socket: LiveSocket;
  readonly #told = new Told();
  /** Apart: what asks the hub anew when it is there again would ask with each of its words. */
  readonly #lined = new Told();
  #was = "";
  /** Apart: with each wish all that asks for the line would be worked out anew. */
  readonly #wished = new Told();
  readonly #wishes: KeptWishes | undefined;
  #stop: (() => void) | undefined;

  /** `play`: another world than the browser's network, for what is made up. */
  constructor(play: World = world, keeping?: Keeping) {
    this.#world = new Held(play);
    this.#socket = new LiveSocket(this.store, this.#world, WANT, () => this.#changed());
    this.#socket.commands.onchange(() => {
      this.#keepWishes();
      this.#wished.changed();
    });
    if (keeping === undefined) return;
    this.keeper = new Keeper(keeping.shelf, this.store, this.#socket, keeping.pace, () => this.#told.changed());
    this.#wishes = new KeptWishes(keeping.box);
  }

  get line(): Line {
    this.#lined.watch();
    return this.#socket.line;
  }

  /** Whether the household is known: false until the first snapshot is whole, or what was kept is there. */
  get known(): boolean {
    this.#told.watch();
    return this.#socket.known;
  }

  /** Whether the hub itself has told since this page was opened. */
  get told(): boolean {
    this.#told.watch();
    return this.#socket.hearing.told;
  }

  /** Whether the hub may answer any moment: no connection came to nothing since it last told. */
  get near(): boolean {
    this.#told.watch();
    return this.#socket.tries === 0;
  }

  /** Whether the hub has had its time to answer since this page was opened. */
  get waited(): boolean {
    this.#told.watch();
    return this.#socket.hearing.waited;
  }

  /** Whether what is shown is to be taken for old: the hub is not heard, and not for a moment only. */
  get late(): boolean {
    this.#told.watch();
    return this.#socket.hearing.late;
  }

  /** Whether nobody knows what the cars are doing now: the hub is away for long, or has not told yet. */
  get unsure(): boolean {
    this.#told.watch();
    return this.#socket.hearing.unsure;
  }

  /** What is kept of the household here, for who shows it; told when it changes. */
  get keeping(): Keeper | undefined {
    this.#told.watch();
    return this.keeper;
  }

  /** Changes with every connection and with what this screen may do. */
  get epoch(): string | undefined {
    this.#lined.watch();
    return this.#socket.epoch;
  }

  /** What the hub last said of what this screen may ask of whoever looks at it. */
  get limits(): LimitsFrame | undefined {
    this.#told.watch();
    return this.#socket.limits;
  }

  get queued(): number {
    this.#wished.watch();
    return this.#socket.commands.queued;
  }

  /** When the hub was last heard, ms since 1970 by this device; undefined before the first word. */
  get heard(): number | undefined {
    this.#told.watch();
    return this.#socket.hearing.heard;
  }

  /** The hub's clock now, in s since 1970: ages are told by it, so a wrong clock here does no harm. */
  serverNow(): number {
    return (Date.now() + this.#socket.offset) / 1000;
  }

  /** When the hub was last heard, in s since 1970 by its clock. */
  serverHeard(): number {
    return ((this.heard ?? Date.now()) + this.#socket.offset) / 1000;
  }

  /** Connect, and stay so until what this returns is called. Begun already: goes on. */
  start(): () => void {
    return (this.#stop ??= this.#begin());
  }

  #begin(): () => void {
    const nudge = () => document.visibilityState === "visible" && this.#socket.nudge();
    const flush = () => this.keeper?.flush();
    const hide = () => document.visibilityState === "hidden" && flush();
    let drift = Date.now() - performance.now();
    const sweep = setInterval(() => {
      const now = Date.now() - performance.now();
      if (Math.abs(now - drift) > STEP) this.#socket.jumped(now - drift);
      drift = now;
      this.#socket.commands.expire();
    }, SWEEP);
    addEventListener("pagehide", flush);
    document.addEventListener("visibilitychange", hide);
    addEventListener("online", nudge);
    addEventListener("offline", nudge);
    document.addEventListener("visibilitychange", nudge);
    this.#socket.start();
    return () => {
      this.#stop = undefined;
      clearInterval(sweep);
      removeEventListener("online", nudge);
      removeEventListener("offline", nudge);
      document.removeEventListener("visibilitychange", nudge);
      document.removeEventListener("visibilitychange", hide);
      removeEventListener("pagehide", flush);
      this.#socket.stop();
    };
  }

  /** Until `release` the hub is reached, but told nothing: what was kept is still being read. */
  readonly hold = () => this.#world.hold();
  readonly release = () => this.#world.release();

  /** Ask for an operation that is not a command. */
  ask(op: string, data: Value, ttl = 30): Promise<Value> {
    return this.#socket.commands.ask(op, data, stamp(), ttl, false);
  }

  /** Wish that `path` becomes `target`. Resolves when the device reports it; rejects with WishFailed. */
  async set(path: string, target: Value, how: How = {}): Promise<void> {
    const ttl = timeToLive(path, how.risky ?? false);
    // A code waits nowhere for a hub that is away.
    if (how.code !== undefined && this.#socket.line !== "live") throw new WishFailed("offline", "");
    const data: Value = { path, target, ...(how.held ? { held: true } : {}), ...(how.code === undefined ? {} : { code: how.code }) };
    const before = this.store.peekWish(path);
    // What was wished before and can't have reached the hub is not wished any more.
    if (before?.state === "queued") this.#socket.commands.withdraw(before.key);
    await this.#wish({ path, data, key: stamp(), ttl, until: this.serverNow() + ttl });
  }

  /** Take back what waits at `path`; false: it is on its way already. */
  takeBack(path: string): boolean {
    const wish = this.store.peekWish(path);
    return wish?.state === "queued" && this.#socket.commands.withdraw(wish.key);
  }

  /** The paths of what waits to reach the hub, the oldest first. */
  get waiting(): string[] {
    this.#wished.watch();
    return this.#socket.commands.open.filter((one) => !one.posted).map((one) => pathOf(one.data));
  }

  /** These are here: what they still waited for when the page was closed waits again. `fail`: says what came to nothing. */
  resume(whose: Whose, fail: (error: unknown, path: string) => void): void {
    for (const one of this.#wishes?.recall(whose, this.serverNow()) ?? []) this.#wish(one, true).catch((error: unknown) => fail(error, one.path));
  }

  /** Nothing that this page knows of the household holds any more. */
  forget(): void {
    this.#wishes?.erase();
    this.#socket.forget();
  }

  async #wish({ path, data, key, ttl, until, posted, hubs }: KeptWish, again = false): Promise<void> {
    const target = (data as { target: Value }).target;
    const state = posted || this.#socket.line === "live" ? "asked" : "queued";
    this.store.setOwnWish(path, { target, state, key, expires: until });
    try {
      const left = again ? Math.max(0, until - this.serverNow()) : ttl;
      await this.#socket.commands.ask("home.set", data, key, left, true, again ? until : undefined, posted, hubs);
    } finally {
      this.store.setOwnWish(path, undefined, key);
    }
  }

  /** Risky ones end with the page: nobody shall wonder what it was that unlocked. A code is written nowhere. */
  #keepWishes(): void {
    const open = this.#socket.commands.open.filter((one) => one.ttl > RISKY && !one.replaced && (one.data as { code?: Value }).code === undefined);
    this.#wishes?.keep(open.map(({ data, key, ttl, expires, deadline, posted, hubs }) => ({
      path: pathOf(data), data, key, ttl, until: Math.min(deadline ?? Infinity, expires + this.#socket.offset / 1000), posted, hubs: [...hubs],
    })));
  }

  #changed(): void {
    const now = `${this.#socket.line} ${this.#socket.epoch}`;
    if (now !== this.#was) this.#lined.changed();
    this.#was = now;
    this.#told.changed();
  }
}
