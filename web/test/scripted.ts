/** A hub and a network that tests play, with time of their own. */

import type { Delta, ServerFrame, Snap, WireReading, WireWish } from "../src/lib/live/frames";
import { Held } from "../src/lib/live/held";
import { LiveSocket } from "../src/lib/live/socket";
import type { Wire, WireEvents, World } from "../src/lib/live/world";
import { LiveStore } from "../src/lib/live/store";

export interface Said {
  t: string;
  id?: number;
  op?: string;
  key?: string;
  ttl?: number;
  until?: number;
  epoch?: string;
  rev?: number;
  want?: string[];
  data?: unknown;
}

export class ScriptedWorld implements World {
  at = 1_000_000;
  passed = 0;
  chance = 0.5;
  connections: Connection[] = [];
  #timers: { due: number; run: () => void }[] = [];

  connect(events: WireEvents): Wire {
    const connection = new Connection(events);
    this.connections.push(connection);
    return connection;
  }

  now(): number {
    return this.at;
  }

  steady(): number {
    return this.passed;
  }

  random(): number {
    return this.chance;
  }

  later(ms: number, run: () => void): () => void {
    const timer = { due: this.at + ms, run };
    this.#timers.push(timer);
    return () => (this.#timers = this.#timers.filter((one) => one !== timer));
  }

  pass(ms: number): void {
    const end = this.at + ms;
    for (;;) {
      const next = this.#timers.filter((one) => one.due <= end).sort((one, other) => one.due - other.due)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((one) => one !== next);
      this.passed += Math.max(0, next.due - this.at);
      this.at = Math.max(this.at, next.due);
      next.run();
    }
    this.passed += Math.max(0, end - this.at);
    this.at = end;
  }

  get last(): Connection {
    return this.connections.at(-1)!;
  }
}

export class Connection implements Wire {
  said: Said[] = [];
  closed = false;

  constructor(readonly events: WireEvents) {}

  send(text: string): void {
    this.said.push(JSON.parse(text) as Said);
  }

  close(): void {
    this.closed = true;
  }

  open(): void {
    this.events.open();
  }

  tell(frame: ServerFrame): void {
    this.events.text(JSON.stringify(frame));
  }

  lose(code = 1006): void {
    this.events.closed(code);
  }

  get hello(): Said | undefined {
    return this.said.filter((one) => one.t === "hello").at(-1);
  }

  get wishes(): Said[] {
    return this.said.filter((one) => one.t === "do");
  }
}

export function snap(rev: number, set: Record<string, WireReading>, more: Partial<Snap> = {}): Snap {
  return { t: "snap", epoch: "E1", rev, now: 1_000, set, ...more };
}

export function delta(rev: number, set: Record<string, WireReading> = {}, more: Partial<Delta> = {}): Delta {
  return { t: "delta", rev, set, ...more };
}

export function play(): { world: ScriptedWorld; store: LiveStore; socket: LiveSocket } {
  const world = new ScriptedWorld();
  const store = new LiveStore();
  const socket = new LiveSocket(store, world, ["**"]);
  return { world, store, socket };
}

/** A hub's published state with revisions, as the real one keeps it: enough to answer every hello. */
export class ModelHub {
  epoch = 1;
  rev = 0;
  facts = new Map<string, { reading: WireReading; rev: number }>();
  wishes = new Map<string, { wish: WireWish | null; rev: number }>();
  gone = new Map<string, number>();

  set(path: string, value: number): void {
    this.rev++;
    this.gone.delete(path);
    this.facts.set(path, { reading: [value, this.rev], rev: this.rev });
  }

  wish(path: string, wish: WireWish | null): void {
    if (this.gone.has(path) || (wish === null && !this.facts.has(path))) return; // as the hub: nothing is there
    this.rev++;
    this.wishes.set(path, { wish, rev: this.rev });
  }

  drop(path: string): void {
    this.rev++;
    this.facts.delete(path);
    this.wishes.delete(path);
    this.gone.set(path, this.rev);
  }

  restart(): void {
    this.epoch++;
    this.gone.clear();
    this.rev = 0;
    for (const [path, { reading }] of this.facts) this.facts.set(path, { reading, rev: ++this.rev });
    for (const [path, { wish }] of [...this.wishes]) {
      if (wish === null) this.wishes.delete(path);
      else this.wishes.set(path, { wish, rev: ++this.rev });
    }
  }

  since(rev: number): Delta {
    const newer = <T extends { rev: number }>(map: Map<string, T>) => [...map].filter(([, one]) => one.rev > rev);
    return {
      t: "delta",
      rev: this.rev,
      set: Object.fromEntries(newer(this.facts).map(([path, one]) => [path, one.reading])),
      wish: Object.fromEntries(newer(this.wishes).map(([path, one]) => [path, one.wish])),
      gone: [...this.gone].filter(([, at]) => at > rev).map(([path]) => path),
    };
  }

  /** What a hello is answered with; a snapshot comes in parts of `size` paths. */
  answer(hello: Said, size: number): ServerFrame[] {
    if (hello.rev !== undefined && hello.epoch === `E${this.epoch}`) return [this.since(hello.rev)];
    const facts = [...this.facts].map(([path, one]) => [path, one.reading] as const);
    const wish = Object.fromEntries([...this.wishes].filter(([, one]) => one.wish !== null).map(([path, one]) => [path, one.wish!]));
    const frames: Snap[] = [];
    for (let at = 0; at === 0 || at < facts.length; at += size) {
      const more = at + size < facts.length;
      frames.push({ t: "snap", epoch: `E${this.epoch}`, rev: this.rev, now: 1, set: Object.fromEntries(facts.slice(at, at + size)), ...(at > 0 ? { part: at / size + 1 } : {}), ...(more ? { more } : { wish }) });
    }
    return frames;
  }
}

/** The same on a network that can be held. */
export function playHeld(): { world: ScriptedWorld; held: Held; socket: LiveSocket } {
  const world = new ScriptedWorld();
  const held = new Held(world);
  return { world, held, socket: new LiveSocket(new LiveStore(), held, ["**"]) };
}
