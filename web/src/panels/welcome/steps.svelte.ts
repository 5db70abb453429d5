/** What is left to do after somebody came in: each step is done by what is so, not by having been looked at. */

import { household } from "../../lib/api/household";
import { devices } from "../../lib/api/people";
import { reached, type Served } from "../../lib/api/upkeep";
import type { Key } from "../../lib/i18n/words";
import type { IconName } from "../../lib/icons/shapes";
import { standing } from "../../lib/push";
import type { Way } from "../../lib/way.svelte";
import { trust, type Trust } from "../settings/certificate/trust";

export type StepName = "home" | "links" | "trust" | "devices" | "screen" | "notices" | "tiles";

export interface Step {
  readonly name: StepName;
  readonly icon: IconName;
  readonly title: Key;
  readonly what: Key;
  readonly done: boolean;
  /** Somebody said that they do not want it here. */
  readonly skipped: boolean;
}

/** What each step is given: to ask anew what is done once it changed something. */
export interface StepProps {
  steps: Steps;
  onchange: () => Promise<void>;
}

const ICONS: Record<StepName, IconName> = { home: "home_pin", links: "link", trust: "certificate", devices: "phone", screen: "seat", notices: "bell", tiles: "dashboard" };
const KEY = "wayhome.welcome";

interface Kept {
  skipped: StepName[];
  over: boolean;
}

/** The steps on this screen. `look` asks what is so; what was skipped here is kept on this device. */
export class Steps {
  #kept = $state.raw<Kept>({ skipped: [], over: false });
  #facts = $state.raw<{ place: boolean; devices: number; served: Served; trust: Trust; push: boolean } | undefined>();

  constructor(readonly way: Way) {
    try {
      this.#kept = { skipped: [], over: false, ...(JSON.parse(way.prefs.storage?.getItem(KEY) ?? "{}") as Partial<Kept>) };
    } catch {
      // What is kept there is unreadable: nothing was skipped.
    }
  }

  /** Ask what is done already. Throws ApiError. */
  async look(): Promise<void> {
    const owner = this.way.me.role === undefined || this.way.me.role === "owner";
    const [home, all, served, trusted, push] = await Promise.all([owner ? household() : undefined, devices(), reached(), trust(window), standing(window)]);
    this.#facts = { place: !!home?.home, devices: all.devices.length, served, trust: trusted, push: push === "on" };
  }

  get known(): boolean {
    return this.#facts !== undefined;
  }

  get served(): Served | undefined {
    return this.#facts?.served;
  }

  get over(): boolean {
    return this.#kept.over;
  }

  get list(): readonly Step[] {
    const { me, house, board } = this.way;
    const facts = this.#facts;
    const owner = me.role === undefined || me.role === "owner";
    const car = house.cars().length > 0;
    const names: StepName[] = [...(owner ? (["home", "links", "trust", "devices"] as const) : (["trust"] as const)), ...(car ? (["screen"] as const) : []), "notices", ...(house.areas().length > 0 ? (["tiles"] as const) : [])];
    const done: Record<StepName, boolean> = {
      home: facts?.place === true,
      links: house.links().length > 0,
      trust: facts !== undefined && (facts.trust === "trusted" || (facts.trust === "machine" && (facts.served.house || !owner))),
      devices: (facts?.devices ?? 0) > 1,
      screen: me.placed !== false,
      notices: facts?.push === true,
      tiles: board.tiles.length > 0,
    };
    return names.map((name) => ({ name, icon: ICONS[name], title: `welcome.${name}` as Key, what: `welcome.${name}.what` as Key, done: done[name], skipped: this.#kept.skipped.includes(name) }));
  }

  /** The steps that are neither done nor skipped. */
  get left(): readonly Step[] {
    return this.list.filter((step) => !step.done && !step.skipped);
  }

  skip(name: StepName): void {
    this.#keep({ ...this.#kept, skipped: [...new Set([...this.#kept.skipped, name])] });
  }

  want(name: StepName): void {
    this.#keep({ ...this.#kept, skipped: this.#kept.skipped.filter((one) => one !== name) });
  }

  end(): void {
    this.#keep({ ...this.#kept, over: true });
  }

  #keep(kept: Kept): void {
    this.#kept = kept;
    try {
      this.way.prefs.storage?.setItem(KEY, JSON.stringify(kept));
    } catch {
      // No room or no leave to keep it: it holds until the page is closed.
    }
  }
}
