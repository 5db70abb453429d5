/** All players of the household and its people, each as the page of what plays shows it. */

import type { Value } from "../live/frames";
import { PAUSED, PLAYED } from "./playing";
import type { House, ThingView } from "./house";
import { played } from "./sheet";

export interface Wish {
  signal: string;
  target: Value;
}

export interface Player {
  thing: ThingView;
  /** The road's are a car's and those on what people carry, the home's all others. */
  tone: "home" | "road";
  state: "playing" | "paused" | "silent";
  title?: string | undefined;
  by?: string | undefined;
  /** How far it is, and how long, in s. */
  at?: number | undefined;
  length?: number | undefined;
  toggle?: Wish | undefined;
  next?: Wish | undefined;
  previous?: Wish | undefined;
  seeks: boolean;
  /** What plays, as other players can be told it; undefined: it lies where only this one can get it. */
  media?: string | undefined;
  /** Whether it can be told what to play, and at which place. */
  takes: boolean;
}

const CARRIED = ["phone", "tablet", "computer"];
const MEDIA = "Vehicle.Cabin.Infotainment.Media";

function ofCar(car: ThingView): Player | undefined {
  const title = car.text(`${MEDIA}.Played.Track`);
  const action = car.text(`${MEDIA}.Action`);
  if (!car.has(`${MEDIA}.Action`)) return undefined;
  const can = car.can(`${MEDIA}.Action`);
  const on = action !== undefined && action !== "UNKNOWN" && action !== "STOP";
  const told = (target: string) => (can ? { signal: `${MEDIA}.Action`, target } : undefined);
  const by = [car.text(`${MEDIA}.Played.Artist`), car.text(`${MEDIA}.Played.Album`)].filter(Boolean).join(" · ");
  return {
    thing: car, tone: "road", title, by, state: on && title !== undefined ? "playing" : title === undefined ? "silent" : "paused",
    toggle: told(on ? "STOP" : "PLAY"), next: told("SKIP_FORWARD"), previous: told("SKIP_BACKWARD"), seeks: false, takes: false,
  };
}

function ofHome(thing: ThingView, now: number): Player {
  const state = thing.text("media_player.state");
  const on = state === "playing" || state === "buffering";
  const told = (word: string, target: Value) => (thing.can(`media_player.${word}`) ? { signal: `media_player.${word}`, target } : undefined);
  return {
    thing, tone: CARRIED.includes(thing.info?.kind ?? "") ? "road" : "home",
    state: !thing.answers ? "silent" : on ? "playing" : state === "paused" ? "paused" : "silent",
    title: thing.text("media_player.title") ?? thing.text("media_player.app"),
    by: [thing.text("media_player.artist"), thing.text("media_player.album")].filter(Boolean).join(" · "),
    at: played(thing, now), length: thing.number("media_player.duration"),
    toggle: told("playing", !on), next: told("next", true), previous: told("previous", true),
    seeks: thing.can("media_player.position"), media: thing.text("media_player.media"),
    takes: thing.answers && thing.can("media_player.media") && thing.can("media_player.position"),
  };
}

const ORDER = { playing: 0, paused: 1, silent: 2 };

/** Every player that whoever looks here sees: what plays first. `now`: s since 1970 by the hub. */
export function players(house: House, now: number): Player[] {
  const cars = house.cars().map((id) => ofCar(house.thing(id))).filter((one) => one !== undefined);
  const all = [...cars, ...house.players().map((id) => ofHome(house.thing(id), now))];
  return all.sort((one, other) => ORDER[one.state] - ORDER[other.state]);
}

/** The one that a driver gets: what plays, or was paused a moment ago. */
export function foremost(all: readonly Player[], now: number): Player | undefined {
  const fresh = (one: Player) => one.state === "playing" || now - (one.thing.reading(one.tone === "road" && one.thing.has(PLAYED) ? PLAYED : "media_player.state")?.at ?? 0) < PAUSED;
  return all.find((one) => one.state !== "silent" && fresh(one));
}

/** Where a player's piece can go on. */
export function others(all: readonly Player[], one: Player): Player[] {
  return all.filter((other) => other.takes && other.thing.id !== one.thing.id && other.thing.info?.site === one.thing.info?.site);
}
