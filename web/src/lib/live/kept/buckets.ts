/** How the last picture lies on this device: its paths dealt into buckets, each one text, so that a change costs the
 *  writing of one small text and never of all. */

import type { WireReading, WireWish } from "../frames";
import type { LiveStore, Reading, Wish } from "../store";

/** With 5,000 things some 20 things a bucket. */
export const BUCKETS = 256;

export interface Unpacked {
  readonly facts: [string, WireReading][];
  readonly wishes: [string, WireWish][];
}

/** The bucket of a path: all of one thing lie together, since they change together. */
export function bucketOf(path: string): number {
  const end = path.startsWith("@") ? path.length : path.indexOf("/");
  let hash = 0x811c9dc5;
  for (let at = 0; at < end; at++) hash = Math.imul(hash ^ path.charCodeAt(at), 0x01000193);
  return (hash >>> 0) % BUCKETS;
}

function wireOf({ value, at, sourceAt, quality }: Reading): WireReading {
  if (quality !== "good") return [value, at, sourceAt ?? null, quality];
  return sourceAt === undefined ? [value, at] : [value, at, sourceAt];
}

function wishOf({ target, state, key, expires }: Wish): WireWish {
  return [target, state, key, expires];
}

/** The text of a bucket that holds these paths; undefined: there is nothing in it. */
export function pack(paths: Iterable<string>, store: LiveStore): string | undefined {
  const facts: Record<string, WireReading> = {};
  const wishes: Record<string, WireWish> = {};
  let some = false;
  for (const path of paths) {
    const { reading, wish } = store.held(path) ?? {};
    if (reading) facts[path] = wireOf(reading);
    if (wish) wishes[path] = wishOf(wish);
    some ||= reading !== undefined || wish !== undefined;
  }
  return some ? JSON.stringify({ facts, wishes }) : undefined;
}

/** Reads the text of a bucket. Throws for one that is not what was written. */
export function unpack(text: string): Unpacked {
  const { facts, wishes } = JSON.parse(text) as { facts: Record<string, WireReading>; wishes: Record<string, WireWish> };
  const whole = [...Object.values(facts), ...Object.values(wishes)].every(Array.isArray);
  if (!whole) throw new TypeError("a bucket holds what is no fact");
  return { facts: Object.entries(facts), wishes: Object.entries(wishes) };
}
