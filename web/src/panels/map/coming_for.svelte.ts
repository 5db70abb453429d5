/** Somebody comes to the map for one thing that stands on it: `#/map/sent/ID`, `#/map/place/ID`. */

import { untrack } from "svelte";
import type { Way } from "../../lib/way.svelte";
import type { Mark } from "./spots";
import type { Standing } from "./standing.svelte";

/** Call `go` with it, once, as soon as it is there. To be called while a component is made. */
export function comesFor(way: Way, standing: Standing, go: (mark: Mark) => void): void {
  let came = "";
  $effect(() => {
    const id = way.route.rest.replace("/", ":");
    const mark = id === "" || id === came ? undefined : standing.all.find((one) => one.id === id);
    if (mark === undefined) return;
    came = id;
    untrack(() => go(mark));
  });
}
