"""How fast one drives along a way of the map: by its limits, slower into turns, standing at some of its junctions."""

from __future__ import annotations

import math
from random import Random
from typing import NamedTuple

from wayhome.hub.maps import Piece, Way
from wayhome.links.sim.course import Course

SPACING, MOST = 4.0, 10_000
"""Metres between two places whose speed is worked out, at least; and how many of these there are at most."""
PUSH, BRAKE = 1.3, 1.4
"""m/s² with which one speeds up and brakes, at most."""
SIDEWAYS = 2.2
"""m/s² that people like to feel at most in a turn."""
WINDOW = 10.0
"""Metres before and behind within which a turn is measured."""
SLOWEST = 2.2
"""m/s around the sharpest corner."""
CRAWL = 12.0
"""km/h at least on roads of which the map says that they are slower: drives of yards and car parks."""
UNKNOWN = 30.0
"""km/h where the map says nothing."""
CLOSE = 0.4
"""Metres: nobody stops nearer to a place."""
CORNER = 40.0
"""Degrees from which on a bend at a junction is a turn, at which one may have to wait."""
WAITS = (4.0, 22.0)
"""Seconds that one waits at a junction."""
NEXT = 600.0
"""Metres ahead within which a turn is the next one."""
AT_CORNERS, AT_CROSSINGS = 0.35, 0.07
"""How often one waits where one turns off, and where one goes straight on."""
FREE = frozenset({"motorway", "trunk"})


class Halt(NamedTuple):
    """A place (metres from the start) at which one stands for so many seconds."""

    place: float
    wait: float


class Pace:
    """The speed for each place of a course. ``through``: the course goes on behind its end, so that one does not stop
    there."""

    def __init__(self, course: Course, way: Way, random: Random, *, through: bool = False) -> None:
        self.course = course
        self.way = way
        self.through = through
        spots = max(1, min(MOST, math.ceil(course.length / SPACING)))
        self._step = course.length / spots if course.length else 1.0
        tops = _tops(course, way, spots, self._step)
        style, phase = random.uniform(0.93, 1.0), random.uniform(0.0, math.tau)
        for n in range(spots + 1):
            wave = 1.0 - 0.03 * (1.0 + math.sin(n * self._step / 90.0 + phase)) / 2
            tops[n] *= style * wave
        for mark in course.marks[1:-1]:
            corner = _corner(course.turn(mark, WINDOW))
            for n in (math.floor(mark / self._step), math.ceil(mark / self._step)):
                tops[n] = min(tops[n], corner)
        for n in range(spots - 1, -1, -1):
            tops[n] = min(tops[n], math.sqrt(tops[n + 1] ** 2 + 2 * BRAKE * self._step))
        self._tops = tops
        self._halts = _halts(course, way, random)
        self._waited = 0.0

    def top(self, place: float) -> float:
        """m/s at which one would drive at a place, were nobody in the way."""
        share = max(0.0, min(len(self._tops) - 1.0, place / self._step))
        n = min(int(share), len(self._tops) - 2)
        # Of the two the slower one: at the end of a limit it holds already.
        return min(self._tops[n : n + 2])

    def done(self, place: float, speed: float) -> bool:
        """Whether one is there."""
        left = self.course.length - place
        return left <= max(8.0, 1.5 * speed) if self.through else left <= 2 * CLOSE and speed == 0

    def junctions(self, place: float) -> list[float]:
        """Where, from a place on, one can leave the way: its next turn where that is close, then all junctions."""
        marks = self.course.marks
        last = len(marks) - 1
        turns = [marks[min(one.at, last)] for one in self.way.manoeuvres]
        turns = [mark for mark in turns if place < mark < place + NEXT and abs(self.course.turn(mark, WINDOW)) > CORNER]
        ends = (marks[min(one.end, last)] for one in self.way.pieces)
        return [*turns[:1], *(mark for mark in ends if place < mark < self.course.length - 30.0)]

    def wish(self, place: float, speed: float, dt: float) -> float:
        """The speed in m/s that one wants after ``dt`` s, at ``place`` and ``speed`` now."""
        while self._halts and (self._halts[0].place < place - 2 * CLOSE):
            self._halts.pop(0)
        wished = min(speed + PUSH * dt, self.top(place + speed * dt), self.top(place))
        ends = [] if self.through else [self.course.length]
        if self._halts:
            ends.append(self._halts[0].place)
            if speed == 0 and self._halts[0].place - place <= 2 * CLOSE:
                self._waited += dt
                if self._waited < self._halts[0].wait:
                    return 0.0
                self._halts.pop(0)
                self._waited = 0.0
                ends.pop()
        for end in ends:
            wished = min(wished, _stopping(end - place, speed, dt))
        return max(0.0, wished)


def _stopping(left: float, speed: float, dt: float) -> float:
    """The speed after ``dt`` s from which one can still stop at a place ``left`` metres away."""
    if left <= CLOSE:
        return 0.0
    room = left - CLOSE / 2 - speed * dt / 2
    if room <= 0:
        return 0.0
    return BRAKE * (math.sqrt(dt * dt / 4 + 2 * room / BRAKE) - dt / 2)


def _corner(turn: float) -> float:
    """m/s around a bend of so many degrees."""
    angle = math.radians(abs(turn))
    return math.inf if angle < 0.02 else max(SLOWEST, math.sqrt(SIDEWAYS * 2 * WINDOW / angle))


def speed_of(piece: Piece) -> float:
    """m/s at which one drives on a piece of road: never faster than its sign says."""
    usual = max(CRAWL, piece.speed) if piece.speed > 0 else piece.limit or UNKNOWN
    return min(usual, piece.limit or math.inf) / 3.6


def _tops(course: Course, way: Way, spots: int, step: float) -> list[float]:
    usual = way.length / way.time if way.time > 0 and way.length > 0 else UNKNOWN / 3.6
    tops = [math.inf] * (spots + 1)
    for piece in way.pieces:
        first, last = (course.marks[min(one, len(course.marks) - 1)] for one in (piece.start, piece.end))
        top = speed_of(piece)
        for n in range(max(0, math.floor(first / step)), min(spots, math.ceil(last / step)) + 1):
            tops[n] = min(tops[n], top)
    return [usual if top == math.inf else top for top in tops]


def _halts(course: Course, way: Way, random: Random) -> list[Halt]:
    """Where one has to wait: at lights and for others, by chance."""
    around = [course.marks[min(one.at, len(course.marks) - 1)] for one in way.manoeuvres if "roundabout" in one.kind]
    halts: list[Halt] = []
    for piece in way.pieces:
        place = course.marks[min(piece.end, len(course.marks) - 1)] - 5.0
        chance, wait = random.random(), random.uniform(*WAITS)
        last = halts[-1].place if halts else -60.0
        if piece.road in FREE or piece.tunnel or not last + 100.0 < place < course.length - 60.0:
            continue
        if any(abs(mark - place) < 60.0 for mark in around):
            continue
        if chance < AT_CROSSINGS or (chance < AT_CORNERS and abs(course.turn(place + 5.0, WINDOW)) > CORNER):
            halts.append(Halt(place, wait))
    return halts
