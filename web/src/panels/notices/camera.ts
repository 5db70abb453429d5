import type { House } from "../../lib/things/house";
import type { Notice } from "../../lib/things/notices.svelte";

export interface Camera {
  readonly id: string;
  readonly name: string;
}

/** The camera whose picture says more than the notice does. */
export function shownBy({ kind, thing }: Notice, house: House): Camera | undefined {
  return kind === "doorbell" || kind === "motion" ? cameraOf(thing, house) : undefined;
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
