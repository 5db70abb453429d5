/** The one live connection of this page, tied to the browser: network, visibility, clock. */

import { Told } from "../look/told.svelte";
import { Gathered } from "./gathered";
import type { LimitsFrame, Value } from "./frames";
import { WishFailed } from "./commands";
import { LiveSocket, type Line, type Wire, type WireEvents, type World } from "./socket";
import { LiveStore } from "./store";
import { ulid } from "./ulid";

/** How a wish was made. `risky`: it opens or unlocks; `held`: it was pressed and held; `code`: what was typed along. */
export interface How {
  risky?: boolean;
  held?: boolean;
  code?: string;
}

/** Everything of all things, notices, the tiles of boards, places, and when cars may charge: the hub shows each person
 *  what is theirs to see. */
const WANT = ["**", "@now/*", "@tile/*", "@place/*", "@charging/*"];

function connect(events: WireEvents): Wire {
  const url = new URL("api/live", location.href);
  url.protocol = url.protocol.replace("http", "ws");
  url.hash = "";
  const socket = new WebSocket(url);
  const gathered = new Gathered((text) => events.text(text));
  socket.onopen = () => events.open();
  socket.onmessage = (event) => gathered.add(String(event.data));
  socket.onclose = (event) => {
    gathered.all();
    events.closed(event.code);
  };
  return {
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    close: () => {
      gathered.drop();
      socket.onclose = socket.onmessage = socket.onopen = null;
      socket.close();
    },
  };
}

const world: World = {
  connect,
  now: () => Date.now(),
  random: () => Math.random(),
  later: (ms, run) => {
    const timer = setTimeout(run, ms);
    return () => clearTimeout(timer);
  },
};

/** How long a wish stays worth fulfilling, in s: the hub's own rule, needed here while the hub is away. */
export function timeToLive(path: string, risky: boolean): number {
  if (risky) return 5;
  const signal = path.slice(path.indexOf("/") + 1);
  return signal.startsWith("climate.") || signal.startsWith("Vehicle.Cabin.HVAC.") ? 600 : 30;
}

export class Live {
  readonly store = new LiveStore();
  readonly #socket: LiveSocket;
  readonly #told = new Told();

  /** `play`: another world than the browser's network, for what is made up. */
  constructor(play: World = world) {
    this.#socket = new LiveSocket(this.store, play, WANT, () => this.#told.changed());
    this.#socket.commands.onchange(() => this.#told.changed());
  }

  get line(): Line {
    this.#told.watch();
    return this.#socket.line;
  }

  /** Whether the household is known: false until the first snapshot is whole. */
  get known(): boolean {
    this.#told.watch();
    return this.#socket.revision !== undefined;
  }

  /** Changes with every connection and with what this screen may do. */
  get epoch(): string | undefined {
    this.#told.watch();
    return this.#socket.epoch;
  }

  /** What the hub last said of what this screen may ask of whoever looks at it. */
  get limits(): LimitsFrame | undefined {
    this.#told.watch();
    return this.#socket.limits;
  }

  get queued(): number {
    this.#told.watch();
    return this.#socket.commands.queued;
  }

  /** When the hub was last heard, ms since 1970 by this device; undefined before the first word. */
  get heard(): number | undefined {
    this.#told.watch();
    return this.#socket.heard;
  }

  /** The hub's clock now, in s since 1970: ages are told by it, so a wrong clock here does no harm. */
  serverNow(): number {
    return (Date.now() + this.#socket.offset) / 1000;
  }

  /** When the hub was last heard, in s since 1970 by its clock. */
  serverHeard(): number {
    return ((this.heard ?? Date.now()) + this.#socket.offset) / 1000;
  }

  start(): () => void {
    const nudge = () => document.visibilityState === "visible" && this.#socket.nudge();
    const sweep = setInterval(() => this.#socket.commands.expire(), 500);
    addEventListener("online", nudge);
    addEventListener("offline", nudge);
    document.addEventListener("visibilitychange", nudge);
    this.#socket.start();
    return () => {
      clearInterval(sweep);
      removeEventListener("online", nudge);
      removeEventListener("offline", nudge);
      document.removeEventListener("visibilitychange", nudge);
      this.#socket.stop();
    };
  }

  /** Ask for an operation that is not a command. */
  ask(op: string, data: Value, ttl = 30): Promise<Value> {
    return this.#socket.commands.ask(op, data, this.#key(), ttl, false);
  }

  /** Wish that `path` becomes `target`. Resolves when the device reports it; rejects with WishFailed. */
  async set(path: string, target: Value, how: How = {}): Promise<void> {
    const key = this.#key();
    const ttl = timeToLive(path, how.risky ?? false);
    const state = this.#socket.line === "live" ? "asked" : "queued";
    // A code waits nowhere for a hub that is away.
    if (how.code !== undefined && state === "queued") throw new WishFailed("offline", "");
    this.store.setOwnWish(path, { target, state, key, expires: this.serverNow() + ttl });
    const data: Value = { path, target, ...(how.held ? { held: true } : {}), ...(how.code === undefined ? {} : { code: how.code }) };
    try {
      await this.#socket.commands.ask("home.set", data, key, ttl, true);
    } finally {
      this.store.setOwnWish(path, undefined, key);
    }
  }

  #key(): string {
    return ulid(Date.now(), (bytes) => crypto.getRandomValues(bytes));
  }
}
