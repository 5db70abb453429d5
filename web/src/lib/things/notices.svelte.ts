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

const NOW = "@now/";
const KEY = "wayhome.notices";
/** The order of tones: the gravest first. */
export const RANK: Record<Tone, number> = { stop: 0, warn: 1, ok: 2, calm: 3 };
/** So long a notice that just came counts as an alert: lesser ones wait. In s. */
export const FRESH = 8;

export class Notices {
  /** The mark by which the hub says what this person has seen; undefined until it is known. */
  #you = $state.raw<string | undefined>();
  #seenHere = $state.raw<ReadonlySet<string>>(new Set());

  constructor(
    readonly store: LiveStore,
    readonly kept: Pick<Storage, "getItem" | "setItem"> | undefined,
  ) {
    try {
      this.#you = kept?.getItem(KEY) ?? undefined;
    } catch {
      // What can't be read is asked for.
    }
  }

  /** Everything that is so just now, the gravest first, then the newest. */
  get now(): Notice[] {
    const found = this.store.paths(NOW).map((path) => this.#read(this.store.value(path)));
    return found.filter((one) => one !== undefined).sort((one, other) => RANK[one.priority] - RANK[other.priority] || other.at - one.at);
  }

  /** What this person has not seen yet. Empty while it is not known what they have seen. */
  get waiting(): Notice[] {
    return this.#you === undefined ? [] : this.now.filter((one) => !one.seen);
  }

  /** Who asks is told by which mark. Repeated calls cost nothing. */
  async meet(): Promise<void> {
    if (this.#meeting) return;
    this.#meeting = true;
    try {
      const { you } = await read<components["schemas"]["PushChoice"]>("notices/chosen");
      this.#you = you;
      this.kept?.setItem(KEY, you);
    } catch {
      // Without the hub there is nothing new to show; the next screen that opens asks again.
      this.#meeting = false;
    }
  }
  #meeting = false;

  /** This person has seen these. Throws ApiError. */
  async see(ids: readonly string[]): Promise<void> {
    this.#seenHere = new Set([...this.#seenHere, ...ids]);
    try {
      await act("notices/seen", { ids });
    } catch (error) {
      this.#seenHere = new Set([...this.#seenHere].filter((id) => !ids.includes(id)));
      throw error;
    }
  }

  seen(id: string): boolean {
    return this.#seenHere.has(id);
  }

  #read(value: Value | undefined): Notice | undefined {
    if (typeof value !== "object" || value === null || !("kind" in value)) return undefined;
    const { seen, ...rest } = value as unknown as Omit<Notice, "seen"> & { seen: string[] };
    return { ...rest, seen: this.#seenHere.has(rest.id) || (this.#you !== undefined && seen.includes(this.#you)) };
  }
}
