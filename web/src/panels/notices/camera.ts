import type { House } from "../../lib/things/house";

export interface Camera {
  readonly id: string;
  readonly name: string;
}

/** The camera that shows who rang: the bell's own, else the one camera where the bell is. */
export function cameraOf(thing: string, house: House): Camera | undefined {
  const bell = house.thing(thing).info;
  if (bell === undefined) return undefined;
  if (bell.traits.includes("camera")) return { id: thing, name: bell.name };
  const near = house.areas().find((area) => area.name !== "" && area.name === bell.area)?.things ?? [];
  const cameras = near.filter((id) => house.thing(id).info?.traits.includes("camera"));
  const one = cameras.length === 1 ? cameras[0] : undefined;
  return one === undefined ? undefined : { id: one, name: house.thing(one).info?.name ?? one };
}
