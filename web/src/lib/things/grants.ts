/** Grants as people give and read them. The hub keeps each as a sentence: `act gate/** when home until …`. */

import type { Grant, Role } from "../api/people";
import type { Key, Words } from "../i18n/words";
import type { Units } from "../look/units";
import type { House } from "./house";

/** Traits that can be allowed as a whole, and what they are called together. */
export const WHOLE: Record<string, Key> = {
  light: "grant.light",
  scene: "grant.scene",
  climate: "grant.climate",
  media_player: "grant.media_player",
  cover: "grant.cover",
};
/** What a guest may see without a grant; a child sees most. */
const SEEN = new Set(["light", "scene", "climate"]);

export type Days = "all" | "week" | "end";
const DAYS: Record<Days, string> = { all: "", week: " on mon,tue,wed,thu,fri", end: " on sat,sun" };
const WEEK = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
const two = (n: number) => String(n).padStart(2, "0");
const clock = (minute: number) => `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;

export interface Terms {
  /** A trait of WHOLE as `*`-glob, or a thing's id. */
  glob: string;
  until?: Date | undefined;
  home?: boolean;
  /** Only while every car of the household is parked. */
  parked?: boolean;
  days?: Days;
  /** Two minutes of the day; the first may be the later one. */
  hours?: readonly [number, number] | undefined;
  /** How often it may be used. */
  uses?: number | undefined;
}

/** The sentences that allow it: what one may operate, one has to see. */
export function sentences({ glob, until, home, parked, days = "all", hours, uses }: Terms, role: Role): string[] {
  const tail = `${home ? " when home" : ""}${parked ? " while parked" : ""}${until ? ` until ${until.toISOString().slice(0, 19)}Z` : ""}${hours ? ` daily ${clock(hours[0])}-${clock(hours[1])}` : ""}${DAYS[days]}`;
  const times = uses ? ` uses ${uses}` : "";
  const trait = /^\*\/(\w+)\./.exec(glob)?.[1];
  const seen = role === "owner" || role === "member" || (trait !== undefined && SEEN.has(trait));
  return [...(seen ? [] : [`read ${glob}${tail}`]), `act ${glob}${tail}${times}`];
}

/** What is allowed, as one line: the grants that together allow it, what, on which terms, and whether that is over. */
export interface Allowed {
  ids: string[];
  what: string;
  terms: string[];
  over: boolean;
}

export function allowed(grants: readonly Grant[], to: string, now: number, house: House, words: Words, units: Units): Allowed[] {
  const groups = new Map<string, { ids: string[]; verbs: string[]; uses?: string | undefined }>();
  for (const { id, sentence, to: whose } of grants) {
    if (whose !== to) continue;
    const [verb = "", ...rest] = sentence.split(" ");
    // What may be used so many times may be seen as long: one line of it.
    const terms = rest.join(" ").replace(/ uses \d+$/, "");
    const times = / uses (\d+)$/.exec(sentence)?.[1];
    const group = groups.get(terms) ?? { ids: [], verbs: [] };
    groups.set(terms, { uses: times ?? group.uses, ids: [...group.ids, id], verbs: [...group.verbs, verb] });
  }
  return [...groups].map(([rest, { ids, verbs, uses }]) => {
    const [glob = "", ...tail] = rest.split(" ");
    const { terms, over } = told(tail, now, words, units);
    if (uses !== undefined) terms.push(uses === "1" ? words.t("grant.said.once") : words.t("grant.said.uses", { n: uses }));
    if (!verbs.includes("act")) terms.unshift(verbs.includes("read") ? words.t("grant.said.read") : verbs.join(", "));
    return { ids, what: named(glob, house, words), terms, over };
  });
}

function named(glob: string, house: House, words: Words): string {
  const trait = /^\*\/(\w+)\.\*\*$/.exec(glob)?.[1];
  const whole = trait === undefined ? undefined : WHOLE[trait];
  if (whole) return words.t("grant.all", { what: words.t(whole) });
  const [id = "", signal = ""] = glob.split("/");
  const name = house.thing(id).info?.name ?? id;
  return signal === "**" || signal === "" ? name : `${name}, ${signal.replace(/\.?\*+$/, "").replaceAll("_", " ")}`;
}

/** The terms in the person's words; a sentence that this does not know is shown as the hub says it. */
function told(tail: string[], now: number, words: Words, units: Units): { terms: string[]; over: boolean } {
  const terms: string[] = [];
  let over = false;
  for (let at = 0; at + 1 < tail.length; at += 2) {
    const [word, value] = [tail[at]!, tail[at + 1]!];
    const moment = word === "until" || word === "since" ? Date.parse(value) / 1000 : NaN;
    if (word === "when") terms.push(words.t(value === "home" ? "grant.said.home" : value === "away" ? "grant.said.away" : "grant.said.at", { place: value }));
    else if (word === "while") terms.push(words.t("grant.said.while", { states: value.split(",").map((state) => words.word(state)).join(", ") }));
    else if (word === "daily") terms.push(words.t("grant.said.daily", { hours: value.replace("-", "–") }));
    else if (word === "on") terms.push(value.split(",").map((day) => units.weekday(WEEK.indexOf(day))).join(", "));
    else if (word === "since" && !Number.isNaN(moment)) terms.push(words.t("grant.said.since", { time: units.moment(moment) }));
    else if (!Number.isNaN(moment)) {
      over = moment <= now;
      terms.push(words.t(over ? "grant.said.over" : "grant.said.until", { time: units.moment(moment) }));
    } else terms.push(`${word} ${value}`);
  }
  return { terms, over };
}

/** This evening at eleven, as a date field has it; late in the evening, the next one. */
export function evening(now: Date): string {
  const at = new Date(now);
  if (at.getHours() >= 22) at.setDate(at.getDate() + 1);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T23:00`;
}
