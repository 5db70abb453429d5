/** A wish that has not ended yet, as the screen that made it knows it. Times in s. */

import type { Value } from "./frames";

/** Why a wish came to nothing. `code` is the hub's, `advice` what to do. */
export class WishFailed extends Error {
  constructor(
    readonly code: string,
    readonly detail: string,
    readonly advice?: string,
    /** For `unknown`, when nobody knows what came of it: settles once the hub has said, as the wish would have. */
    readonly truth?: Promise<Value>,
  ) {
    super(detail);
  }
}

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
  /** The sites of the hubs that it went out to, as far as these have not said that they do not have it. */
  hubs: Set<string>;
  /** A hub that it went out to knew that its thing had moved at some time; another hub may not know that any more. */
  moved?: boolean;
  /** The site of the hub by whose clock `deadline` is. */
  by: string | undefined;
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

/** A wish that is to outlive the page. `until`: by the hub's clock, in s. */
export interface Waiting {
  readonly op: string;
  readonly data: Value;
  readonly key: string;
  readonly ttl: number;
  readonly expires: number;
  /** When it ends by the hub's clock, where that is known. */
  readonly deadline?: number | undefined;
  readonly posted: boolean;
  readonly replaced?: boolean;
  /** The sites of the hubs that may have it. */
  readonly hubs: ReadonlySet<string>;
}

/** What the hub says of a wish in its answer. */
export function stateOf(data: Value): string {
  return typeof data === "object" && data !== null && !Array.isArray(data) ? String(data["state"] ?? "") : "";
}

export function pathOf(data: Value): string {
  return typeof data === "object" && data !== null && !Array.isArray(data) ? String(data["path"] ?? "") : "";
}

/** Whether two wishes are for the same thing. */
export function samePath(one: Value, other: Value): boolean {
  return pathOf(one) !== "" && pathOf(one) === pathOf(other);
}
