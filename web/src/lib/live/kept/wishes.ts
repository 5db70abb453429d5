/** Wishes that outlive a page that is loaded anew: in this tab's own storage, gone with the tab. */

import type { Value } from "../frames";
import type { Whose } from "./whose";
import { sameWhose } from "./whose";

const KEY = "wayhome.wishes";

export interface KeptWish {
  readonly path: string;
  readonly data: Value;
  readonly key: string;
  readonly ttl: number;
  /** When it ends, in s since 1970 by the hub's clock. */
  readonly until: number;
  /** It went out: the hub may have it. */
  readonly posted?: boolean;
  /** The sites of the hubs that may. */
  readonly hubs?: readonly string[];
}

type Box = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export class KeptWishes {
  #whose: Pick<Whose, "device" | "person"> | undefined;
  /** What was written last: a tap changes its wish's state several times, and each writing makes the page wait. */
  #text: string | undefined;

  constructor(readonly box: () => Box | undefined) {}

  /** What this person still waits for on this device. What is over, or was somebody else's, is let go. */
  recall(whose: Whose, now: number): KeptWish[] {
    this.#whose = whose;
    try {
      const { of, wishes } = JSON.parse(this.box()?.getItem(KEY) ?? "") as { of: Whose; wishes: KeptWish[] };
      if (!sameWhose(of, whose)) return [];
      // One that ends later than it could is of a clock that was set.
      return wishes.filter((one) => one.until > now && one.until - now <= one.ttl);
    } catch {
      return [];
    }
  }

  keep(wishes: readonly KeptWish[]): void {
    if (this.#whose === undefined) return;
    const { device, person } = this.#whose;
    const text = wishes.length === 0 ? "" : JSON.stringify({ of: { device, person }, wishes });
    if (text === this.#text) return;
    this.#text = text;
    try {
      if (text === "") this.box()?.removeItem(KEY);
      else this.box()?.setItem(KEY, text);
    } catch {
      // No room: then they end with the page.
    }
  }

  erase(): void {
    this.keep([]);
    this.#whose = this.#text = undefined;
  }
}
