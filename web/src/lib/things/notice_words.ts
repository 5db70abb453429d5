/** Notices in words: a title of a tile's length and a line that says more. */

import type { Key, Words } from "../i18n/words";
import type { IconName } from "../icons/shapes";
import type { Value } from "../live/frames";
import { DOORS, doorPath } from "./car";
import { DOOR_WORDS } from "./car_words";
import type { House } from "./house";
import type { Kind, Notice } from "./notices.svelte";

interface Said {
  readonly title: Key;
  readonly icon: IconName;
  /** What the settings call it. */
  readonly what: Key;
}

export const SAID: Record<Kind, Said> = {
  doorbell: { title: "notices.doorbell", icon: "doorbell", what: "notices.doorbell.what" },
  motion: { title: "notices.motion", icon: "camera", what: "notices.motion.what" },
  left_open: { title: "notices.left_open", icon: "doorOpen", what: "notices.left_open.what" },
  charged: { title: "notices.charged", icon: "ev", what: "notices.charged.what" },
  charge_stopped: { title: "notices.charge_stopped", icon: "plug", what: "notices.charge_stopped.what" },
  alarm: { title: "notices.alarm", icon: "siren", what: "notices.alarm.what" },
  smoke: { title: "notices.smoke", icon: "heat", what: "notices.smoke.what" },
  gas: { title: "notices.gas", icon: "air", what: "notices.gas.what" },
  water: { title: "notices.water", icon: "drop", what: "notices.water.what" },
  jammed: { title: "notices.jammed", icon: "lock", what: "notices.jammed.what" },
  tyre_low: { title: "notices.tyre_low", icon: "tyre", what: "notices.tyre_low.what" },
  recording_stopped: { title: "notices.recording_stopped", icon: "camera", what: "notices.recording_stopped.what" },
  file: { title: "notices.file", icon: "file", what: "notices.file.what" },
  text: { title: "notices.text", icon: "copy", what: "notices.text.what" },
  walk: { title: "notices.walk", icon: "location", what: "notices.walk.what" },
  sign_in: { title: "notices.sign_in", icon: "link", what: "notices.sign_in.what" },
};
export const KINDS = Object.keys(SAID) as Kind[];

/** Whether a picture says more than it does. */
export const filmed = ({ kind }: Notice): boolean => kind === "doorbell" || kind === "motion";

const SEEN: Record<string, Key | undefined> = { person: "notices.motion.person", vehicle: "notices.motion.vehicle", animal: "notices.motion.animal" };
const WHEELS: Record<string, Key> = {
  "Row1.Wheel.Left": "notices.wheel.fl",
  "Row1.Wheel.Right": "notices.wheel.fr",
  "Row2.Wheel.Left": "notices.wheel.rl",
  "Row2.Wheel.Right": "notices.wheel.rr",
};

/** `text` of at most `most` characters as people count them. */
export function cut(text: string, most: number): string {
  const letters = [...new Intl.Segmenter().segment(text)].map((one) => one.segment);
  return letters.length <= most ? text : `${letters.slice(0, most - 1).join("").trimEnd()}…`;
}

export interface Told {
  readonly title: string;
  readonly detail: string;
  readonly icon: IconName;
}

/** What a notice says. `text`: the most characters of the line below the title. */
export function told(notice: Notice, house: House, words: Words, text = 120): Told {
  const said = SAID[notice.kind];
  const info = notice.thing === "" ? undefined : house.thing(notice.thing).info;
  const title = words.t(said.title);
  const name = info?.name ?? String(notice.values["name"] ?? notice.thing);
  const more = details(notice, words);
  return { title, detail: cut([name, more].filter(Boolean).join(" · "), text), icon: said.icon };
}

function details({ kind, values, count }: Notice, words: Words): string {
  switch (kind) {
    case "doorbell":
      return count > 1 ? words.t("notices.times", { n: count }) : "";
    case "motion": {
      const what = SEEN[String(values["what"])];
      return what === undefined ? "" : words.t(what);
    }
    case "left_open":
      return openWords(values, words);
    case "charged":
    case "charge_stopped": {
      const { charge, limit } = values;
      if (typeof charge !== "number") return "";
      return kind === "charged" || typeof limit !== "number" ? `${charge}%` : words.t("notices.charge.of", { charge, limit });
    }
    case "walk": {
      const metres = values["metres"];
      return typeof metres === "number" ? words.t("notices.walk.far", { metres }) : "";
    }
    case "tyre_low":
      return strings(values["wheels"]).map((wheel) => (WHEELS[wheel] ? words.t(WHEELS[wheel]) : wheel)).join(words.t("notices.and"));
    default:
      return "";
  }
}

function openWords(values: Notice["values"], words: Words): string {
  const open = strings(values["open"]);
  const doors = DOORS.filter((place) => open.includes(doorPath(place, "IsOpen"))).map((place) => words.t(DOOR_WORDS[place]));
  if (open.some((signal) => signal.startsWith("Vehicle.Body.Trunk."))) doors.push(words.t("car.trunk"));
  if (open.some((signal) => signal.startsWith("Vehicle.Body.Hood."))) doors.push(words.t("notices.hood"));
  if (open.some((signal) => signal.includes(".Window.") || signal.includes(".Sunroof."))) doors.push(words.t("car.windows"));
  const phrases = doors.length > 0 ? [words.t("car.open.one", { what: doors.join(words.t("notices.and")) })] : [];
  if (values["unlocked"] === true) phrases.push(words.t("car.unlocked"));
  return phrases.join(words.t("notices.and"));
}

function strings(value: Value | undefined): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}
