/** The range that this screen shows: asked for when it is switched on, and again when charge or place are others. */

import { ApiError } from "../../../lib/api/call";
import { reach } from "../../../lib/api/navigation";
import type { Both } from "./rings";

/** kW that a station's strongest connector gives at least; 0: any. */
export const POWERS = [0, 22, 50, 150] as const;
export type Power = (typeof POWERS)[number];

export class Reaching {
  on = $state(false);
  least = $state<Power>(0);
  both = $state.raw<Both | undefined>();
  failed = $state.raw<ApiError | undefined>();
  #round = 0;

  turn(): void {
    this.on = !this.on;
    this.#round++;
    this.least = 0;
    [this.both, this.failed] = [undefined, undefined];
  }

  async ask(car: string): Promise<void> {
    const mine = ++this.#round;
    try {
      const [there, back] = await Promise.all([reach(car, false), reach(car, true)]);
      if (mine !== this.#round) return;
      [this.both, this.failed] = [{ there, back }, undefined];
    } catch (error) {
      if (mine !== this.#round) return;
      [this.both, this.failed] = [undefined, error instanceof ApiError ? error : new ApiError(0, "internal", String(error))];
    }
  }
}
