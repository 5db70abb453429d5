/** What this screen may act on, as the hub says: nothing is offered that it would refuse. */

import { read } from "../api/call";
import type { components } from "../api/schema";
import { matcher } from "./glob";

const KEPT = 20_000;

export class Rights {
  #globs = $state.raw<readonly string[] | undefined>();
  readonly #test = $derived(this.#globs === undefined ? undefined : matcher(this.#globs));
  #known = new Map<string, boolean>();

  /** `usually`: what holds until the hub has said. */
  constructor(readonly usually: () => boolean) {}

  /** Whether the signal at `path` may be acted on. */
  may(path: string): boolean {
    const test = this.#test;
    if (test === undefined) return this.usually();
    let found = this.#known.get(path);
    if (found === undefined) {
      found = test(path);
      if (this.#known.size < KEPT) this.#known.set(path, found);
    }
    return found;
  }

  /** What may be acted on, as globs; undefined while the hub has not said. */
  get globs(): readonly string[] | undefined {
    return this.#globs;
  }

  forget(): void {
    this.#known = new Map();
    this.#globs = undefined;
  }

  take(globs: readonly string[]): void {
    if (this.#globs !== undefined && globs.join(" ") === this.#globs.join(" ")) return;
    this.#known = new Map();
    this.#globs = globs;
  }

  /** Ask the hub anew; while it can't be asked, what it said before stands. */
  async load(): Promise<void> {
    try {
      this.take((await read<components["schemas"]["Rights"]>("home/rights")).act);
    } catch {
      return; // the hub refuses what is not allowed all the same
    }
  }
}
