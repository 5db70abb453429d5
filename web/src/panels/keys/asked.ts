/** What is asked of an owner's screen about somebody who waits to be let in. */

import type { Words } from "../../lib/i18n/words";
import type { WaitingMember } from "../../lib/api/keys";

export function named({ id, kind, name }: WaitingMember, words: Words): string {
  if (kind === "hub") return words.t("group.hub", { site: id.replace(/^hub\./, "") });
  return kind === "paper" ? words.t("group.paper") : name || id;
}

export function asked(one: WaitingMember, words: Words): string {
  return one.kind === "paper" ? words.t("vouch.paper") : words.t("vouch.title", { name: named(one, words) });
}
