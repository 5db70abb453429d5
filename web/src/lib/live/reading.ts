/** Facts and wishes as screens read them, from what travels. */

import type { Quality, Value, WireReading, WireWish } from "./frames";

/** A fact: `at` is the hub's time in seconds since 1970. */
export interface Reading {
  readonly value: Value;
  readonly at: number;
  readonly sourceAt?: number;
  readonly quality: Quality;
}

/** A wish that is not fulfilled yet. `queued`: asked here while the hub could not be reached; `waiting`: at the hub, for
 *  the way to the site that owns the thing. */
export interface Wish {
  readonly target: Value;
  readonly state: "queued" | "asked" | "waiting" | "sent";
  readonly key: string;
  readonly expires: number;
}

export function toReading([value, at, sourceAt, quality]: WireReading): Reading {
  return { value, at, sourceAt: sourceAt ?? undefined, quality: quality ?? "good" };
}

export function toWish([target, state, key, expires]: WireWish): Wish {
  return { target, state: state === "asked" || state === "waiting" ? state : "sent", key, expires };
}

/** Whether nothing of it changed. What a snapshot says again is no news: whoever reads it is not told. */
export function same(one: Reading | undefined, other: Reading | undefined): boolean {
  if (one === undefined || other === undefined) return one === other;
  return one.at === other.at && one.quality === other.quality && alike(one.value, other.value);
}

function alike(one: Value, other: Value): boolean {
  if (one === other || typeof one !== "object" || typeof other !== "object" || one === null || other === null) return one === other;
  const [keys, others] = [Object.keys(one), Object.keys(other)];
  return Array.isArray(one) === Array.isArray(other) && keys.length === others.length && keys.every((key) => key in other && alike(part(one, key), part(other, key)));
}

function part(whole: Value[] | { [key: string]: Value }, key: string): Value {
  return (whole as { [key: string]: Value })[key]!;
}
