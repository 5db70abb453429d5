/** Whether a thing's facts are to be believed as "now". */

import { mainTrait, type ThingView } from "./house";

const SHOWN: Partial<Record<string, string[]>> = {
  light: ["light.on"], climate: ["climate.current_temperature", "climate.target_temperature"], cover: ["cover.state", "cover.position"],
  lock: ["lock.state", "lock.locked"], alarm: ["alarm.state"], switch: ["switch.on"], fan: ["fan.on"], humidifier: ["humidifier.on"],
  camera: ["camera.state"], valve: ["valve.position"], siren: ["siren.on"], lawn_mower: ["lawn_mower.state"], script: ["script.running"],
  water_heater: ["water_heater.current_temperature", "water_heater.mode"], number: ["number.value"], select: ["select.option"], text: ["text.value"],
  weather: ["weather.condition"], device_tracker: ["device_tracker.place"],
  media_player: ["media_player.state"], vacuum: ["vacuum.state"], sensor: ["sensor.value", "sensor.text"], binary_sensor: ["binary_sensor.on"],
};

const OF_CAR = [
  "Vehicle.Powertrain.TractionBattery.StateOfCharge.Displayed", "Vehicle.Powertrain.TractionBattery.Range", "Vehicle.Powertrain.FuelSystem.RelativeLevel",
  "Vehicle.TraveledDistance", "Vehicle.CurrentLocation.Latitude", "Vehicle.Cabin.Door.Row1.DriverSide.IsLocked",
];

const ON_THE_ROAD = ["Vehicle.Speed", "Vehicle.TraveledDistance", "Vehicle.CurrentLocation.Latitude", "Vehicle.Powertrain.TractionBattery.CurrentPower"];

/** When a car last said anything that changes while it drives (s since 1970). */
export const lastSaid = (car: ThingView): number => Math.max(0, ...ON_THE_ROAD.map((signal) => car.reading(signal)?.at ?? 0));

/** Since when what is shown of a car is no longer "now", as for `oldest`: it does not answer, or the hub doubts it. */
export function carOld(car: ThingView, heard: number | undefined): number | undefined {
  const since: number[] = heard === undefined ? [] : [heard];
  const said = OF_CAR.map((signal) => car.reading(signal)).filter((one) => one !== undefined && one.value !== null);
  if (!car.answers) since.push(car.reading("thing.online")?.at ?? 0);
  for (const one of said) if (one && one.quality !== "good") since.push(one.at);
  return since.length === 0 ? undefined : Math.min(...since);
}

/** Since when a tile's facts are no longer to be believed as "now" (s since 1970); undefined: they are, or there are
 *  none. A fact that has not changed for hours is fresh as long as its thing answers and the hub is heard.
 *  `heard`: when the hub was last heard, given only while it is away. */
export function oldest(thing: ThingView, heard: number | undefined): number | undefined {
  const info = thing.info;
  const trait = info && mainTrait(info);
  const readings = (trait === undefined ? [] : (SHOWN[trait] ?? [])).map((signal) => thing.reading(signal)).filter((one) => one !== undefined);
  if (readings.length === 0) return undefined;
  const since: number[] = heard === undefined ? [] : [heard];
  if (!thing.answers) since.push(thing.reading("thing.online")?.at ?? 0);
  for (const one of readings) if (one.quality === "stale" || one.quality === "bad") since.push(one.at);
  if (since.length === 0 && readings.some((one) => one.quality !== "good")) since.push(readings[0]!.at);
  return since.length === 0 ? undefined : Math.min(...since);
}
