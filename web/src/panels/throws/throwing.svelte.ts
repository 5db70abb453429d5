/** One code on this screen, and what comes of it. The key lives as long as the code is shown, and on this screen alone. */

import * as api from "../../lib/api/throws";
import { freshKey, linkOf, open, type Thrown } from "./thrown";

/** `wrong`: what came was not sealed for this screen. */
export type State = "opening" | "open" | "thrown" | "wrong" | "over";

export class Throwing {
  state = $state.raw<State>("opening");
  link = $state.raw("");
  /** Until when it counts, s since 1970. */
  until = $state.raw(0);
  thrown = $state.raw<Thrown | undefined>();
  #key = freshKey();
  #id = "";
  #asked = false;
  #closed = false;

  constructor(readonly now: () => number) {}

  /** Show a code. Throws ApiError. */
  async open(): Promise<void> {
    const made = await api.open();
    this.#id = made.id;
    if (this.#closed) return void this.close();
    this.link = linkOf(made.address || location.origin, made.token, this.#key);
    this.until = this.now() + made.lasts;
    this.state = "open";
  }

  /** What the hub says of this screen's throw. Throws ApiError. */
  async heard(said: { id?: unknown; state?: unknown } | undefined): Promise<void> {
    if (this.state !== "open" || this.#asked || said?.id !== this.#id || said.state !== "thrown") return;
    this.#asked = true;
    try {
      const sealed = await api.thrown(this.#id);
      this.thrown = await open(this.#key, sealed).catch(() => undefined);
      this.state = this.thrown === undefined ? "wrong" : "thrown";
      await api.close(this.#id).catch(() => undefined);
    } finally {
      this.#asked = false;
    }
  }

  /** Its time is over. */
  lapse(): void {
    if (this.state === "open" && this.now() >= this.until) this.state = "over";
  }

  /** Nobody looks at it any more: the code is void. */
  close(): void {
    this.#closed = true;
    if (this.#id !== "") void api.close(this.#id).catch(() => undefined);
  }
}
