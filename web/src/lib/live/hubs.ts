/** Which of the household's hubs answers, and which one owns a thing: a screen may come from one to another, and only some
 *  of them know what became of a wish. */

import type { Value } from "./frames";
import type { Open } from "./open_wish";
import { pathOf } from "./open_wish";
import type { LiveStore } from "./store";

export interface Hubs {
  /** The site of the hub that answers; undefined: it has not said, or knows no sites. */
  readonly here: () => string | undefined;
  /** The site that owns the thing at a path; undefined: nobody knows. */
  readonly owner: (path: string) => string | undefined;
  /** Whether the thing at a path ever moved from one site to another. */
  readonly moved: (path: string) => boolean;
}

/** Where there is one hub. */
export const ONE: Hubs = { here: () => undefined, owner: () => undefined, moved: () => false };

/** What is the hub's own refusal, and not the word of the thing's owner, in the state `failed`. */
const OWN = new Set(["not_found", "store_failed", "unreachable"]);

export function hubsOf(store: LiveStore): Hubs {
  const thing = (path: string) => path.slice(0, path.indexOf("/"));
  return {
    here: () => text(store.peek("hub/hub.info")?.value, "site"),
    owner: (path) => text(store.peek(`${thing(path)}/thing.info`)?.value, "site"),
    // Of who may not read the records of that, too: the rule is for every screen.
    moved: (path) => told(store.peek(`${thing(path)}/thing.info`)?.value, "moved") === true,
  };
}

/** A hub says that a wish was not done: whether that says nothing of it, because it went to another hub, too, and this is
 *  not the one that owns the thing. What the hub itself says to be so is so as far as it goes: it is not asked again. */
export function saysNothing(one: Open, hubs: Hubs, state: string, code?: string | null): boolean {
  const here = hubs.here();
  if (here === undefined || state === "done") return false;
  if (state === "failed" && typeof code === "string" && !OWN.has(code)) return false;
  one.hubs.delete(here);
  return elsewhereOnly(one, hubs);
}

/** Whether what came of it is known at other hubs only: one of them may have got it, and its thing is not of this one, or
 *  was not then. */
export function elsewhereOnly(one: Open, hubs: Hubs): boolean {
  return wentElsewhere(one, hubs) && (hubs.owner(pathOf(one.data)) !== hubs.here() || hubs.moved(pathOf(one.data)));
}

/** Whether a hub may only be asked what came of it: the one that it went to may have owned the thing, and have done it.
 *  One of them has to know that it ever moved: a hub that has taken the other's site out of the household does not. */
export function askedOnly(one: Open, hubs: Hubs): boolean {
  return wentElsewhere(one, hubs) && (one.moved === true || hubs.moved(pathOf(one.data)));
}

/** Whether a hub that is not the one of now may have got it. */
export function wentElsewhere(one: Open, hubs: Hubs): boolean {
  const here = hubs.here();
  return here !== undefined && [...one.hubs].some((hub) => hub !== here);
}

function told(value: Value | undefined, key: string): Value | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value[key] : undefined;
}

function text(value: Value | undefined, key: string): string | undefined {
  const found = told(value, key);
  return typeof found === "string" ? found : undefined;
}
