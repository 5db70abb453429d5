"""The town that the car drives in: where home is, and where one goes from there, as the map has it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from random import Random
from typing import Literal

import msgspec

from wayhome.errors import NotFound
from wayhome.hub.maps import Bounds, Maps, Point, Region, Station, Wanted
from wayhome.links.sim.course import Course, apart, beyond

HOME = "home"
AROUND = (4_000.0, 1_200.0, 500.0)
"""Metres around home in which one looks for where to go: the widest first."""
TRIES = 30
MOST = 8
"""So many places to go to are enough."""
WORTH = 200.0
"""Metres from home from which on one takes the car."""
STATIONS_AROUND = 30_000.0
STATIONS = 30
WALL_BOX = 22.0
"""kW of a station of which the map does not say."""
FAST = 43.0
"""kW from which on a station charges by direct current."""


class Goal(msgspec.Struct, frozen=True):
    """Where the car drives to. ``stay``: seconds that it stands there; ``power``: kW, of a station."""

    kind: Literal["home", "place", "station", "asked"]
    point: Point
    stay: float = 0.0
    power: float = WALL_BOX


class Town(msgspec.Struct, frozen=True):
    """``home``; ``haunts``: where one goes; ``stations``: where one charges, the nearest to home first; ``door``: the
    street before the house."""

    home: Goal
    haunts: tuple[Goal, ...]
    stations: tuple[Goal, ...]
    door: Course


def covered(regions: Sequence[Region], point: Point) -> bool:
    """Whether a map has this point."""
    return any(inside(region.bounds, point) for region in regions)


def inside(bounds: Bounds, point: Point) -> bool:
    return bounds.south <= point.latitude <= bounds.north and bounds.west <= point.longitude <= bounds.east


def close(bounds: Bounds, point: Point, metres: float) -> Bounds:
    """The part of a rectangle that is so close to a point."""
    north, east = beyond(point, 0.0, metres).latitude, beyond(point, 90.0, metres).longitude
    high, wide = north - point.latitude, abs(east - point.longitude)
    return Bounds(
        max(bounds.west, point.longitude - wide), max(bounds.south, point.latitude - high),
        min(bounds.east, point.longitude + wide), min(bounds.north, point.latitude + high),
    )  # fmt: skip


async def survey(maps: Maps, places: Mapping[str, Point], seed: int) -> Town:
    """Look around ``places["home"]``. Raises NotFound where nothing can be driven to from there, and what ``maps``
    raises."""
    random = Random(seed)  # noqa: S311 - chance for a play, no secret
    home = places[HOME]
    bounds = next(region.bounds for region in maps.regions() if inside(region.bounds, home))
    known = [point for id, point in sorted(places.items()) if id != HOME and inside(bounds, point)]
    for metres in AROUND:
        found = [*known, *await _addresses(maps, close(bounds, home, metres), random)]
        points = await _both_ways(maps, home, found)
        if len(points) >= 2 or metres == AROUND[-1]:
            break
    if not points:
        raise NotFound("no street of this map leads from home to anywhere")
    haunts = tuple(Goal("place", point, random.uniform(150.0, 420.0)) for point in points[:MOST])
    way = (await maps.ways(Wanted((home, haunts[0].point))))[0]
    return Town(Goal("home", home), haunts, await _stations(maps, bounds, home), Course(way.shape[:2]))


async def _addresses(maps: Maps, bounds: Bounds, random: Random) -> list[Point]:
    """Some addresses in a rectangle."""
    found: dict[Point, None] = {}
    for _ in range(TRIES):
        spot = Point(random.uniform(bounds.south, bounds.north), random.uniform(bounds.west, bounds.east))
        there = await maps.at(spot, "en")
        if there is not None:
            found[Point(there.latitude, there.longitude)] = None
    return list(found)


async def _both_ways(maps: Maps, home: Point, points: Sequence[Point]) -> list[Point]:
    """Those to which a road leads, and from which one leads back."""
    if not points:
        return []
    times = await maps.matrix([home, *points])
    return [
        point
        for n, point in enumerate(points, 1)
        if (there := times[0][n]) is not None and times[n][0] is not None and there[1] >= WORTH
    ]


async def _stations(maps: Maps, bounds: Bounds, home: Point) -> tuple[Goal, ...]:
    near = close(bounds, home, STATIONS_AROUND)
    found = await maps.stations(near, 0.0, STATIONS)

    def far(station: Station) -> float:
        return apart(home, Point(station.latitude, station.longitude))

    return tuple(
        Goal("station", Point(one.latitude, one.longitude), power=one.power or WALL_BOX)
        for one in sorted(found, key=far)
    )


def nearest(stations: Sequence[Goal], point: Point) -> list[Goal]:
    """The stations, the nearest first; a strong one may be a little farther."""
    return sorted(stations, key=lambda one: apart(point, one.point) * (1.0 if one.power >= FAST else 1.6))


def watts(goal: Goal) -> float:
    """What a station gives."""
    return 1_000.0 * max(3.7, goal.power if math.isfinite(goal.power) else WALL_BOX)
