/** A car as people look at it, read from its VSS signals. Undefined: the car does not tell. */

import type { ThingView } from "./house";

export const BATTERY = "Vehicle.Powertrain.TractionBattery";
const HVAC = "Vehicle.Cabin.HVAC";
export const CHARGE_LIMIT = `${BATTERY}.Charging.ChargeLimit`;
export const CHARGE_SWITCH = `${BATTERY}.Charging.StartStopCharging`;
export const CABIN_ON = `${HVAC}.IsAirConditioningActive`;
export const CABIN_TARGET = `${HVAC}.Station.Row1.Driver.Temperature`;
export const CABIN_PASSENGER = `${HVAC}.Station.Row1.Passenger.Temperature`;
export const FAN = `${HVAC}.Station.Row1.Driver.FanSpeed`;
export const RECIRCULATION = `${HVAC}.IsRecirculationActive`;
export const DEFROST_FRONT = `${HVAC}.IsFrontDefrosterActive`;
export const DEFROST_REAR = `${HVAC}.IsRearDefrosterActive`;
export const SEAT_DRIVER = "Vehicle.Cabin.Seat.Row1.DriverSide.HeatingCooling";
export const SEAT_PASSENGER = "Vehicle.Cabin.Seat.Row1.PassengerSide.HeatingCooling";
export const WHEEL_HEAT = "Vehicle.Chassis.SteeringWheel.HeatingCooling";
export const POWER = `${BATTERY}.CurrentPower`;
export const INSIDE = `${HVAC}.AmbientAirTemperature`;
export const OUTSIDE = "Vehicle.Exterior.AirTemperature";
export const SPEED = "Vehicle.Speed";
export const ODOMETER = "Vehicle.TraveledDistance";
export const FUEL = "Vehicle.Powertrain.FuelSystem.RelativeLevel";
export const FUEL_RANGE = "Vehicle.Powertrain.FuelSystem.Range";
export const TRUNK = "Vehicle.Body.Trunk.Rear.IsOpen";
export const FRUNK = "Vehicle.Body.Trunk.Front.IsOpen";
export const HORN = "Vehicle.Body.Horn.IsActive";
export const FLASH = "Vehicle.Body.Lights.Hazard.IsSignaling";
export const GEAR = "Vehicle.Powertrain.Transmission.CurrentGear";

export const DOORS = ["Row1.DriverSide", "Row1.PassengerSide", "Row2.DriverSide", "Row2.PassengerSide"] as const;
export const WHEELS = ["Row1.Wheel.Left", "Row1.Wheel.Right", "Row2.Wheel.Left", "Row2.Wheel.Right"] as const;
export type DoorPlace = (typeof DOORS)[number];
export type WheelPlace = (typeof WHEELS)[number];

export interface DoorState {
  open?: boolean;
  locked?: boolean;
  /** In percent open; 100 where the car only tells that it is not shut. */
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
  return car.number(`${BATTERY}.Range`) ?? car.number("Vehicle.Powertrain.Range") ?? car.number(FUEL_RANGE);
}

export function charging(car: ThingView): boolean {
  return car.flag(`${BATTERY}.Charging.IsCharging`) === true;
}

export function plugged(car: ThingView): boolean | undefined {
  return car.flag(`${BATTERY}.Charging.ChargingPort.AnyPosition.IsChargingCableConnected`);
}

export function doorPath(place: DoorPlace, what: "IsOpen" | "IsLocked" | "Window.Position" | "Window.IsOpen"): string {
  return `Vehicle.Cabin.Door.${place}.${what}`;
}

export function door(car: ThingView, place: DoorPlace): DoorState {
  return {
    open: car.flag(doorPath(place, "IsOpen")),
    locked: car.flag(doorPath(place, "IsLocked")),
    window: car.number(doorPath(place, "Window.Position")) ?? whole(car.flag(doorPath(place, "Window.IsOpen"))),
  };
}

function whole(open: boolean | undefined): number | undefined {
  return open === undefined ? undefined : open ? 100 : 0;
}

export function trunkOpen(car: ThingView): boolean | undefined {
  return car.flag(TRUNK);
}

/** What is under it is a motor or another boot: it is one lid all the same. */
export function bonnetOpen(car: ThingView): boolean | undefined {
  const told = [car.flag(FRUNK), car.flag("Vehicle.Body.Hood.IsOpen")].filter((one) => one !== undefined);
  return told.length === 0 ? undefined : told.some(Boolean);
}

export interface Energy {
  kind: "charge" | "fuel";
  percent?: number;
  /** In metres. */
  range?: number;
}

/** What drives it, with how much of it there is: charge, fuel or both. */
export function energies(car: ThingView): Energy[] {
  const burnt = { kind: "fuel" as const, percent: car.number(FUEL), range: car.number(FUEL_RANGE) };
  const burns = burnt.percent !== undefined || burnt.range !== undefined;
  const stored = { kind: "charge" as const, percent: charge(car), range: car.number(`${BATTERY}.Range`) ?? (burns ? undefined : car.number("Vehicle.Powertrain.Range")) };
  return [...(stored.percent !== undefined || stored.range !== undefined ? [stored] : []), ...(burns ? [burnt] : [])];
}

/** In kPa. */
export function tyre(car: ThingView, place: WheelPlace): number | undefined {
  return car.number(`Vehicle.Chassis.Axle.${place}.Tire.Pressure`);
}

/** What the car says of it counts; else a pressure that is low for any car. */
export function tyreLow(pressure: number | undefined, told?: boolean): boolean {
  return told ?? (pressure !== undefined && pressure < 200);
}

/** Whether its driver sits on the right; undefined: the car does not tell. One in the middle looks as on the left. */
export function driverRight(car: ThingView): boolean | undefined {
  const position = car.text("Vehicle.Cabin.DriverPosition");
  return position === undefined ? undefined : position === "RIGHT";
}

export interface Lights {
  low: boolean;
  high: boolean;
  brake: boolean;
  left: boolean;
  right: boolean;
}

/** The lights that the car tells; those it does not tell are off. */
export function lights(car: ThingView): Lights {
  const on = (what: string) => car.flag(`Vehicle.Body.Lights.${what}`) === true;
  const hazard = on("Hazard.IsSignaling");
  return {
    low: on("Beam.Low.IsOn"),
    high: on("Beam.High.IsOn"),
    brake: ["ACTIVE", "ADAPTIVE"].includes(car.text("Vehicle.Body.Lights.Brake.IsActive") ?? ""),
    left: hazard || on("DirectionIndicator.Left.IsSignaling"),
    right: hazard || on("DirectionIndicator.Right.IsSignaling"),
  };
}

/** The speed in km/h that cruise control holds; undefined: it holds none, or the car does not tell. */
export function cruise(car: ThingView): number | undefined {
  return car.flag("Vehicle.ADAS.CruiseControl.IsActive") === true ? car.number("Vehicle.ADAS.CruiseControl.SpeedSet") : undefined;
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

/** Whether it says anything of itself to whoever looks here: a guest may see that it is there and whether it drives. */
export function tells(car: ThingView): boolean {
  return car.told && Object.keys(car.info?.signals ?? {}).some((signal) => signal.startsWith("Vehicle.") && car.reading(signal) !== undefined);
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

/** What a driver's screen may ask while nobody can say what the car does. */
export const STRICT: Limits = {
  state: "moving", depth: 3, items: 6, text: 120, keyboard: false, video: false, setup: false, pay: false, hold: true,
};

/** What the driver's screen may ask now; free where the hub says nothing. */
export function limits(car: ThingView | undefined, driver: boolean): Limits {
  const value = driver ? car?.value("driving.restrictions") : undefined;
  if (car === undefined || typeof value !== "object" || value === null) return FREE;
  return { ...FREE, ...(value as Partial<Limits>), state: driving(car) ?? "parked" };
}

/** Whether the car has the signal and has said it to whoever looks here: what a guest may not see has no place. */
export const says = (car: ThingView, signal: string): boolean => car.has(signal) && car.reading(signal) !== undefined;

/** Whether a car is led somewhere, and is not there yet. */
export const underway = (car: ThingView): boolean => !["arrived", undefined].includes((car.value("navigation.now") as { state?: string } | null | undefined)?.state);
