/** The tunnel between the demo's two hubs, as the hub tells it live at `hub/demo.tunnel`. */

import type { LiveStore } from "../../lib/live/store";

export interface TunnelNow {
  readonly closed: boolean;
  /** Since when, s since 1970. */
  readonly since: number;
  /** Which of the two hubs this page is of. */
  readonly site: string;
  /** The addresses of their pages, by site. */
  readonly pages: Readonly<Record<string, string>>;
}

/** Undefined: this demo is in one hub. */
export function tunnelNow(store: LiveStore): TunnelNow | undefined {
  const told = store.value("hub/demo.tunnel");
  return typeof told === "object" && told !== null && !Array.isArray(told) ? (told as unknown as TunnelNow) : undefined;
}
