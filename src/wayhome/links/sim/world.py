"""The simulated world: a car, a home, weather, faults, and one clock for all of them.

Tests use it directly: ``world.car.pack.soc = 20``, ``world.ask("gate", "cover.open", True)``, ``world.advance(60)``.
"""

from __future__ import annotations

import math
from random import Random

from wayhome.core.value import Value
from wayhome.errors import LinkError, NotFound
from wayhome.hub.maps import Point
from wayhome.links.sim.car import PARK, Car
from wayhome.links.sim.config import SimConfig
from wayhome.links.sim.day import Day
from wayhome.links.sim.device import Around, Device, delay
from wayhome.links.sim.energy import Figures
from wayhome.links.sim.faults import Faults
from wayhome.links.sim.home import Home
from wayhome.links.sim.names import name
from wayhome.links.sim.route import LOOP, Route
from wayhome.links.sim.street_day import StreetDay
from wayhome.links.sim.town import Town
from wayhome.links.sim.vehicle import Vehicle
from wayhome.links.sim.weather import Weather

CAR = "car"
FINE, ROLLING, QUIET = 0.1, 0.5, 5.0
"""Longest steps in s: while a wish is on its way, while the car rolls, else."""


class SimWorld:
    """Everything there is. Time moves only by ``advance``; nothing in it reads a clock."""

    def __init__(self, config: SimConfig, now: float, *, figures: Figures | None = None) -> None:
        """``now``: the time at which the world begins, s since 1970."""
        self.config = config
        self.now = now
        self.random = Random(config.seed)  # noqa: S311 - chance for a play, no secret
        self.weather = Weather(config.outside)
        outside = self.weather.temperature(now)
        self.car = Car(
            Route(LOOP), soc=config.soc, outside=outside, odometer=12_480_000.0, figures=figures or Figures()
        )
        self.car.light = self.weather.light(now)
        self.car.wheel = config.wheel
        self.day: Day = Day(self.car, self.random, config.stay * 60)
        self.vehicle = Vehicle(CAR, config.car.strip() or name(CAR, config.language), self.car, self._go_to)
        self.home = Home(config.language, outside)
        self.faults = Faults()
        self.held = False
        """Whether the car waits for its first map."""
        self._found = 0.0
        """When the car knows again where it is; 0: nobody made it forget."""
        self.devices: dict[str, Device] = {CAR: self.vehicle, **self.home.devices}
        self._set_out(0.15)
        self.day.until_lively()

    def _set_out(self, share: float) -> None:
        if self.config.start == "driving":
            self.car.cabin.temperature = 20.5
            self.car.tyres.temperature = self.car.outside + 9.0
            self.day.begin(share)
        else:
            self.car.plug("ac")

    # Where the car lives

    @property
    def streets(self) -> StreetDay | None:
        """The car's day, where it drives on real streets."""
        return self.day if isinstance(self.day, StreetDay) else None

    def hold(self) -> None:
        """Stand in the garage, and know of no position: where it is comes out only when the map is there."""
        self._garage()
        self.held, self.car.fix = True, None
        self.day = Day(self.car, self.random, math.inf)

    def settle(self, town: Town) -> None:
        """Live in a town of the map from now on."""
        self._garage()
        self.car.route, self.car.place = town.door, 0.0
        self.weather.longitude = town.home.point.longitude
        self.day = StreetDay(self.car, self.random, self.config.stay * 60, town)
        self.vehicle.navigates = True
        self._set_out(0.3)

    def leave_streets(self) -> None:
        """Live in the made-up valley: there is no map, or none of where home is."""
        self._garage()
        route = Route(LOOP)
        self.car.route, self.car.place = route, 0.0
        self.day = Day(self.car, self.random, self.config.stay * 60)
        self.vehicle.navigates = False
        self._set_out(0.15)

    def _garage(self) -> None:
        """At home, at once: parked, shut and locked."""
        car = self.car
        car.speed, car.gear, car.state = 0.0, PARK, "LOCK"
        car.fix, self._found, self.held = 0.0, 0.0, False
        car.plug(None)
        car.cabin.on = False
        car.body.open.update(dict.fromkeys(car.body.open, False))
        car.body.lock(True)
        self.vehicle.forget()

    def lose(self, seconds: float, aside: float | None = None) -> None:
        """For so many seconds the car does not know where it is, or believes to be so many metres to the right."""
        if not self.held:
            self.car.fix, self._found = aside, self.now + seconds

    def _go_to(self, point: Point) -> None:
        if self.streets is not None:
            self.streets.go_to(point)

    def device(self, key: str) -> Device:
        """The device of that key. Raises NotFound."""
        found = self.devices.get(key)
        if found is None:
            raise NotFound(f"the demo has no {key[:80]!r}", advice=f"It has {', '.join(self.devices)}.")
        return found

    def ask(self, key: str, signal: str, target: Value, cause: str | None = None) -> None:
        """Hand a device a wish; it acts on it by itself, a little later. Raises Refused, Unreachable, Asleep."""
        device = self.device(key)
        late = self.faults.admit(key, device.name, signal, self.now)
        device.ask(signal, target, self.now + late + delay(self.random, self.config.delay), cause)

    @property
    def due(self) -> float | None:
        """When the next wish on its way is acted on, or None."""
        return min((device.waiting[0].due for device in self.devices.values() if device.waiting), default=None)

    @property
    def busy(self) -> bool:
        """Whether something is in the middle of a movement that a wish began."""
        return self.home.busy or self.vehicle.busy or bool(self.vehicle.waiting)

    @property
    def rolling(self) -> bool:
        """Whether the car is on the road (also while it waits at a light) or about to be."""
        return self.car.speed > 0 or self.day.chapter not in ("parked",)

    def advance(self, seconds: float) -> None:
        """Let time pass, in steps as short as what goes on needs. It stops where the car has to know a way first
        (``streets.asked``), to be let go on when it does."""
        end = self.now + seconds
        while self.now < end - 1e-9:
            if self.streets is not None and self.streets.asked is not None:
                return
            longest = FINE if self.busy else ROLLING if self.rolling else QUIET
            left = end - self.now
            self._step(left / math.ceil(left / longest) if left > longest else left)
        self.now = end

    def _step(self, dt: float) -> None:
        self.now += dt
        if self._found and self.now >= self._found:
            self.car.fix, self._found = 0.0, 0.0
        around = Around(self.now, self.weather.temperature(self.now), self.weather.sun(self.now))
        wished = self.day.wish(dt)
        if self.streets is not None and self.vehicle.destination.stands and self.streets.idle:
            self.vehicle.forget()
        self.vehicle.step(dt, around)
        self.car.light = self.weather.light(self.now)
        self.car.step(dt, wished, around.outside, around.sun)
        self.home.step(dt, around)
        for scene in (self.home.good_night, self.home.coming_home):
            while scene.due:
                key, signal, target, cause = scene.due.pop(0)
                self._pass_on(key, signal, target, cause)

    def _pass_on(self, key: str, signal: str, target: Value, cause: str | None) -> None:
        """One wish of a scene. A device that can't just now is left out, as real scenes do."""
        try:
            self.ask(key, signal, target, cause)
        except LinkError:
            return

    def state(self) -> dict[str, Value]:
        """What a person at the demo's page wants to see."""
        car = self.car
        return {
            "now": self.now,
            "outside": round(self.weather.temperature(self.now), 1),
            "sun": round(self.weather.sun(self.now), 2),
            "car": {
                "chapter": self.day.chapter,
                "speed": round(car.speed * 3.6, 1),
                "gear": car.gear,
                "soc": round(car.pack.soc, 2),
                "cable": car.cable,
                "charging": car.charging,
                "place": round(car.place),
                "streets": self.streets is not None,
            },
            "faults": [
                {"thing": fault.thing, "kind": fault.kind, "seconds": fault.seconds} for fault in self.faults.standing()
            ],
        }
