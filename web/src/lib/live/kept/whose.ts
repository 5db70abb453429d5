/** Whose picture it is: a device and the person that is signed in on it. */

import type { Seat } from "../../look/prefs.svelte";
import type { Value } from "../frames";

export interface Whose {
  readonly device: string | null;
  readonly person: string | null;
  /** What the hub said of who is signed in: name, role, seat. */
  readonly me: { readonly [key: string]: Value };
  /** What may be acted on from here, as globs. */
  readonly acts: readonly string[] | null;
  /** What the hub took this screen for when it was last heard. It can only make a screen stricter. */
  readonly seat: Seat | null;
}

export const sameWhose = (one: Pick<Whose, "device" | "person">, other: Pick<Whose, "device" | "person">): boolean =>
  one.device === other.device && one.person === other.person;
