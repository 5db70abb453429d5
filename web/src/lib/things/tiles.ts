/** What a tile says and does, for each trait: pure, from the facts and wishes of one thing. */

import type { IconName } from "../icons/shapes";
import type { Value } from "../live/frames";
import type { Words } from "../i18n/words";
import type { Units } from "../look/units";
import { mainTrait, type ThingView, type TraitName } from "./house";
import { onOff, type Act, type Teller, type Tile, type Told } from "./tile";
import { alarm, cover, lock, siren, valve } from "./tile_openings";

export type { Act, Tile };

const press = (signal: string, icon: IconName, state: (told: Told) => string): Teller => (told) => {
  const wish = told.thing.wish(signal);
  return {
    icon,
    state: state(told),
    wish,
    wished: wish && told.words.t("state.asked"),
    act: { signal, target: true, label: told.words.t("act.run") },
  };
};

const light: Teller = (told) => {
  const tile = onOff("light.on", "light", "lightOn")(told);
  const brightness = told.thing.number("light.brightness");
  const wish = told.thing.wish("light.brightness");
  if (tile.on && brightness !== undefined) tile.state = told.units.percent(brightness);
  if (wish && !tile.wish) Object.assign(tile, { wish, wished: told.units.percent(Number(wish.target)) });
  return tile;
};

const climate: Teller = ({ thing, words, units }) => {
  const now = thing.number("climate.current_temperature");
  const target = thing.number("climate.target_temperature");
  const action = thing.text("climate.action") ?? thing.text("climate.mode");
  const wish = thing.wish("climate.target_temperature");
  const mode = thing.wish("climate.mode");
  const parts = [now === undefined ? undefined : units.degrees(now), action && words.word(action)];
  if (now !== undefined && target !== undefined && action !== "off") parts[0] = `${units.degrees(now)} → ${units.degrees(target)}`;
  return {
    icon: action === "cooling" ? "cool" : "thermostat",
    glow: action !== undefined && !["off", "idle"].includes(action),
    state: parts.filter(Boolean).join(" · ") || words.t("state.unknown"),
    wish: wish ?? mode,
    wished: wish ? units.degrees(Number(wish.target)) : mode && words.word(String(mode.target)),
  };
};

/** A device with inputs of a television's is one, also where nobody called it so. */
function television(thing: ThingView): boolean {
  const sources = thing.refinement("media_player.source").allowed ?? [];
  return thing.info?.kind === "tv" || sources.some((one) => /^(hdmi|tv)\b/i.test(one));
}

const media: Teller = ({ thing, words }) => {
  const state = thing.text("media_player.state");
  const power = thing.wish("media_player.on");
  const wish = thing.wish("media_player.playing") ?? power;
  const playing = state === "playing";
  const off = (state === "off" || state === "standby") && thing.can("media_player.on");
  const what = thing.text("media_player.title") ?? thing.text("media_player.app");
  return {
    icon: television(thing) ? "tv" : "media",
    on: playing,
    state: [state ? words.word(state) : words.t("state.unknown"), playing || state === "paused" ? what : undefined].filter(Boolean).join(" · "),
    wish,
    wished: wish && words.word(wish === power ? (wish.target === true ? "on" : "off") : wish.target === true ? "playing" : "paused"),
    act: off ? { signal: "media_player.on", toggle: true, target: true, label: words.t("act.on") } : thing.can("media_player.playing") ? { signal: "media_player.playing", toggle: true, target: !playing, label: words.t(playing ? "act.pause" : "act.play") } : undefined,
  };
};

const robot = (trait: "vacuum" | "lawn_mower", icon: IconName): Teller => ({ thing, words, units }) => {
  const state = thing.text(`${trait}.state`);
  const cleaning = state === "cleaning" || state === "mowing";
  const home = trait === "vacuum" ? "vacuum.return" : "lawn_mower.dock";
  const signal = cleaning ? home : `${trait}.start`;
  const wish = thing.wish(signal) ?? thing.wish(home);
  const battery = thing.number("battery.level");
  return {
    icon,
    on: cleaning,
    alarm: state === "error",
    state: [state ? words.word(state) : words.t("state.unknown"), battery === undefined ? undefined : units.percent(battery)].filter(Boolean).join(" · "),
    wish,
    wished: wish && words.t("state.asked"),
    act: thing.can(signal) ? { signal, target: true, label: words.t(cleaning ? "act.dock" : "act.start") } : undefined,
  };
};

const WARNING = new Set(["smoke", "gas", "carbon_monoxide", "moisture", "problem", "safety", "tamper"]);
const OPENINGS = new Set(["door", "window", "opening", "garage_door"]);

/** What a yes or no means, by what tells it. */
export function binaryWord(kind: string, on: boolean): string {
  if (OPENINGS.has(kind)) return on ? "open" : "closed";
  if (kind === "motion" || kind === "occupancy") return on ? "motion" : "clear";
  return WARNING.has(kind) ? (on ? "alarm" : "fine") : on ? "on" : "off";
}

const binary: Teller = ({ thing, words }) => {
  const on = thing.flag("binary_sensor.on");
  const kind = thing.refinement("binary_sensor.on").device_class ?? "";
  return {
    icon: kind === "window" ? "window" : OPENINGS.has(kind) ? "door" : kind === "moisture" ? "drop" : "motion",
    on: on ?? false,
    alarm: WARNING.has(kind) && on === true,
    state: on === undefined ? words.t("state.unknown") : words.word(binaryWord(kind, on)),
  };
};

const sensor: Teller = ({ thing, words, units }) => {
  const value = thing.number("sensor.value");
  const { unit, device_class: kind } = thing.refinement("sensor.value");
  return {
    icon: kind === "temperature" ? "thermostat" : kind === "humidity" || kind === "moisture" ? "drop" : kind === "battery" ? "battery" : kind === "power" || kind === "energy" ? "bolt" : "sensor",
    state: value === undefined ? ((thing.text("sensor.text") && words.word(thing.text("sensor.text")!)) ?? words.t("state.unknown")) : units.measure(value, unit),
  };
};

const heater: Teller = ({ thing, words, units }) => {
  const [now, target] = [thing.number("water_heater.current_temperature"), thing.number("water_heater.target_temperature")];
  const mode = thing.text("water_heater.mode");
  const wish = thing.wish("water_heater.target_temperature");
  const both = now !== undefined && target !== undefined && mode !== "off" ? `${units.degrees(now)} → ${units.degrees(target)}` : undefined;
  const parts = [both ?? (now === undefined ? undefined : units.degrees(now)) ?? (target === undefined ? undefined : units.degrees(target)), mode && words.word(mode)];
  return { icon: "waterHeater", glow: mode !== undefined && mode !== "off", state: parts.filter(Boolean).join(" · ") || words.t("state.unknown"), wish, wished: wish && units.degrees(Number(wish.target)) };
};

const weather: Teller = ({ thing, words, units }) => {
  const [condition, degrees] = [thing.text("weather.condition"), thing.number("weather.temperature")];
  return { icon: "weather", state: [degrees === undefined ? undefined : units.degrees(degrees), condition && words.word(condition)].filter(Boolean).join(" · ") || words.t("state.unknown") };
};

const plain = (signal: string, icon: IconName): Teller => ({ thing, words, units }) => {
  const value = thing.value(signal);
  const wish = thing.wish(signal);
  const say = (one: Value) => (typeof one === "number" ? units.measure(one, thing.refinement(signal).unit) : words.word(String(one)));
  return { icon, state: value === undefined || value === null || value === "" ? words.t("state.unknown") : say(value), wish, wished: wish && say(wish.target) };
};

/** How full it is. */
const phone: Teller = ({ thing, words, units }) => {
  const level = thing.number("battery.level");
  return { icon: "phone", state: level === undefined ? words.t("state.unknown") : units.percent(level) };
};

const TELLERS: Record<TraitName, Teller> = {
  light, climate, cover, lock, alarm, sensor, siren, valve, weather, phone,
  vacuum: robot("vacuum", "vacuum"),
  lawn_mower: robot("lawn_mower", "mower"),
  water_heater: heater,
  media_player: media,
  binary_sensor: binary,
  switch: onOff("switch.on", "plug"),
  fan: onOff("fan.on", "fan"),
  humidifier: onOff("humidifier.on", "drop"),
  command: ({ thing }) => ({ icon: "script", state: (thing.refinement("command.run").allowed ?? []).join(", ") }),
  camera: plain("camera.state", "camera"),
  scene: press("scene.activate", "scene", ({ words }) => words.t("state.scene")),
  script: press("script.run", "script", ({ thing, words }) => words.t(thing.flag("script.running") ? "state.running" : "state.script")),
  button: press("button.press", "button", ({ words }) => words.t("state.button")),
  select: plain("select.option", "select"),
  number: plain("number.value", "tune"),
  text: plain("text.value", "text"),
  device_tracker: plain("device_tracker.place", "location"),
};

/** What a tile would say of one of a thing's traits. */
export function tell(trait: TraitName, thing: ThingView, words: Words, units: Units): Tile {
  return TELLERS[trait]({ thing, words, units });
}

export function tile(thing: ThingView, words: Words, units: Units): Tile {
  const info = thing.info;
  const trait = info && mainTrait(info);
  return trait === undefined ? { icon: "sensor", state: "" } : TELLERS[trait]({ thing, words, units });
}
