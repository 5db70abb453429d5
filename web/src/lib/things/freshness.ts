/** Whether a thing's facts are to be believed as "now". */

import { mainTrait, type ThingView } from "./house";

const SHOWN: Partial<Record<string, string[]>> = {
  light: ["light.on"], climate: ["climate.current_temperature", "climate.target_temperature"], cover: ["cover.state", "cover.position"],
  lock: ["lock.state", "lock.locked"], alarm: ["alarm.state"], switch: ["switch.on"], fan: ["fan.on"], humidifier: ["humidifier.on"],
  media_player: ["media_player.state"], vacuum: ["vacuum.state"], sensor: ["sensor.value", "sensor.text"], binary_sensor: ["binary_sensor.on"],
};

/** The time of the fact that a tile shows, where it is not fresh (s since 1970); undefined: it is, or there is none.
 *  A fact that has not changed for hours is fresh as long as its thing answers. */
export function oldest(thing: ThingView, offline: boolean): number | undefined {
  const info = thing.info;
  const trait = info && mainTrait(info);
  const readings = (trait === undefined ? [] : (SHOWN[trait] ?? [])).map((signal) => thing.reading(signal)).filter((one) => one !== undefined);
  const first = readings[0];
  if (first === undefined) return undefined;
  const doubtful = offline || !thing.answers || readings.some((one) => one.quality !== "good");
  return doubtful ? Math.min(...readings.map((one) => one.at)) : undefined;
}
