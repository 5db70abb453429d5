"""A town of straight streets, north-south and east-west, as ``Maps`` that a test steers; and a household with a car
that a test drives there second by second."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec

from tests.world import World
from wayhome.adapters.catalog_files import load_catalog
from wayhome.core import driving
from wayhome.core.catalog import Catalog, Refinement
from wayhome.core.thing import Thing
from wayhome.core.value import Fact
from wayhome.errors import HubError, NotFound
from wayhome.features.destinations import feature as destinations
from wayhome.features.navigation import feature, handing, looking
from wayhome.features.navigation.course import METRES, apart, bearing
from wayhome.features.navigation.keeper import Keeper
from wayhome.features.places import feature as places
from wayhome.features.scenes import feature as scenes
from wayhome.hub.feature import Feature
from wayhome.hub.maps import (
    Bounds,
    Making,
    Manoeuvre,
    Offered,
    Piece,
    Point,
    Region,
    Source,
    Spot,
    Station,
    Wanted,
    Way,
)
from wayhome.hub.ports import Row
from wayhome.hub.speech import Tongue

CATALOG: Catalog = load_catalog()
FEATURES: dict[str, Feature] = {
    "navigation": feature,
    "destinations": destinations,
    "places": places,
    "scenes": scenes,
}
SOUTH, WEST = 47.0, 9.5
EAST_METRES = METRES * math.cos(math.radians(SOUTH))
STEP = 20.0
PARK, DRIVE = 126, 127
SIGNALS = (
    looking.LATITUDE, looking.LONGITUDE, looking.HEADING, driving.SPEED, driving.GEAR, driving.POWER,
    looking.LEVELS[0], looking.CAPACITIES[0],
)  # fmt: skip
OWN_NAVIGATION = (handing.LATITUDE, handing.LONGITUDE)


def at(east: float, north: float) -> Point:
    """A point of the town by its m east and north of the corner."""
    return Point(SOUTH + north / METRES, WEST + east / EAST_METRES)


class Streets:
    """Implements ``Maps`` as far as leading needs it. ``trouble``: what every way fails with; ``tunnels``: m east of
    the corner between which streets are under the ground. ``hold``: ways come when it is set. ``turned``: the best way
    is found last; ``stubborn``: none goes over the points that it is to pass."""

    ready = True
    making: Making | None = None

    def __init__(self) -> None:
        self.changed: list[Callable[[], None]] = []
        self.trouble: HubError | None = None
        self.asked: list[Wanted] = []
        self.tunnels: list[tuple[float, float]] = []
        self.hold: asyncio.Event | None = None
        self.turned = self.stubborn = False

    def regions(self) -> list[Region]:
        corner, other = at(-5_000, -5_000), at(20_000, 20_000)
        bounds = Bounds(corner.longitude, corner.latitude, other.longitude, other.latitude)
        return [Region("town", "Town", "made up", bounds, 0.0, 1, "1", 1, 0)]

    async def ways(self, wanted: Wanted) -> list[Way]:
        self.asked.append(wanted)
        if self.hold is not None:
            await self.hold.wait()
        if self.trouble is not None:
            raise self.trouble
        if wanted.through and not self.stubborn:
            start, goal, *_ = wanted.points
            way = self._way((start, *wanted.through, goal), 90.0, wanted.costing)
            return [msgspec.structs.replace(way, stops=(0, len(way.shape) - 1))]
        best = self._way(wanted.points, wanted.heading, wanted.costing)
        others = [self._way(wanted.points, 0.0, wanted.costing)] if wanted.alternatives else []
        found = [best, *others[: wanted.alternatives]]
        return found[::-1] if self.turned else found

    def _way(self, points: Sequence[Point], heading: float | None, costing: str) -> Way:
        shape: list[Point] = [points[0]]
        corners: list[int] = []
        stops = [0]
        for number, (start, goal) in enumerate(pairwise(points)):
            north_first = number == 0 and heading is not None and abs(math.remainder(heading, 180)) < 45
            corner = Point(goal.latitude, start.longitude) if north_first else Point(start.latitude, goal.longitude)
            for end in (corner, goal):
                self._line(shape, end)
                corners.append(len(shape) - 1)
            stops.append(len(shape) - 1)
        marks = [0, *sorted(set(corners))]
        manoeuvres = []
        speed = 5.0 if costing == "pedestrian" else 50.0
        for place, index in enumerate(marks):
            after = marks[place + 1] if place + 1 < len(marks) else index
            length = sum(apart(a, b) for a, b in zip(shape[index:after], shape[index + 1 : after + 1], strict=False))
            kind = "start" if index == 0 else "arrive" if index in stops else _turn(shape, index)
            manoeuvres.append(Manoeuvre(kind, index, length, length / speed * 3.6, (f"Street {place}",)))
        pieces = [
            Piece(index, index + 1, speed, 50.0, "residential", self._under(shape[index]))
            for index in range(len(shape) - 1)
        ]
        length = sum(apart(a, b) for a, b in pairwise(shape))
        return Way(tuple(shape), length, length / speed * 3.6, tuple(manoeuvres), tuple(pieces), tuple(stops))

    def _line(self, shape: list[Point], end: Point) -> None:
        start = shape[-1]
        count = max(1, round(apart(start, end) / STEP))
        if start == end:
            return
        for number in range(1, count + 1):
            share = number / count
            shape.append(Point(
                start.latitude + (end.latitude - start.latitude) * share,
                start.longitude + (end.longitude - start.longitude) * share,
            ))  # fmt: skip

    def _under(self, point: Point) -> bool:
        east = (point.longitude - WEST) * EAST_METRES
        return any(start - 1 <= east < end for start, end in self.tunnels)

    async def at(self, point: Point, language: str) -> Spot | None:
        return Spot("street", "Some street", point.latitude, point.longitude, distance=3.0)

    async def reach(self, point: Point, metres: float, of: float | None = None) -> list[list[Point]]:
        side = metres / METRES
        return [[Point(point.latitude + side, point.longitude), point, Point(point.latitude, point.longitude + side)]]

    # What leading does not ask for

    async def offered(self, near: Point | None = None) -> list[Offered]:
        return []

    async def add(self, source: Source) -> Making:
        raise NotFound("this town is all there is")

    async def take(self, name: str, content: AsyncIterator[bytes]) -> Making:
        raise NotFound("this town is all there is")

    async def stop(self) -> None:
        return

    async def remove(self, region: str) -> None:
        return

    def tiles(self, region: str) -> Path:
        raise NotFound("there is no picture of this town")

    async def search(self, text: str, near: Point | None, language: str, limit: int) -> list[Spot]:
        return []

    async def stations(self, bounds: Bounds, power: float, limit: int) -> list[Station]:
        return []

    async def matrix(self, points: Sequence[Point]) -> list[list[tuple[float, float] | None]]:
        return []

    async def limits(self, course: Sequence[Point]) -> list[Piece]:
        return []


def _turn(shape: Sequence[Point], index: int) -> str:
    before, after = bearing(shape[index - 1], shape[index]), bearing(shape[index], shape[index + 1])
    turn = math.remainder(after - before, 360)
    return "continue" if abs(turn) < 20 else "right" if turn > 0 else "left"


class Voice:
    """A voice that writes down what it was asked to say."""

    ready = True

    def __init__(self) -> None:
        self.said: list[tuple[str, Tongue]] = []

    async def say(self, text: str, tongue: Tongue) -> bytes:
        self.said.append((text, tongue))
        return b"RIFF"


class Driver:
    """Drives a car of a world, which tells everything once a second."""

    def __init__(self, world: World, car: str, *others: World) -> None:
        self.world = world
        self.others = others
        self.car = car
        self.where = at(0, 0)
        self.silent = False
        """It tells its speed, but not where it is."""

    @property
    def keeper(self) -> Keeper:
        found = self.world.hub.extra["navigation"]
        assert isinstance(found, Keeper)
        return found

    def tell(self, **values: Any) -> None:
        refused = self.world.puppet.host.report([Fact(f"{self.car}/{name}", value) for name, value in values.items()])
        assert refused == []

    async def second(self, seconds: float = 1.0) -> None:
        """Time passes."""
        for world in (self.world, *self.others):
            world.clock.move(seconds)
            world.hub.household.every_moment()
        await self.planned()
        self.keeper.turn()
        await self.planned()

    async def planned(self) -> None:
        """Every way that is looked for has come, unless the test holds them up: what works in threads takes its time on
        a busy machine."""
        await settle()
        leading = self.keeper.of(self.car)
        hold = getattr(self.world.hub.ports.maps, "hold", None)
        async with asyncio.timeout(30):
            while leading is not None and leading.planning and (hold is None or hold.is_set()):
                await asyncio.sleep(0.001)
        await settle()

    async def drive(
        self, to: Point, kmh: float = 50.0, *, beside: Callable[[int], tuple[float, float]] | None = None
    ) -> None:
        """Straight to a point. ``beside``: how many m east and north of it each position is told."""
        heading, number = bearing(self.where, to), 0
        while (left := apart(self.where, to)) > 0.5:
            share = min(1.0, kmh / 3.6 / left)
            self.where = Point(
                self.where.latitude + (to.latitude - self.where.latitude) * share,
                self.where.longitude + (to.longitude - self.where.longitude) * share,
            )
            number += 1
            self.report(kmh, heading, beside(number) if beside is not None else (0.0, 0.0))
            await self.second()

    def report(self, kmh: float, heading: float, off: tuple[float, float] = (0.0, 0.0)) -> None:
        told: dict[str, Any] = {driving.SPEED: kmh, driving.GEAR: DRIVE, driving.POWER: "ON", looking.HEADING: heading}
        if not self.silent:
            told[looking.LATITUDE] = round(self.where.latitude + off[1] / METRES, 6)
            told[looking.LONGITUDE] = round(self.where.longitude + off[0] / EAST_METRES, 6)
        self.tell(**told)

    async def stand(self, seconds: int = 1) -> None:
        for _ in range(seconds):
            self.report(0.0, 0.0)
            await self.second()

    async def park(self) -> None:
        self.tell(**{driving.SPEED: 0.0, driving.GEAR: PARK, driving.POWER: "OFF"})
        await self.second()

    def now(self, world: World | None = None) -> dict[str, Any]:
        """What stands at the car's guidance; empty: it is not led."""
        reading = (world or self.world).hub.household.house.readings.get(f"{self.car}/navigation.now")
        return reading.value if reading is not None and isinstance(reading.value, dict) else {}

    def events(self) -> list[str]:
        """What happened, oldest first."""
        rows = [getattr(row, "event", None) for row in self.world.store.disk]
        names = [event.name for event in rows if event is not None]
        return [name for name in names if not name.startswith("Record")]


async def settle() -> None:
    """Let everything run that is due; what works in threads has a moment."""
    for _ in range(20):
        await asyncio.sleep(0)
    await asyncio.sleep(0.002)
    for _ in range(20):
        await asyncio.sleep(0)


def announce(world: World, car: str = "car", *more: str) -> None:
    signals = {name: Refinement() for name in (*SIGNALS, *more)}
    world.puppet.host.announce([Thing(car, "Aurora", "puppet", "car", signals)])
    world.puppet.host.online([car], True)


@asynccontextmanager
async def town(
    *more: str, disk: list[Row] | None = None, features: dict[str, Feature] = FEATURES
) -> AsyncIterator[tuple[Driver, Streets, Voice]]:
    """A household at the corner of the town, its car in front of the door, 80 percent of 75 kWh in it."""
    streets, voice = Streets(), Voice()
    async with World(features=features, catalog=CATALOG, maps=streets, speech=voice, disk=disk) as world:
        home = at(0, 0)
        place: dict[str, Any] = {"name": "Home", "latitude": home.latitude, "longitude": home.longitude, "radius": 80}
        await world.hub.household.write("place", "home", place, world.context())
        announce(world, "car", *more)
        driver = Driver(world, "car")
        driver.tell(**{looking.LEVELS[0]: 80.0, looking.CAPACITIES[0]: 75})
        driver.report(0.0, 90.0)
        await driver.park()
        yield driver, streets, voice


def stop(point: Point, name: str = "Goal", **more: Any) -> dict[str, Any]:
    return {"latitude": point.latitude, "longitude": point.longitude, "name": name, **more}


def plain(value: object) -> Any:
    """As the wire has it."""
    return msgspec.to_builtins(value)
