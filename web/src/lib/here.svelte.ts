/** What this device keeps of the household, and that nothing of it stays once somebody is signed out. */

import type { Keeper } from "./live/kept/keeper";
import type { Whose } from "./live/kept/whose";
import { sameWhose } from "./live/kept/whose";
import type { Value } from "./live/frames";
import { act, ApiError } from "./api/call";
import { remember } from "./doors";
import type { Me, Way } from "./way.svelte";

/** So long what is kept may take to appear before the hub's word is waited for instead, in ms. */
const PATIENCE = 1_500;
/** What is no part of the first picture waits so long, in ms. */
const SETTLED = 3_000;
const LOOK = "wayhome.look";
const MINE = "wayhome.";
const HERE = "wayhome.here";
const LISTS = "wayhome.lists";
const SHELL = "shell-";

/** Whether the hub says that nobody is signed in on this device. */
export function signedOut(error: unknown): boolean {
  return error instanceof ApiError && error.status === 401 && error.code === "sign_in_needed";
}

/** Whether somebody was signed in here when the page was last open, as far as this device knows. */
export function somebodyWas(win: Window): boolean {
  return mark(win, (storage) => storage.getItem(HERE) !== null) === true;
}

export class Here {
  /** Whether somebody was signed in here when the page was opened, as far as this device knows. */
  known: boolean;
  #kept: Whose | undefined;
  #met = false;
  #paused = false;

  constructor(
    readonly way: Way,
    readonly win: Window & typeof globalThis,
  ) {
    this.known = somebodyWas(win);
  }

  /** Whose device lists count, as an invitation's link has told: kept with the screen's keys, and until then, over a
   *  reload, in this tab. */
  get lists(): string | undefined {
    return mark(this.win, () => this.win.sessionStorage.getItem(LISTS)) ?? undefined;
  }

  set lists(told: string) {
    mark(this.win, () => this.win.sessionStorage.setItem(LISTS, told));
  }

  /** Show what was known last, before any answer. True: there is something to show. */
  async recall(): Promise<boolean> {
    const { live, prefs } = this.way;
    const keeper = live.keeper;
    if (keeper === undefined || !prefs.kept.keep) return false;
    // The hub is asked for what is new since then.
    live.hold();
    try {
      return await this.#recall(keeper);
    } finally {
      live.release();
    }
  }

  async #recall(keeper: Keeper): Promise<boolean> {
    const { rights } = this.way;
    const timer = setTimeout(() => keeper.giveUp(), PATIENCE);
    const late = new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), PATIENCE));
    const whose = await Promise.race([keeper.recall(), late]);
    clearTimeout(timer);
    if (whose === undefined) return false;
    this.#kept = whose;
    this.known = true;
    // The hub's own word may have been faster.
    if (this.way.me.actor === undefined) this.way.me = whose.me as Me;
    this.way.before = whose.seat;
    if (whose.acts) rights.take(whose.acts);
    this.#resume(whose);
    return true;
  }

  /** The hub has said who is signed in here. What is kept of anybody else is erased first. */
  async met(): Promise<void> {
    const { live } = this.way;
    const whose = this.#whose();
    if (this.#kept !== undefined && !sameWhose(this.#kept, whose)) {
      live.forget();
      await live.keeper?.erase();
    }
    const first = this.#kept === undefined || !sameWhose(this.#kept, whose);
    this.#kept = whose;
    this.#met = this.known = true;
    mark(this.win, (storage) => storage.setItem(HERE, ""));
    if (first) this.#resume(whose);
    this.keep();
    if (this.#stays()) void this.win.navigator.storage?.persist?.().catch(() => false);
  }

  /** The hub says where else the household is found: there this device is known by its own key. */
  doors(list: Value, device: string): void {
    remember(this.win, list);
    // Not while the first picture is drawn. Without an answer it is said the next time.
    const introduce = async () => (await import("./device_key")).introduce(this.win, device, (key) => act("people/device_key", { key }));
    setTimeout(() => void introduce().catch(() => undefined), SETTLED);
  }

  /** This screen takes its place in the group of devices that open what is private. To be called again when that has
   *  changed. Without an answer it is asked for the next time. */
  async belong(): Promise<void> {
    const { way } = this;
    const { device } = way.me;
    if (!device || !way.adult || way.leaving) return;
    const { Group } = await import("./sealing/group.svelte");
    if (way.group?.device !== device) way.group = new Group(device, this.win, () => this.lists);
    await way.group.settle().catch(() => undefined);
  }

  /** The group has changed, as the hub says: not while the first picture is drawn. */
  grouped(): void {
    setTimeout(() => void this.belong(), this.way.group === undefined ? SETTLED : 0);
  }

  /** Who is here, and what they may do, as it is now: kept with the picture. To be called when one of these changes. */
  keep(): void {
    const whose = this.#whose();
    if (this.#met && !this.#paused && this.way.prefs.kept.keep) void this.way.live.keeper?.keep(whose);
  }

  /** Somebody wants to be signed out, but the hub can't be asked: what is here goes, and this page keeps nothing more. */
  async pause(): Promise<void> {
    this.#paused = true;
    await this.way.live.keeper?.erase();
  }

  /** Erase the picture; from now on nothing is kept, until `allow`. */
  async forget(): Promise<void> {
    this.way.prefs.set({ keep: false });
    await this.way.live.keeper?.erase();
  }

  allow(): void {
    this.way.prefs.set({ keep: true });
    this.keep();
  }

  /** Nobody is signed in here any more: all that is the household's or the person's goes. The look of the screen stays. */
  async leave(): Promise<void> {
    const { live, rights, notices, prefs } = this.way;
    this.#kept = undefined;
    this.#met = this.#paused = this.known = false;
    live.forget();
    rights.forget();
    notices.greet(undefined);
    this.way.me = {};
    this.way.group = undefined;
    this.way.before = null;
    prefs.set({ car: null, lately: null });
    clear(() => this.win.localStorage);
    clear(() => this.win.sessionStorage);
    await Promise.allSettled([import("./device_key").then(({ forget }) => forget(this.win)), import("./sealing/box").then(({ forget }) => forget()), live.keeper?.erase(), this.#dropCaches(), this.#retire()]);
  }

  #whose(): Whose {
    const { device = null, person = null, actor, role, name = null, seat, car = null } = this.way.me;
    const said = { actor, role, person, name, device, seat, car, placed: this.way.placed } as Record<string, Value | undefined>;
    const me = Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined)) as Record<string, Value>;
    return { device, person, me, acts: this.way.rights.globs ?? null, seat: this.way.live.limits?.seat ?? this.way.before };
  }

  #resume(whose: Whose): void {
    this.way.live.resume(whose, (error, path) => this.way.fail(error, this.way.house.thing(path.split("/")[0]!).info?.name));
  }

  /** A screen of a car, or one that was put among the apps: its browser is asked not to clear it by itself. */
  #stays(): boolean {
    const { me, face } = this.way;
    return face === "car" || (me.seat ?? "elsewhere") !== "elsewhere" || this.win.matchMedia("(display-mode: standalone), (display-mode: fullscreen)").matches;
  }

  async #dropCaches(): Promise<void> {
    const caches = "caches" in this.win ? this.win.caches : undefined;
    const names = (await caches?.keys()) ?? [];
    // What was just shared to this page while nobody was signed in waits for whoever signs in on it.
    const shared = this.win.location.hash === "#/files/shared" ? "shared" : SHELL;
    await Promise.all(names.filter((name) => !name.startsWith(SHELL) && name !== shared).map((name) => caches?.delete(name)));
  }

  async #retire(): Promise<void> {
    if ("serviceWorker" in this.win.navigator) await (await import("./push")).retire(this.win);
  }
}

/** Do something with what this device keeps in words; undefined where it keeps none. */
function mark<T>(win: Window, run: (storage: Storage) => T): T | undefined {
  try {
    return run(win.localStorage);
  } catch {
    return undefined;
  }
}

function clear(box: () => Storage): void {
  try {
    const storage = box();
    for (const name of Object.keys(storage)) if (name.startsWith(MINE) && name !== LOOK) storage.removeItem(name);
  } catch {
    // No storage here, so nothing lies in it.
  }
}
