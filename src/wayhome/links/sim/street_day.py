"""The car's day on real streets: it goes where somebody wished, else on rounds of its own; charges when it is low, and
drives home. It never asks the map itself: ``asked`` says what it has to know to go on, and ``take`` tells it."""

from __future__ import annotations

from random import Random

import msgspec

from wayhome.hub.maps import Point, Way
from wayhome.links.sim.car import Car
from wayhome.links.sim.course import Course, apart
from wayhome.links.sim.day import Day
from wayhome.links.sim.pace import Pace
from wayhome.links.sim.town import FAST, Goal, Town, nearest, watts

LOW, EMPTY = 20.0, 12.0
"""Percent of charge under which it charges before it goes on, and under which it does so at once."""
FULL = 80.0
"""Percent to which it charges on the way."""
TRIES = 3
"""So many stations are tried when no road leads to the nearest."""
BESIDE = 90.0
"""Metres from home at which a goal that somebody wished is home itself."""
AGAIN = 5.0
"""Seconds until the map is asked again where it did not answer."""


class Asked(msgspec.Struct, frozen=True):
    """A way that it has to know: from where it is to the first of ``goals`` that a road leads to. ``heading``: in which
    it drives, in degrees. ``share``: it is to be there already, with so much of the way (0 to 1) behind it."""

    start: Point
    goals: tuple[Goal, ...]
    heading: float | None = None
    share: float | None = None


class StreetDay(Day):
    """A day in a town. The car stands at the door of the house when it begins."""

    def __init__(self, car: Car, random: Random, stay: float, town: Town) -> None:
        super().__init__(car, random, stay)
        self.town = town
        self.asked: Asked | None = None
        self.goals: list[Goal] = []
        """Where to after this goal."""
        self.goal: Goal | None = None
        """Where it drives to; None while it stands somewhere."""
        self.here: Goal | None = town.home
        """Where it stands; None: on the road, or beside it."""
        self.pace: Pace | None = None
        self.standing = 0.0
        """Seconds that somebody keeps it from driving."""
        self.stranded = False
        """Whether no road leads to any station."""
        self._later = 0.0
        self._stays = 0.0

    # What somebody wishes

    def go_to(self, point: Point) -> None:
        """Drive there: at once where it drives, else get in and leave."""
        home = apart(point, self.town.home.point) <= BESIDE
        goal = self.town.home if home else Goal("asked", point, self._random.uniform(300.0, 900.0))
        self.goals = []
        if self.chapter in ("driving", "steered"):
            self.goal, self.here = goal, None
            self._ask()
        else:
            self.goals = [goal]
            self._stays = 0.0
            if self.chapter == "parked":
                self.leave()

    def begin(self, share: float = 0.0) -> None:
        """Be on the road at once, on a round."""
        self._round()
        self._set_out(share)

    def homewards(self, share: float) -> None:
        """Be on the road home at once, from where one goes otherwise."""
        far = max(self.town.haunts, key=lambda one: apart(one.point, self.town.home.point))
        self.goals = [self.town.home]
        self._set_out(share, far.point)

    def _set_out(self, share: float, start: Point | None = None) -> None:
        self._turn("driving")
        self.goal, self.here, self.pace = self.goals.pop(0), None, None
        self._ask(start or self.town.home.point, share)

    def park(self) -> None:
        if self.goal is not None:  # not there yet: it goes on from here later
            self.goals.insert(0, self.goal)
            self.goal = None
            self._stays = self._random.uniform(150.0, 420.0)
        self.asked = None
        super().park()

    # What the map says

    def take(self, way: Way | None, goal: Goal | None = None, *, through: bool = False) -> None:
        """The way that it asked for, and which goal is at its end; None: no road leads there. ``through``: this is a
        way that it takes by mistake, and at its end it asks for the right one."""
        asked, self.asked = self.asked, None
        if way is None or not way.shape:
            self._no_way()
            return
        if goal is not None:
            self.goal = goal
        car = self._car
        course = Course(way.shape)
        self.pace = Pace(course, way, self._random, through=through)
        car.route, car.place = course, 0.0
        if asked is not None and asked.share is not None:
            car.place = course.length * min(asked.share, 0.97)
            self._take_off()
            car.speed = self.pace.top(car.place)
            car.trip = car.place

    def later(self) -> None:
        """The map did not answer: it is asked again in a while, and the car stands meanwhile."""
        if self.asked is not None and self.asked.share is not None:
            self.goal, self._stays = None, AGAIN
            self._turn("parked")
        self.asked, self._later = None, AGAIN

    def _no_way(self) -> None:
        """No road leads to the goal: on to the next one, or stay."""
        self.stranded = self.stranded or (self.goal is not None and self.goal.kind == "station")
        self.goal = self.pace = None
        if self.goals:
            self.goal = self.goals.pop(0)
        elif self._car.speed == 0:
            self._stays = self._random.uniform(600.0, 1_200.0)
            self.park()

    def _ask(self, start: Point | None = None, share: float | None = None) -> None:
        car = self._car
        if self.goal is None:
            return
        position = car.position
        here = Point(position.latitude, position.longitude)
        goals: tuple[Goal, ...] = (self.goal,)
        if self.goal.kind == "station":
            goals = tuple(nearest(self.town.stations, here)[:TRIES])
        heading = position.heading if start is None and car.speed > 1.0 else None
        self.asked = Asked(start or here, goals, heading, share)

    @property
    def idle(self) -> bool:
        """Whether it stands where it was to go."""
        return self.goal is None and self.here is not None and not self.goals

    # The drive

    def wish(self, dt: float) -> float:
        car = self._car
        if self.chapter == "steered" and self.wished > 0 and car.place >= car.route.length - 2.0 and self.asked is None:
            # Held at a speed to the end of its way: on to wherever it would go next.
            self.here, self.goal = self.goal or self.here, None
            self._next()
            self.here = None
            self._ask()
        return super().wish(dt)

    def _driving(self, dt: float) -> float:
        car = self._car
        slower = max(0.0, car.speed - 3.0 * dt)
        self._later = max(0.0, self._later - dt)
        if self.goal is None and car.speed == 0:
            self._next()
        if self.goal is not None and self.goal.kind != "station" and self._wants_station(EMPTY):
            self.goals.insert(0, self.goal)
            self.goal, self.pace = self._station(), None
        if self.pace is None:
            if self.asked is None and not self._later:
                self._ask()
            return slower
        if self.standing > 0:
            self.standing = max(0.0, self.standing - dt)
            return slower
        if self.pace.done(car.place, car.speed):
            if self.pace.through:
                self.pace = None
                self._ask()
                return car.speed
            self.here, self.goal, self.pace = self.goal, None, None
            self._stays = self.here.stay if self.here is not None else 0.0
            self.park()
            return 0.0
        return self.pace.wish(car.place, car.speed, dt)

    def _next(self) -> None:
        """Where to now: home is always the last."""
        if self._wants_station(LOW) and (self.here is None or self.here.kind != "station"):
            self.goal = self._station()
        elif self.goals:
            self.goal = self.goals.pop(0)
        elif self.here is not None and self.here.kind == "home":
            self._round()
            self.goal = self.goals.pop(0)
        else:
            self.goal = self.town.home

    def _wants_station(self, least: float) -> bool:
        return self._car.pack.soc < least and bool(self.town.stations) and not self.stranded

    def _round(self) -> None:
        count = self._random.randint(1, min(3, len(self.town.haunts)))
        self.goals = [*self._random.sample(self.town.haunts, count), self.town.home]

    def _station(self) -> Goal:
        position = self._car.position
        return nearest(self.town.stations, Point(position.latitude, position.longitude))[0]

    def _go(self) -> None:
        self._turn("driving")
        self.pace = None
        self.stranded = False
        if self.goal is None:  # else somebody had the wheel on the way
            self._next()
        self.here = None
        self._car.body.lock(True)

    # Standing somewhere

    @property
    def at_home(self) -> bool:
        return self.here is not None and self.here.kind == "home"

    def _plug(self) -> None:
        if self.here is not None and self.here.kind == "station":
            self._car.plug("dc" if self.here.power >= FAST else "ac", watts(self.here))
        else:
            super()._plug()

    def _leave_or_charge(self) -> None:
        car = self._car
        if self.at_home and not self.goals:
            super()._leave_or_charge()
        elif self.here is not None and self.here.kind == "station":
            if car.pack.soc >= min(FULL, car.limit - 1.0) or not car.charging:
                self.leave()
        elif self.stranded and car.pack.soc < LOW:
            if car.cable is None:
                car.plug("dc")  # no station can be driven to: somebody finds it a charger
        else:
            self.leave()

    def _long_enough(self) -> bool:
        if self.at_home and not self.goals:
            return super()._long_enough()
        if self.here is not None and self.here.kind == "station":
            return self.elapsed >= 30.0
        return self.elapsed >= self._stays
