/** The live connection: says hello, resumes where it was, comes back by itself. Sans browser: all of it comes in. */

import { backoff } from "./backoff";
import { Commands } from "./commands";
import { readFrame, type ClientFrame, type LimitsFrame, type Snap } from "./frames";
import { GRACE, Hearing, UNSURE, type Earlier } from "./hearing";
import { hubsOf } from "./hubs";
import { Pulse } from "./pulse";
import type { LiveStore } from "./store";
import type { Wire, World } from "./world";

export type Line = "connecting" | "live" | "lost" | "signed_out";

/** Telemetry comes at most this often a second; states come at once. */
const RATE = 10;
const SIGN_IN = 4401;

export class LiveSocket {
  line: Line = "connecting";
  /** What the hub last said of what this screen may ask of whoever looks at it: it holds until it says otherwise. */
  limits: LimitsFrame | undefined;
  readonly hearing: Hearing;
  /** Whether the household is known: from a whole snapshot, or from what was kept. */
  known = false;
  readonly commands: Commands;
  #wire: Wire | undefined;
  #generation = 0;
  /** Connections that came to nothing since the hub last told. */
  tries = 0;
  #epoch: string | undefined;
  #rev: number | undefined;
  #cancelTimer: (() => void) | undefined;
  readonly #pulse: Pulse;
  #stopped = true;

  constructor(
    readonly store: LiveStore,
    readonly world: World,
    readonly want: readonly string[],
    readonly online: () => void = () => undefined,
  ) {
    this.hearing = new Hearing(world);
    this.commands = new Commands(
      () => world.now() / 1000, (frame) => this.#send(frame),
      () => this.hearing.clock, () => (this.hearing.unclock(), this.#pulse.beat()),
      () => this.hearing.away === 0, () => (world.now() - world.steady()) / 1000, hubsOf(store),
    );
    this.#pulse = new Pulse(world, () => this.#send({ t: "ping" }), () => this.#silent(), () => this.#closed(1006, true));
  }

  /** Go on from what was kept: to be called before `start`, with the store as it was then. */
  recall({ epoch, rev, ...heard }: Earlier): void {
    this.hearing.recall(heard);
    this.#epoch = epoch;
    this.#rev = rev;
    this.known = true;
    this.online();
  }

  /** Somebody else is here now, or nobody: nothing of before holds. */
  forget(): void {
    this.store.clear();
    this.commands.drop();
    this.#epoch = this.#rev = this.limits = undefined;
    this.hearing.forget();
    this.known = false;
    if (this.line === "live") this.#hello();
    // What is answered to the hello before would not be the whole.
    else if (this.#wire !== undefined) this.#open();
    this.online();
  }

  start(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    if (this.line === "signed_out") this.line = "connecting";
    this.hearing.begin();
    this.world.later(GRACE, this.online);
    this.#open();
  }

  /** Hub's clock minus this device's, in ms. */
  get offset(): number {
    return this.hearing.offset;
  }

  stop(): void {
    this.#stopped = true;
    this.#drop();
    this.#cancelTimer?.();
  }

  /** The network or the page is back: do not wait for the timer. A connection that seems up is tested. */
  nudge(): void {
    if (this.#stopped) return;
    if (this.line === "live" && !this.hearing.slept) this.#pulse.beat();
    else {
      // A connection of before the sleep may seem up, and one that is just being made may hang: begin anew.
      if (this.line === "live") {
        this.line = "lost";
        this.hearing.loses(true);
      }
      this.#open();
      this.online();
    }
  }

  /** This device's clock was set by `ms`, or it slept for so long. */
  jumped(ms: number): void {
    this.hearing.unclock();
    if (ms < 0) {
      // Sleep goes one way only: the clock was set back.
      this.hearing.jumped(ms);
      this.commands.jumped(ms / 1000);
    }
    if (this.line === "live") this.#pulse.beat();
    this.online();
  }

  /** The run of the hub together with what this screen may see and do. */
  get epoch(): string | undefined {
    return this.#epoch;
  }

  get revision(): number | undefined {
    return this.#rev;
  }

  #open(): void {
    this.#drop();
    this.#cancelTimer?.();
    this.#pulse.begin();
    const mine = ++this.#generation;
    const current = (act: () => void) => () => {
      if (mine === this.#generation) act();
    };
    this.#wire = this.world.connect({
      open: current(() => this.#hello()),
      text: (text) => current(() => this.#take(text))(),
      closed: (code) => current(() => this.#closed(code))(),
    });
  }

  #hello(): void {
    this.store.dropPartial();
    this.hearing.unclock();
    const resume = this.#rev === undefined ? {} : { epoch: this.#epoch, rev: this.#rev };
    this.#send({ t: "hello", ...resume, want: [...this.want], rate: RATE, limits: true });
  }

  #send(frame: ClientFrame): boolean {
    // Wishes wait until the hub has greeted: before that it has not checked who we are.
    if (this.#wire === undefined || (frame.t === "do" && this.line !== "live")) return false;
    this.#wire.send(JSON.stringify(frame));
    if (frame.t === "do") this.#pulse.doubt();
    return true;
  }

  #take(text: string): void {
    if (this.hearing.now()) this.online();
    this.#pulse.heard();
    const frame = readFrame(text);
    if (frame === undefined || frame.t === "told") return frame && this.store.tell(frame);
    if (frame.t === "limits") {
      this.limits = frame;
      this.online();
    } else if (frame.t === "snap") this.#snap(frame);
    else if (frame.t === "delta") {
      if (!this.known) return; // what has changed of what?
      this.store.delta(frame);
      this.#rev = frame.rev;
      if (frame.epoch !== undefined && frame.epoch !== this.#epoch) {
        this.#epoch = frame.epoch;
        this.online();
      }
      this.#live();
    } else if (frame.t === "ok") this.commands.ok(frame);
    else if (frame.t === "error") this.commands.failed(frame);
    else if (frame.t === "command") this.commands.progress(frame);
    else if (frame.t === "pong") this.#pong(frame.now);
    else if (String(frame.code) === "4401" || frame.code === "sign_in_needed") this.#signedOut();
  }

  #snap(frame: Snap): void {
    this.hearing.tells(frame.now);
    if (!this.store.snap(frame, frame.part === undefined)) return;
    this.#epoch = frame.epoch;
    this.#rev = frame.rev;
    this.#live();
  }

  #live(): void {
    const known = this.known && this.hearing.told;
    this.known = true;
    this.hearing.tell();
    if (this.line === "live") return known ? undefined : this.online();
    this.line = "live";
    this.tries = 0;
    this.#pulse.beat();
    this.commands.resend();
    this.online();
  }

  #pong(now: number): void {
    const took = this.#pulse.answered();
    if (took !== undefined) this.hearing.tells(now, took);
    this.commands.trust(this.offset / 1000);
  }

  /** It does not answer: what is shown may be old. */
  #silent(): void {
    this.hearing.silent();
    this.#ages();
    this.online();
  }

  /** What time alone makes of it is shown as it comes, and not a moment before: timers leave parts of a ms out. */
  #ages(): void {
    this.world.later(Math.max(0, GRACE - this.hearing.away), this.online);
    this.world.later(Math.ceil(Math.max(0, UNSURE - this.hearing.unheard)), this.online);
  }

  #closed(code: number, dead = false): void {
    this.#drop();
    if (code === SIGN_IN) return this.#signedOut();
    if (this.#stopped || this.line === "signed_out") return;
    if (this.line === "live") {
      this.hearing.loses(dead);
      this.#ages();
    }
    this.line = this.hearing.heard === undefined ? "connecting" : "lost";
    this.#cancelTimer = this.world.later(backoff(this.tries++, this.world.random()), () => this.#open());
    this.online();
  }

  #signedOut(): void {
    this.#drop();
    this.line = "signed_out";
    this.#stopped = true; this.online();
  }

  #drop(): void {
    this.#generation++;
    const wire = this.#wire;
    this.#wire = undefined;
    this.#pulse.stop();
    this.store.dropPartial();
    wire?.close();
  }
}
