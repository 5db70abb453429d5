/** The household's maps as this screen knows them: asked for anew whenever the hub says that they are others. */

import { list, type Making, type Region } from "../../lib/api/maps";
import type { LiveStore } from "../../lib/live/store";

const STATE = "hub/maps.state";

/** What the hub tells everybody: which maps there are, and how far the one is that is being made. */
export function told(store: LiveStore): { ready: boolean; regions: Record<string, string>; making: Omit<Making, "source"> | undefined } | undefined {
  const value = store.value(STATE);
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  const { ready, regions, making } = value;
  return {
    ready: ready === true,
    regions: typeof regions === "object" && regions !== null && !Array.isArray(regions) ? (regions as Record<string, string>) : {},
    making: typeof making === "object" && making !== null ? (making as unknown as Omit<Making, "source">) : undefined,
  };
}

/** Whether there is a map to look at. */
export const mapped = (store: LiveStore): boolean => Object.keys(told(store)?.regions ?? {}).length > 0;

export class Regions {
  all = $state.raw<readonly Region[] | undefined>();
  failed = $state.raw<unknown>();
  #round = 0;

  constructor(readonly store: LiveStore) {}

  /** Changes when the maps do. */
  get stamp(): string {
    return JSON.stringify(told(this.store)?.regions ?? null);
  }

  async load(): Promise<void> {
    const mine = ++this.#round;
    try {
      const { regions } = await list();
      if (mine !== this.#round) return;
      this.all = regions;
      this.failed = undefined;
    } catch (error) {
      if (mine === this.#round) this.failed = error;
    }
  }
}
