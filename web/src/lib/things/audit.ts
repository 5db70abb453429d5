/** The audit's lines as sentences. */

import type { IconName } from "../icons/shapes";
import type { Value } from "../live/frames";
import type { Words } from "../i18n/words";
import type { Units } from "../look/units";
import type { components } from "../api/schema";
import { controlName } from "./controls";
import type { House } from "./house";
import { signalName } from "./signal_words";

export type Line = components["schemas"]["Line"];

/** Signals that need no name: the thing's own state says it all. */
const PLAIN = /^(light|switch|fan|humidifier|siren|binary_sensor|media_player)\.on$|\.(state|locked|value|press|activate|run)$/;

/** The hub's own bookkeeping. */
const QUIET = new Set(["RecordWritten", "RecordDeleted"]);

/** The hub signs the device list anew whenever somebody signs in, which has a line of its own. */
const BY_ITSELF: readonly (readonly [what: string, actor: string])[] = [["DeviceListSigned", "hub:group"]];

/** Signals of a car that have their unit in the catalogue and not with the thing. */
const DEGREES = /Temperature$/;
const PERCENT = /(ChargeLimit|Displayed|FanSpeed)$/;

export interface Sentence {
  text: string;
  by: string;
  icon: IconName;
  tone: "home" | "road" | "stop";
}

/** Whether a line says something that somebody did or would want to know: not each mile of an odometer. */
export function telling(line: Line, about = ""): boolean {
  if (line.what === "reported") return about !== "" || typeof line.value !== "number" || typeof line.cause === "string";
  return !QUIET.has(line.what) && (about !== "" || !BY_ITSELF.some(([what, actor]) => line.what === what && line.actor === actor));
}

export function sentence(line: Line, house: House, words: Words, units: Units): Sentence {
  const [id = "", signal = ""] = line.about.split("/");
  const thing = house.thing(id);
  const name = thing.info?.name ?? id.replace(/^@/, "");
  const road = signal.startsWith("Vehicle");
  const lock = /[Ll]ocked$/.test(signal);
  const value = lock && typeof line.value === "boolean" ? words.word(line.value ? "locked" : "unlocked") : /(Range|Distance)(SinceStart)?$/.test(signal) && typeof line.value === "number" ? Object.values(units.distance(line.value)).join(" ") : say(line.value as Value | undefined, thing.refinement(signal).unit ?? unitOf(signal), words, units);
  const part = PLAIN.test(signal) ? "" : road ? signalName(signal, words) : (controlName(signal, words) ?? label(signal));
  const who = line.name ?? line.actor ?? "";
  const by = words.actor(who);
  if (line.what === "wished") {
    const failed = line.state === "failed" || line.state === "expired";
    return {
      text: words.t(failed ? "activity.failed" : "activity.wished", { what: [name, part].filter(Boolean).join(", "), value }),
      by: [by, failed ? reason(line, words) : undefined].filter(Boolean).join(": "),
      icon: failed ? "error" : "hand",
      tone: failed ? "stop" : road ? "road" : "home",
    };
  }
  if (line.what === "reported") return { text: words.t("activity.reported", { what: [name, part].filter(Boolean).join(", "), value }), by, icon: road ? "car" : "sensor", tone: road ? "road" : "home" };
  const event = words.event(line.what);
  return { text: id.startsWith("@") || name === "" ? event : `${name}: ${event}`, by, icon: "activity", tone: "road" };
}

/** Why a wish failed: in the person's own words where there are some, else in the hub's. */
function reason(line: Line, words: Words): string | undefined {
  const code = line.code ?? (line.state === "expired" ? "expired" : undefined);
  return code !== undefined && words.knows(`error.${code}`) ? words.failure(code, undefined, undefined).title : (line.why ?? undefined);
}

/** The last words of a signal, as people would read them: `IsLocked` of a door is "locked". */
function label(signal: string): string {
  const last = signal.split(".").slice(-1)[0] ?? "";
  return last.replace(/^Is(?=[A-Z])/, "").replace(/([a-z])([A-Z])/g, "$1 $2").replaceAll("_", " ").toLowerCase();
}

function unitOf(signal: string): string | undefined {
  if (!signal.startsWith("Vehicle")) return undefined;
  return DEGREES.test(signal) ? "celsius" : PERCENT.test(signal) ? "percent" : undefined;
}

function say(value: Value | undefined, unit: string | undefined, words: Words, units: Units): string {
  if (value === undefined || value === null) return "–";
  if (typeof value === "boolean") return words.word(value ? "on" : "off");
  if (typeof value === "number") return units.measure(value, unit);
  return typeof value === "string" ? words.word(value) : JSON.stringify(value);
}
