/** What just happened, one at a time: the gravest first, then the oldest. */

import type { Snippet } from "svelte";
import type { IconName } from "../icons/shapes";

export type Tone = "stop" | "warn" | "ok" | "calm";

export interface Toast {
  readonly id: number;
  readonly tone: Tone;
  readonly title: string;
  readonly detail?: string;
  /** Says what it is about, where its tone alone does not. */
  readonly icon?: IconName;
  /** Other good news does not take its place. */
  readonly stays?: boolean;
  /** What is shown beside its words. */
  readonly part?: Snippet<[Toast]>;
  /** What can be done about it while it stands there. */
  readonly act?: { readonly label: string; readonly run: () => void; readonly icon?: IconName };
}

const ORDER: Tone[] = ["stop", "warn", "ok", "calm"];

export class Toasts {
  #next = 1;
  #all = $state.raw<Toast[]>([]);
  #held = $state.raw<Tone | undefined>();

  get shown(): Toast | undefined {
    const first = [...this.#all].sort((one, other) => ORDER.indexOf(one.tone) - ORDER.indexOf(other.tone))[0];
    const held = first !== undefined && this.#held !== undefined && ORDER.indexOf(first.tone) > ORDER.indexOf(this.#held);
    return held ? undefined : first;
  }

  /** Something else asks for attention with this tone: what is less grave waits until nothing does. */
  hold(tone: Tone | undefined): void {
    this.#held = tone;
  }

  /** Returns its id, to close it by. What stands there already is not said twice. */
  add(tone: Tone, title: string, detail?: string, act?: Toast["act"], icon?: IconName, stays = false, part?: Toast["part"]): number {
    const there = this.#all.find((one) => one.title === title && one.detail === (detail || undefined) && act === undefined);
    if (there) return there.id;
    const id = this.#next++;
    // Good news is told one at a time: the newest says where things stand.
    const kept = tone === "ok" ? this.#all.filter((one) => one.stays || (one.tone !== "ok" && one.tone !== "calm")) : this.#all;
    this.#all = [...kept, { id, tone, title, detail: detail || undefined, act, icon, stays, part }].slice(-8);
    return id;
  }

  close(id: number): void {
    this.#all = this.#all.filter((one) => one.id !== id);
  }
}
