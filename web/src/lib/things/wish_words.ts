/** A wish as one line: what of which thing, and to what. */

import type { Value } from "../live/frames";
import type { Words } from "../i18n/words";
import type { Units } from "../look/units";
import type { House } from "./house";
import { signalName } from "./signal_words";
import { tile } from "./tiles";

const LOCK = /[Ll]ocked$/;

export function wishWords(path: string, target: Value, house: House, words: Words, units: Units): string {
  const [id = "", signal = ""] = path.split("/");
  const thing = house.thing(id);
  const name = thing.info?.name ?? id;
  const shown = signal.startsWith("Vehicle.") ? undefined : tile(thing, words, units);
  const road = signal.startsWith("Vehicle.") ? `, ${signalName(signal, words)}` : "";
  // A thing that shows this wish on its tile says it best.
  const said = shown?.wish && shown.wish === thing.wish(signal) ? shown.wished : say(signal, target, thing.refinement(signal).unit, words, units);
  return `${name}${road} → ${said}`;
}

function say(signal: string, target: Value, unit: string | undefined, words: Words, units: Units): string {
  if (typeof target === "boolean") return words.word(LOCK.test(signal) ? (target ? "locked" : "unlocked") : target ? "on" : "off");
  if (typeof target === "number") return units.measure(target, unit);
  return words.word(String(target));
}
