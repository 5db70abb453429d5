"""Driving where the household leads the car: the rest of its way from where the car is, so that who chose a way on a
screen sees the car take it."""

from __future__ import annotations

from itertools import pairwise

import msgspec

from wayhome.hub.maps import Point, Way
from wayhome.links.sim.course import apart, bearing, beside

THERE = 300.0
"""Metres between a wished goal, in a park or a pedestrian zone, and the end of a way that leads to it, at most."""
ROLLING, STANDING = 20.0, 80.0
"""Metres beside a way at which a car still is on it: one that stands may be in a yard."""
AGAINST = 90.0
"""Degrees off the way's direction from which on a car drives against it."""


def rest(way: Way, start: Point, heading: float | None, goal: Point) -> Way | None:
    """The part of a way from ``start`` to ``goal``, which may be one of its stops. ``heading``: in which the car rolls.
    None: it does not lead from here to there."""
    if len(way.shape) < 2:
        return None  # it is there already
    near = ROLLING if heading is not None else STANDING
    off, n = min((beside(start, a, b), n) for n, (a, b) in enumerate(pairwise(way.shape)))
    end = min((end for end in way.stops[1:] if end > n), key=lambda at: apart(way.shape[at], goal), default=None)
    if off > near or end is None or apart(way.shape[end], goal) > THERE:
        return None
    a, b = way.shape[n : n + 2]
    if heading is not None and abs((bearing(a, b) - heading + 180.0) % 360.0 - 180.0) > AGAINST:
        return None
    shape = (start if off < 1.0 else _foot(start, a, b), *way.shape[n + 1 : end + 1])
    last = len(shape) - 1
    pieces = tuple(
        msgspec.structs.replace(one, start=max(0, one.start - n), end=min(last, one.end - n))
        for one in way.pieces
        if one.end > n and one.start - n < last
    )
    turns = tuple(
        msgspec.structs.replace(one, at=one.at - n) for one in way.manoeuvres if n < one.at and one.at - n <= last
    )
    length = sum(apart(one, other) for one, other in pairwise(shape))
    time = way.time * length / way.length if way.length else way.time
    return Way(shape, length, time, turns, pieces, (0, last), way.toll, way.ferry, way.motorway)


def _foot(point: Point, a: Point, b: Point) -> Point:
    """The point of the line from ``a`` to ``b`` that is closest, to a hundredth of it: by halves, as distances go."""
    low, high = 0.0, 1.0
    while high - low > 0.01:
        third = (high - low) / 3
        one, other = _along(a, b, low + third), _along(a, b, high - third)
        low, high = (low, high - third) if apart(point, one) < apart(point, other) else (low + third, high)
    return _along(a, b, (low + high) / 2)


def _along(a: Point, b: Point, share: float) -> Point:
    return Point(a.latitude + (b.latitude - a.latitude) * share, a.longitude + (b.longitude - a.longitude) * share)
