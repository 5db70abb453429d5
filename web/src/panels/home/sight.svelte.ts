/** What a camera sees, on its tile: live while the tile can be seen and there is a place for it, else a still now and then. */

import { untrack } from "svelte";
import type { ThingView } from "../../lib/things/house";
import type { Way } from "../../lib/way.svelte";
import { Film } from "./film.svelte";
import { able, world } from "./film_world";
import { offer } from "./posters";
import { onTiles as places } from "./places.svelte";
import { Still } from "./still.svelte";

const STILL_EVERY = 30_000;

/** Whether whoever looks wants little of the line used. */
const frugal = (): boolean => (navigator as { connection?: { saveData?: boolean } }).connection?.saveData === true;

/** What a camera's tile has to know of its picture: what is said below it, whether there is one, whether it is of now. */
export interface Eye {
  said: string;
  shows: boolean;
  live: boolean;
}

export class Sight {
  /** Whether the tile is on the glass. */
  seen = $state(false);
  #film = $state.raw<Film | undefined>();
  #still = $state.raw<Still | undefined>();
  #none = $state(false);
  readonly #who = Symbol();
  readonly #thing: () => ThingView;
  readonly #filmed = $derived.by(() => {
    const thing = this.#thing();
    return !this.#none && !frugal() && thing.has("camera.film") && (able() || thing.text("camera.film")?.startsWith("H.264") !== true);
  });
  // Others come and go: what is shown here goes on.
  readonly #placed = $derived(places.has(this.#who));

  /** Over a slow road a picture may be old when it comes, in s. */
  readonly #old = $derived.by(() => !!this.#film?.at && this.way.clock.now - this.#film.at >= 3);

  /** `canvas`: where films are drawn, once it is there. Made while a part is made: it lives as long as that. */
  constructor(
    readonly way: Way,
    id: () => string,
    canvas: () => HTMLCanvasElement | undefined,
  ) {
    this.#thing = () => way.house.thing(id());
    $effect(() => {
      if (this.seen && this.#filmed) return untrack(() => places.enter(this.#who));
    });
    $effect(() => {
      const on = canvas();
      if (!this.seen || on === undefined || places.held) return;
      return this.#filmed && this.#placed ? this.#follow(id(), on) : this.#ask(id(), () => way.live.serverNow());
    });
    $effect(() => {
      // One that rests, as its road may cost, is not begun again by itself.
      if (this.#film?.state === "none" || this.#film?.state === "resting") this.#none = true;
    });
  }

  #follow(id: string, canvas: HTMLCanvasElement): () => void {
    const film = new Film(id, world(canvas));
    // What was left on the glass when it rested, with its age.
    film.at = untrack(() => this.#film?.at);
    this.#film = film;
    const end = film.follow();
    const taken = offer(id, () => (film.state === "live" && film.at !== undefined ? { canvas, at: film.at } : undefined));
    return () => {
      taken();
      end();
      if (!untrack(() => places.held)) this.#film = undefined;
    };
  }

  #ask(id: string, now: () => number): () => void {
    const still = new Still(id, now);
    this.#still = still;
    const end = still.follow(STILL_EVERY);
    return () => {
      end();
      still.end();
      this.#still = undefined;
    };
  }

  get filming(): boolean {
    return this.#film !== undefined;
  }

  get live(): boolean {
    return this.#film?.state === "live" && !places.held && !this.#old;
  }

  /** It is not of now, and more should have come. */
  get stuck(): boolean {
    return this.#film ? this.#film.state === "stuck" || (this.#film.state === "live" && this.#old) : this.#still?.wrong !== undefined;
  }

  /** When what is on the glass was taken, s since 1970; 0: nobody knows; undefined: nothing is. */
  get at(): number | undefined {
    return this.#film ? this.#film.at : this.#still?.at;
  }

  /** The still, as an address of this page's own. */
  get src(): string | undefined {
    return this.#still?.src;
  }
}
