/** Notices: what people should know now. The hub shows them at `@now/…` to whoever may read what they are about. */

import { act, read } from "../api/call";
import type { components } from "../api/schema";
import type { Value } from "../live/frames";
import type { LiveStore } from "../live/store";
import type { Tone } from "../look/toasts.svelte";

export type Listed = components["schemas"]["ShownNotice"];
export type Kind = Listed["kind"];
export type Priority = "stop" | "warn" | "calm";

export interface Notice {
  readonly id: string;
  readonly kind: Kind;
  readonly priority: Priority;
  /** The thing it is about; empty where it is about a link. */
  readonly thing: string;
  /** s since 1970. */
  readonly at: number;
  /** How often it happened since `at`. */
  readonly count: number;
  readonly values: Readonly<Record<string, Value>>;
  readonly seen: boolean;
  /** When its cause was over. */
  readonly until?: number | null;
}

/** A camera that is offered in a car that comes home. */
export interface Gate {
  readonly camera: string;
  readonly car: string;
  /** s since 1970. */
  readonly at: number;
}

const NOW = "@now/";
const KEY = "wayhome.notices";
/** The order of tones: the gravest first. */
export const RANK: Record<Tone, number> = { stop: 0, warn: 1, ok: 2, calm: 3 };
/** So long a notice that just came counts as an alert: lesser ones wait. In s. */
export const FRESH = 8;

const waits = (notice: Notice) => (notice.kind === "doorbell" ? 1 : 0);

export class Notices {
  /** The mark by which the hub says what this person has seen; undefined until it is known. */
  #you = $state.raw<string | undefined>();
  /** What of it this page has said: each notice's toast, and how often each had happened when it last looked. */
  readonly said = new Map<string, number>();
  readonly heard = new Map<string, number>();
  #person: string | undefined;
  #device = $state.raw<string | null | undefined>();
  /** In which language the hub words what it pushes to this device; undefined while push is off here, or not known. */
  pushed = $state.raw<"en" | "zh" | undefined>();
  /** What was put away here, with how often it had happened by then: what happens again is to be seen again. */
  #seenHere = $state.raw<ReadonlyMap<string, number>>(new Map());

  constructor(
    readonly store: LiveStore,
    readonly kept: Pick<Storage, "getItem" | "setItem"> | undefined,
    /** Whether the hub has told: what was kept from before is no news. */
    readonly told: () => boolean = () => true,
  ) {
    try {
      const [person, you] = (kept?.getItem(KEY) ?? "").split(" ");
      if (person && you) [this.#person, this.#you] = [person, you];
    } catch {
      // What can't be read is asked for.
    }
  }

  /** Everything that is so just now, the gravest first, then the newest; nobody is left waiting at the door. */
  get now(): Notice[] {
    if (!this.told()) return [];
    const found = this.store.paths(NOW).map((path) => this.#read(this.store.value(path)));
    return found.filter((one) => one !== undefined).sort((one, other) => RANK[one.priority] - RANK[other.priority] || waits(other) - waits(one) || other.at - one.at);
  }

  /** The camera that this car is offered. */
  gate(car: string | undefined): Gate | undefined {
    const all = this.told() ? this.store.paths(`${NOW}gate/`).map((path) => this.store.value(path) as unknown as Gate | undefined) : [];
    return all.find((one) => car && one?.car === car);
  }

  /** Whether it is known what this person has seen. */
  get met(): boolean {
    return this.#you !== undefined;
  }

  /** What this person has not seen yet. Empty while it is not known what they have seen. */
  get waiting(): Notice[] {
    return this.#you === undefined ? [] : this.now.filter((one) => !one.seen);
  }

  /** This person is signed in here. What another one had seen is not theirs. */
  greet(person: string | undefined, device?: string | null): void {
    this.#device = device;
    if (person === this.#person) return;
    this.#person = person;
    this.said.clear();
    this.heard.clear();
    this.#you = this.pushed = undefined;
    this.#seenHere = new Map();
    this.#meeting = false;
  }

  /** What the hub says of this person's choices, wherever it was asked. */
  know({ you, device }: components["schemas"]["PushChoice"]): void {
    this.#you = you;
    this.pushed = device?.language;
    try {
      this.kept?.setItem(KEY, `${this.#person ?? ""} ${you}`);
    } catch {
      // No room: it is asked for again.
    }
  }

  /** The hub words what it pushes here in this language from now on. While that can't be, it stays as it is. */
  async speak(language: "en" | "zh"): Promise<void> {
    this.pushed = language;
    await act<components["schemas"]["PushChoice"]>("notices/choose", { device: { language } }).catch(() => undefined);
  }

  /** Who asks is told by which mark. Repeated calls cost nothing. */
  async meet(): Promise<void> {
    if (this.#meeting) return;
    this.#meeting = true;
    try {
      this.know(await read<components["schemas"]["PushChoice"]>("notices/chosen"));
    } catch {
      // Without the hub there is nothing new to show; the next screen that opens asks again.
      this.#meeting = false;
    }
  }
  #meeting = false;

  /** This person has seen these. Throws ApiError. */
  async see(ids: readonly string[]): Promise<void> {
    const counts = new Map(this.now.map((one) => [one.id, one.count]));
    this.#seenHere = new Map([...this.#seenHere, ...ids.map((id) => [id, counts.get(id) ?? 1] as const)]);
    try {
      await act("notices/seen", { ids });
    } catch (error) {
      this.#seenHere = new Map([...this.#seenHere].filter(([id]) => !ids.includes(id)));
      throw error;
    }
  }

  seen(id: string): boolean {
    return this.#seenHere.has(id);
  }

  #read(value: Value | undefined): Notice | undefined {
    if (typeof value !== "object" || value === null || !("kind" in value)) return undefined;
    const { seen, ...rest } = value as unknown as Omit<Notice, "seen"> & { seen: string[] };
    // What has come for some screens says for which.
    const { to } = rest.values;
    if (Array.isArray(to) && !to.includes(this.#device!)) return undefined;
    return { ...rest, seen: this.#seenHere.get(rest.id) === rest.count || (this.#you !== undefined && seen.includes(this.#you)) };
  }
}
