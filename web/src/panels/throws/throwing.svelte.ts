/** One code on this screen, and what comes of it. The key lives as long as the code is shown, and on this screen alone. */

import * as api from "../../lib/api/throws";
import { ApiError } from "../../lib/api/call";
import { doorOf, freshKey, linkOf, open, type Thrown } from "./thrown";

/** `coming`: it is at the hub, and not here yet; `wrong`: what came was not sealed for this screen, or can't be shown;
 *  `alone`: nobody's phone reaches this hub. */
export type State = "opening" | "open" | "coming" | "thrown" | "wrong" | "over" | "alone";

/** In ms: what could not be fetched is asked for again; so long what nobody has taken waits for its sheet. */
const AGAIN = 3_000;
const WAITS = 300_000;

/** What has come and was not taken. It outlives its sheet: neither a tap beside it nor driving off loses it, since the
 *  guest has read that it is there. */
let left: Throwing | undefined;

const keep = (one: Throwing) => (left = one);

/** What came for a person on this screen, and was not taken yet. */
export function leftFor(person: string | null | undefined): Throwing | undefined {
  return left?.person === person ? left : undefined;
}

export class Throwing {
  state = $state.raw<State>("opening");
  link = $state.raw("");
  thrown = $state.raw<Thrown | undefined>();
  #key = freshKey();
  #id = "";
  #closed = false;
  #fetching = false;
  #told = false;
  #shown = false;
  /** Until when it counts, in ms by a clock that nobody sets. */
  #until = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `here`: at which address this screen found the hub. */
  constructor(
    readonly person: string | null | undefined,
    readonly here: string,
  ) {}

  /** For how many s more the code counts. */
  left(): number {
    return Math.max(0, (this.#until - performance.now()) / 1_000);
  }

  /** Show a code. Throws ApiError. */
  async open(): Promise<void> {
    const made = await api.open();
    this.#id = made.id;
    if (this.#closed) return void this.close();
    const door = doorOf(this.here, made.address);
    if (door === "") return this.#end("alone");
    this.link = linkOf(door, made.token, this.#key);
    this.#until = performance.now() + made.lasts * 1_000;
    this.state = "open";
  }

  /** What the hub says of this screen's throw. */
  heard(said: { id?: unknown; state?: unknown } | undefined): void {
    if (this.state !== "open") return;
    if (said?.id !== this.#id) {
      // The hub had known of it: it was started anew since, or another page of this screen shows a code.
      if (this.#told) this.#end("over");
      return;
    }
    this.#told = true;
    if (said.state !== "thrown") return;
    this.state = "coming";
    keep(this);
    this.#until = performance.now() + WAITS;
    void this.fetch();
  }

  /** Fetch what came, until it is here: the car may have driven off, the network may be gone. */
  async fetch(): Promise<void> {
    if (this.state !== "coming" || this.#fetching || this.#closed) return;
    clearTimeout(this.#timer);
    this.#fetching = true;
    try {
      const sealed = await api.thrown(this.#id);
      const thrown = await open(this.#key, sealed).catch(() => undefined);
      if (this.#closed) return;
      this.thrown = thrown;
      if (this.thrown === undefined) return this.#end("wrong");
      this.state = "thrown";
      this.#timer = setTimeout(() => left === this && !this.#shown && this.close(), Math.max(0, this.#until - performance.now()));
    } catch (error) {
      if ((error instanceof ApiError && error.status === 404) || this.left() === 0) return this.#end("over");
      this.#timer = setTimeout(() => void this.fetch(), AGAIN);
    } finally {
      this.#fetching = false;
    }
  }

  /** Its time is over. */
  lapse(): void {
    if (this.state === "open" && this.left() === 0) this.#end("over");
  }

  /** Somebody here has it, or does not want it: the hub need not keep it. */
  done(): void {
    if (left === this) left = undefined;
    if (this.#id !== "") void api.close(this.#id).catch(() => undefined);
  }

  /** A sheet shows it, until what this returns is called: what has come then waits for the next one, a code is void. */
  show(): () => void {
    this.#shown = true;
    return () => {
      this.#shown = false;
      if (left !== this || (this.state === "thrown" && this.left() === 0)) this.close();
    };
  }

  /** Nobody looks at it any more: the code is void, and what came is gone. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.done();
    this.thrown = undefined;
  }

  #end(state: State): void {
    this.state = state;
    this.done();
  }
}
