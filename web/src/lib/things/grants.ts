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

export interface Terms {
  /** A trait of WHOLE as `*`-glob, or a thing's id. */
  glob: string;
  until?: Date;
  home?: boolean;
}

/** The sentences that allow it: what one may operate, one has to see. */
export function sentences({ glob, until, home }: Terms, role: Role): string[] {
  const tail = `${home ? " when home" : ""}${until ? ` until ${until.toISOString().slice(0, 19)}Z` : ""}`;
  const trait = /^\*\/(\w+)\./.exec(glob)?.[1];
  const seen = role === "owner" || role === "member" || (trait !== undefined && SEEN.has(trait));
  return [...(seen ? [] : [`read ${glob}${tail}`]), `act ${glob}${tail}`];
}

/** What is allowed, as one line: the grants that together allow it, what, on which terms, and whether that is over. */
export interface Allowed {
  ids: string[];
  what: string;
  terms: string[];
  over: boolean;
}

export function allowed(grants: readonly Grant[], to: string, now: number, house: House, words: Words, units: Units): Allowed[] {
  const groups = new Map<string, { ids: string[]; verbs: string[] }>();
  for (const { id, sentence, to: whose } of grants) {
    if (whose !== to) continue;
    const [verb = "", ...rest] = sentence.split(" ");
    const group = groups.get(rest.join(" ")) ?? { ids: [], verbs: [] };
    groups.set(rest.join(" "), { ids: [...group.ids, id], verbs: [...group.verbs, verb] });
  }
  return [...groups].map(([rest, { ids, verbs }]) => {
    const [glob = "", ...tail] = rest.split(" ");
    const { terms, over } = told(tail, now, words, units);
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

/** Terms that the form can't make (days, hours, uses) are shown as the hub says them. */
function told(tail: string[], now: number, words: Words, units: Units): { terms: string[]; over: boolean } {
  const terms: string[] = [];
  let over = false;
  for (let at = 0; at + 1 < tail.length; at += 2) {
    const [word, value] = [tail[at]!, tail[at + 1]!];
    const moment = word === "until" ? Date.parse(value) / 1000 : NaN;
    if (word === "when" && value === "home") terms.push(words.t("grant.said.home"));
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
  const two = (n: number) => String(n).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}T23:00`;
}
