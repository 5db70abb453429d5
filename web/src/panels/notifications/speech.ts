/** Notifications as sound: one at a time. */

import { aloud } from "../../lib/api/notifications";
import { play, stop, wake } from "../../lib/sound";

/** Which one is read, or will be as soon as it is there. */
let reading: symbol | undefined;

/** Let a notification be heard on this screen; what was being read stops. `mark`: by which it is hushed. Resolves when it
 *  was read, or is no longer to be. Throws ApiError. */
export async function readAloud(id: string, mark: symbol): Promise<void> {
  reading = mark;
  wake();
  stop("read");
  await play("read", await aloud(id), () => reading === mark);
  if (reading === mark) reading = undefined;
}

/** Stop reading this one. */
export function hush(mark: symbol): void {
  if (reading !== mark) return;
  reading = undefined;
  stop("read");
}
