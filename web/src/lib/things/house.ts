/** The household as screens ask about it: things with their names and areas, over the live store. */

import type { Value } from "../live/frames";
import type { LiveStore, Reading, Wish } from "../live/store";
import { Kept } from "../look/kept.svelte";

export interface Refinement {
  unit?: string;
  min?: number;
  max?: number;
  step?: number;
  allowed?: string[];
  device_class?: string;
  fixed?: boolean;
  /** It takes a code along that the thing asks for; `code_for`: for these targets only. */
  code?: "number" | "text";
  code_for?: string[];
}

export interface Info {
  name: string;
  link: string;
  kind: string;
  area?: string;
  maker?: string;
  model?: string;
  site?: string;
  /** It ever went from one site to another. */
  moved?: boolean;
  traits: string[];
  signals: Record<string, Refinement>;
}

export interface Area {
  name: string;
  things: string[];
}

/** One thing's signals: reads and wishes without repeating its id. */
export class ThingView {
  /** Its paths as they were put together first: looked up again and again, while a car drives. */
  readonly #paths = new Map<string, string>();

  constructor(
    readonly store: LiveStore,
    readonly id: string,
    /** Whether a path may be acted on from here. */
    readonly may: (path: string) => boolean = () => true,
  ) {}

  get info(): Info | undefined {
    return asInfo(this.value("thing.info"));
  }

  path(signal: string): string {
    let path = this.#paths.get(signal);
    if (path === undefined) this.#paths.set(signal, (path = `${this.id}/${signal}`));
    return path;
  }

  reading(signal: string): Reading | undefined {
    return this.store.reading(this.path(signal));
  }

  value(signal: string): Value | undefined {
    return this.reading(signal)?.value;
  }

  number(signal: string): number | undefined {
    const value = this.value(signal);
    return typeof value === "number" ? value : undefined;
  }

  text(signal: string): string | undefined {
    const value = this.value(signal);
    return typeof value === "string" && value !== "" ? value : undefined;
  }

  flag(signal: string): boolean | undefined {
    const value = this.value(signal);
    return typeof value === "boolean" ? value : undefined;
  }

  wish(signal: string): Wish | undefined {
    return this.store.wish(this.path(signal));
  }

  /** What is wished of a signal, where that is a number. */
  wished(signal: string): number | undefined {
    const target = this.wish(signal)?.target;
    return typeof target === "number" ? target : undefined;
  }

  has(signal: string): boolean {
    return this.info?.signals[signal] !== undefined;
  }

  /** Whether this thing can be told the signal, and whoever looks here may do so. */
  can(signal: string): boolean {
    const refinement = this.info?.signals[signal];
    return refinement !== undefined && refinement.fixed !== true && this.may(this.path(signal));
  }

  /** Whether anything is known of it beyond that it is there: a guest may see a car's name and nothing else. */
  get told(): boolean {
    this.store.things();
    return this.store.knows(this.id);
  }

  refinement(signal: string): Refinement {
    return this.info?.signals[signal] ?? {};
  }

  /** False only when the hub says that the thing does not answer. */
  get answers(): boolean {
    return this.value("thing.online") !== false;
  }
}

export class House {
  readonly #cars = new Kept(() => this.#sorted(isCar));
  readonly #areas = new Kept(() => this.#dealt());
  readonly #listed = new Kept(() => new Set(this.#areas.value.flatMap((area) => area.things)));
  readonly #byName = new Kept(() => new Map(this.#areas.value.map((area) => [area.name, area.things])));

  /** `may`: whether a path may be acted on from here. */
  constructor(
    readonly store: LiveStore,
    readonly may: (path: string) => boolean = () => true,
  ) {}

  thing(id: string): ThingView {
    return new ThingView(this.store, id, this.may);
  }

  cars(): string[] {
    return this.#cars.value;
  }

  /** The home's things by area: the fullest first, what is in none last. Only those of which whoever looks here sees or
   *  may do anything. */
  areas(): Area[] {
    return this.#areas.value;
  }

  /** The things of one area, as in `areas`; none: it is not there, or not for whoever looks here. */
  area(name: string): string[] {
    return this.#byName.value.get(name) ?? [];
  }

  /** Whether a thing stands in one of the areas. */
  listed(id: string): boolean {
    return this.#listed.value.has(id);
  }

  #dealt(): Area[] {
    const areas = new Map<string, string[]>();
    for (const id of this.#sorted((info, id) => isHome(info) && (this.store.knows(id) || this.#offers(info, id)))) {
      const name = this.#info(id)?.area ?? "";
      const things = areas.get(name);
      if (things === undefined) areas.set(name, [id]);
      else things.push(id);
    }
    return [...areas.entries()]
      .sort(([one, its], [other, others]) => Number(one === "") - Number(other === "") || others.length - its.length || BY_NAME.compare(one, other))
      .map(([name, things]) => ({ name, things }));
  }

  /** The home's media players. */
  players(): string[] {
    return this.#sorted((info) => !isCar(info) && info.traits.includes("media_player"));
  }

  /** A scene has no facts, but it can be run. */
  #offers(info: Info, id: string): boolean {
    return Object.keys(info.signals).some((signal) => this.may(`${id}/${signal}`));
  }

  /** What tells where somebody is. */
  trackers(): string[] {
    return this.store.things().filter((id) => this.thing(id).info?.traits.includes("device_tracker"));
  }

  /** How each link is doing, from `hub/link.<id>`. */
  links(): Value[] {
    return this.store.paths("hub/link.").map((path) => this.store.value(path)).filter((one) => one !== undefined && one !== null);
  }

  get hub(): { name?: string; version?: string; demo?: boolean } {
    const value = this.store.value("hub/hub.info");
    return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
  }

  #info(id: string): Info | undefined {
    return asInfo(this.store.peek(`${id}/thing.info`)?.value);
  }

  #sorted(fits: (info: Info, id: string) => boolean): string[] {
    // `things` tells when one is described anew: reading each by itself would cost thousands of readers.
    return this.store
      .things()
      .map((id) => [id, this.#info(id)] as const)
      .filter((pair): pair is [string, Info] => pair[1] !== undefined && fits(pair[1], pair[0]))
      .map(([id, info]) => ({ id, rank: rank(info), name: info.name }))
      .sort((one, other) => one.rank - other.rank || BY_NAME.compare(one.name, other.name))
      .map(({ id }) => id);
  }
}

export const BY_NAME = new Intl.Collator(undefined, { numeric: true });

function asInfo(value: Value | undefined): Info | undefined {
  return typeof value === "object" && value !== null && "signals" in value ? (value as unknown as Info) : undefined;
}

function isCar(info: Info): boolean {
  return info.traits.includes("Vehicle");
}

/** The order of a home's tiles in an area, and which trait a tile shows when a thing has several. */
export const TRAITS = [
  "lock", "alarm", "light", "climate", "cover", "fan", "humidifier", "switch", "media_player", "vacuum", "lawn_mower",
  "water_heater", "valve", "siren", "camera", "scene", "script", "button", "select", "number", "text", "binary_sensor", "sensor",
  "weather", "device_tracker", "phone", "command",
] as const;

export type TraitName = (typeof TRAITS)[number];

/** What was found out about a description holds as long as it is the same one. */
const MAIN = new WeakMap<Info, TraitName | typeof NOTHING>();
const NOTHING = "";

export function mainTrait(info: Info): TraitName | undefined {
  let found = MAIN.get(info);
  if (found === undefined) MAIN.set(info, (found = TRAITS.find((trait) => info.traits.includes(trait)) ?? NOTHING));
  return found || undefined;
}

function isHome(info: Info): boolean {
  return !isCar(info) && mainTrait(info) !== undefined;
}

const FIRST: TraitName[] = ["light", "climate", "switch", "cover", "lock", "alarm", "fan", "media_player", "vacuum", "humidifier", "camera"];

function rank(info: Info): number {
  const trait = mainTrait(info);
  if (trait === undefined) return -1;
  const place = FIRST.indexOf(trait);
  return place >= 0 ? place : FIRST.length + TRAITS.indexOf(trait);
}
