/** The calls of somebody's phones, as the hub shows them: at `@call/PERSON:…`, who it is in a sealed frame. */

import type { Reading } from "../../lib/live/reading";
import type { LiveStore } from "../../lib/live/store";

export const CALL = "@call/";

export interface Call {
  readonly id: string;
  readonly at: number;
  readonly missed: boolean;
  readonly frame: string | null;
  readonly phones: readonly string[];
  readonly mute: boolean;
  readonly muted: boolean;
  readonly count: number;
}

/** Who rings now comes first, then who was missed, the newest before. */
export function calls(store: LiveStore, person: string | undefined): readonly Call[] {
  if (person === undefined) return [];
  const found = store.paths(`${CALL}${person}:`).flatMap((path) => call(path.slice(CALL.length), store.reading(path)) ?? []);
  return found.sort((a, b) => Number(a.missed) - Number(b.missed) || b.at - a.at);
}

function call(id: string, reading: Reading | undefined): Call | undefined {
  const value = reading?.value;
  if (typeof value !== "object" || value === null) return undefined;
  const said = value as Record<string, unknown>;
  return {
    id,
    at: reading?.at ?? 0,
    missed: said["state"] === "missed",
    frame: typeof said["frame"] === "string" ? said["frame"] : null,
    phones: Array.isArray(said["phones"]) ? said["phones"].map(String) : [],
    mute: said["mute"] === true,
    muted: said["muted"] === true,
    count: typeof said["count"] === "number" ? said["count"] : 1,
  };
}
