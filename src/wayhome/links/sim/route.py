"""The road: a closed loop through a valley, from the household's door and back to it.

The way-points are made up: they lie where roads of such a valley could be, and are nobody's data.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple, Protocol

from wayhome.links.sim.drive import Stretch

EARTH = 6_371_000.0
DEGREE = math.radians(1) * EARTH
"""Metres of a degree of latitude."""
DOORSTEP = 60.0
"""Metres around its start that count as at home."""


class WayPoint(NamedTuple):
    """A point of the loop: degrees, metres above the sea, and the kind of road that begins here."""

    latitude: float
    longitude: float
    altitude: float
    road: str


class Position(NamedTuple):
    """Where something is: degrees, metres, heading in degrees from north, grade as rise over run."""

    latitude: float
    longitude: float
    altitude: float
    heading: float
    grade: float


LOOP: tuple[WayPoint, ...] = (
    WayPoint(47.14226, 9.52683, 472, "low"),
    WayPoint(47.14090, 9.52465, 468, "low"),
    WayPoint(47.13905, 9.52290, 463, "low"),
    WayPoint(47.14210, 9.52075, 458, "low"),
    WayPoint(47.14760, 9.51790, 456, "low"),
    WayPoint(47.15230, 9.51530, 455, "medium"),
    WayPoint(47.15870, 9.51260, 453, "medium"),
    WayPoint(47.16420, 9.50930, 452, "medium"),
    WayPoint(47.16650, 9.50130, 450, "medium"),
    WayPoint(47.16540, 9.49180, 449, "medium"),
    WayPoint(47.16010, 9.48830, 449, "extra"),
    WayPoint(47.15050, 9.49370, 451, "extra"),
    WayPoint(47.13770, 9.50560, 453, "extra"),
    WayPoint(47.12240, 9.50480, 456, "extra"),
    WayPoint(47.10560, 9.50720, 460, "extra"),
    WayPoint(47.09080, 9.49890, 465, "extra"),
    WayPoint(47.07690, 9.48760, 471, "high"),
    WayPoint(47.07040, 9.49210, 473, "high"),
    WayPoint(47.06790, 9.50160, 475, "high"),
    WayPoint(47.07290, 9.50870, 474, "high"),
    WayPoint(47.08530, 9.51690, 470, "high"),
    WayPoint(47.09860, 9.52380, 467, "high"),
    WayPoint(47.10840, 9.52660, 468, "high"),
    WayPoint(47.11830, 9.52480, 464, "medium"),
    WayPoint(47.12920, 9.52310, 461, "medium"),
    WayPoint(47.13560, 9.52360, 463, "low"),
    WayPoint(47.13930, 9.52590, 466, "low"),
)


class Road(Protocol):
    """What a car drives on, asked by metres from its start."""

    length: float

    def at(self, distance: float) -> Position:
        """The position there."""

    def on(self, distance: float) -> float:
        """``distance`` as it is on this road."""


class Route:
    """A closed curve through the way-points, asked by distance from its start."""

    def __init__(self, points: Sequence[WayPoint], spacing: float = 30.0) -> None:
        """``spacing``: metres between the sampled points of the curve, about. At least three way-points."""
        ring = [*points, *points[:3]]
        self._north = DEGREE
        self._east = self._north * math.cos(math.radians(points[0].latitude))
        track: list[tuple[float, float, float]] = []
        stretches: list[Stretch] = []
        at = 0.0
        marks: list[float] = []
        before: tuple[float, float, float] | None = None
        for n in range(len(points)):
            a, b, c, d = points[n - 1], ring[n], ring[n + 1], ring[n + 2]
            span = math.hypot((c.latitude - b.latitude) * self._north, (c.longitude - b.longitude) * self._east)
            steps = max(2, round(span / spacing))
            start = at
            for k in range(steps):
                spot = _bend(a, b, c, d, k / steps)
                at += self._apart(before, spot) if before else 0.0
                marks.append(at)
                track.append(spot)
                before = spot
            stretches.append(Stretch(b.road, at - start))
        assert before is not None
        home = (points[0].latitude, points[0].longitude, points[0].altitude)
        closing = self._apart(before, home)
        self.length = at + closing
        """Metres once around."""
        self._track = [*track, home]
        self._marks = [*marks, self.length]
        stretches[-1] = Stretch(stretches[-1].road, stretches[-1].length + closing)
        self.stretches = _joined(stretches)
        """The kinds of road, in order, with their lengths; their sum is ``length``."""

    def _apart(self, a: tuple[float, float, float], b: tuple[float, float, float]) -> float:
        return math.hypot((b[0] - a[0]) * self._north, (b[1] - a[1]) * self._east)

    def on(self, distance: float) -> float:
        """``distance`` as it is on the loop: after a round it begins anew."""
        return distance % self.length

    def at(self, distance: float) -> Position:
        """The position ``distance`` metres from the start; the loop repeats."""
        distance %= self.length
        n = min(bisect_right(self._marks, distance), len(self._marks) - 1)
        a, b = self._track[n - 1], self._track[n]
        span = self._marks[n] - self._marks[n - 1]
        share = (distance - self._marks[n - 1]) / span if span else 0.0
        heading = math.degrees(math.atan2((b[1] - a[1]) * self._east, (b[0] - a[0]) * self._north)) % 360
        latitude, longitude, altitude = (p + (q - p) * share for p, q in zip(a, b, strict=True))
        return Position(latitude, longitude, altitude, heading, (b[2] - a[2]) / span if span else 0.0)

    def ahead(self, place: float) -> tuple[Stretch, ...]:
        """The roads from ``place`` (metres from the start) to the round's end; from its last metres: the next round."""
        place %= self.length
        return _left(self.stretches, place - self.length if self.length - place < DOORSTEP else place)


def _left(stretches: Sequence[Stretch], behind: float) -> tuple[Stretch, ...]:
    """The stretches without their first ``behind`` metres; negative: with so many more at their beginning."""
    left: list[Stretch] = []
    for road, length in stretches:
        if length > behind:
            left.append(Stretch(road, length - behind))
            behind = 0.0
        else:
            behind -= length
    return tuple(left)


def _bend(a: WayPoint, b: WayPoint, c: WayPoint, d: WayPoint, t: float) -> tuple[float, float, float]:
    """A Catmull-Rom curve from b to c; the height runs straight."""

    def blend(p: float, q: float, r: float, s: float) -> float:
        return 0.5 * (2 * q + (r - p) * t + (2 * p - 5 * q + 4 * r - s) * t * t + (3 * q - p - 3 * r + s) * t**3)

    return (
        blend(a.latitude, b.latitude, c.latitude, d.latitude),
        blend(a.longitude, b.longitude, c.longitude, d.longitude),
        b.altitude + (c.altitude - b.altitude) * t,
    )


def _joined(stretches: Sequence[Stretch]) -> tuple[Stretch, ...]:
    joined: list[Stretch] = []
    for stretch in stretches:
        if joined and joined[-1].road == stretch.road:
            joined[-1] = Stretch(stretch.road, joined[-1].length + stretch.length)
        else:
            joined.append(stretch)
    return tuple(joined)
