/** Taking a copy away: the browser downloads it by a link that works once. */

import { download } from "../../../lib/api/upkeep";
import type { Way } from "../../../lib/way.svelte";

export async function take(way: Way, file: string): Promise<void> {
  const url = await way.surely(() => download(file));
  if (url === undefined) return;
  const link = document.createElement("a");
  link.href = url;
  link.download = file;
  document.body.append(link);
  link.click();
  link.remove();
}
