/** What plays now, or was paused a moment ago: in the car itself, else in the home. */

import type { Value } from "../live/frames";
import type { House, ThingView } from "./house";

export interface Playing {
  thing: ThingView;
  title: string;
  artist?: string;
  on: boolean;
  /** What play and pause, and the next piece, are asked by; undefined: it takes no such wish. */
  toggle?: { signal: string; target: Value };
  next?: { signal: string; target: Value };
}

/** How long something paused stays at hand, in s. */
export const PAUSED = 900;
const MEDIA = "Vehicle.Cabin.Infotainment.Media";
export const PLAYED = `${MEDIA}.Played.Track`;

function inCar(car: ThingView): Playing | undefined {
  const title = car.text(`${MEDIA}.Played.Track`);
  const action = car.text(`${MEDIA}.Action`);
  if (title === undefined || action === undefined || action === "UNKNOWN") return undefined;
  const signal = `${MEDIA}.Action`;
  const on = action !== "STOP";
  const can = car.can(signal);
  return {
    thing: car, title, on, artist: car.text(`${MEDIA}.Played.Artist`),
    toggle: can ? { signal, target: on ? "STOP" : "PLAY" } : undefined,
    next: can ? { signal, target: "SKIP_FORWARD" } : undefined,
  };
}

function atHome(thing: ThingView, now: number): Playing | undefined {
  const state = thing.reading("media_player.state");
  const on = state?.value === "playing" || state?.value === "buffering";
  const title = thing.text("media_player.title") ?? thing.text("media_player.app");
  if (state === undefined || title === undefined || !thing.answers) return undefined;
  if (!on && !(state.value === "paused" && now - state.at < PAUSED)) return undefined;
  return {
    thing, title, on, artist: thing.text("media_player.artist"),
    toggle: thing.can("media_player.playing") ? { signal: "media_player.playing", target: !on } : undefined,
    next: thing.can("media_player.next") ? { signal: "media_player.next", target: true } : undefined,
  };
}

/** `players`: the home's, as `house.players()` lists them; `now`: s since 1970 by the hub. What plays comes before what is paused; the car's own before the home's. */
export function playing(house: House, players: readonly string[], car: ThingView | undefined, now: number): Playing | undefined {
  const own = car && inCar(car);
  if (own?.on) return own;
  const home = players.map((id) => atHome(house.thing(id), now)).filter((one) => one !== undefined);
  return home.find((one) => one.on) ?? own ?? home[0];
}
