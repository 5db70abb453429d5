/** What is asked of an owner's screen about somebody who waits to be let in. */

import type { Words } from "../../lib/i18n/words";
import type { Asking } from "../../lib/sealing/vouching";

export function named({ id, kind, name }: Asking, words: Words): string {
  if (kind === "hub") return words.t("group.hub", { site: id.replace(/^hub\./, "") });
  return kind === "paper" ? words.t("group.paper") : name || id;
}

export function asked(one: Asking, words: Words): string {
  if (one.kind === "paper") return words.t("vouch.paper");
  return words.t(one.inside ? "vouch.more" : "vouch.title", { name: named(one, words) });
}
