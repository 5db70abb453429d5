/** What keeps two sites apart, as people hear it. */

import type { SiteStatus } from "../../../lib/api/sites";
import type { Words } from "../../../lib/i18n/words";

export interface Trouble {
  readonly title: string;
  readonly text: string;
}

/** What somebody has to do so that the site comes back; undefined: nothing is wrong, or it is only on the road. */
export function trouble(site: SiteStatus, words: Words): Trouble | undefined {
  if (site.state === "here" || site.code === null || site.code === "unreachable") return undefined;
  if (site.code === "auth_needed") return { title: words.t("sites.fault.auth_needed", { name: site.name }), text: words.t("sites.fault.auth_needed.what") };
  return { title: words.t("sites.fault.other", { name: site.name }), text: words.t("sites.fault.other.what") };
}

/** Why the last connection came to nothing, in the hub's own words; undefined: that it ended is all that is known. */
export function said(site: SiteStatus): string | undefined {
  return site.state === "away" && site.detail && site.detail !== "the connection ended" ? site.detail : undefined;
}

/** Whether it may be a relay's address: HOST:PORT, as `relay.example.org:8443` or `[::1]:8443`, and nothing around it. */
export function isRelay(address: string): boolean {
  const port = /^(?:\[[0-9a-f:.]+\]|[^\s/:@[\]]+):(\d{1,5})$/i.exec(address)?.[1];
  return port !== undefined && Number(port) > 0 && Number(port) < 65_536;
}
