/** What a tile is made of, and what tells it. */

import type { IconName } from "../icons/shapes";
import type { Value } from "../live/frames";
import type { Wish } from "../live/store";
import type { Words } from "../i18n/words";
import type { Units } from "../look/units";
import type { ThingView } from "./house";

export interface Act {
  signal: string;
  target: Value;
  risky?: boolean;
  /** It counts as held once somebody drives. */
  held?: boolean;
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

export interface Told {
  thing: ThingView;
  words: Words;
  units: Units;
}

export type Teller = (told: Told) => Tile;

/** Something that is on or off. */
export const onOff = (signal: string, icon: IconName, lit: IconName = icon): Teller => ({ thing, words }) => {
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
