"""The demo's streets: its map is made behind all else, and a household that the map does not have moves there."""

from __future__ import annotations

import asyncio
from contextlib import suppress

from wayhome import log
from wayhome.core.value import Value
from wayhome.demo import welcome
from wayhome.errors import HubError
from wayhome.hub.maps import Maps, Point, Region, Source, Spot
from wayhome.hub.running import Hub
from wayhome.links.sim import household as demo
from wayhome.links.sim.config import Language
from wayhome.links.sim.course import apart
from wayhome.links.sim.route import DEGREE
from wayhome.links.sim.town import HOME, covered

WAIT = 45.0
"""Seconds that the household waits for its first map until it has places; the car waits a little longer for these."""
PLACE = "place"
GRID = 7
RADII = (600.0, 2_000.0, 8_000.0, 30_000.0, 120_000.0)
"""Metres around a map's middle in which addresses are looked for, the closest first."""
ENOUGH = 6


async def begin(maps: Maps | None, source: str | None) -> None:
    """Have the demo's map made, unless it is there or under way. What is in the way is said in the log."""
    if maps is None or source is None or any(one.source == source for one in maps.regions()):
        return
    try:
        if maps.making is None or maps.making.error is not None:
            await maps.add(Source(source))
    except HubError as error:
        log.get("demo").warning("the demo has no streets", reason=error.detail, advice=error.hint)


def coming(maps: Maps | None) -> bool:
    """Whether the first map is being made."""
    return maps is not None and not maps.regions() and maps.making is not None and maps.making.error is None


async def settle(hub: Hub, language: Language) -> None:
    """Give the household its places: in the map once it is there; till then, and without, in the made-up valley."""
    maps = hub.ports.maps
    changed = asyncio.Event()
    if maps is not None:
        maps.changed.append(changed.set)
    try:
        if coming(maps):
            with suppress(TimeoutError):
                async with asyncio.timeout(WAIT):
                    while coming(maps):
                        changed.clear()
                        await changed.wait()
        while hub.demo and maps is not None:
            changed.clear()
            await place(hub, language)
            if hub.demo and lives(hub, maps):
                await welcome.prepare(hub, language)
            await changed.wait()
    finally:
        if maps is not None:
            maps.changed.remove(changed.set)


def lives(hub: Hub, maps: Maps) -> bool:
    """Whether the household lives in one of its maps."""
    record = hub.household.records(PLACE).get(HOME)
    values = record.values() if record is not None else {}
    latitude, longitude = values.get("latitude"), values.get("longitude")
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        return False
    return covered(maps.regions(), Point(latitude, longitude))


async def place(hub: Hub, language: Language) -> None:
    """Write the places that are missing, and move those that are in the valley and are not in any map."""
    maps, context = hub.ports.maps, hub.context("hub:demo")
    valley = {one.id: one for one in demo.places(language)}
    home, old = hub.household.records(PLACE).get(HOME), valley[HOME]
    if (not _untouched(hub, old)) if home is not None else hub.household.ever(PLACE):
        return  # somebody lives where they chose to, or has taken home away
    spots: dict[str, Point] = {}
    if maps is not None and maps.regions() and not covered(maps.regions(), Point(old.latitude, old.longitude)):
        try:
            spots = await chosen(maps, maps.regions()[0])
        except HubError as error:
            log.get("demo").warning("the household can't move into the map", reason=error.detail)
    if home is not None and not spots:
        return
    for one in valley.values():
        if not hub.demo or (home is not None and not _untouched(hub, one)):
            continue
        fields: dict[str, Value] = one._asdict()
        del fields["id"]
        if one.id in spots:
            fields |= {"latitude": spots[one.id].latitude, "longitude": spots[one.id].longitude}
        await hub.household.write(PLACE, one.id, fields, context)


def _untouched(hub: Hub, place: demo.DemoPlace) -> bool:
    """Whether a place is where the demo put it."""
    record = hub.household.records(PLACE).get(place.id)
    values = record.values() if record is not None else {}
    return (values.get("latitude"), values.get("longitude")) == (place.latitude, place.longitude)


async def chosen(maps: Maps, region: Region) -> dict[str, Point]:
    """Addresses of a map for home, work and school: each can be driven to from each. Nothing where there are none."""
    box = region.bounds
    middle = Point((box.south + box.north) / 2, (box.west + box.east) / 2)
    for radius in RADII:
        points = await _addresses(maps, region, middle, radius)
        if len(points) < ENOUGH:
            continue
        times = await maps.matrix(points)
        # Where most others are reached from, and not what is closed to cars; of these the one closest to the middle.
        home = max(range(len(points)), key=lambda n: (sum(cell is not None for cell in times[n]), -n))
        far = {
            n: there[0]
            for n, there in enumerate(times[home])
            if n != home and there is not None and times[n][home] is not None
        }
        if len(far) >= 2:
            order = sorted(far, key=lambda n: far[n])
            return {HOME: points[home], "work": points[order[-1]], "school": points[order[(len(order) - 1) // 2]]}
    return {}


async def _addresses(maps: Maps, region: Region, middle: Point, radius: float) -> list[Point]:
    """Addresses around a map's middle, the closest first."""
    box, found = region.bounds, dict[Point, None]()
    high = min(radius / DEGREE, (box.north - box.south) * 0.42)
    wide = min(radius / DEGREE * 1.6, (box.east - box.west) * 0.42)
    for row in range(GRID):
        for column in range(GRID):
            latitude = middle.latitude + high * (2 * row / (GRID - 1) - 1)
            longitude = middle.longitude + wide * (2 * column / (GRID - 1) - 1)
            spot: Spot | None = await maps.at(Point(latitude, longitude), "en")
            if spot is not None and spot.kind == "address":
                found[Point(round(spot.latitude, 6), round(spot.longitude, 6))] = None
    return sorted(found, key=lambda one: apart(middle, one))
