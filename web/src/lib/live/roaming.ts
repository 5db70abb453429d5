/** Where a screen finds a hub: at its page's own door, else at another door of the household, where it proves by its own
 *  key which device it is. Sans browser: sockets and keys come in. */

import { at } from "./at";
import type { Wire, WireEvents, World } from "./world";

/** The other doors are tried when the own one has not opened after so long, in ms. */
const HEAD_START = 700;
/** At another door the own one is looked for so often, in ms. */
const NEARER = 5_000;
const GONE = 1006;

/** The other doors that are known here, and the key by which they know this device. */
export interface Others {
  doors: readonly string[];
  device: string;
  /** Signs what the door `door` asks. */
  sign(nonce: string, door: string): Promise<string>;
}

/** Opens a socket at a door; "" is the own one. */
export type Open = (door: string, events: WireEvents) => Wire;

class Roaming {
  #tries = new Map<string, Wire>();
  #chosen: Wire | undefined;
  #over = false;
  #others = false;
  #timers: (() => void)[] = [];

  constructor(
    readonly world: Pick<World, "later">,
    readonly open: Open,
    readonly others: () => Promise<Others | undefined>,
    readonly events: WireEvents,
  ) {
    this.#try("", { open: () => this.#choose(""), text: () => undefined, closed: (code) => this.#failed("", code) });
    this.#timers.push(world.later(HEAD_START, () => void this.#elsewhere()));
  }

  wire(): Wire {
    return {
      send: (text) => this.#chosen?.send(text),
      close: () => this.#end(),
    };
  }

  #try(door: string, events: WireEvents): void {
    this.#tries.set(
      door,
      this.open(door, {
        open: () => this.#tries.has(door) && events.open(),
        text: (text) => (this.#is(door) ? this.events.text(text) : events.text(text)),
        closed: (code) => (this.#is(door) ? this.#closed(code) : this.#tries.has(door) && events.closed(code)),
      }),
    );
  }

  #is(door: string): boolean {
    return this.#chosen !== undefined && this.#tries.get(door) === this.#chosen;
  }

  async #elsewhere(): Promise<void> {
    if (this.#others || this.#chosen !== undefined || this.#over) return;
    this.#others = true;
    const others = await this.others().catch(() => undefined);
    if (this.#over || this.#chosen !== undefined) return;
    for (const door of others?.doors ?? []) this.#knock(door, others!);
    if (this.#tries.size === 0) this.#closed(GONE);
  }

  /** Another door: say who this is, and prove it. */
  #knock(door: string, others: Others): void {
    const told = async (text: string) => {
      const frame = JSON.parse(text) as { t?: string; nonce?: string; pass?: string };
      if (frame.t === "prove") this.#tries.get(door)?.send(JSON.stringify({ t: "proof", signature: await others.sign(String(frame.nonce), door) }));
      else if (frame.t === "pass") this.#choose(door, String(frame.pass));
      else this.#failed(door, GONE);
    };
    this.#try(door, {
      open: () => this.#tries.get(door)?.send(JSON.stringify({ t: "who", device: others.device })),
      text: (text) => void told(text).catch(() => this.#failed(door, GONE)),
      // It does not know this device (any more): that is no word on who is signed in at the own door.
      closed: () => this.#failed(door, GONE),
    });
  }

  #choose(door: string, pass?: string): void {
    if (this.#chosen !== undefined || this.#over) return;
    this.#chosen = this.#tries.get(door);
    for (const [other, wire] of this.#tries) {
      if (other === door) continue;
      this.#tries.delete(other);
      wire.close();
    }
    at.door = door;
    at.pass = pass;
    this.events.open();
    if (door !== "") this.#look();
  }

  /** Whether the own door can be reached again: then this connection ends, and the next one is made there. */
  #look(): void {
    this.#timers.push(
      this.world.later(NEARER, () => {
        const look = this.open("", {
          open: () => (look.close(), this.#closed(GONE)),
          text: () => undefined,
          closed: () => this.#over || this.#look(),
        });
        this.#timers.push(() => look.close());
      }),
    );
  }

  #failed(door: string, code: number): void {
    this.#tries.get(door)?.close();
    this.#tries.delete(door);
    // The hub itself says that nobody is signed in: no other door says otherwise.
    if (door === "" && code > 4_000) this.#closed(code);
    else if (door === "" && !this.#others) void this.#elsewhere();
    else if (this.#tries.size === 0 && this.#others) this.#closed(GONE);
  }

  #closed(code: number): void {
    if (this.#over) return;
    this.#end();
    this.events.closed(code);
  }

  #end(): void {
    this.#over = true;
    for (const cancel of this.#timers) cancel();
    for (const wire of this.#tries.values()) wire.close();
    this.#tries.clear();
    // What it was given there is void with the connection.
    if (this.#chosen !== undefined) Object.assign(at, { door: "", pass: undefined });
  }
}

/** A connection to whichever door opens first, the own one before others. */
export function roam(world: Pick<World, "later">, open: Open, others: () => Promise<Others | undefined>, events: WireEvents): Wire {
  return new Roaming(world, open, others, events).wire();
}
