/** A room at a glance: what its things come to. */

import type { Words } from "../i18n/words";
import type { Units } from "../look/units";
import { oldest } from "./freshness";
import { mainTrait, type House, type ThingView } from "./house";

export interface Room {
  name: string;
  things: string[];
  /** The lamps in it that can be switched from here. */
  lamps: ThingView[];
  /** How many lamps are on; undefined where there are none. */
  lit: number | undefined;
  /** In Celsius. */
  temperature: number | undefined;
  /** How many doors and windows stand open. */
  open: number;
  /** Since when none of it is to be believed as "now" (s since 1970), as for a tile. */
  old: number | undefined;
}

const OPENINGS = new Set(["door", "window", "opening", "garage_door"]);

const isLamp = (one: ThingView) => one.info!.traits.includes("light") && one.flag("light.on") !== undefined;
const heated = (one: ThingView) => one.number("climate.current_temperature");
const measured = (one: ThingView) => (mainTrait(one.info!) === "sensor" && one.refinement("sensor.value").device_class === "temperature" ? one.number("sensor.value") : undefined);
const first = (things: ThingView[], of: (one: ThingView) => number | undefined) => things.map(of).find((one) => one !== undefined);
const isOpening = (one: ThingView) => OPENINGS.has(one.refinement("binary_sensor.on").device_class ?? "");

/** What is old counts only where nothing fresh is known. `heard`: as for `oldest`. */
export function room(house: House, name: string, heard?: number): Room | undefined {
  const things = house.area(name);
  if (things.length === 0) return undefined;
  const all = things.map((id) => house.thing(id));
  const told = all.filter((one) => isLamp(one) || isOpening(one) || (heated(one) ?? measured(one)) !== undefined);
  const fresh = told.filter((one) => oldest(one, heard) === undefined);
  const its = fresh.length > 0 ? fresh : told;
  const lights = its.filter(isLamp);
  return {
    name,
    things,
    lamps: all.filter((one) => isLamp(one) && one.can("light.on")),
    lit: lights.length === 0 ? undefined : lights.filter((one) => one.flag("light.on")).length,
    temperature: first(its, heated) ?? first(its, measured),
    open: its.filter((one) => isOpening(one) && one.flag("binary_sensor.on")).length,
    old: fresh.length > 0 ? undefined : told.map((one) => oldest(one, heard)!).sort((one, other) => one - other)[0],
  };
}

/** As a person would say it: "3 lights on, 20.5°". */
export function summary(it: Room, words: Words, units: Units): string {
  const { lit, temperature, open } = it;
  const parts = [
    lit === undefined ? undefined : lit === 0 ? words.t("board.lights.none") : lit === 1 ? words.t("board.lights.one") : words.t("board.lights.other", { n: lit }),
    temperature === undefined ? undefined : units.degrees(temperature),
    open === 0 ? undefined : open === 1 ? words.t("board.open.one") : words.t("board.open.other", { n: open }),
  ].filter(Boolean);
  return parts.length > 0 ? parts.join(" · ") : it.things.length === 1 ? words.t("board.things.one") : words.t("board.things.other", { n: it.things.length });
}

/** The lamps to switch for "all of them": off when any is on. */
export function switching(it: Room): { lamps: ThingView[]; on: boolean } | undefined {
  if (it.lamps.length === 0) return undefined;
  const on = !it.lit;
  return { on, lamps: it.lamps.filter((one) => one.flag("light.on") !== on) };
}
