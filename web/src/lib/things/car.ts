/** A car as people look at it, read from its VSS signals. Undefined: the car does not tell. */

import type { ThingView } from "./house";

export const BATTERY = "Vehicle.Powertrain.TractionBattery";
const HVAC = "Vehicle.Cabin.HVAC";
export const CHARGE_LIMIT = `${BATTERY}.Charging.ChargeLimit`;
export const CHARGE_SWITCH = `${BATTERY}.Charging.StartStopCharging`;
export const CABIN_ON = `${HVAC}.IsAirConditioningActive`;
export const CABIN_TARGET = `${HVAC}.Station.Row1.Driver.Temperature`;
export const CABIN_PASSENGER = `${HVAC}.Station.Row1.Passenger.Temperature`;
export const SPEED = "Vehicle.Speed";
export const GEAR = "Vehicle.Powertrain.Transmission.CurrentGear";

export const DOORS = ["Row1.DriverSide", "Row1.PassengerSide", "Row2.DriverSide", "Row2.PassengerSide"] as const;
export const WHEELS = ["Row1.Wheel.Left", "Row1.Wheel.Right", "Row2.Wheel.Left", "Row2.Wheel.Right"] as const;
export type DoorPlace = (typeof DOORS)[number];
export type WheelPlace = (typeof WHEELS)[number];

export interface DoorState {
  open?: boolean;
  locked?: boolean;
  window?: number;
}

export type Gear = "P" | "R" | "N" | "D";

export function gear(car: ThingView): Gear | undefined {
  const code = car.number(GEAR);
  if (code === undefined) return undefined;
  if (code === 126) return "P";
  return code < 0 ? "R" : code === 0 ? "N" : "D";
}

export function charge(car: ThingView): number | undefined {
  return car.number(`${BATTERY}.StateOfCharge.Displayed`) ?? car.number(`${BATTERY}.StateOfCharge.Current`);
}

/** In metres. */
export function range(car: ThingView): number | undefined {
  return car.number(`${BATTERY}.Range`) ?? car.number("Vehicle.Powertrain.Range");
}

export function charging(car: ThingView): boolean {
  return car.flag(`${BATTERY}.Charging.IsCharging`) === true;
}

export function plugged(car: ThingView): boolean | undefined {
  return car.flag(`${BATTERY}.Charging.ChargingPort.AnyPosition.IsChargingCableConnected`);
}

export function doorPath(place: DoorPlace, what: "IsOpen" | "IsLocked" | "Window.Position"): string {
  return `Vehicle.Cabin.Door.${place}.${what}`;
}

export function door(car: ThingView, place: DoorPlace): DoorState {
  return {
    open: car.flag(doorPath(place, "IsOpen")),
    locked: car.flag(doorPath(place, "IsLocked")),
    window: car.number(doorPath(place, "Window.Position")),
  };
}

export function trunkOpen(car: ThingView): boolean | undefined {
  return car.flag("Vehicle.Body.Trunk.Rear.IsOpen");
}

/** In kPa. */
export function tyre(car: ThingView, place: WheelPlace): number | undefined {
  return car.number(`Vehicle.Chassis.Axle.${place}.Tire.Pressure`);
}

export function tyreLow(pressure: number | undefined): boolean {
  return pressure !== undefined && pressure < 200;
}

/** True: all doors that tell are locked. Undefined: none tells. */
export function locked(car: ThingView): boolean | undefined {
  const known = DOORS.map((place) => door(car, place).locked).filter((one) => one !== undefined);
  return known.length === 0 ? undefined : known.every(Boolean);
}

/** The lock signals this car can be told. */
export function lockPaths(car: ThingView): string[] {
  return DOORS.map((place) => doorPath(place, "IsLocked")).filter((signal) => car.can(signal));
}

export type DrivingState = "parked" | "idling" | "moving";

export function driving(car: ThingView): DrivingState | undefined {
  return car.text("driving.state") as DrivingState | undefined;
}

/** What this screen may ask of whoever looks at it now, as the hub says; see the reference of the live socket. */
export interface Limits {
  state: DrivingState;
  depth: number;
  items: number;
  text: number;
  keyboard: boolean;
  video: boolean;
  setup: boolean;
  pay: boolean;
  hold: boolean;
}

const FREE: Limits = {
  state: "parked", depth: 9, items: 500, text: 10_000, keyboard: true, video: true, setup: true, pay: true, hold: false,
};

/** What the driver's screen may ask now; free where the hub says nothing. */
export function limits(car: ThingView | undefined, driver: boolean): Limits {
  const value = driver ? car?.value("driving.restrictions") : undefined;
  if (car === undefined || typeof value !== "object" || value === null) return FREE;
  return { ...FREE, ...(value as Partial<Limits>), state: driving(car) ?? "parked" };
}
