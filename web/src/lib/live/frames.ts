/** What travels on the live socket (`/api/live`), as JSON text. */

import type { Seat } from "../look/prefs.svelte";
import type { Limits } from "../things/car";

export type Value = null | boolean | number | string | Value[] | { [key: string]: Value };

export type Quality = "good" | "stale" | "unreachable" | "bad";

/** A fact on the wire: value, the hub's time (s since 1970), then the device's own time and quality where they differ. */
export type WireReading = [value: Value, at: number, sourceAt?: number | null, quality?: Quality];

/** An open wish on the wire: target, how far it is, its key and when it is dropped (s since 1970). */
export type WireWish = [target: Value, state: string, key: string, expires: number];

export interface Snap {
  t: "snap";
  epoch: string;
  rev: number;
  now: number;
  set: Record<string, WireReading>;
  wish?: Record<string, WireWish>;
  /** Which part this is, from the second on; one that says none begins a new snapshot. */
  part?: number;
  more?: boolean;
}

export interface Delta {
  t: "delta";
  rev: number;
  /** The name of what this screen may see, where its rights have just changed. */
  epoch?: string;
  set?: Record<string, WireReading>;
  wish?: Record<string, WireWish | null>;
  gone?: string[];
}

export interface Ok {
  t: "ok";
  id: number;
  data: Value;
}

export interface Failure {
  t: "error";
  id?: number;
  code: string;
  detail: string;
  advice?: string;
}

export type CommandState = "asked" | "sent" | "done" | "failed" | "expired";

export interface CommandFrame {
  t: "command";
  key: string;
  path: string;
  state: CommandState;
  code?: string | null;
  why?: string | null;
}

/** What the driving state leaves open to whoever looks at this screen now. */
export interface LimitsFrame extends Limits {
  t: "limits";
  seat: Seat;
  car: string | null;
  /** False: nobody has said where this screen is. */
  placed: boolean;
}

export interface Pong {
  t: "pong";
  now: number;
}

export interface Bye {
  t: "bye";
  code: string | number;
  detail?: string;
}

/** What the news of a path that follows at once is about, for who would ask for it. */
export interface ToldFrame {
  t: "told";
  path: string;
  data: Value;
}

export type ServerFrame = ToldFrame | LimitsFrame | Snap | Delta | Ok | Failure | CommandFrame | Pong | Bye;

export type ClientFrame =
  | { t: "hello"; epoch?: string; rev?: number; want: string[]; rate?: number; limits?: boolean }
  | { t: "do"; id: number; op: string; data: Value; key: string; ttl: number; until?: number }
  | { t: "ping" };

const KNOWN = new Set(["told", "limits", "snap", "delta", "ok", "error", "command", "pong", "bye"]);

/** Reads one frame; undefined for what this version does not know (a newer hub may say more). */
export function readFrame(text: string): ServerFrame | undefined {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof frame !== "object" || frame === null || !("t" in frame)) return undefined;
  return KNOWN.has(String(frame.t)) ? (frame as ServerFrame) : undefined;
}
