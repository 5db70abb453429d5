/** What a tile says and does, for each trait: pure, from the facts and wishes of one thing. */

import type { IconName } from "../icons/shapes";
import type { Value } from "../live/frames";
import type { Wish } from "../live/store";
import type { Words } from "../i18n/words";
import type { Units } from "../look/units";
import { mainTrait, type ThingView, type TraitName } from "./house";

export interface Act {
  signal: string;
  target: Value;
  risky?: boolean;
  /** It is a switch that is on or off, not something that is done. */
  toggle?: boolean;
  /** What pressing it does, for people who hear the screen. */
  label: string;
}

export interface Tile {
  icon: IconName;
  /** Lit: on, open, playing. Undefined where that makes no sense. */
  on?: boolean;
  /** At work by itself: a heater that heats, a gate that stands open. */
  glow?: boolean;
  /** Alarming: jammed, triggered, leaking. */
  alarm?: boolean;
  /** The fact. */
  state: string;
  /** The wish, where one is open. */
  wished?: string;
  wish?: Wish;
  act?: Act;
}

interface Told {
  thing: ThingView;
  words: Words;
  units: Units;
}

type Teller = (told: Told) => Tile;

const onOff = (signal: string, icon: IconName, lit: IconName = icon): Teller => ({ thing, words }) => {
  const on = thing.flag(signal);
  const wish = thing.wish(signal);
  return {
    icon: thing.info?.kind === "light" ? (on ? "lightOn" : "light") : on ? lit : icon,
    on: on ?? false,
    state: on === undefined ? words.t("state.unknown") : words.word(on ? "on" : "off"),
    wish,
    wished: wish && words.word(wish.target === true ? "on" : "off"),
    act: thing.can(signal) ? { signal, toggle: true, target: !(wish ? wish.target === true : on), label: words.t(on ? "act.off" : "act.on") } : undefined,
  };
};

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

const cover: Teller = ({ thing, words, units }) => {
  const state = thing.text("cover.state");
  const position = thing.number("cover.position");
  const open = state === undefined ? (position ?? 0) > 0 : state !== "closed";
  const asked = (["cover.open", "cover.close", "cover.stop", "cover.position"] as const).find((signal) => thing.wish(signal));
  const wish = asked && thing.wish(asked);
  const close = state === "open" || state === "opening";
  const signal = close ? "cover.close" : "cover.open";
  const part = state === "open" && position !== undefined && position < 100 ? ` ${units.percent(position)}` : "";
  return {
    icon: thing.info?.kind === "garage" ? "garage" : thing.info?.kind === "gate" ? "gate" : open ? "cover" : "coverClosed",
    glow: open,
    state: state === undefined ? words.t("state.unknown") : words.word(state) + part,
    wish,
    wished: wish && (asked === "cover.position" ? units.percent(Number(wish.target)) : words.word(asked === "cover.open" ? "open" : asked === "cover.stop" ? "stop" : "closed")),
    act: thing.can(signal) ? { signal, target: true, risky: !close, label: words.t(close ? "act.close" : "act.open") } : undefined,
  };
};

const lock: Teller = ({ thing, words }) => {
  const state = thing.text("lock.state");
  const locked = thing.flag("lock.locked");
  const wish = thing.wish("lock.locked") ?? thing.wish("lock.open");
  return {
    icon: locked ? "lock" : "unlocked",
    on: locked === false,
    alarm: state === "jammed",
    state: state ? words.word(state) : locked === undefined ? words.t("state.unknown") : words.word(locked ? "locked" : "unlocked"),
    wish,
    wished: wish && words.word(wish.target === true ? "locked" : "unlocked"),
    act: thing.can("lock.locked") ? { signal: "lock.locked", target: !locked, risky: true, label: words.t(locked ? "act.unlock" : "act.lock") } : undefined,
  };
};

/** A device with inputs of a television's is one, also where nobody called it so. */
function television(thing: ThingView): boolean {
  const sources = thing.refinement("media_player.source").allowed ?? [];
  return thing.info?.kind === "tv" || sources.some((one) => /^(hdmi|tv)\b/i.test(one));
}

const media: Teller = ({ thing, words }) => {
  const state = thing.text("media_player.state");
  const wish = thing.wish("media_player.playing") ?? thing.wish("media_player.on");
  const playing = state === "playing";
  const what = thing.text("media_player.title") ?? thing.text("media_player.app");
  return {
    icon: television(thing) ? "tv" : "media",
    on: playing,
    state: [state ? words.word(state) : words.t("state.unknown"), playing || state === "paused" ? what : undefined].filter(Boolean).join(" · "),
    wish,
    wished: wish && words.word(wish.target === true ? "playing" : "paused"),
    act: thing.can("media_player.playing") ? { signal: "media_player.playing", toggle: true, target: !playing, label: words.t(playing ? "act.pause" : "act.play") } : undefined,
  };
};

const vacuum: Teller = ({ thing, words, units }) => {
  const state = thing.text("vacuum.state");
  const cleaning = state === "cleaning";
  const signal = cleaning ? "vacuum.return" : "vacuum.start";
  const wish = thing.wish(signal) ?? thing.wish("vacuum.return");
  const battery = thing.number("battery.level");
  return {
    icon: "vacuum",
    on: cleaning,
    alarm: state === "error",
    state: [state ? words.word(state) : words.t("state.unknown"), battery === undefined ? undefined : units.percent(battery)].filter(Boolean).join(" · "),
    wish,
    wished: wish && words.t("state.asked"),
    act: thing.can(signal) ? { signal, target: true, label: words.t(cleaning ? "act.dock" : "act.start") } : undefined,
  };
};

const alarm: Teller = ({ thing, words }) => {
  const state = thing.text("alarm.state");
  const wish = thing.wish("alarm.mode");
  return {
    icon: "shield",
    on: state?.startsWith("armed"),
    alarm: state === "triggered",
    state: state ? words.word(state) : words.t("state.unknown"),
    wish,
    wished: wish && words.word(String(wish.target)),
  };
};

const WARNING = new Set(["smoke", "gas", "carbon_monoxide", "moisture", "problem", "safety", "tamper"]);
const OPENINGS = new Set(["door", "window", "opening", "garage_door"]);

const binary: Teller = ({ thing, words }) => {
  const on = thing.flag("binary_sensor.on");
  const kind = thing.refinement("binary_sensor.on").device_class ?? "";
  const word = OPENINGS.has(kind) ? (on ? "open" : "closed") : kind === "motion" || kind === "occupancy" ? (on ? "motion" : "clear") : WARNING.has(kind) ? (on ? "alarm" : "fine") : on ? "on" : "off";
  return {
    icon: kind === "window" ? "window" : OPENINGS.has(kind) ? "door" : kind === "moisture" ? "drop" : "motion",
    on: on ?? false,
    alarm: WARNING.has(kind) && on === true,
    state: on === undefined ? words.t("state.unknown") : words.word(word),
  };
};

const sensor: Teller = ({ thing, words, units }) => {
  const value = thing.number("sensor.value");
  const { unit, device_class: kind } = thing.refinement("sensor.value");
  return {
    icon: kind === "temperature" ? "thermostat" : kind === "humidity" || kind === "moisture" ? "drop" : kind === "battery" ? "battery" : kind === "power" || kind === "energy" ? "bolt" : "sensor",
    state: value === undefined ? (thing.text("sensor.text") ?? words.t("state.unknown")) : units.measure(value, unit),
  };
};

const plain = (signal: string, icon: IconName): Teller => ({ thing, words, units }) => {
  const value = thing.value(signal);
  const wish = thing.wish(signal);
  const say = (one: Value) => (typeof one === "number" ? units.measure(one, thing.refinement(signal).unit) : words.word(String(one)));
  return { icon, state: value === undefined || value === null ? words.t("state.unknown") : say(value), wish, wished: wish && say(wish.target) };
};

const TELLERS: Record<TraitName, Teller> = {
  light, climate, cover, lock, alarm, vacuum, sensor,
  media_player: media,
  binary_sensor: binary,
  switch: onOff("switch.on", "plug"),
  fan: onOff("fan.on", "fan"),
  humidifier: onOff("humidifier.on", "drop"),
  siren: (told) => ({ ...onOff("siren.on", "siren")(told), act: undefined }),
  camera: plain("camera.state", "camera"),
  scene: press("scene.activate", "scene", ({ words }) => words.t("state.scene")),
  script: press("script.run", "script", ({ thing, words }) => words.t(thing.flag("script.running") ? "state.running" : "state.script")),
  button: press("button.press", "button", ({ words }) => words.t("state.button")),
  select: plain("select.option", "select"),
  number: plain("number.value", "tune"),
  lawn_mower: plain("lawn_mower.state", "mower"),
  water_heater: plain("water_heater.current_temperature", "waterHeater"),
  valve: plain("valve.position", "valve"),
  weather: plain("weather.condition", "weather"),
  device_tracker: plain("device_tracker.place", "location"),
};

export function tile(thing: ThingView, words: Words, units: Units): Tile {
  const info = thing.info;
  const trait = info && mainTrait(info);
  return trait === undefined ? { icon: "sensor", state: "" } : TELLERS[trait]({ thing, words, units });
}
