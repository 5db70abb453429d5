/** The audit's lines as sentences. */

import type { IconName } from "../icons/shapes";
import type { Value } from "../live/frames";
import type { Words } from "../i18n/words";
import type { Units } from "../look/units";
import type { House } from "./house";

export interface Line {
  seq: number;
  at: number;
  what: string;
  about: string;
  actor?: string;
  name?: string;
  value?: Value;
  state?: string;
  why?: string;
}

export interface Sentence {
  text: string;
  by: string;
  icon: IconName;
  tone: "home" | "road" | "stop";
}

export function sentence(line: Line, house: House, words: Words, units: Units): Sentence {
  const [id = "", signal = ""] = line.about.split("/");
  const thing = house.thing(id);
  const name = thing.info?.name ?? id.replace(/^@/, "");
  const value = say(line.value, thing.refinement(signal).unit, words, units);
  const road = signal.startsWith("Vehicle");
  const part = label(signal);
  const by = line.name ?? line.actor ?? "";
  if (line.what === "wished") {
    const failed = line.state === "failed" || line.state === "expired";
    return {
      text: words.t(failed ? "activity.failed" : "activity.wished", { name, part, value }),
      by: [by, failed ? line.why : undefined].filter(Boolean).join(": "),
      icon: failed ? "error" : "hand",
      tone: failed ? "stop" : road ? "road" : "home",
    };
  }
  if (line.what === "reported") return { text: words.t("activity.reported", { name, part, value }), by, icon: road ? "car" : "sensor", tone: road ? "road" : "home" };
  return { text: [line.what.replace(/([a-z])([A-Z])/g, "$1 $2"), name].filter(Boolean).join(": "), by, icon: "activity", tone: "road" };
}

/** The last words of a signal, as people would read them: `IsLocked` of a door is "locked". */
function label(signal: string): string {
  const last = signal.split(".").slice(-1)[0] ?? "";
  return last.replace(/^Is(?=[A-Z])/, "").replace(/([a-z])([A-Z])/g, "$1 $2").replaceAll("_", " ").toLowerCase();
}

function say(value: Value | undefined, unit: string | undefined, words: Words, units: Units): string {
  if (value === undefined || value === null) return "–";
  if (typeof value === "boolean") return words.word(value ? "on" : "off");
  if (typeof value === "number") return units.measure(value, unit);
  return typeof value === "string" ? words.word(value) : JSON.stringify(value);
}
