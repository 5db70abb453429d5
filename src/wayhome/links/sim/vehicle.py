"""The car as the household sees it: VSS signals of what it measures, and the wishes it takes."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from wayhome.core.catalog import Refinement
from wayhome.core.driving import GEAR, POWER, SPEED
from wayhome.core.value import Value
from wayhome.errors import Refused
from wayhome.hub.maps import Point
from wayhome.links.sim.bodywork import DOORS
from wayhome.links.sim.car import Car
from wayhome.links.sim.course import beyond
from wayhome.links.sim.destination import Destination
from wayhome.links.sim.device import Around, Device, choice, number, truth
from wayhome.links.sim.tyres import LOW, WHEELS
from wayhome.links.sim.vss import (
    BATTERY,
    CHARGING,
    CLIMATE,
    COOLEST,
    DESTINATION,
    DRIVER,
    FRUNK,
    HAZARD,
    HORN,
    HVAC,
    LOCATION,
    PASSENGER,
    SEAT,
    SLOW,
    TRUNK,
    WARMEST,
    WHEEL_HEAT,
    WHERE_TO,
    actuators,
    destination,
)  # fmt: skip

HONK = 1.5
"""s that the horn sounds when it is told to: a car that is looked for is found by then."""


class Vehicle(Device):
    """The device round the car. A wish reaches it by radio, as one from an app does."""

    kind: ClassVar[str] = "car"
    slow: ClassVar[frozenset[str]] = SLOW

    def __init__(self, key: str, name: str, car: Car, go_to: Callable[[Point], None]) -> None:
        """``go_to``: called with the destination that somebody wished."""
        self.car = car
        self.go_to = go_to
        self.destination = Destination()
        self._navigates = False
        self._now = 0.0
        told = actuators()
        super().__init__(key, name, None, told)
        read_only = Refinement(fixed=True)
        self.signals = {**dict.fromkeys(self.facts(), read_only), **told}

    @property
    def navigates(self) -> bool:
        """Whether it takes destinations."""
        return self._navigates

    @navigates.setter
    def navigates(self, on: bool) -> None:
        self._navigates = on
        self.signals = {name: one for name, one in self.signals.items() if name not in WHERE_TO}
        if on:
            self.signals |= destination()

    def forget(self) -> None:
        """It has no destination any more, and none is on its way to it."""
        self.destination.forget()
        self._drop()

    def take_back(self) -> None:
        """It can't go where somebody wished: where it was to go before stands."""
        self.destination.take_back()
        self._drop()

    def _drop(self) -> None:
        self.waiting = [ask for ask in self.waiting if ask.signal not in WHERE_TO]

    @property
    def busy(self) -> bool:
        return self.car.body.moving or self.car.horn > 0

    def beats(self) -> tuple[str, ...]:
        return (SPEED,) if self.car.state == "ON" else ()

    def check(self, signal: str, target: Value) -> None:
        car, moving = self.car, self.car.speed > 0
        if signal in (DRIVER + "Temperature", PASSENGER + "Temperature"):
            number(self.name, signal, target, COOLEST, WARMEST)
        elif signal == CHARGING + "ChargeLimit":
            number(self.name, signal, target, 50.0, 100.0)
        elif signal in WHERE_TO:
            most = 90.0 if signal.endswith("Latitude") else 180.0
            number(self.name, signal, target, -most, most)
        elif signal.endswith((".FanSpeed", ".Window.Position", ".HeatingCooling")):
            number(self.name, signal, target, 0.0, 100.0)
        elif signal == CHARGING + "StartStopCharging":
            if choice(self.name, signal, target, ("START", "STOP")) == "START":
                self._check_charge()
        elif truth(self.name, signal, target) and signal == TRUNK + "IsOpen" and moving:
            raise Refused("the trunk opens only while the car stands", advice="Stop first.")
        elif target is False and signal.endswith(".IsLocked") and moving:
            raise Refused("the doors stay locked while the car moves", advice="Stop first.")
        elif target and signal == CLIMATE and car.pack.soc < 5 and car.cable is None:
            raise Refused("the battery is too low for climate", advice="Plug the car in.")

    def _check_charge(self) -> None:
        car = self.car
        if car.cable is None:
            raise Refused("the charging cable is not plugged in", advice="Plug the car in, then start again.")
        if car.pack.soc >= car.limit:
            raise Refused(f"it is already charged to its limit of {car.limit} %", advice="Raise the charge limit.")

    def apply(self, signal: str, target: Value) -> None:
        car, on = self.car, target is True
        value = float(target) if isinstance(target, int | float) else 0.0
        match signal.removeprefix(HVAC):
            case "IsAirConditioningActive":
                car.cabin.on = on
            case "IsRecirculationActive":
                car.cabin.recirculation = on
            case "IsFrontDefrosterActive":
                car.cabin.front_defrost = on
            case "IsRearDefrosterActive":
                car.cabin.rear_defrost = on
            case "Station.Row1.Driver.Temperature":
                car.cabin.driver = round(value * 2) / 2
            case "Station.Row1.Passenger.Temperature":
                car.cabin.passenger = round(value * 2) / 2
            case "Station.Row1.Driver.FanSpeed":
                car.cabin.fan = float(round(value))
            case _ if signal.startswith(DESTINATION):
                self.destination.put(signal, value, self._now)
            case _:
                self._apply_body(signal, target, value)

    def _apply_body(self, signal: str, target: Value, value: float) -> None:
        car, on = self.car, target is True
        if signal == CHARGING + "ChargeLimit":
            car.limit = round(value)
        elif signal == CHARGING + "StartStopCharging":
            car.wants_charge = target == "START"
        elif signal == TRUNK + "IsOpen":
            # Between the wish and its arrival the car may have driven off.
            if car.speed == 0 or not on:
                car.body.trunk_goal = 100.0 * on
                car.body.trunk_locked = car.body.trunk_locked and not on
        elif signal == TRUNK + "IsLocked":
            car.body.trunk_locked = on
        elif signal == HAZARD:
            car.hazard = on
        elif signal == HORN:
            car.horn = HONK if on else 0.0
        elif signal == WHEEL_HEAT:
            car.cabin.wheel = float(round(value))
        elif signal.startswith(SEAT):
            car.cabin.seats[signal.removeprefix(SEAT).removesuffix(".HeatingCooling")] = float(round(value))
        else:
            door = signal.removeprefix("Vehicle.Cabin.Door.").rpartition(".Window.")[0]
            if door:
                car.body.window_goals[door] = float(round(value))
            elif on or car.speed == 0:
                car.body.locked[signal.removeprefix("Vehicle.Cabin.Door.").removesuffix(".IsLocked")] = on

    def step(self, dt: float, around: Around) -> None:
        self._now = around.now
        super().step(dt, around)

    def move(self, dt: float, around: Around) -> None:
        """Go where somebody wished. The world steps the car itself, with the speed that its day wishes."""
        point = self.destination.due(around.now)
        if point is not None:
            self.go_to(point)

    def facts(self) -> dict[str, Value]:
        return {**self._motion(), **self._energy(), **self._comfort()}

    def _motion(self) -> dict[str, Value]:
        car = self.car
        speed = round(car.speed * 3.6, 1)
        # Regenerative braking needs no pedal: only what the discs do counts as the foot on the brake.
        brake = 15 if car.state == "ON" and speed == 0 else min(100, round(car.braking / 800.0))
        said: dict[str, Value] = {
            SPEED: speed,
            GEAR: car.gear,
            POWER: car.state,
            "Vehicle.IsMoving": speed > 0,
            "Vehicle.Acceleration.Longitudinal": round(car.acceleration, 2),
            "Vehicle.Chassis.Accelerator.PedalPosition": max(0, min(100, round(car.motor / 1_500.0))),
            "Vehicle.Chassis.Brake.PedalPosition": brake,
            "Vehicle.TraveledDistance": round(car.odometer),
            "Vehicle.TraveledDistanceSinceStart": round(car.trip),
            **self._location(),
            "Vehicle.Exterior.AirTemperature": round(car.outside * 2) / 2,
            "Vehicle.Exterior.LightIntensity": float(round(car.light)),
            "Vehicle.VehicleIdentification.Model": self.name,
        }
        for wheel in WHEELS:
            tyre = f"Vehicle.Chassis.Axle.{wheel}.Tire."
            said[tyre + "Pressure"] = round(car.tyres.pressure(wheel))
            said[tyre + "Temperature"] = float(round(car.tyres.temperature))
            said[tyre + "IsPressureLow"] = car.tyres.pressure(wheel) < LOW
        return said

    def _location(self) -> dict[str, Value]:
        """Where it believes itself to be, and where it is to go."""
        said: dict[str, Value] = (
            {half: self.destination.halves.get(half) for half in WHERE_TO} if self._navigates else {}
        )
        place, aside = self.car.position, self.car.fix
        if aside is None:
            return said
        point = Point(place.latitude, place.longitude)
        if aside:
            point = beyond(point, place.heading + 90.0, aside)
        return {
            **said,
            LOCATION + "Latitude": round(point.latitude, 6),
            LOCATION + "Longitude": round(point.longitude, 6),
            LOCATION + "Altitude": round(place.altitude, 1),
            LOCATION + "Heading": round(place.heading, 1),
        }

    def _energy(self) -> dict[str, Value]:
        car, pack = self.car, self.car.pack
        left = float(round(car.range / 100) * 100)
        rate = pack.power / car.consumption * 3.6 if car.charging else 0.0
        return {
            BATTERY + "StateOfCharge.Current": round(pack.soc, 2),
            BATTERY + "StateOfCharge.Displayed": float(round(pack.soc)),
            BATTERY + "StateOfCharge.CurrentEnergy": round(pack.energy, 2),
            BATTERY + "NetCapacity": round(pack.capacity),
            BATTERY + "StateOfHealth": 97.0,
            BATTERY + "Range": int(left),
            BATTERY + "CurrentPower": float(round(pack.power, -1)) + 0.0,
            BATTERY + "CurrentVoltage": round(pack.voltage, 1),
            BATTERY + "CurrentCurrent": round(pack.current, 1) + 0.0,
            BATTERY + "Temperature.Average": round(pack.temperature, 1),
            BATTERY + "AccumulatedChargedEnergy": round(pack.charged, 1),
            BATTERY + "AccumulatedConsumedEnergy": round(pack.consumed, 1),
            CHARGING + "IsCharging": car.charging,
            CHARGING + "ChargeLimit": car.limit,
            CHARGING + "ChargeRate": float(round(rate)),
            CHARGING + "TimeToComplete": round(car.time_to_limit / 60) * 60,
            CHARGING + "ChargingPort.AnyPosition.IsChargingCableConnected": car.cable is not None,
            "Vehicle.LowVoltageBattery.CurrentVoltage": 14.2 if car.state == "ON" or car.charging else 12.6,
        }

    def _comfort(self) -> dict[str, Value]:
        cabin, body = self.car.cabin, self.car.body
        said: dict[str, Value] = {
            CLIMATE: cabin.on,
            HVAC + "AmbientAirTemperature": round(cabin.temperature, 1),
            HVAC + "IsRecirculationActive": cabin.recirculation,
            HVAC + "IsFrontDefrosterActive": cabin.front_defrost,
            HVAC + "IsRearDefrosterActive": cabin.rear_defrost,
            DRIVER + "Temperature": cabin.driver,
            PASSENGER + "Temperature": cabin.passenger,
            DRIVER + "FanSpeed": round(cabin.fan),
            TRUNK + "IsOpen": body.trunk > 0,
            TRUNK + "IsLocked": body.trunk_locked,
            **{f"{SEAT}{side}.HeatingCooling": round(heat) for side, heat in cabin.seats.items()},
            WHEEL_HEAT: round(cabin.wheel),
            "Vehicle.Cabin.DriverPosition": self.car.wheel.upper(),
            HAZARD: self.car.hazard,
            HORN: self.car.horn > 0,
            FRUNK + "IsOpen": body.frunk,
            "Vehicle.Body.Lights.Beam.Low.IsOn": self.car.lights,
        }
        for door in DOORS:
            name = f"Vehicle.Cabin.Door.{door}."
            said[name + "IsOpen"] = body.open[door]
            said[name + "IsLocked"] = body.locked[door]
            said[name + "Window.Position"] = round(body.windows[door])
        return said
