/** What of a thing's sheet is shown to whom. */

import type { ThingView } from "./house";

/** So many choices at most where somebody drives: with what else the sheet has, six things to touch. */
export const FEW = 3;

/** The first `most` of some options; what holds now is always among them. */
export function few<T extends readonly [string, string]>(options: readonly T[], most: number, value: string | undefined): readonly T[] {
  const first = options.slice(0, most);
  const now = options.find(([option]) => option === value);
  return now === undefined || first.includes(now) ? first : [...first.slice(0, most - 1), now];
}

const SEGMENTS = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** A name of at most `most` signs as people count them: a flag or a family is one, and is not cut apart. */
export function cut(name: string, most: number): string {
  if (name.length <= most) return name;
  const signs = [...SEGMENTS.segment(name)].map(({ segment }) => segment);
  return signs.length <= most ? name : `${signs.slice(0, most - 1).join("").trimEnd()}…`;
}

/** Whether a wish for `target` needs a code typed along; undefined: none. */
export function code(thing: ThingView, signal: string, target: string | boolean): "number" | "text" | undefined {
  const { code: kind, code_for: only } = thing.refinement(signal);
  return kind !== undefined && (only === undefined || only.includes(String(target))) ? kind : undefined;
}

/** How far something plays, in s: a player says where it is once, and goes on by itself. `now`: by the hub's clock. */
export function played(player: ThingView, now: number): number | undefined {
  const told = player.reading("media_player.position");
  if (typeof told?.value !== "number") return undefined;
  const on = player.text("media_player.state") === "playing" && player.answers;
  const at = told.value + (on ? Math.max(0, now - (told.sourceAt ?? told.at)) : 0);
  return Math.min(at, player.number("media_player.duration") ?? at);
}

/** As on a player: 3:07, 1:02:45. */
export function runtime(seconds: number): string {
  const all = Math.max(0, Math.floor(seconds));
  const [hours, minutes, rest] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  const two = (value: number) => String(value).padStart(2, "0");
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** How the air is by its fine dust, µg/m³, after the WHO's and the EPA's steps for a day. */
export function dust(value: number): "good" | "fair" | "bad" {
  return value <= 12 ? "good" : value <= 35 ? "fair" : "bad";
}
