/** The household's other sites, as the hub tells of them at `hub/site.<id>`. */

import type { SiteStatus } from "../api/sites";
import type { LiveStore } from "../live/store";
import type { ThingView } from "./house";

const HEAD = "hub/site.";
/** A thing that names no site is of this one. */
const FIRST = "home";

/** All of them, and how each is doing. */
export function sitesOf(store: LiveStore): SiteStatus[] {
  return store.paths(HEAD).map((path) => told(store, path)).filter((one) => one !== undefined);
}

/** What the site that owns a thing is called; undefined: it is this one. */
export function siteOf(thing: ThingView): string | undefined {
  return told(thing.store, `${HEAD}${(thing.info?.site ?? FIRST).replaceAll("-", "_")}`)?.name;
}

function told(store: LiveStore, path: string): SiteStatus | undefined {
  const value = store.value(path);
  return typeof value === "object" && value !== null ? (value as unknown as SiteStatus) : undefined;
}
