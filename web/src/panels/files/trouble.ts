/** Why a file does not go on, in words. */

import type { Words } from "../../lib/i18n/words";
import { Trouble, type Sending } from "./sending.svelte";

export function trouble(words: Words, { error, state }: Pick<Sending, "error" | "state">): string {
  if (error instanceof Trouble) return words.t(error.why === "other" ? "files.trouble.other" : "files.trouble.unread");
  if (error === undefined) return "";
  if (error.code === "offline" || error.code === "again") return words.t("files.trouble.away");
  const { title, detail } = words.failure(error.code, error.detail, error.advice);
  return [title, detail, state === "waits" ? words.t("files.trouble.waits") : ""].filter(Boolean).join(" ");
}
