/** What is asked of an owner's screen about somebody who waits to be let in. */

import type { Words } from "../../lib/i18n/words";
import type { Asking } from "../../lib/sealing/vouching";

export function named({ id, kind, name }: Asking, words: Words): string {
  if (kind === "hub") return words.t("group.hub", { site: id.replace(/^hub\./, "") });
  return kind === "paper" ? words.t("group.paper") : name || id;
}

/** The same one, as it waits still: nothing of it has changed that somebody looked at. */
export function still(asking: readonly Asking[], one: Asking | undefined): Asking | undefined {
  const said = ({ id, kind, sign, open, person, owner, signs, name, inside }: Asking) => JSON.stringify([id, kind, sign, open, person, owner, signs, name, inside]);
  return one && asking.find((other) => said(other) === said(one));
}

export function asked(one: Asking, words: Words): string {
  if (one.kind === "paper") return words.t("vouch.paper");
  return words.t(one.inside ? "vouch.more" : "vouch.title", { name: named(one, words) });
}
