/** What the driver has to hear, said on this screen: once for each, and never late. */

import { ApiError } from "../../../lib/api/call";
import { say } from "../../../lib/api/navigation";
import { awake, play, stop } from "../../../lib/sound";
import type { Way } from "../../../lib/way.svelte";

/** Why nothing was heard, the last time that something was to be. */
let trouble = $state.raw<ApiError | "asleep" | undefined>();
let latest = 0;

/** Whether this screen says it. As long as nobody chose, the driver's glass does, and one of which nobody knows where it is: a large
 *  window elsewhere looks like a car's. */
export const wanted = (way: Way): boolean => way.prefs.kept.voice ?? (way.face === "car" && (way.driver || !way.placed));
export const failed = (): boolean => trouble !== undefined;

/** Say what is to be heard now. What was being said stops. Throws nothing: see `failed`. */
export async function tell(way: Way, car: string): Promise<void> {
  const mine = ++latest;
  const units = way.prefs.distance === "km" ? "metric" : way.prefs.region === "GB" ? "yards" : "feet";
  try {
    // A browser that keeps a page silent until it is touched would say it late.
    if (!(await awake())) return void (trouble = "asleep");
    const sound = await say(car, way.words.language, units);
    trouble = undefined;
    await play("told", sound, () => mine === latest);
  } catch (error) {
    trouble = error instanceof ApiError ? error : new ApiError(0, "internal", String(error));
  }
}

/** Turn it on, to hear at once what holds, or off. Says why it can't be heard. */
export async function toggle(way: Way, car: string): Promise<void> {
  const on = !wanted(way) || failed();
  way.prefs.set({ voice: on });
  if (!on) return hush();
  await tell(way, car);
  if (trouble instanceof ApiError) way.fail(trouble);
}

export function hush(): void {
  latest++;
  stop("told");
}
