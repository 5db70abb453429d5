/** A scene in words: what is in it, and what came of it. */

import type { Outcome, States } from "../api/scenes";
import type { Key, Words } from "../i18n/words";
import type { Units } from "../look/units";
import { FAN } from "./car";
import { controls } from "./controls";
import type { ThingView } from "./house";
import { signalName } from "./signal_words";

type State = States[string];

const NAMES: Record<string, Key> = {
  "light.saturation": "scene.saturation",
  "light.hue": "home.colour",
  "lock.locked": "scene.lock",
  "alarm.mode": "scene.alarm",
  "siren.on": "scene.siren",
  "valve.position": "home.position",
  "media_player.playing": "scene.playing",
  "switch.on": "scene.switch",
  "cover.state": "home.position",
  "vacuum.state": "home.mode",
  "lawn_mower.state": "home.mode",
  "text.value": "home.text",
};
const LOCKS = /^Vehicle\..+\.IsLocked$/;
const POSITIONS = /\.(Window|Sunroof)\.Position$/;
const HEATS = /HeatingCooling$/;

/** What a state is called beside its value. */
export function stateName(thing: ThingView, state: string, words: Words, units: Units): string {
  if (state.startsWith("Vehicle.")) return signalName(state, words);
  const own = NAMES[state];
  return own ? words.t(own) : (controls(thing, words, units).find((one) => one.signal === state)?.label ?? words.word(state.split(".").at(-1) ?? state));
}

/** Its value as a person would say it. */
export function stateValue(thing: ThingView, state: string, value: State, words: Words, units: Units): string {
  if (typeof value === "boolean") {
    if (/[Ll]ocked$/.test(state)) return words.word(value ? "locked" : "unlocked");
    if (state === "media_player.playing") return words.word(value ? "playing" : "paused");
    return words.word(value ? "on" : "off");
  }
  if (typeof value === "string") return words.word(value);
  if (POSITIONS.test(state) || state === "cover.position") return value === 0 ? words.word("closed") : units.percent(value);
  if (state === FAN || HEATS.test(state)) return units.percent(value);
  const known = controls(thing, words, units).find((one) => one.signal === state);
  if (known !== undefined && "text" in known) return known.text(value);
  const unit = thing.refinement(state).unit ?? (/[Tt]emperature$/.test(state) ? "Celsius" : /Limit$|saturation$|volume$/.test(state) ? "percent" : undefined);
  return units.measure(value, unit);
}

/** What one thing shall be, in a line. A lamp that shall be bright is on: that is not said twice. Nor are a car's doors, which
 *  are all locked, or its windows, which are all closed. */
export function statesLine(thing: ThingView, states: States, words: Words, units: Units): string {
  const bright = states["light.on"] === true && "light.brightness" in states;
  const one = (state: string) => LOCKS.test(state) || POSITIONS.test(state);
  const shown = Object.entries(states).filter(([state]) => !(bright && state === "light.on") && state !== "light.saturation" && !one(state));
  const doors = Object.keys(states).some((state) => LOCKS.test(state)) ? [words.word("locked")] : [];
  if (Object.keys(states).some((state) => POSITIONS.test(state))) doors.push(`${words.t("car.windows")} ${words.word("closed")}`);
  const rest = shown.map(([state, value]) => {
    const said = stateValue(thing, state, value, words, units);
    const plain = /\.(on|state|locked|playing|mode|brightness)$/.test(state) && !state.startsWith("Vehicle.");
    return plain ? said : `${stateName(thing, state, words, units)} ${said}`;
  });
  return [...rest, ...doors].join(", ");
}

export interface Sum {
  tone: "ok" | "calm" | "warn";
  title: string;
  detail?: string;
}

/** What came of a run, in a line: what failed first, then what waits. Counted by things, as people do. */
export function sum(name: string, outcomes: readonly Outcome[], words: Words, undone = false): Sum {
  const of = (...states: string[]) => [...new Map(outcomes.filter((one) => states.includes(one.state)).map((one) => [one.thing, one])).values()];
  const all = new Set(outcomes.map((one) => one.thing)).size;
  const [failed, waits, left] = [of("failed"), of("waits"), of("changed")];
  if (failed.length > 0) {
    const detail = failed.slice(0, 2).map((one) => `${one.name}: ${reason(one, words)}`).join(" · ");
    return { tone: "warn", title: words.t("scene.failed", { name, n: failed.length, of: all }), detail };
  }
  if (left.length > 0) return { tone: "calm", title: words.t("scene.undone", { name }), detail: words.t("scene.left", { what: left.map((one) => one.name).slice(0, 3).join(", ") }) };
  if (waits.length > 0) return { tone: "calm", title: words.t("scene.waits", { name, n: waits.length, of: all }) };
  if (of("sent").length > 0) return { tone: "ok", title: words.t(undone ? "scene.undone" : "scene.sent", { name }) };
  return { tone: "ok", title: words.t(undone ? "scene.undone" : "scene.done", { name }) };
}

/** Why something failed: in the person's own words where there are some. */
export function reason(outcome: Outcome, words: Words): string {
  const code = outcome.code ?? "";
  return words.knows(`error.${code}`) ? words.failure(code, undefined, undefined).title : (outcome.why ?? words.t("error.internal"));
}
