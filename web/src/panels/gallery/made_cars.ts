/** Cars as different as those that households have: one that tells five things, one that burns fuel, one that sleeps. */

import type { Made } from "./made_things";

const BATTERY = "Vehicle.Powertrain.TractionBattery";
const fact = (value: Made["signals"][string]["value"], refinement = { fixed: true }) => ({ value, refinement });

const LOCKS: Made["signals"] = Object.fromEntries(
  ["Row1.DriverSide", "Row1.PassengerSide", "Row2.DriverSide", "Row2.PassengerSide"].flatMap((place) => [
    [`Vehicle.Cabin.Door.${place}.IsOpen`, fact(false)],
    [`Vehicle.Cabin.Door.${place}.Window.IsOpen`, fact(place === "Row2.DriverSide")],
    [`Vehicle.Cabin.Door.${place}.IsLocked`, { value: true, refinement: {} }],
  ]),
);

export const CARS: readonly Made[] = [
  {
    id: "five",
    name: ["Five signals", "只有五个信号"],
    kind: "car",
    signals: {
      [`${BATTERY}.StateOfCharge.Displayed`]: fact(60),
      [`${BATTERY}.Range`]: fact(141_000),
      [`${BATTERY}.Charging.IsCharging`]: fact(true),
      [`${BATTERY}.Charging.ChargingPort.AnyPosition.IsChargingCableConnected`]: fact(true),
      "Vehicle.TraveledDistance": fact(49_114_000),
    },
  },
  {
    id: "fuel",
    name: ["Fuel", "燃油车"],
    kind: "car",
    signals: {
      "Vehicle.Powertrain.FuelSystem.RelativeLevel": fact(77),
      "Vehicle.Powertrain.FuelSystem.Range": fact(705_000),
      "Vehicle.TraveledDistance": fact(1_994_000),
      "Vehicle.Body.Trunk.Rear.IsOpen": fact(true),
      "Vehicle.CurrentLocation.Latitude": fact(40),
      "Vehicle.CurrentLocation.Longitude": fact(-100),
      ...LOCKS,
    },
  },
  {
    id: "sleeps",
    name: ["Sleeps", "休眠中"],
    kind: "car",
    online: false,
    signals: {
      [`${BATTERY}.StateOfCharge.Displayed`]: { value: 41, quality: "unreachable", age: 7200, refinement: { fixed: true } },
      [`${BATTERY}.Range`]: { value: 188_000, quality: "unreachable", age: 7200, refinement: { fixed: true } },
      "Vehicle.Cabin.HVAC.IsAirConditioningActive": { value: false, quality: "unreachable", age: 7200, refinement: {} as never },
      ...LOCKS,
    },
  },
];
