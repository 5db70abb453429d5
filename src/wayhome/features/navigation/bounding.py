"""What is drawn of a reach ends where the maps do. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from wayhome.features.navigation.course import apart
from wayhome.hub.maps import Bounds, Point

WINDING = 4.0
"""So many times the way as the crow flies is what roads take at most from one end of a map to another."""


def around(regions: Sequence[Bounds]) -> Bounds:
    """What holds all of them; there is at least one."""
    return Bounds(
        min(one.west for one in regions),
        min(one.south for one in regions),
        max(one.east for one in regions),
        max(one.north for one in regions),
    )


def farthest(bounds: Bounds) -> float:
    """m of road within which all of it is reached."""
    return WINDING * apart(Point(bounds.south, bounds.west), Point(bounds.north, bounds.east))


def clipped(ring: Sequence[Point], bounds: Bounds) -> list[Point]:
    """What of a ring lies within a map; empty: nothing (after Sutherland and Hodgman)."""
    found = list(ring)
    for value, limit, sign in (
        (_latitude, bounds.south, 1),
        (_latitude, bounds.north, -1),
        (_longitude, bounds.west, 1),
        (_longitude, bounds.east, -1),
    ):
        found = _beside(found, lambda point, of=value, at=limit, to=sign: (of(point) - at) * to)  # type: ignore[misc]
    return found


def _latitude(point: Point) -> float:
    return point.latitude


def _longitude(point: Point) -> float:
    return point.longitude


def _beside(ring: Sequence[Point], within: Callable[[Point], float]) -> list[Point]:
    """What of a ring lies on the side of a line where ``within``, the degrees from it, is not below 0."""
    found: list[Point] = []
    for before, point in zip((*ring[-1:], *ring[:-1]), ring, strict=True):
        one, other = within(before), within(point)
        if (one < 0) != (other < 0):
            share = one / (one - other)
            found.append(Point(
                before.latitude + share * (point.latitude - before.latitude),
                before.longitude + share * (point.longitude - before.longitude),
            ))  # fmt: skip
        if other >= 0:
            found.append(point)
    return found
