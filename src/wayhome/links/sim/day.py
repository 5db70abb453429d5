"""The car's day: it drives a round, comes home, is locked and charged, and leaves again.

Also the place where a test or the demo's page takes the wheel: a wished speed, or an end of the drive.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import Literal

from wayhome.links.sim.car import DRIVE, PARK, Car
from wayhome.links.sim.drive import Drive, plan
from wayhome.links.sim.route import DOORSTEP, Route

type Chapter = Literal["driving", "arriving", "parked", "leaving", "steered"]
DRIVER = "Row1.DriverSide"
ENOUGH = 35.0
"""Percent of charge under which it stays where it is."""
STEERED_GAIN = 3.5
"""m/s² with which a steered car comes to the speed it was told."""


class Day:
    """Says how fast the car wants to be. ``chapter``: what it is at. Times in s of the simulated clock."""

    def __init__(self, car: Car, random: Random, stay: float) -> None:
        """``stay``: seconds that the car stays at home between two drives, at least; twice that, if it is still
        charging what the last one took."""
        self._car = car
        self._random = random
        self._stay = stay
        self._usual = car.pack.soc
        """Percent of charge that it comes back to before it leaves again, so that no day empties it."""
        self.chapter: Chapter = "parked"
        self.drive: Drive | None = None
        self.elapsed = 0.0
        """Seconds in this chapter."""
        self.wished = 0.0
        """The speed in m/s that a steered car was told."""
        self._steps: Sequence[tuple[float, Callable[[], None]]] = ()

    def wish(self, dt: float) -> float:
        """Let ``dt`` s pass; the speed in m/s that the car wants at their end."""
        self.elapsed += dt
        match self.chapter:
            case "driving":
                return self._driving(dt)
            case "arriving" | "leaving":
                self._act()
                return max(0.0, self._car.speed - 2.5 * dt)
            case "parked":
                if self._long_enough():
                    self._leave_or_charge()
                return 0.0
            case "steered":
                gap = self.wished - self._car.speed
                return self._car.speed + max(-5.0 * dt, min(STEERED_GAIN * dt, gap))

    def begin(self, share: float = 0.0) -> None:
        """Be on the road at once, ``share`` (0 to 1) of the round already done."""
        car = self._car
        self.drive = plan(self._loop.stretches, self._random)
        self.chapter = "driving"
        self.elapsed = self.drive.when(share * self.drive.length)
        self._take_off()
        car.speed = self.drive.speed(self.elapsed)
        car.place = car.trip = self.drive.distance(self.elapsed)

    def until_lively(self) -> None:
        """Go on in the drive to its next moment of speeding up, so that who looks sees it drive at once."""
        drive, now = self.drive, int(self.elapsed)
        if drive is None:
            return
        for second in range(now, int(drive.duration) - 1):
            speed = drive.speed(second)
            if speed > 6 and drive.speed(second + 1) - speed > 0.4:
                self.elapsed = float(second)
                self._car.speed = speed
                self._car.place = self._car.trip = drive.distance(second)
                return

    def leave(self) -> None:
        """Get in, unplug, drive off: takes some 12 s until it rolls. Nothing when it is on the road already."""
        if self.chapter in ("driving", "leaving"):
            return
        car = self._car
        self._turn("leaving")
        self._steps = (
            (1.0, lambda: car.plug(None)),
            (2.0, lambda: car.body.lock(False)),
            (3.0, lambda: car.body.open.update({DRIVER: True})),
            (6.5, lambda: car.body.open.update({DRIVER: False})),
            (8.0, self._start),
            (10.0, lambda: setattr(car, "gear", DRIVE)),
            (11.0, self._go),
        )

    def park(self) -> None:
        """Stop here, now, and leave the car: it is locked, and plugged in when it stands at home."""
        car = self._car
        if self.chapter in ("arriving", "parked"):
            return
        self._turn("arriving")
        self._steps = (
            (1.5, lambda: setattr(car, "gear", PARK)),
            (3.0, lambda: car.body.open.update({DRIVER: True})),
            (4.0, self._off),
            (6.5, lambda: car.body.open.update({DRIVER: False})),
            (9.0, self._secure),
            (15.0, self._plug),
            (16.0, lambda: self._turn("parked")),
        )

    def steer(self, speed: float) -> None:
        """Take the wheel: hold ``speed`` m/s until told otherwise."""
        if self.chapter != "steered":
            self._turn("steered")
        self.wished = speed
        if speed > 0:
            self._car.plug(None)
            self._take_off()

    def release(self) -> None:
        """Let a steered car go on by itself: on the road when it is on, else as a parked one."""
        if self.chapter != "steered":
            return
        if self._car.state == "ON":
            self._go()
        else:
            self._turn("parked")

    @property
    def at_home(self) -> bool:
        """Whether the car is at the household's door."""
        length = self._loop.length
        return min(self._car.place, length - self._car.place) < DOORSTEP

    @property
    def _loop(self) -> Route:
        """The round that it drives."""
        assert isinstance(self._car.route, Route)
        return self._car.route

    def _driving(self, dt: float) -> float:
        car = self._car
        if self.drive is None:
            if car.speed > 0:
                return max(0.0, car.speed - 2.5 * dt)
            self.drive = plan(self._loop.ahead(car.place), self._random)
            self.elapsed = 0.0
        if self.elapsed >= self.drive.duration:
            self.park()
            return 0.0
        return self.drive.speed(self.elapsed)

    def _long_enough(self) -> bool:
        """Whether it has stood long enough."""
        return self._stay <= self.elapsed

    def _plug(self) -> None:
        if self.at_home:
            self._car.plug("ac")

    def _leave_or_charge(self) -> None:
        car = self._car
        regained = car.pack.soc >= min(self._usual, car.limit - 1.0)
        if regained or (car.pack.soc > ENOUGH and self.elapsed >= 2 * self._stay):
            self.leave()
        elif car.cable is None and car.pack.soc <= ENOUGH:
            car.plug("dc")  # ran low on the road: somebody finds it a charger

    def _act(self) -> None:
        if self._car.speed > 0:
            self.elapsed = 0.0
            return
        while self._steps and self._steps[0][0] <= self.elapsed:
            act = self._steps[0][1]
            self._steps = self._steps[1:]
            act()

    def _turn(self, chapter: Chapter) -> None:
        self.chapter = chapter
        self.elapsed = 0.0
        self._steps = ()

    def _start(self) -> None:
        self._car.state = "ON"
        self._car.cabin.on = True
        self._car.trip = 0.0

    def _take_off(self) -> None:
        """As if somebody sat in it and drove: on, in gear, shut and locked."""
        car = self._car
        car.state, car.gear, car.cabin.on = "ON", DRIVE, True
        car.body.open.update(dict.fromkeys(car.body.open, False))
        car.body.trunk = car.body.trunk_goal = 0.0
        car.body.lock(True)

    def _off(self) -> None:
        self._car.state = "OFF"
        self._car.cabin.on = False
        self._car.cabin.cool_down()

    def _secure(self) -> None:
        self._car.body.lock(True)
        self._car.state = "LOCK"

    def _go(self) -> None:
        """On the road, from standstill: what is left of the round, and so home."""
        self._turn("driving")
        self.drive = None
        self._car.body.lock(True)
