/** What is wrong with a link, as people hear it, and what can be done about it here. */

import type { Status } from "../../../lib/api/links";
import type { Key, Words } from "../../../lib/i18n/words";

/** `retry`: try now; `sign_in`: at the other side's own page; `token`: a new one; `move`: its address has changed;
 *  `change`: its settings, all in one form. */
export type Fix = "retry" | "sign_in" | "token" | "move" | "change";

const TOLD = ["unreachable", "asleep", "auth_needed", "refused", "expired", "link_failed", "internal", "broken"] as const;
const FIXES: Record<(typeof TOLD)[number], readonly Fix[]> = {
  unreachable: ["retry", "move"],
  asleep: ["retry"],
  auth_needed: ["sign_in", "token", "retry", "move"],
  refused: ["retry", "sign_in", "token", "move"],
  expired: ["retry", "move"],
  link_failed: ["retry", "move"],
  internal: ["retry"],
  broken: ["retry"],
};
/** The fixes that only make sense where the other side has an address and a sign-in of its own. */
const OWN: readonly Fix[] = ["sign_in", "token", "move"];
/** The links whose settings are changed in one form. */
export const CHANGED: readonly string[] = ["mqtt", "rtsp"];

export interface Told {
  readonly title: string;
  readonly text: string;
  /** The first is the likeliest. */
  readonly fixes: readonly Fix[];
}

/** What is wrong with it; undefined: nothing is. */
export function fault(status: Status, words: Words): Told | undefined {
  if (status.state === "connected" || (status.state === "starting" && !status.code)) return undefined;
  const code = TOLD.find((one) => one === status.code) ?? (status.state === "sign_in_needed" ? "auth_needed" : status.state === "quarantined" ? "internal" : "link_failed");
  const fixes = FIXES[code].filter((fix) => status.link === "homeassistant" || !OWN.includes(fix));
  // Whom no password is taken of is not helped by trying again.
  if (CHANGED.includes(status.link)) fixes.splice(code === "auth_needed" || code === "refused" ? 0 : 1, 0, "change");
  return { title: words.t(`fault.${code}` as Key, { name: status.name }), text: words.t(`fault.${code}.what` as Key, { name: status.name }), fixes };
}
