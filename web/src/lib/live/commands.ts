/** Wishes made on this screen: queued while the hub is away, sent once, dropped at their time to live. */

import type { ClientFrame, CommandFrame, CommandState, Failure, Ok, Value } from "./frames";
import { askedOnly, elsewhereOnly, ONE, saysNothing, wentElsewhere, type Hubs } from "./hubs";
import { pathOf, samePath, stateOf, WishFailed, type Open, type Waiting } from "./open_wish";

export { WishFailed };

export interface Outcome {
  key: string;
  state: CommandState;
}

/** How long a command that the hub took may stay silent after its time to live, in s. */
const GRACE = 3;
/** A clock that is off by less, in s, was not set. */
const SET = 1;
/** The hub knows for a day what came of a wish; after so long, in s, it is not asked any more. */
const FORGOTTEN = 12 * 3600;

export class Commands {
  #next = 1;
  readonly #open = new Map<number, Open>();
  #changed: () => void = () => undefined;

  constructor(
    readonly now: () => number,
    readonly send: (frame: ClientFrame) => boolean,
    /** The hub's clock, in s, at the least; undefined: it has not said yet. */
    readonly hub: () => number | undefined = () => undefined,
    /** Ask the hub what its clock shows; `trust` comes after it. */
    readonly askTime: () => void = () => undefined,
    /** Whether the hub is heard. */
    readonly there: () => boolean = () => true,
    /** This device's clock minus its steady one, in s: jumps when the clock is set. */
    readonly drift: () => number = () => 0,
    /** Which hub answers, and which one owns a thing. */
    readonly hubs: Hubs = ONE,
  ) {}

  onchange(changed: () => void): void {
    this.#changed = changed;
  }

  /** How many wait to reach the hub. */
  get queued(): number {
    return [...this.#open.values()].filter((one) => !one.taken && !one.over).length;
  }

  /** What has not ended yet and ends with a device's report. */
  get open(): Waiting[] {
    return [...this.#open.values()].filter((one) => one.follow && !one.over);
  }

  /** Take a wish back that the hub can't have yet; whether there was one. */
  withdraw(key: string): boolean {
    const one = [...this.#open.values()].find((open) => open.key === key && !open.posted);
    if (one) this.#end(one, () => one.reject(new WishFailed("withdrawn", "")));
    return one !== undefined;
  }

  /** Nobody waits for them any more. */
  drop(): void {
    for (const one of this.#open.values()) this.#end(one, () => one.reject(new WishFailed("withdrawn", "")));
  }

  /** This device's clock was set by so many s. That is noticed a moment later: what was asked by then goes by the new one. */
  jumped(seconds: number): void {
    for (const one of this.#open.values()) {
      if (Math.abs(one.drift - this.drift()) < SET) continue;
      one.expires += seconds;
      one.drift += seconds;
    }
  }

  /** Ask for an operation. Resolves with its answer; for `follow`, once the device has reported. `now` and `ttl` in s.
   *  `until`: for one of before the page was loaded anew, when it ends by the hub's clock; `posted`: whether it went out,
   *  and to which `hubs`. */
  ask(op: string, data: Value, key: string, ttl: number, follow: boolean, until?: number, posted = false, hubs: Iterable<string> = []): Promise<Value> {
    return new Promise((resolve, reject) => {
      const one: Open = {
        id: this.#next++, op, data, key, ttl, follow, resolve, reject, until,
        deadline: until, expires: this.now() + ttl, drift: this.drift(), taken: false, posted, sent: false,
        hubs: new Set(hubs), by: this.hubs.here(),
      };
      const clock = this.hub();
      if (clock !== undefined && until === undefined) one.deadline = clock + ttl;
      if (follow) this.#replace(data, until === undefined);
      this.#open.set(one.id, one);
      if (until === undefined) this.#post(one);
      // It waits, and its end is by the hub's clock as that was known: one that is refused was late.
      if (!one.sent && one.deadline !== undefined) one.again = true;
      this.#changed();
    });
  }

  /** Another is wished for the same thing: what the hub can't have yet is let go, the rest it is only asked for. */
  #replace(data: Value, fresh: boolean): void {
    for (const one of this.#open.values()) {
      if (!one.follow || !samePath(one.data, data)) continue;
      if (one.posted) one.replaced = true;
      else if (fresh) this.#end(one, () => one.reject(new WishFailed("withdrawn", "")));
    }
  }

  /** The hub is there (again): what is open goes out, with its old key, so that nothing happens twice. */
  resend(): void {
    for (const one of this.#open.values()) this.#move(one);
    this.expire();
    for (const one of this.#open.values()) {
      one.sent = false;
      if (one.until === undefined) this.#post(one);
    }
    this.#changed();
  }

  /** Another hub answers now, perhaps: what the one before said of its clock, and that it has the wish, holds there only. */
  #move(one: Open): void {
    const here = this.hubs.here();
    const before = one.by ?? [...one.hubs][0];
    one.by = here;
    if (before === undefined || before === here) return;
    one.deadline = undefined;
    one.taken = one.again = false;
    // An operation that another hub may have done is not done here once more.
    if (!one.follow && wentElsewhere(one, this.hubs)) this.#end(one, () => one.reject(new WishFailed("unknown", "")));
  }

  /** The hub has told its time, `offset` s more than this device's: now it is known what of before the page was loaded
   *  anew is still in time. */
  trust(offset: number): void {
    for (const one of this.#open.values()) {
      if (one.until === undefined) continue;
      one.expires = Math.min(one.expires, one.until - offset);
      one.until = undefined;
      // Its end is of the hub's clock: one that is refused was late.
      one.again = true;
    }
    this.expire();
    for (const one of this.#open.values()) if (!one.sent) this.#post(one);
    this.#changed();
  }

  ok(frame: Ok): void {
    const one = this.#open.get(frame.id);
    if (one === undefined) return;
    one.taken = true;
    const state = one.follow ? stateOf(frame.data) : "done";
    if (state === "done") this.#end(one, () => one.resolve(frame.data));
    else if ((state === "failed" || state === "expired") && saysNothing(one, this.hubs, state)) this.#doubt(one);
    else if (state === "failed" || state === "expired") this.#end(one, () => one.reject(new WishFailed(state, "")));
    else this.#changed();
  }

  failed(frame: Failure): void {
    const one = frame.id === undefined ? undefined : this.#open.get(frame.id);
    if (one !== undefined && this.#misjudged(one, frame.code)) return;
    // That it may not be asked here now says nothing of what came of it at another hub, whoever owns the thing.
    const open = frame.code === "expired" ? one && saysNothing(one, this.hubs, "expired") : one && wentElsewhere(one, this.hubs);
    if (one?.follow && !one.replaced && open) return this.#doubt(one);
    if (one?.replaced && frame.code === "expired") return this.#end(one, () => one.reject(new WishFailed("withdrawn", "")));
    // That it may not be asked now says nothing of what came of it.
    if (one?.over && frame.code !== "expired") this.#end(one, () => undefined);
    else if (one) this.#end(one, () => one.reject(new WishFailed(frame.code, frame.detail, frame.advice)));
  }

  /** It was refused as too late and is in time by this device: what was known of the hub's clock was wrong. Once more. */
  #misjudged(one: Open, code: string): boolean {
    if (code !== "expired" || !one.follow || one.again || one.replaced || this.now() >= one.expires) return false;
    one.again = true;
    one.deadline = undefined;
    one.hubs.delete(this.hubs.here() ?? "");
    one.posted = one.hubs.size > 0;
    one.sent = false;
    this.askTime();
    return true;
  }

  progress(frame: CommandFrame): void {
    const one = [...this.#open.values()].find((open) => open.key === frame.key);
    if (one === undefined || !one.follow) return;
    one.taken = true;
    if (frame.state === "done") this.#end(one, () => one.resolve({ key: frame.key, state: "done" }));
    else if ((frame.state === "failed" || frame.state === "expired") && saysNothing(one, this.hubs, frame.state, frame.code)) this.#doubt(one);
    else if (frame.state === "failed" || frame.state === "expired")
      this.#end(one, () => one.reject(new WishFailed(frame.code ?? frame.state, frame.why ?? "")));
  }

  /** Drops what nobody needs any more: unsent after its time to live, taken after a little longer. */
  expire(): void {
    for (const one of this.#open.values()) {
      const late = this.now() - one.expires - (one.taken ? GRACE : 0);
      if (one.over ? late >= FORGOTTEN : late >= 0) this.#expired(one);
    }
  }

  #expired(one: Open): void {
    if (one.over) return this.#end(one, () => undefined);
    // Without the hub's word on it, it may have happened: it is said so, and kept to ask the hub once it is back.
    const unknown = one.posted && (!(one.taken && this.there()) || elsewhereOnly(one, this.hubs));
    if (!unknown) return this.#end(one, () => one.reject(new WishFailed(one.taken ? "unreachable" : "expired", "")));
    if (!one.follow) return this.#end(one, () => one.reject(new WishFailed("unknown", "")));
    this.#doubt(one);
  }

  /** Nobody here knows what came of it: that is said once, and the truth when a hub that knows has told. */
  #doubt(one: Open): void {
    if (one.over) return;
    const { reject } = one;
    const truth = new Promise<Value>((resolve, refuse) => Object.assign(one, { resolve, reject: refuse }));
    truth.catch(() => undefined);
    one.over = true;
    // The hub knows the wish by its key: what was typed along is not kept for that.
    if (typeof one.data === "object" && one.data !== null && "code" in one.data) one.data = { ...one.data, code: null };
    reject(new WishFailed("unknown", "", undefined, truth));
    this.#changed();
  }

  /** A wish says until when by the hub's clock: one that the network holds up is not fulfilled late. Until that clock
   *  is known it waits, see `trust`. */
  #post(one: Open): void {
    // A clock that was set is noticed a moment later. Until then the time that passed counts, as far as it is known here:
    // never more of it is left than by either.
    const wall = one.expires - this.now();
    const left = Math.min(one.ttl, wall, wall + this.drift() - one.drift);
    const asks = one.over || one.replaced || askedOnly(one, this.hubs);
    if (left <= 0 && !asks) return;
    const ttl = Math.max(0.1, left);
    const clock = this.hub();
    if (one.follow && clock === undefined) return;
    // Nothing is in time by 0: what never came to the hub is refused.
    const end = Math.min(one.deadline ?? Infinity, (clock ?? 0) + ttl);
    const until = one.follow ? { until: asks ? 0 : Math.round(end * 1000) / 1000 } : {};
    const frame: ClientFrame = { t: "do", id: one.id, op: one.op, data: one.data, key: one.key, ttl: Math.round(ttl * 10) / 10, ...until };
    one.sent = this.send(frame);
    one.posted ||= one.sent;
    const hub = this.hubs.here();
    if (one.sent && hub !== undefined) one.hubs.add(hub);
    one.moved ||= this.hubs.moved(pathOf(one.data));
  }

  #end(one: Open, settle: () => void): void {
    this.#open.delete(one.id);
    settle();
    this.#changed();
  }
}
