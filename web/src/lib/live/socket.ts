/** The live connection: says hello, resumes where it was, comes back by itself. Sans browser: all of it comes in. */

import { backoff } from "./backoff";
import { Commands } from "./commands";
import { readFrame, type ClientFrame, type LimitsFrame, type Snap } from "./frames";
import type { LiveStore } from "./store";

export interface Wire {
  send(text: string): void;
  close(): void;
}

export interface WireEvents {
  open(): void;
  text(text: string): void;
  closed(code: number): void;
}

/** What the connection needs of the world. Times in ms. */
export interface World {
  connect(events: WireEvents): Wire;
  now(): number;
  random(): number;
  later(ms: number, run: () => void): () => void;
}

export type Line = "connecting" | "live" | "lost" | "signed_out";

/** Telemetry comes at most this often a second; states come at once. */
const RATE = 10;
const SILENCE = 25_000;
const PONG_WITHIN = 8_000;
const SIGN_IN = new Set([4401]);

export class LiveSocket {
  line: Line = "connecting";
  /** What the hub last said of what this screen may ask of whoever looks at it: it holds until it says otherwise. */
  limits: LimitsFrame | undefined;
  /** When the hub was last heard, ms by this device's clock. */
  heard: number | undefined;
  /** Hub's clock minus this device's, in ms. */
  offset = 0;
  readonly commands: Commands;
  #wire: Wire | undefined;
  #generation = 0;
  #tries = 0;
  #epoch: string | undefined;
  #rev: number | undefined;
  #pinged: number | undefined;
  #cancelTimer: (() => void) | undefined;
  #cancelPing: (() => void) | undefined;
  #stopped = true;
  #want: string[];

  constructor(
    readonly store: LiveStore,
    readonly world: World,
    want: string[],
    readonly online: () => void = () => undefined,
  ) {
    this.#want = want;
    this.commands = new Commands(
      () => world.now() / 1000,
      (frame) => this.#send(frame),
    );
  }

  start(): void {
    if (!this.#stopped) return;
    this.#stopped = false;
    this.#open();
  }

  stop(): void {
    this.#stopped = true;
    this.#drop();
    this.#cancelTimer?.();
  }

  /** The network or the page is back: do not wait for the timer. A connection that seems up is tested. */
  nudge(): void {
    if (this.#stopped) return;
    if (this.line === "live") this.#ping();
    else if (this.#wire === undefined) this.#open();
  }

  /** Look at other paths from now on; the hub answers with what is new. */
  want(paths: string[]): void {
    this.#want = paths;
    this.#epoch = this.#rev = undefined;
    if (this.line === "live") this.#hello();
  }

  /** The run of the hub together with what this screen may see and do. */
  get epoch(): string | undefined {
    return this.#epoch;
  }

  get revision(): number | undefined {
    return this.#rev;
  }

  #open(): void {
    this.#cancelTimer?.();
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
    const resume = this.#rev === undefined ? {} : { epoch: this.#epoch, rev: this.#rev };
    this.#send({ t: "hello", ...resume, want: this.#want, rate: RATE, limits: true });
  }

  #send(frame: ClientFrame): boolean {
    // Wishes wait until the hub has greeted: before that it has not checked who we are.
    if (this.#wire === undefined || (frame.t === "do" && this.line !== "live")) return false;
    this.#wire.send(JSON.stringify(frame));
    return true;
  }

  #take(text: string): void {
    this.heard = this.world.now();
    this.#watchSilence();
    const frame = readFrame(text);
    if (frame === undefined) return;
    if (frame.t === "limits") {
      this.limits = frame;
      this.online();
    } else if (frame.t === "snap") this.#snap(frame);
    else if (frame.t === "delta") {
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
    this.offset = frame.now * 1000 - this.world.now();
    if (!this.store.snap(frame, frame.part === undefined)) return;
    this.#epoch = frame.epoch;
    this.#rev = frame.rev;
    this.#live();
  }

  #live(): void {
    if (this.line === "live") return;
    this.line = "live";
    this.#tries = 0;
    this.commands.resend();
    this.#ping();
    this.online();
  }

  #ping(): void {
    if (this.#pinged !== undefined) return;
    this.#pinged = this.world.now();
    this.#send({ t: "ping" });
    this.#cancelPing?.();
    this.#cancelPing = this.world.later(PONG_WITHIN, () => this.#closed(1006));
  }

  #pong(now: number): void {
    if (this.#pinged !== undefined) {
      const here = this.world.now();
      this.offset = now * 1000 - (this.#pinged + here) / 2;
      this.#pinged = undefined;
    }
    this.#watchSilence();
  }

  #watchSilence(): void {
    if (this.#pinged !== undefined) return;
    this.#cancelPing?.();
    this.#cancelPing = this.world.later(SILENCE, () => this.#ping());
  }

  #closed(code: number): void {
    this.#drop();
    if (SIGN_IN.has(code)) return this.#signedOut();
    if (this.#stopped || this.line === "signed_out") return;
    this.line = this.heard === undefined ? "connecting" : "lost";
    this.#cancelTimer = this.world.later(backoff(this.#tries++, this.world.random()), () => this.#open());
    this.online();
  }

  #signedOut(): void {
    this.#drop();
    this.line = "signed_out";
    this.#stopped = true;
    this.online();
  }

  #drop(): void {
    this.#generation++;
    const wire = this.#wire;
    this.#wire = undefined;
    this.#pinged = undefined;
    this.#cancelPing?.();
    this.#cancelPing = undefined;
    this.store.dropPartial();
    wire?.close();
  }
}
