/** A wish that has not ended yet, as the screen that made it knows it. Times in s. */

import type { WishFailed } from "./commands";
import type { Value } from "./frames";

export interface Open {
  id: number;
  op: string;
  data: Value;
  key: string;
  ttl: number;
  expires: number;
  /** This device's clock minus its steady one when it was asked, in s: by which clock it was. */
  drift: number;
  /** Commands end with the device's report; other operations with their answer. */
  follow: boolean;
  taken: boolean;
  /** It went out on some connection: the hub may have it. */
  posted: boolean;
  /** It went out on this one. */
  sent: boolean;
  /** It was refused as too late once. */
  again?: boolean;
  /** Its time is over and nobody knows what came of it: the hub is asked that alone. */
  over?: boolean;
  /** Another was wished for the same thing meanwhile: if the hub does not have this one, it is to be let go. */
  replaced?: boolean;
  /** When it ends by the hub's clock, as far as that was known when it was asked, in s. */
  deadline?: number | undefined;
  /** By the hub's clock: one from before the page was loaded anew must not outlive it. In s. */
  until?: number;
  resolve: (data: Value) => void;
  reject: (error: WishFailed) => void;
}

/** What the hub says of a wish in its answer. */
export function stateOf(data: Value): string {
  return typeof data === "object" && data !== null && !Array.isArray(data) ? String(data["state"] ?? "") : "";
}

/** Whether two wishes are for the same thing. */
export function samePath(one: Value, other: Value): boolean {
  const path = (data: Value) => (typeof data === "object" && data !== null && !Array.isArray(data) ? data["path"] : undefined);
  return path(one) !== undefined && path(one) === path(other);
}
