/** What a car's VSS signals are called when one looks where each comes from. */

import type { Key, Words } from "../i18n/words";
import { BATTERY, CABIN_ON, CABIN_PASSENGER, CABIN_TARGET, CHARGE_LIMIT, CHARGE_SWITCH, DEFROST_FRONT, DEFROST_REAR, FAN, RECIRCULATION, SEAT_DRIVER, SEAT_PASSENGER, SPEED, WHEEL_HEAT } from "./car";

const NAMES: Record<string, Key> = {
  [`${BATTERY}.StateOfCharge.Displayed`]: "signal.charge",
  [`${BATTERY}.Range`]: "signal.range",
  [`${BATTERY}.Charging.IsCharging`]: "car.charging",
  [`${BATTERY}.Charging.ChargingPort.AnyPosition.IsChargingCableConnected`]: "car.plugged",
  [CHARGE_LIMIT]: "car.charge.limit",
  [CHARGE_SWITCH]: "signal.start_stop",
  "Vehicle.Powertrain.FuelSystem.RelativeLevel": "signal.fuel",
  "Vehicle.Powertrain.FuelSystem.Range": "signal.range.fuel",
  "Vehicle.Powertrain.Range": "signal.range.total",
  "Vehicle.Powertrain.Transmission.CurrentGear": "signal.gear",
  [SPEED]: "signal.speed",
  "Vehicle.TraveledDistance": "car.odometer",
  "Vehicle.CurrentLocation.Latitude": "signal.latitude",
  "Vehicle.CurrentLocation.Longitude": "signal.longitude",
  "Vehicle.CurrentLocation.Heading": "signal.heading",
  [CABIN_ON]: "car.climate",
  [CABIN_TARGET]: "car.climate.target",
  [CABIN_PASSENGER]: "cockpit.temperature.passenger",
  [FAN]: "cockpit.fan",
  [RECIRCULATION]: "cockpit.recirculation",
  [DEFROST_FRONT]: "cockpit.defrost.front",
  [DEFROST_REAR]: "cockpit.defrost.rear",
  [SEAT_DRIVER]: "cockpit.seat.driver",
  [SEAT_PASSENGER]: "cockpit.seat.passenger",
  [WHEEL_HEAT]: "cockpit.wheel",
  "Vehicle.Cabin.HVAC.AmbientAirTemperature": "car.inside",
  "Vehicle.Exterior.AirTemperature": "car.outside",
};
const PLACES: Record<string, Key> = {
  "Cabin.Door.Row1.DriverSide": "car.door.fl",
  "Cabin.Door.Row1.PassengerSide": "car.door.fr",
  "Cabin.Door.Row2.DriverSide": "car.door.rl",
  "Cabin.Door.Row2.PassengerSide": "car.door.rr",
  "Body.Trunk.Rear": "car.trunk",
  "Body.Trunk.Front": "signal.frunk",
};
const WHEELS: Record<string, Key> = {
  "Row1.Wheel.Left": "signal.tyre.fl",
  "Row1.Wheel.Right": "signal.tyre.fr",
  "Row2.Wheel.Left": "signal.tyre.rl",
  "Row2.Wheel.Right": "signal.tyre.rr",
};

/** A signal that has no name here is shown by its own last words. */
export function signalName(signal: string, words: Words): string {
  const name = NAMES[signal];
  if (name) return words.t(name);
  const tyre = WHEELS[/^Vehicle\.Chassis\.Axle\.(.+)\.Tire\.Pressure$/.exec(signal)?.[1] ?? ""];
  if (tyre) return words.t("signal.tyre", { which: words.t(tyre) });
  const [, place = "", what = ""] = /^Vehicle\.(.+?)\.(IsLocked|IsOpen|Window\.IsOpen|Window\.Position)$/.exec(signal) ?? [];
  const at = PLACES[place];
  if (at) return words.t(what === "IsLocked" ? "signal.locked" : what === "IsOpen" ? "car.open.one" : "signal.window", { what: words.t(at) });
  return signal.split(".").slice(-2).join(" ").replace(/([a-z])([A-Z])/g, "$1 $2");
}
