/** A hub in the page: speaks the live socket's frames and obeys after a moment, so that parts and panels show what they
 *  show in life without one. */

import type { ClientFrame, ServerFrame, Value } from "../../lib/live/frames";
import type { Wire, WireEvents, World } from "../../lib/live/world";
import type { Picture } from "./made_things";

/** How long a made-up device takes to report what it was told, in ms. */
const DELAY = 1200;

interface Wished {
  path: string;
  target: Value;
}

export class MadeHub implements World {
  #revision = 1;
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();

  /** `silent`: one that nobody reaches. */
  constructor(
    readonly picture: Picture,
    readonly silent = false,
  ) {}

  now(): number {
    return Date.now();
  }

  steady(): number {
    return performance.now();
  }

  random(): number {
    return 0.5;
  }

  later(ms: number, run: () => void): () => void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, ms);
    this.#timers.add(timer);
    return () => {
      clearTimeout(timer);
      this.#timers.delete(timer);
    };
  }

  connect(events: WireEvents): Wire {
    let open = true;
    const say = (frame: ServerFrame) => queueMicrotask(() => open && events.text(JSON.stringify(frame)));
    if (!this.silent) queueMicrotask(() => open && events.open());
    return {
      send: (text) => this.#heard(JSON.parse(text) as ClientFrame, say),
      close: () => {
        open = false;
        for (const timer of this.#timers) clearTimeout(timer);
      },
    };
  }

  #heard(frame: ClientFrame, say: (frame: ServerFrame) => void): void {
    const now = this.now() / 1000;
    if (frame.t === "hello") say({ t: "snap", epoch: "made", rev: this.#revision, now, ...this.picture });
    else if (frame.t === "ping") say({ t: "pong", now });
    else if (frame.op !== "home.set") say({ t: "ok", id: frame.id, data: null });
    else {
      const { path, target } = frame.data as unknown as Wished;
      say({ t: "ok", id: frame.id, data: { key: frame.key, state: "sent" } });
      say({ t: "delta", rev: ++this.#revision, wish: { [path]: [target, "sent", frame.key, now + frame.ttl] } });
      this.later(DELAY, () => {
        say({ t: "delta", rev: ++this.#revision, set: { [path]: [target, this.now() / 1000] }, wish: { [path]: null } });
        say({ t: "command", key: frame.key, path, state: "done" });
      });
    }
  }
}
