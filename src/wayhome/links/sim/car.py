"""The car: all its parts in one, moved by a wished speed and what the day brings."""

from __future__ import annotations

import math
from typing import Literal

from wayhome.links.sim import energy
from wayhome.links.sim.bodywork import Bodywork
from wayhome.links.sim.cabin import Cabin
from wayhome.links.sim.energy import Figures, Pack
from wayhome.links.sim.route import Position, Road
from wayhome.links.sim.tyres import Tyres

PARK, NEUTRAL, DRIVE, REVERSE = 126, 0, 127, -1
"""Gears, in VSS's numbers."""
LOCKS_AT = 8.0 / 3.6
"""m/s at which the doors lock themselves."""
DUSK = 12.0
"""Percent of light below which the beams go on by themselves."""
HARDEST_BRAKING = 9.0
"""m/s² that dry tyres hold."""
_MEMORY = 40_000.0
"""Metres over which the consumption that the range is reckoned with is averaged."""


class Car:
    """An electric car. Speeds in m/s, distances in m, power in W."""

    def __init__(self, route: Road, *, soc: float, outside: float, odometer: float, figures: Figures) -> None:
        self.figures = figures
        self.route = route
        self.pack = Pack(figures.capacity, soc, outside + 4.0)
        self.cabin = Cabin(outside)
        self.body = Bodywork()
        self.tyres = Tyres(outside)
        self.speed = 0.0
        self.acceleration = 0.0
        self.gear = PARK
        self.state: Literal["LOCK", "OFF", "ACC", "ON"] = "LOCK"
        self.odometer = odometer
        self.trip = 0.0
        self.place = 0.0
        """Metres along the route."""
        self.motor = 0.0
        """W between pack and motor; negative: won back."""
        self.braking = 0.0
        """W that the discs turn into heat."""
        self.lights = False
        self.hazard = False
        self.horn = 0.0
        """s that the horn still sounds."""
        self.cable: Literal["ac", "dc"] | None = None
        self.socket = math.inf
        """W that what it is plugged into gives, at most."""
        self.limit = 80
        """Percent at which charging ends."""
        self.wants_charge = True
        self.charging = False
        self.consumption = 600.0
        """J for a metre, averaged over the last 40 km: the range is reckoned with it."""
        self.outside = outside
        self.light = 100.0
        """Percent of light that its sensor sees."""
        self.fix: float | None = 0.0
        """Metres to the right of where it is, at which it believes itself to be; None: it does not know where it is."""
        self.wheel: Literal["left", "right"] = "left"
        """The side that its driver sits on."""
        self._empty = False

    @property
    def position(self) -> Position:
        return self.route.at(self.place)

    @property
    def range(self) -> float:
        """Metres that the charge lasts for at the average consumption."""
        return self.pack.energy * energy.KWH / self.consumption

    @property
    def time_to_limit(self) -> float:
        """Seconds until charging ends at the present power; 0 when it does not charge."""
        left = self.pack.capacity * self.limit / 100 - self.pack.energy
        if not self.charging or self.pack.power <= 0 or left <= 0:
            return 0.0
        return left * energy.KWH / self.pack.power

    @property
    def busy(self) -> bool:
        """Whether something of it moves."""
        return self.speed > 0 or self.body.moving

    def step(self, dt: float, wished: float, outside: float, sun: float) -> None:
        """Let ``dt`` s pass; ``wished`` is the speed in m/s at the end of it, reached as far as physics allow."""
        self.outside = outside
        self._roll(dt, wished, outside)
        self.body.step(dt)
        self.horn = max(0.0, self.horn - dt)
        self.cabin.step(dt, outside, sun, self.body.airing)
        self.tyres.step(dt, self.speed, outside)
        self.lights = self.state == "ON" and self.light < DUSK
        standing = self.figures.standby if self.state in ("ON", "ACC") else self.figures.asleep
        drawn = self.motor + self.cabin.power + standing + 110.0 * self.lights
        self._charge(dt, drawn, outside)

    def _roll(self, dt: float, wished: float, outside: float) -> None:
        car, before = self.figures, self.speed
        if self.gear == PARK and before == 0:
            wished = 0.0
        if self._empty:
            wished = min(wished, max(0.0, before - 0.8 * dt))
        middle = (before + wished) / 2
        load = energy.road_load(car, middle, self.position.grade if middle > 0 else 0.0, outside)
        gain = energy.fastest_gain(car, max(before, middle), load)
        after = max(0.0, before - HARDEST_BRAKING * dt, min(wished, before + gain * dt))
        self.acceleration = (after - before) / dt
        middle = (before + after) / 2
        wheel = (load + car.mass * car.inertia * self.acceleration) * middle
        most = energy.recovery_limit(car, middle, self.pack.soc, self.pack.temperature)
        self.motor = energy.traction_power(car, wheel, most)
        self.braking = max(0.0, -wheel - most)
        self.speed = after
        moved = middle * dt
        self.odometer += moved
        self.trip += moved
        self.place = self.route.on(self.place + moved)
        if moved > 0:
            share = min(1.0, moved / _MEMORY)
            spent = (self.motor + self.cabin.power + car.standby) * dt / moved
            # Crawling costs without end for a metre: no single metre counts more than ten times the usual.
            self.consumption += (min(spent, 6_000.0) - self.consumption) * share
            self.consumption = max(300.0, min(2_000.0, self.consumption))
            if after >= LOCKS_AT > before:
                self.body.lock(True)

    def _charge(self, dt: float, drawn: float, outside: float) -> None:
        pack = self.pack
        offered = 0.0
        self.charging = (
            self.cable is not None and self.wants_charge and self.speed == 0 and pack.soc < self.limit - 1e-6
        )
        if self.charging:
            offered = min(self.socket, energy.charge_power(self.cable, pack.soc, pack.temperature))
            room = (pack.capacity * self.limit / 100 - pack.energy) * energy.KWH / dt
            offered = min(offered, room + drawn)
        elif self.cable is not None and self.speed == 0:
            offered = drawn  # the cable keeps what runs while it waits
        pack.step(dt, offered - drawn, outside)
        # Once empty it takes a little charge before it drives again; what braking gives back is not enough.
        self._empty = pack.energy <= 0 or (self._empty and pack.soc < 1)
        if self._empty:
            self.cabin.on = False
            self.cabin.cool_down()

    def plug(self, cable: Literal["ac", "dc"] | None, most: float = math.inf) -> None:
        """Put a cable in, or (None) take it out. Only while standing; a new cable starts charging by itself, with
        ``most`` W of what stands there."""
        if self.speed == 0:
            self.cable = cable
            self.socket = most
            self.wants_charge = True
            if cable is None:
                self.charging = False
