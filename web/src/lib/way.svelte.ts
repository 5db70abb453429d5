/** What every part of a face needs, made once in main and handed down. */

import { createContext } from "svelte";
import { ApiError, read } from "./api/call";
import type { components } from "./api/schema";
import type { Messages } from "./i18n/words";
import { Words } from "./i18n/words";
import type { Value } from "./live/frames";
import { WishFailed } from "./live/commands";
import { Live, type How } from "./live/live";
import { TickingClock } from "./look/clock";
import { faceFor, Size, type Face } from "./look/face.svelte";
import type { Prefs, Seat } from "./look/prefs.svelte";
import { Route } from "./look/route.svelte";
import { Toasts } from "./look/toasts.svelte";
import { Units } from "./look/units";
import type { Update } from "./look/update.svelte";
import type { Here } from "./here.svelte";
import type { Group } from "./sealing/group.svelte";
import type { Notifications } from "../panels/notifications/told.svelte";
import { Board } from "./things/board.svelte";
import { driverRight, driving, limits, STRICT, type Limits } from "./things/car";
import { House, type ThingView } from "./things/house";
import { Notices } from "./things/notices.svelte";
import { Rights } from "./things/rights.svelte";
import { Scenes } from "./things/scenes.svelte";

/** Who is signed in here; empty until the hub has said so. */
export type Me = Partial<components["schemas"]["Me"]>;

const FRESH = "fresh_sign_in_needed";
const LAST = "last_owners_screen";
/** What may well be in order. */
const WARNS = ["expired", "asleep", "unknown"];

export class Way {
  readonly rights = new Rights(() => this.adult);
  readonly house: House;
  /** The board of whoever is signed in on this screen. */
  readonly board: Board;
  readonly scenes: Scenes;
  readonly toasts = new Toasts();
  readonly notices: Notices;
  readonly clock = new TickingClock(() => this.live.serverNow());
  readonly units: Units;
  readonly route: Route;
  readonly size: Size;
  me = $state.raw<Me>({});
  /** Set once somebody signs out here: the page is about to load anew, so nothing else is shown in between. */
  leaving = false;
  /** Whether files are on their way from here. */
  declare sends?: () => boolean;
  /** What this device keeps; the gallery keeps nothing. */
  here: Here | undefined;
  /** A newer version of the page, where there can be one. */
  update: Update | undefined;
  /** What the hub took this screen for when it was heard last, before the page was opened. */
  before = $state.raw<Seat | null>(null);
  /** Set while somebody has to sign in anew before they go on; called with whether they did. */
  again = $state.raw<((signedIn: boolean) => void) | undefined>();
  /** Whether that is asked because the last owner's screen is to go. */
  declare last?: boolean;
  /** A link that was just added, and the toast that says so: until it is connected, or is not. */
  joining = $state.raw<{ id: string; toast: number } | undefined>();
  /** The group of devices that open what is private; none for children and guests, and until this screen has asked. */
  group = $state.raw<Group | undefined>();
  /** What the apps on this person's phones say; none until one has said something. */
  notifications = $state.raw<Notifications | undefined>();
  words = $state.raw<Words>(undefined as unknown as Words);
  /** Files that were dropped on the page, until they are sent or not. */
  dropped = $state.raw<readonly File[]>([]);
  #meetings = 0;

  constructor(
    readonly prefs: Prefs,
    messages: Messages,
    win: Window,
    /** The gallery brings one of its own, with made-up things. */
    readonly live: Live = new Live(),
  ) {
    this.house = new House(live.store, (path) => this.rights.may(path));
    this.board = new Board(live.store, () => this.me.person ?? undefined, (error) => this.fail(error));
    this.scenes = new Scenes(this);
    this.units = new Units(prefs);
    this.notices = new Notices(this.live.store, prefs.storage, () => this.live.told);
    this.route = new Route(win);
    this.size = new Size(win);
    this.words = new Words(prefs.language, messages);
  }

  get face(): Face {
    return faceFor(this.size.width, this.size.height, this.prefs.kept.face);
  }

  /** Whether the car's glass has its place for what plays and for notices: while its home shows tiles. Putting a board
   *  together takes the whole room. */
  get docked(): boolean {
    return this.face === "car" && this.route.head === "" && this.board.tiles.length > 0 && !this.board.arranging;
  }

  /** Whether whoever is signed in here is neither a child nor a guest. */
  get adult(): boolean {
    return this.me.role !== "child" && this.me.role !== "guest";
  }

  /** The car that this screen looks at: the chosen one, else the first. */
  get car(): ThingView | undefined {
    const cars = this.house.cars();
    const id = [this.me.car, this.prefs.kept.car].find((one) => one && cars.includes(one)) ?? cars[0];
    return id === undefined ? undefined : this.house.thing(id);
  }

  /** What this screen may ask of who looks at it now: the hub's word for this session. A screen that was said here to
   * be the driver's is at least as strict. */
  get limits(): Limits {
    // What was kept, or said long ago, loosens nothing.
    if (this.live.unsure && (this.driver || !this.placed || (this.live.limits?.seat ?? this.before) === "driver")) return STRICT;
    const said = this.live.limits;
    return said && (said.seat !== "elsewhere" || !this.driver) ? said : limits(this.car, this.driver);
  }

  /** How old is what was so at `at` (s since 1970), in words. Without the hub nothing is of "now". */
  aged(at: number): string {
    const past = this.clock.now - at;
    return this.offline ? this.units.age(past) : this.units.ago(past);
  }

  /** Whether it is known where this screen is, as far as that matters. */
  get placed(): boolean {
    return this.live.limits?.placed ?? this.me.placed ?? true;
  }

  /** Whether to ask where this screen is: it is asked while the car stands. */
  get asksWhere(): boolean {
    const state = this.car && driving(this.car);
    return !this.placed && this.car !== undefined && this.limits.setup && state !== "moving" && state !== "idling";
  }

  /** Whether it is known what this screen may ask. Until then it shows nothing that a driver on the road must not see. */
  get settled(): boolean {
    return this.live.limits !== undefined || this.live.told || (this.live.known && this.live.waited);
  }

  /** Whether the driver looks at this screen. What the hub knows of the device counts before what was chosen here. */
  get driver(): boolean {
    const known = this.live.limits?.seat ?? this.me.seat ?? "elsewhere";
    return (known === "elsewhere" ? this.prefs.kept.seat : known) === "driver";
  }

  /** Whether the driver sits on the right: as chosen for this screen, else as its car says. */
  get rightHand(): boolean {
    const wish = this.prefs.kept.wheel;
    return wish === "auto" ? (this.car !== undefined && driverRight(this.car)) || false : wish === "right";
  }

  /** Whether an owner of a real home has no way to come in again: after the demo became real, nobody has set one. */
  get keyless(): boolean {
    const { role, person, password, passkeys } = this.me;
    return this.house.hub.demo === false && role === "owner" && !!person && password === false && passkeys?.length === 0;
  }

  /** Ask the hub who is signed in here. Throws ApiError. */
  async meet(): Promise<void> {
    const mine = ++this.#meetings;
    const me = await read<Me>("people/me", {}, 8_000);
    // Somebody else may have signed in meanwhile, and was asked for since.
    if (mine !== this.#meetings) return;
    this.me = me;
    this.notices.greet(this.me.person ?? undefined, this.me.device);
  }

  /** Say that a link was added; what becomes of it is said when it is known. */
  joined(id: string, name: string): void {
    this.joining = { id, toast: this.toasts.add("calm", `${name}: ${this.words.t("link.starting")}`) };
  }

  /** Whether what is shown is old: the hub is not heard, and not for a moment only. */
  get offline(): boolean {
    return this.live.late;
  }

  /** When the hub was last heard, s since 1970 by its clock; undefined while it is there. */
  get lastHeard(): number | undefined {
    return this.offline ? this.live.serverHeard() : undefined;
  }

  /** Wish something of a thing; a failure says what happened and what to do. */
  async wish(thing: ThingView, signal: string, target: Value, how: How = {}): Promise<boolean> {
    try {
      await this.live.set(`${thing.id}/${signal}`, target, how);
      return true;
    } catch (error) {
      this.fail(error, thing.info?.name);
      return false;
    }
  }

  /** Take back what was wished of a thing and still waits for the hub; false: nothing waits. */
  takeBack(thing: string): boolean {
    return this.live.waiting.filter((path) => path.startsWith(`${thing}/`)).map((path) => this.live.takeBack(path)).some(Boolean);
  }

  /** Do what may need a fresh sign-in, or a second word as it takes the last owner's screen away: asks for it and then goes on,
   *  `sure` of that. Undefined when it was not done. */
  async surely<T>(run: (sure: boolean) => Promise<T>): Promise<T | undefined> {
    for (let sure = false, tries = 0; ; tries++) {
      try {
        return await run(sure);
      } catch (error) {
        const last = (error as ApiError).code === LAST;
        if (tries > 1 || (sure && last) || !(last || (error as ApiError).code === FRESH)) return void this.fail(error);
        if (!(await this.ask(last))) return;
        sure ||= last;
      }
    }
  }

  /** Whether somebody signs in anew; `last`: whether they mean it, as without the last owner's screen nobody can be let in. */
  async ask(last: boolean): Promise<boolean> {
    this.last = last;
    const yes = await new Promise<boolean>((resolve) => (this.again = resolve));
    this.again = undefined;
    return yes;
  }

  /** Show an error to the person. */
  fail(error: unknown, name?: string): void {
    // Who took it back knows.
    if (error instanceof WishFailed && error.code === "withdrawn") return;
    const { code, detail, advice } = error instanceof WishFailed || error instanceof ApiError ? error : { code: "internal", detail: String(error), advice: undefined };
    const said = this.words.failure(code, detail, advice);
    const of = (title: string) => (name ? `${name}: ${title}` : title);
    const toast = this.toasts.add(WARNS.includes(code) ? "warn" : "stop", of(said.title), said.detail);
    if (!(error instanceof WishFailed) || error.truth === undefined) return;
    // The hub is back and knows: that takes the place of the doubt.
    const settled = (say: () => void) => (this.toasts.close(toast), say());
    error.truth.then(
      () => settled(() => this.toasts.add("ok", of(this.words.t("wish.done")), undefined, undefined, undefined, true)),
      (refused: unknown) => settled(() => this.fail(refused, name)),
    );
  }
}

export const [useWay, provideWay] = createContext<Way>();
