/** A room at a glance: what its things come to. */

import type { Words } from "../i18n/words";
import type { Units } from "../look/units";
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
}

const OPENINGS = new Set(["door", "window", "opening", "garage_door"]);

export function room(house: House, name: string): Room | undefined {
  const things = house.area(name);
  if (things.length === 0) return undefined;
  const all = things.map((id) => house.thing(id));
  const lights = all.filter((one) => one.info?.traits.includes("light") && one.flag("light.on") !== undefined);
  const warmth = all.map((one) => one.number("climate.current_temperature")).find((one) => one !== undefined);
  const sensor = all.find((one) => one.refinement("sensor.value").device_class === "temperature" && mainTrait(one.info!) === "sensor");
  return {
    name,
    things,
    lamps: lights.filter((one) => one.can("light.on")),
    lit: lights.length === 0 ? undefined : lights.filter((one) => one.flag("light.on")).length,
    temperature: warmth ?? sensor?.number("sensor.value"),
    open: all.filter((one) => OPENINGS.has(one.refinement("binary_sensor.on").device_class ?? "") && one.flag("binary_sensor.on")).length,
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
