/** Files that the hub hands out, saved where the browser saves what is downloaded. */

import type { Way } from "../../lib/way.svelte";

export function save(made: File, way: Way): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(made);
  link.download = made.name;
  link.click();
  // The download has the file by then; without this it would stay in memory.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  way.toasts.add("ok", way.words.t("drives.saved", { name: made.name }));
}
