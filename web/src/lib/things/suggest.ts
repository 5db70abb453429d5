/** What somebody most likely wants at hand in the car: the way in first, then what they come home to. */

import type { Spot } from "./board.svelte";
import { mainTrait, type House, type Info, type ThingView } from "./house";

const SIX = 6;
const HOME = /home|arriv|welcome|回家|到家/i;

type Wanted = (thing: ThingView, info: Info) => boolean;

/** What is looked at, not switched. */
const TOLD = ["camera", "sensor", "binary_sensor", "weather"];
/** Whether it is of use to this person: what they may not switch would only be in their way. */
const useful = (thing: ThingView, info: Info): boolean => TOLD.includes(mainTrait(info) ?? "") || Object.keys(info.signals).some((signal) => thing.can(signal));

const main =
  (...traits: string[]): Wanted =>
  (_, info) =>
    traits.includes(mainTrait(info) ?? "");

/** In this order, one of each, as long as there is room. */
const WAY_IN: readonly Wanted[] = [
  (thing, info) => mainTrait(info) === "cover" && ["gate", "garage"].includes(info.kind) && thing.can("cover.open"),
  (thing, info) => mainTrait(info) === "scene" && HOME.test(info.name) && thing.can("scene.activate"),
];
const INSIDE: readonly Wanted[] = [
  (thing, info) => mainTrait(info) === "climate" && thing.can("climate.target_temperature"),
  (thing, info) => mainTrait(info) === "lock" && thing.can("lock.locked"),
  (thing, info) => mainTrait(info) === "light" && thing.can("light.on"),
  main("alarm"),
  (thing, info) => mainTrait(info) === "scene" && thing.can("scene.activate"),
  main("camera"),
  (thing, info) => mainTrait(info) === "cover" && thing.can("cover.close"),
  main("media_player", "vacuum", "fan", "switch"),
  (thing, info) => mainTrait(info) === "light" && thing.can("light.on"),
  main("sensor", "binary_sensor"),
];

export function suggested(house: House): Spot[] {
  const areas = house.areas();
  const ids = areas.flatMap((area) => area.things).filter((id) => {
    const thing = house.thing(id);
    return thing.info !== undefined && useful(thing, thing.info);
  });
  const found: Spot[] = [];
  const add = (spot: Spot) => found.length < SIX && !found.some((one) => one.item === spot.item) && found.push(spot);
  const first = (wanted: Wanted) => {
    const id = ids.find((one) => {
      const thing = house.thing(one);
      return !found.some((spot) => spot.item === one) && thing.info !== undefined && wanted(thing, thing.info);
    });
    if (id !== undefined) add({ kind: "thing", item: id });
  };
  WAY_IN.forEach(first);
  const living = areas.find((area) => area.name !== "" && area.things.filter((id) => house.thing(id).info?.traits.includes("light")).length > 0 && area.things.length > 2);
  if (living) add({ kind: "room", item: living.name });
  for (const wanted of INSIDE) first(wanted);
  for (const item of ids) add({ kind: "thing", item });
  return found;
}
