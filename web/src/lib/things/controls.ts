/** What can be set on a thing besides its tile's tap: from its signals, in the order people look for them. */

import type { Key, Words } from "../i18n/words";
import type { Units } from "../look/units";
import type { ThingView } from "./house";

interface Common {
  signal: string;
  label: string;
  risky?: boolean;
}

export interface Range extends Common {
  shape: "slider" | "stepper";
  min: number;
  max: number;
  step: number;
  tone: "home" | "hue" | "warmth";
  text: (value: number) => string;
}

export interface Switch extends Common {
  shape: "switch";
}

export interface Choices extends Common {
  shape: "choice";
  options: [string, string][];
}

export type Control = Range | Switch | Choices;

type Kind = "switch" | "choice" | "percent" | "temperature" | "kelvin" | "hue" | "number" | "alarm";

const KNOWN: readonly (readonly [string, Kind, Key])[] = [
  ["light.on", "switch", "common.on"],
  ["light.brightness", "percent", "home.brightness"],
  ["light.color_temp", "kelvin", "home.warmth"],
  ["light.hue", "hue", "home.colour"],
  ["light.effect", "choice", "home.effect"],
  ["switch.on", "switch", "common.on"],
  ["climate.target_temperature", "temperature", "home.target"],
  ["climate.mode", "choice", "home.mode"],
  ["climate.fan_mode", "choice", "home.fan_speed"],
  ["climate.preset", "choice", "home.preset"],
  ["climate.swing", "choice", "home.swing"],
  ["climate.target_humidity", "percent", "home.humidity"],
  ["fan.on", "switch", "common.on"],
  ["fan.percentage", "percent", "home.fan_speed"],
  ["fan.oscillating", "switch", "home.oscillate"],
  ["fan.direction", "choice", "home.direction"],
  ["fan.preset", "choice", "home.preset"],
  ["humidifier.on", "switch", "common.on"],
  ["humidifier.target_humidity", "percent", "home.humidity"],
  ["humidifier.mode", "choice", "home.mode"],
  ["cover.position", "percent", "home.position"],
  ["cover.tilt", "percent", "home.tilt"],
  ["media_player.on", "switch", "common.on"],
  ["media_player.volume", "percent", "home.volume"],
  ["media_player.muted", "switch", "home.mute"],
  ["media_player.source", "choice", "home.source"],
  ["sound.volume", "percent", "home.volume"],
  ["sound.muted", "switch", "home.mute"],
  ["sound.output", "choice", "home.output"],
  ["vacuum.fan_speed", "choice", "home.suction"],
  ["alarm.mode", "alarm", "home.mode"],
  ["water_heater.target_temperature", "temperature", "home.target"],
  ["water_heater.mode", "choice", "home.mode"],
  ["number.value", "number", "home.value"],
  ["select.option", "choice", "home.option"],
];

const HVAC = ["off", "heat", "cool", "heat_cool", "auto", "dry", "fan_only"];
const DIRECTIONS = ["forward", "reverse"];
const ALARM = ["disarmed", "armed_home", "armed_away", "armed_night"];

/** What a signal that can be set is called. */
export function controlName(signal: string, words: Words): string | undefined {
  const known = KNOWN.find(([one]) => one === signal);
  return known && words.t(known[2]);
}

/** One signal's control; none where it can't be told from here. */
export function control(thing: ThingView, signal: string, words: Words, units: Units): Control | undefined {
  return controls(thing, words, units).find((one) => one.signal === signal);
}

export function controls(thing: ThingView, words: Words, units: Units): Control[] {
  return KNOWN.filter(([signal]) => thing.can(signal)).flatMap(([signal, kind, key]): Control[] => {
    const bounds = thing.refinement(signal);
    const common = { signal, label: words.t(key) };
    const span = (shape: Range["shape"], min: number, max: number, step: number, text: Range["text"], tone: Range["tone"] = "home"): Range => ({
      ...common, shape, tone, text, min: bounds.min ?? min, max: bounds.max ?? max, step: bounds.step ?? step,
    });
    if (kind === "switch") return [{ ...common, shape: "switch" }];
    if (kind === "percent") return [span("slider", 0, 100, 1, (value) => units.percent(value))];
    if (kind === "kelvin") return [span("slider", 2000, 6500, 50, (value) => `${units.number(value)} K`, "warmth")];
    if (kind === "hue") return [span("slider", 0, 360, 1, (value) => `${units.number(value)}°`, "hue")];
    if (kind === "temperature") return [span("stepper", 5, 35, 0.5, (value) => units.degrees(value))];
    if (kind === "number") return [span("slider", 0, 100, 1, (value) => units.measure(value, bounds.unit))];
    const usual = kind === "alarm" ? ALARM : signal === "climate.mode" ? HVAC : signal === "fan.direction" ? DIRECTIONS : [];
    const options = (bounds.allowed ?? usual).map((one): [string, string] => [one, words.word(one)]);
    return options.length > 1 ? [{ ...common, shape: "choice", options, risky: kind === "alarm" }] : [];
  });
}
