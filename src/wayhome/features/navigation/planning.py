"""Ways for a car, from the household's maps."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from wayhome.errors import NotFound
from wayhome.features.navigation import looking
from wayhome.features.navigation.model import Stop
from wayhome.features.navigation.tracking import ROLLS
from wayhome.hub.maps import Bounds, Costing, Maps, Point, Wanted, Way
from wayhome.hub.running import Hub

NEAR = 0.005
"""Degrees that a place may lie outside of a region, which ends in the midst of a field."""


class Avoid(msgspec.Struct, frozen=True):
    """What a way does without, where there is another."""

    tolls: bool = False
    motorways: bool = False
    ferries: bool = False


class Origin(msgspec.Struct, frozen=True):
    """Where a car sets out, and where it heads while it drives."""

    point: Point
    heading: float | None = None


def maps_of(hub: Hub) -> Maps:
    """The household's maps. Raises NotFound."""
    maps = hub.ports.maps
    if maps is None:
        raise NotFound("this hub has no maps", advice="Add one, in the settings.")
    return maps


def origin(hub: Hub, car: str) -> Origin:
    """Where a car is. Raises NotFound where it never told."""
    household = hub.household
    point = looking.place(household.house, car)
    if point is None:
        raise NotFound("the car does not tell where it is", advice="Wait until it has a position, as under open sky.")
    found = looking.fix(household.house, car, household.clock.now(), household.clock.steady())
    moving = found is not None and (found.speed or 0.0) >= ROLLS
    return Origin(point, found.heading if found is not None and moving else None)


async def ways(
    hub: Hub,
    start: Origin,
    stops: Sequence[Stop],
    avoid: Avoid,
    *,
    alternatives: int = 0,
    costing: Costing = "auto",
    through: Sequence[Point] = (),
) -> list[Way]:
    """The best way over all stops, then others. ``through``: points that are passed before the first stop. Raises
    NotFound in words, BadInput, Unreachable."""
    maps = maps_of(hub)
    goals = [Point(stop.latitude, stop.longitude) for stop in stops]
    wanted = Wanted(
        (start.point, *goals),
        start.heading,
        alternatives if len(goals) == 1 else 0,
        avoid.tolls,
        avoid.motorways,
        avoid.ferries,
        costing,
        tuple(through),
    )
    try:
        return await maps.ways(wanted)
    except NotFound as error:
        raise _told(maps, start.point, stops, error) from None


def _told(maps: Maps, start: Point, stops: Sequence[Stop], error: NotFound) -> NotFound:
    """Why there is no way, as far as the regions tell: who is on no map hears that, not that no road leads there."""
    regions = [region.bounds for region in maps.regions()]
    if not regions:
        return error
    add = "Add the map of that region, in the settings."
    if not any(_within(start, bounds) for bounds in regions):
        return NotFound("the car is outside of the maps that are here", advice=add)
    for stop in stops:
        if not any(_within(Point(stop.latitude, stop.longitude), bounds) for bounds in regions):
            return NotFound(f"{stop.name or 'this place'} is outside of the maps that are here", advice=add)
    return error


def _within(point: Point, bounds: Bounds) -> bool:
    return (
        bounds.south - NEAR <= point.latitude <= bounds.north + NEAR
        and bounds.west - NEAR <= point.longitude <= bounds.east + NEAR
    )
