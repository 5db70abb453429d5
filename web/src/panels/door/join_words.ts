/** Why a hub could not join, and what to do about it. */

import type { ApiError } from "../../lib/api/call";
import type { Words } from "../../lib/i18n/words";

/** In the person's language where it is known what helps; else in the hub's words. */
export function refusal(error: ApiError, words: Words): string {
  if (error.code === "not_found") return words.t("join.over");
  // One code for what is there already: the hub's text says whether that is a site of the household, or this hub's own.
  if (error.code === "conflict") return words.t(/\bsites?\b/.test(error.detail) ? "join.taken" : "join.owned");
  const { title, detail } = words.failure(error.code, error.detail, error.advice);
  return detail || title;
}
