/** A car's charge schedule while it is being changed: what was asked for shows until the hub has kept it. */

import { act } from "../api/call";
import type { LiveStore } from "../live/store";
import { planOf, type Plan } from "./charge_plan";

export type Change = Partial<Pick<Plan, "on" | "start" | "end" | "days" | "ready" | "limit">>;

/** How long the live line may be behind the hub's answer, in ms. */
const CATCH_UP = 5_000;

export class PlanDraft {
  #asked = $state.raw<Change>({});
  /** The hub has kept all that was asked for. */
  #kept = $state(false);
  #turn = 0;

  /** Made with the page that shows it. `fail`: shows what went wrong. */
  constructor(
    readonly store: LiveStore,
    readonly car: string,
    readonly fail: (error: unknown) => void,
  ) {
    $effect(() => {
      if (this.#kept && Object.entries(this.#asked).every(([field, asked]) => String(this.fact[field as keyof Change]) === String(asked))) this.#asked = {};
    });
  }

  /** As the hub keeps it. */
  get fact(): Plan {
    return planOf(this.store, this.car);
  }

  /** With what was asked for and is on its way. */
  get shown(): Plan {
    return { ...this.fact, ...this.#asked };
  }

  /** Whether it was asked to be switched and is not yet. */
  get switching(): boolean {
    return this.#asked.on !== undefined && this.#asked.on !== this.fact.on;
  }

  async change(fields: Change): Promise<void> {
    const mine = ++this.#turn;
    this.#asked = { ...this.#asked, ...fields };
    this.#kept = false;
    const done = await this.#try(() => act("charging/change", { car: this.car, ...fields }));
    // The newest change takes the draft away: by then the hub has kept what came before it.
    if (mine !== this.#turn) return;
    this.#kept = done;
    if (done) setTimeout(() => mine === this.#turn && (this.#asked = {}), CATCH_UP);
    else this.#asked = {};
  }

  /** What a person wanted until the cable is out is over: go by the schedule again. */
  async follow(): Promise<void> {
    await this.#try(() => act("charging/now", { car: this.car, do: "plan" }));
  }

  async #try(run: () => Promise<unknown>): Promise<boolean> {
    try {
      await run();
      return true;
    } catch (error) {
      this.fail(error);
      return false;
    }
  }
}
