"""A way as it is driven along: how far and how long to each of its points, what road it is there, and where on it a
position lies. Pure.

Lengths are m along the way, angles degrees from north, times s.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from itertools import accumulate, pairwise
from typing import NamedTuple

from wayhome.hub.maps import Manoeuvre, Piece, Point, Way

METRES = 111_195.0
"""Of one degree of latitude."""
USUAL = 40.0
"""km/h where nothing is known."""
CHUNK = 64
"""So many pieces of the line are looked over together when a position is looked for everywhere."""


class Snap(NamedTuple):
    """A position brought to the way: how far along, how far beside it, and where the way leads there. ``turn``: degrees
    between that and where the car heads; None: nobody knows where it heads."""

    along: float
    beside: float
    heading: float
    turn: float | None


def apart(one: Point, other: Point) -> float:
    """m between two points as the crow flies; near enough for some hundred km."""
    north = (other.latitude - one.latitude) * METRES
    middle = math.cos(math.radians((one.latitude + other.latitude) / 2))
    east = math.remainder(other.longitude - one.longitude, 360) * METRES * middle
    return math.hypot(north, east)


def bearing(one: Point, other: Point) -> float:
    """Degrees from north from one point to another close to it."""
    east = math.remainder(other.longitude - one.longitude, 360) * math.cos(math.radians(one.latitude))
    return math.degrees(math.atan2(east, other.latitude - one.latitude)) % 360


def between(one: float, other: float) -> float:
    """Degrees between two directions, 0 to 180."""
    return abs(math.remainder(one - other, 360))


class Course:
    """A way, ready to be asked. ``stops``: how far along each point is that was asked for, without the first."""

    def __init__(self, way: Way) -> None:
        self.way = way
        self.shape = way.shape
        steps = [apart(a, b) for a, b in pairwise(way.shape)]
        self.metres = [0.0, *accumulate(steps)]
        self.seconds = [0.0, *accumulate(_times(way, steps))]
        self.stops = [self.metres[index] for index in way.stops[1:]] or [self.metres[-1]]
        self._starts = [piece.start for piece in way.pieces]
        self._turns = [self.metres[one.at] for one in way.manoeuvres]
        self._boxes = [_box(way.shape[at : at + CHUNK + 1]) for at in range(0, max(1, len(way.shape) - 1), CHUNK)]

    @property
    def length(self) -> float:
        return self.metres[-1]

    def _index(self, along: float) -> int:
        """The point of the shape that lies before."""
        return max(0, min(bisect_right(self.metres, along) - 1, len(self.shape) - 2))

    def point(self, along: float) -> Point:
        """Where that is."""
        if len(self.shape) < 2:
            return self.shape[0]
        index = self._index(along)
        start, end = self.shape[index], self.shape[index + 1]
        share = _share(along, self.metres[index], self.metres[index + 1])
        return Point(
            start.latitude + (end.latitude - start.latitude) * share,
            start.longitude + (end.longitude - start.longitude) * share,
        )

    def heading(self, along: float) -> float:
        """Where the way leads there."""
        if len(self.shape) < 2:
            return 0.0
        index = self._index(along)
        return bearing(self.shape[index], self.shape[index + 1])

    def time(self, along: float) -> float:
        """s from the start until there."""
        if len(self.shape) < 2:
            return 0.0
        index = self._index(along)
        share = _share(along, self.metres[index], self.metres[index + 1])
        return self.seconds[index] + (self.seconds[index + 1] - self.seconds[index]) * share

    def piece(self, along: float) -> Piece | None:
        """The road there, as far as the map tells."""
        index = self._index(along)
        place = bisect_right(self._starts, index) - 1
        if place < 0:
            return None
        piece = self.way.pieces[place]
        return piece if piece.start <= index < piece.end else None

    def tunnel_until(self, along: float) -> float | None:
        """Where the tunnel ends that one is in; None: one is in none."""
        piece = self.piece(along)
        if piece is None or not piece.tunnel:
            return None
        place = bisect_right(self._starts, piece.start)
        while place < len(self.way.pieces) and self.way.pieces[place].tunnel:
            piece = self.way.pieces[place]
            place += 1
        return self.metres[min(piece.end, len(self.metres) - 1)]

    def manoeuvre(self, number: int) -> tuple[Manoeuvre, float] | None:
        """One of the way's manoeuvres, and how far along it is."""
        if not 0 <= number < len(self._turns):
            return None
        return self.way.manoeuvres[number], self._turns[number]

    def manoeuvres_behind(self, along: float) -> int:
        """How many of them are behind, or under the wheels."""
        return bisect_right(self._turns, along + 1.0)

    # Bringing a position to the way

    def snap(self, point: Point, heading: float | None, since: float, until: float) -> Snap | None:
        """The best place for a position between two places of the way: close by, and leading where the car heads."""
        if len(self.shape) < 2:
            return None
        first, last = self._index(since), self._index(until)
        return self._best(range(first, last + 1), point, heading, since, until)

    def snap_anywhere(self, point: Point, heading: float | None, within: float, until: float) -> Snap | None:
        """The same on the whole way up to ``until``; None where it is farther than ``within`` from all of it."""
        north = within / METRES
        east = within / max(1.0, METRES * math.cos(math.radians(point.latitude)))
        found: list[Snap] = []
        for number, (south, west, up, right) in enumerate(self._boxes):
            if not (south - north <= point.latitude <= up + north and west - east <= point.longitude <= right + east):
                continue
            start = number * CHUNK
            lines = range(start, min(start + CHUNK, len(self.shape) - 1))
            best = self._best(lines, point, heading, 0.0, until)
            if best is not None and best.beside <= within:
                found.append(best)
        return min(found, key=_cost) if found else None

    def _best(self, lines: range, point: Point, heading: float | None, since: float, until: float) -> Snap | None:
        best: Snap | None = None
        east = METRES * math.cos(math.radians(point.latitude))
        for index in lines:
            start, end = self.shape[index], self.shape[index + 1]
            if self.metres[index] > until or self.metres[index + 1] < since:
                continue
            x, y = (end.longitude - start.longitude) * east, (end.latitude - start.latitude) * METRES
            px, py = (point.longitude - start.longitude) * east, (point.latitude - start.latitude) * METRES
            square = x * x + y * y
            share = max(0.0, min(1.0, (px * x + py * y) / square)) if square else 0.0
            leads = math.degrees(math.atan2(x, y)) % 360 if square else 0.0
            along = self.metres[index] + (self.metres[index + 1] - self.metres[index]) * share
            turn = None if heading is None or not square else between(heading, leads)
            found = Snap(along, math.hypot(px - share * x, py - share * y), leads, turn)
            if best is None or _cost(found) < _cost(best):
                best = found
        return best


def _cost(snap: Snap) -> float:
    """A road that leads elsewhere is as bad as one that is some way off."""
    return snap.beside + (snap.turn or 0.0) / 3


def _share(value: float, start: float, end: float) -> float:
    return max(0.0, min(1.0, (value - start) / (end - start))) if end > start else 0.0


def _box(points: tuple[Point, ...]) -> tuple[float, float, float, float]:
    """South, west, north, east."""
    return (
        min(one.latitude for one in points),
        min(one.longitude for one in points),
        max(one.latitude for one in points),
        max(one.longitude for one in points),
    )


def _times(way: Way, steps: list[float]) -> list[float]:
    """s for each step of the shape: by the speeds of its pieces, and such that from one manoeuvre to the next they come
    to what the router says, who knows what turning costs."""
    speeds = [0.0] * len(steps)
    for piece in way.pieces:
        for index in range(max(0, piece.start), min(piece.end, len(steps))):
            speeds[index] = piece.speed
    times = [
        step / (max(speed, 1.0) / 3.6 if speed else USUAL / 3.6) for step, speed in zip(steps, speeds, strict=True)
    ]
    marks = [(one.at, one.time) for one in way.manoeuvres]
    for (start, told), (end, _) in pairwise([*marks, (len(steps), 0.0)]):
        raw = sum(times[start:end])
        if raw > 0 and told > 0:
            for index in range(start, end):
                times[index] *= told / raw
    return times
