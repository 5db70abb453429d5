"""One car that is being led: its journey, its way, how far it has come, and what follows from what it tells. It neither
asks nor writes anything; who keeps it does."""

from __future__ import annotations

from typing import Literal

import msgspec

from wayhome.features.navigation import energy, progress, saying, tracking
from wayhome.features.navigation.course import Course, apart
from wayhome.features.navigation.energy import Consumption
from wayhome.features.navigation.looking import Battery
from wayhome.features.navigation.model import Guidance, Journey, Say, State, Stop, What
from wayhome.features.navigation.tracking import Fix, Track
from wayhome.hub.maps import Point

HERE, ALMOST = 30.0, 150.0
"""m as the crow flies, and along the way, from the goal at which somebody who goes slowly has arrived: a way may pass
close by it long before it leads there."""
SLOWLY = 12.0
NEARBY = 300.0
"""Who parks so many m from the goal has arrived: closer there was no room."""
WAITS = (5.0, 10.0, 20.0, 40.0, 60.0)
"""s until a way is looked for again after there was none, each time; the last for good."""

type Happened = Literal["stop", "arrived"]


class Leading:
    """``course`` None: there is no way yet. ``base``: how many stops were behind when the way was made; ``passed``: how
    many are now. ``trouble``: why there is no (new) way. ``arrived``: since when, by the steady clock."""

    def __init__(self, car: str, journey: Journey) -> None:
        self.car = car
        self.journey = journey
        self.course: Course | None = None
        self.file: str | None = None
        self.track = Track()
        self.base = self.passed = min(journey.passed, len(journey.stops) - 1)
        self.trouble: str | None = None
        self.arrived: float | None = None
        self.walk: float | None = None
        self.announced: set[int] = set(journey.soon)
        """The stops that the household was told of that the car is about to come to."""
        self.planning = False
        self.parked_since_arrival = False
        self._tries = 0
        self._again = 0.0
        self._say: Say | None = None
        self._said: tuple[int, What] | None = None
        self._count = 0

    @property
    def goal(self) -> Stop:
        return self.journey.stops[-1]

    @property
    def left(self) -> tuple[Stop, ...]:
        """The stops that are still to come, the goal among them."""
        return self.journey.stops[self.passed :]

    # Ways

    def take(self, course: Course, file: str, say: What | None) -> None:
        """This is the way from now on, from where the car is."""
        last = self.track.last
        self.course, self.file, self.base, self.trouble = course, file, self.passed, None
        self.track = Track(pace=self.track.pace, moved=self.track.moved)
        self._said, self._tries, self._again = None, 0, 0.0
        if last is not None:
            self.track = tracking.see(self.track, course, last, self._until, self._next_point)
        if say is not None:
            self._speak(say)

    def go_on(self, course: Course, file: str) -> None:
        """This was its way before the hub stopped."""
        self.take(course, file, None)
        self.base = max(0, min(self.passed, len(self.journey.stops) - len(course.stops)))

    def failed(self, why: str, steady: float) -> None:
        """There was no way. What was there before stays."""
        if self.trouble is None:
            self._speak("no_way")
        self.trouble = why
        self._again = steady + WAITS[min(self._tries, len(WAITS) - 1)]
        self._tries += 1

    def wants_way(self, steady: float) -> bool:
        """Whether a way is to be looked for now."""
        if self.planning or self.arrived is not None or steady < self._again:
            return False
        return self.course is None or self.track.standing == "off"

    def try_again(self) -> None:
        """The maps are others: what did not lead there before may do so now."""
        self._again, self._tries = 0.0, 0

    # Going on

    @property
    def _local(self) -> int:
        return self.passed - self.base

    @property
    def _until(self) -> float:
        assert self.course is not None
        return self.course.stops[min(self._local, len(self.course.stops) - 1)]

    @property
    def _next_point(self) -> Point:
        stop = self.journey.stops[self.passed]
        return Point(stop.latitude, stop.longitude)

    def look(self, fix: Fix | None, steady: float, speed: float | None, state: str | None) -> list[Happened]:
        """Take in what the car tells, and what follows from it. ``state``: what the car is doing."""
        course = self.course
        if course is None or self.arrived is not None:
            if fix is not None:
                self.track = msgspec.structs.replace(self.track, last=fix)
            return []
        if fix is not None and (self.track.last is None or fix.at > self.track.last.at):
            self.track = tracking.see(self.track, course, fix, self._until, self._next_point)
        moving = state == "moving" or (state is None and (speed or 0.0) >= tracking.ROLLS)
        self.track = tracking.believe(self.track, course, steady, moving, self._until, self._next_point)
        self.track = tracking.wait(self.track, course, steady, speed, moving, self._until)
        happened: list[Happened] = []
        local = progress.reached(course, self.track.now, self._local)
        if local > self._local:
            happened += ["stop"] * (local - self._local)
            self.passed = self.base + local
            self._speak("stop")
        elif self._is_there(course, speed, state):
            if self.passed == len(self.journey.stops) - 1:
                self.arrived = steady
                self._speak("arrived")
                return ["arrived"]
            self.passed += 1
            happened.append("stop")
            self._speak("stop")
        if self.track.standing == "on" and self.trouble is not None:
            self.trouble = None  # it came back to the way that stood
        self._say_next(course, speed)
        return happened

    def _is_there(self, course: Course, speed: float | None, state: str | None) -> bool:
        """Whether the next stop is reached: along the way, or close by it and slow, or parked around it."""
        last = self.track.last
        if self._local == len(course.stops) - 1 and self.track.joined and self.track.now >= self._until - 15.0:
            return True
        if last is None or self.track.moved < 1.0:
            return False  # who sets out beside a stop has not come there
        away = apart(last.point, self._next_point)
        close = away <= HERE and (self.track.standing != "on" or self._until - self.track.now <= ALMOST)
        if close and (speed is None or speed <= SLOWLY):
            return True
        if away > NEARBY or state != "parked":
            return False
        before = self.journey.stops[self.passed - 1] if self.passed else None
        # Who is parked at the stop before has not come to this one, however close they are.
        return before is None or away < apart(last.point, Point(before.latitude, before.longitude))

    def skip(self) -> bool:
        """The next stop is left out; whether there is another one after it."""
        if self.passed >= len(self.journey.stops) - 1:
            return False
        self.passed += 1
        return True

    # What is said

    def _speak(self, what: What, far: float | None = None, number: int | None = None) -> None:
        """``number``: the manoeuvre that it is about: after a restart it is not said again."""
        self._count += 1
        of = f"{(self.file or '')[:8]}:{what}:{self._count if number is None else f'm{number}'}"
        self._say = Say(f"{self.journey.start}:{of}", what, None if far is None else round(far))

    def _say_next(self, course: Course, speed: float | None) -> None:
        if self.track.standing != "on" or not self.track.joined:
            return
        number = progress.next_number(course, self.track.now)
        ahead = progress.ahead(course, self.track.now)
        if number is None or ahead is None or speed is None:
            return
        said = self._said[1] if self._said is not None and self._said[0] == number else None
        what = saying.due(ahead, speed, said)
        if what is not None:
            self._said = (number, what)
            self._speak(what, ahead.far, number)

    # What is shown

    def minutes_to(self, number: int) -> float | None:
        """How long it takes to one of the journey's stops; None: nobody knows, or it is behind."""
        if self.course is None or number < self.passed or self.arrived is not None:
            return None
        place = self.course.stops[number - self.base] if number - self.base < len(self.course.stops) else None
        return None if place is None else (self.course.time(place) - self.course.time(self.track.now)) / 60

    def guidance(self, now: float, battery: Battery, consumption: Consumption) -> Guidance:
        """How it is led at this moment; ``now``: s since 1970."""
        plain = Guidance(
            self._state(),
            self.goal,
            self.journey.by,
            self.file,
            len(self.left) - 1,
            trouble=self.trouble,
            say=self._say,
            walk=self.walk,
        )
        course, last = self.course, self.track.last
        if course is None:
            return plain
        if self.arrived is not None:
            at = last.point if last is not None else None
            return msgspec.structs.replace(plain, left=0.0, time=0.0, along=course.length, at=at)
        along = self.track.now
        off = self.track.standing == "off" or not self.track.joined
        left, time = course.length - along, course.seconds[-1] - course.time(along)
        piece = course.piece(along)
        return msgspec.structs.replace(
            plain,
            left=left,
            time=time,
            eta=now + time,
            along=along,
            at=last.point if off and last is not None else course.point(along),
            heading=self.track.heading if off else course.heading(along),
            next=progress.ahead(course, along),
            limit=piece.limit if piece is not None else None,
            road=progress.street(course, along),
            tunnel=piece is not None and piece.tunnel,
            charge=energy.at_goal(battery, consumption, left),
        )

    def _state(self) -> State:
        if self.arrived is not None:
            return "arrived"
        if self.course is None:
            return "no_way" if self.trouble is not None else "planning"
        if self.track.standing == "off":
            return "no_way" if self.trouble is not None else "off_route"
        if self.track.standing == "lost":
            return "no_position"
        return "under_way"
