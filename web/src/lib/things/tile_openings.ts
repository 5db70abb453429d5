/** What the tiles of what opens, locks and guards say and do. */

import { entrance } from "./opening";
import { onOff, type Teller } from "./tile";

export const cover: Teller = ({ thing, words, units }) => {
  const state = thing.text("cover.state");
  const position = thing.number("cover.position");
  const open = state === undefined ? (position ?? 0) > 0 : state !== "closed";
  const asked = (["cover.open", "cover.close", "cover.stop", "cover.position"] as const).find((signal) => thing.wish(signal));
  const wish = asked && thing.wish(asked);
  const close = state === "open" || state === "opening";
  const signal = close ? "cover.close" : "cover.open";
  const part = state === "open" && position !== undefined && position < 100 ? ` ${units.percent(position)}` : "";
  return {
    icon: thing.info?.kind === "garage" ? "garage" : thing.info?.kind === "gate" ? "gate" : open ? "cover" : "coverClosed",
    glow: open,
    state: state === undefined ? words.t("state.unknown") : words.word(state) + part,
    wish,
    wished: wish && (asked === "cover.position" ? units.percent(Number(wish.target)) : words.word(asked === "cover.open" ? "open" : asked === "cover.stop" ? "stop" : "closed")),
    // What lets nobody in opens at a tap; while one drives, the tile holds it all the same.
    act: thing.can(signal) ? { signal, target: true, risky: !close && entrance(thing), held: !close, label: words.t(close ? "act.close" : "act.open") } : undefined,
  };
};

export const lock: Teller = ({ thing, words }) => {
  const state = thing.text("lock.state");
  const locked = thing.flag("lock.locked");
  const wish = thing.wish("lock.locked") ?? thing.wish("lock.open");
  return {
    icon: locked ? "lock" : "unlocked",
    on: locked === false,
    alarm: state === "jammed",
    state: state ? words.word(state) : locked === undefined ? words.t("state.unknown") : words.word(locked ? "locked" : "unlocked"),
    wish,
    wished: wish && words.word(wish.target === true ? "locked" : "unlocked"),
    act: thing.can("lock.locked") ? { signal: "lock.locked", target: !locked, risky: true, label: words.t(locked ? "act.unlock" : "act.lock") } : undefined,
  };
};

export const alarm: Teller = ({ thing, words }) => {
  const state = thing.text("alarm.state");
  const wish = thing.wish("alarm.mode");
  return {
    icon: "shield",
    on: state?.startsWith("armed"),
    alarm: state === "triggered",
    state: state ? words.word(state) : words.t("state.unknown"),
    wish,
    wished: wish && words.word(String(wish.target)),
  };
};

export const siren: Teller = (told) => {
  const tile = onOff("siren.on", "siren")(told);
  return { ...tile, alarm: tile.on, act: tile.act && { ...tile.act, risky: true, toggle: false } };
};

export const valve: Teller = ({ thing, words, units }) => {
  const position = thing.number("valve.position");
  const open = (position ?? 0) > 0;
  const signal = open ? "valve.close" : "valve.open";
  const asked = (["valve.open", "valve.close", "valve.position"] as const).find((one) => thing.wish(one));
  const wish = asked && thing.wish(asked);
  return {
    icon: "valve",
    glow: open,
    state: position === undefined ? words.t("state.unknown") : position === 0 ? words.word("closed") : position === 100 ? words.word("open") : units.percent(position),
    wish,
    wished: wish && (asked === "valve.position" ? units.percent(Number(wish.target)) : words.word(asked === "valve.open" ? "open" : "closed")),
    act: thing.can(signal) ? { signal, target: true, risky: !open, label: words.t(open ? "act.close" : "act.open") } : undefined,
  };
};
