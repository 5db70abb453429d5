"""Which way was meant. Ways are found anew when a car is led, from where it is by then: what was the second one when
somebody picked it may be the first now, or is not found by itself any more."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from itertools import accumulate, pairwise

from wayhome.errors import BadInput, Conflict, NotFound
from wayhome.features.navigation import planning, polyline
from wayhome.features.navigation.course import Course, apart
from wayhome.features.navigation.model import Stop
from wayhome.features.navigation.planning import Avoid, Origin
from wayhome.hub.maps import Point, Way
from wayhome.hub.running import Hub

POINTS = 64
"""So many points of a way are its mark."""
FORCED = 8
"""Over so many of them at most a way is led that is not found by itself."""
BESIDE = 25.0
"""m from a way within which a point is one of it."""
LIKE = 0.85
"""The share of points that a way has in common with the one that was meant; others share up to three quarters."""
OTHERS = 2


def mark(way: Way) -> str:
    """Some points of a way, as a line in text: by them it is known again."""
    course = Course(way)
    return polyline.encoded(course.point(course.length * number / (POINTS - 1)) for number in range(POINTS))


async def picked(hub: Hub, start: Origin, stops: Sequence[Stop], avoid: Avoid, number: int, mark: str | None) -> Way:
    """The way that was meant: by its mark, else by its number. Over several stops there is only one. Raises BadInput
    for a number that there is not, Conflict where no way is like the one that was seen, and what finding ways does."""
    if mark is None or len(stops) > 1:
        found = await planning.ways(hub, start, stops, avoid, alternatives=number)
        if number >= len(found):
            there = "there is only one way: leave out `way`" if len(found) == 1 else f"there are only {len(found)} ways"
            raise BadInput(there, advice="Look at the ways anew (`navigation.plan`), and choose one.")
        return found[number]
    points = ahead(_read(mark), start.point)
    found = await planning.ways(hub, start, stops, avoid, alternatives=OTHERS)
    likeness, way, off = await asyncio.to_thread(_best, points, found)
    if likeness < LIKE and off:
        over = off[:: -(-len(off) // FORCED)]
        with suppress(NotFound):
            found = await planning.ways(hub, start, stops, avoid, through=over)
            likeness, way, _ = await asyncio.to_thread(_best, points, found)
    if likeness < LIKE:
        raise Conflict(
            "from where the car is by now the way that was chosen can't be taken any more",
            advice="Look at the ways anew, and choose one.",
        )
    return way


def ahead(points: Sequence[Point], start: Point) -> list[Point]:
    """Those that are not behind a car yet, the goal at least. It came along this way or by a road beside it, and not
    further than it can have gone: the way may lead by here once more."""
    gone = 3 * apart(points[0], start) + 200
    along = [0.0, *accumulate(apart(one, other) for one, other in pairwise(points))]
    behind = [number for number in range(len(points)) if along[number] <= gone]
    nearest = min(behind, key=lambda number: apart(points[number], start))
    return [*points[nearest + 1 : -1], points[-1]]


def _best(points: Sequence[Point], found: Sequence[Way]) -> tuple[float, Way, list[Point]]:
    """Which way has most of these points, what share of them, and which it has not; the first of several."""
    missed = [_missed(points, way) for way in found]
    best = min(range(len(found)), key=lambda number: len(missed[number]))
    return 1 - len(missed[best]) / len(points), found[best], missed[best]


def _missed(points: Sequence[Point], way: Way) -> list[Point]:
    """The points that a way does not lead over, but for the goal."""
    course = Course(way)
    return [one for one in points[:-1] if course.snap_anywhere(one, None, BESIDE, course.length) is None]


def _read(text: str) -> tuple[Point, ...]:
    points = polyline.decoded(text)
    if not points or any(abs(one.latitude) > 90 or abs(one.longitude) > 180 for one in points):
        raise BadInput("`mark` is none of a way", advice="Take that of a way of `navigation.plan`.")
    return points
