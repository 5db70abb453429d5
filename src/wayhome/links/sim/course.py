"""A stretch of real streets: a way of the map, asked by distance from its start."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise

from wayhome.hub.maps import Point
from wayhome.links.sim.route import DEGREE, LOOP, Position, WayPoint

SMOOTH = 4.0
"""Metres before and behind the car between which its heading is measured: no car turns on the spot."""
VALLEY = 30_000.0
"""Metres around the made-up valley within which its heights are taken."""
FLAT = 20.0
"""Metres above the sea where no height is known."""


class Course:
    """A line from one end to the other. ``altitude``: the same everywhere, as maps of streets know no heights."""

    def __init__(self, shape: Sequence[Point], altitude: float | None = None) -> None:
        """``shape``: at least one point; ``altitude`` None: what is usual there."""
        if len(shape) < 2:
            shape = (*shape, shape[0])
        self.altitude = height(shape[0]) if altitude is None else altitude
        self._shape = tuple(shape)
        self.marks = [0.0]
        """How far each point of the shape is from the start."""
        for a, b in pairwise(self._shape):
            self.marks.append(self.marks[-1] + apart(a, b))
        self.length = self.marks[-1]
        """Metres."""

    def on(self, distance: float) -> float:
        """``distance`` as it is on this course: nobody drives beyond its end."""
        return max(0.0, min(self.length, distance))

    def at(self, distance: float) -> Position:
        """The position ``distance`` metres from the start."""
        here = self.point(distance)
        return Position(here.latitude, here.longitude, self.altitude, self.heading(distance), 0.0)

    def point(self, distance: float) -> Point:
        """Where that is."""
        distance = self.on(distance)
        n = min(bisect_right(self.marks, distance), len(self.marks) - 1)
        a, b = self._shape[n - 1], self._shape[n]
        span = self.marks[n] - self.marks[n - 1]
        share = (distance - self.marks[n - 1]) / span if span else 0.0
        return Point(a.latitude + (b.latitude - a.latitude) * share, a.longitude + (b.longitude - a.longitude) * share)

    def heading(self, distance: float, around: float = SMOOTH) -> float:
        """Degrees from north in which one drives there."""
        distance = self.on(distance)
        return bearing(self.point(distance - around), self.point(distance + around))

    def turn(self, distance: float, around: float) -> float:
        """By how many degrees the road turns there, within so many metres before and behind; right is positive."""
        here = self.point(distance)
        back, on = self.point(distance - around), self.point(distance + around)
        if here in (back, on):
            return 0.0
        return (bearing(here, on) - bearing(back, here) + 180.0) % 360.0 - 180.0

    def off(self, point: Point) -> float:
        """Metres from a point to the line."""
        return min(beside(point, a, b) for a, b in pairwise(self._shape))


def apart(a: Point, b: Point) -> float:
    """Metres between two points that are not far from each other."""
    east = math.cos(math.radians((a.latitude + b.latitude) / 2))
    return DEGREE * math.hypot(b.latitude - a.latitude, (b.longitude - a.longitude) * east)


def bearing(a: Point, b: Point) -> float:
    """Degrees from north in which ``b`` lies from ``a``."""
    east = math.cos(math.radians((a.latitude + b.latitude) / 2))
    return math.degrees(math.atan2((b.longitude - a.longitude) * east, b.latitude - a.latitude)) % 360.0


def beyond(point: Point, heading: float, metres: float) -> Point:
    """The point so far from another one, in that direction."""
    turn = math.radians(heading)
    east = max(0.01, math.cos(math.radians(point.latitude)))
    return Point(
        max(-90.0, min(90.0, point.latitude + math.cos(turn) * metres / DEGREE)),
        (point.longitude + math.sin(turn) * metres / DEGREE / east + 180.0) % 360.0 - 180.0,
    )


def height(point: Point) -> float:
    """Metres above the sea: of the made-up valley where it is near, else one height for all."""
    near = min(LOOP, key=lambda one: apart(point, _of(one)))
    return float(near.altitude) if apart(point, _of(near)) < VALLEY else FLAT


def _of(way_point: WayPoint) -> Point:
    return Point(way_point.latitude, way_point.longitude)


def beside(point: Point, a: Point, b: Point) -> float:
    """Metres from a point to the line between two others."""
    east = math.cos(math.radians(a.latitude))
    bx, by = (b.longitude - a.longitude) * east * DEGREE, (b.latitude - a.latitude) * DEGREE
    px, py = (point.longitude - a.longitude) * east * DEGREE, (point.latitude - a.latitude) * DEGREE
    length = bx * bx + by * by
    share = max(0.0, min(1.0, (px * bx + py * by) / length)) if length else 0.0
    return math.hypot(px - bx * share, py - by * share)
