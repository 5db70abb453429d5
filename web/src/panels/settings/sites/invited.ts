/** An invitation that was made on this page and is still good: whoever looks elsewhere meanwhile finds it again. The hub
 *  tells it once, and it is kept nowhere. */

import type { SiteInvitation } from "../../../lib/api/sites";

/** `person`: who made it, `before`: the sites that there were then. */
export interface Left {
  readonly person: string;
  readonly invitation: SiteInvitation;
  readonly before: ReadonlySet<string>;
}

let left: Left | undefined;

/** What this person left here, if it is good at `now` (s since 1970). */
export function leftFor(person: string | null | undefined, now: number): Left | undefined {
  if (left && (left.person !== person || left.invitation.expires <= now)) left = undefined;
  return left;
}

export function leave(made: Left | undefined): void {
  left = made;
}
