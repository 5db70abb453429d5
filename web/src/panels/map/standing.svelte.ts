/** All that stands on the map for whoever looks, by what they may see. */

import type { Station } from "../../lib/api/maps";
import { called, destinations, spot } from "../../lib/things/destinations";
import { places } from "../../lib/things/whereabouts";
import type { Way } from "../../lib/way.svelte";
import { cars, people, placeMark, type Mark } from "./spots";

export class Standing {
  /** The charging stations in sight. */
  stations = $state.raw<readonly Station[]>([]);
  readonly #places = $derived.by(() => {
    const { store } = this.way.house;
    return places(store).map((one) => placeMark(one, this.#icon(one.id), this.way.words.t(one.id === "home" ? "map.home" : "map.place")));
  });
  readonly #people = $derived.by(() => people(this.way.house));
  readonly #cars = $derived.by(() => cars(this.way.house, this.way.car?.id));
  readonly #sent = $derived.by((): Mark[] => {
    const { car, live, words } = this.way;
    return (car === undefined ? [] : destinations(live.store, car.id)).flatMap((one) => {
      const at = spot(one);
      return at ? [{ id: `sent:${one.id}`, what: "sent" as const, name: called(one, words), icon: "flag" as const, ...at, at: one.at }] : [];
    });
  });

  constructor(readonly way: Way) {}

  /** Home first, then what has a name. */
  get places(): readonly Mark[] {
    return [...this.#places].sort((one, other) => Number(other.what === "home") - Number(one.what === "home") || Number(other.icon === "work") - Number(one.icon === "work") || one.name.localeCompare(other.name));
  }

  get people(): readonly Mark[] {
    return this.#people;
  }

  get cars(): readonly Mark[] {
    return this.#cars;
  }

  /** Where the car is to go next, as people have sent it; the newest first. */
  get sent(): readonly Mark[] {
    return this.#sent;
  }

  get all(): readonly Mark[] {
    return [...this.#places, ...this.#people, ...this.#cars, ...this.#sent];
  }

  #icon(id: string): string | undefined {
    const value = this.way.house.store.value(`@place/${id}`);
    return typeof value === "object" && value !== null && !Array.isArray(value) && typeof value["icon"] === "string" ? value["icon"] : undefined;
  }
}
