"""Real streets for the simulation's tests: the link's run in Helsinki's centre, and maps that somebody steers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from tests.links.sim.host import Bench
from wayhome.adapters.maps.shelf import MapShelf
from wayhome.core.catalog import Catalog
from wayhome.errors import Unreachable
from wayhome.hub.maps import Making, Maps, Point, Region, Wanted, Way
from wayhome.links.sim.config import SimConfig
from wayhome.links.sim.course import apart
from wayhome.links.sim.pace import Pace
from wayhome.links.sim.street_day import StreetDay

WHERE = "car/Vehicle.CurrentLocation."
GOAL = "car/Vehicle.Cabin.Infotainment.Navigation.DestinationSet."
HOME, WORK = Point(60.16897, 24.95105), Point(60.16675, 24.94085)
NOWHERE = Point(61.5, 24.9)


class Doubtful:
    """The maps of a shelf that somebody steers: not there yet (``coming``), gone, or not answering."""

    def __init__(self, shelf: MapShelf) -> None:
        self.shelf = shelf
        self.coming = self.gone = self.silent = False
        self.ready = True
        self.changed: list[Callable[[], None]] = []

    @property
    def making(self) -> Making | None:
        return Making("helsinki", "Helsinki", "x", "roads") if self.coming else None

    def regions(self) -> list[Region]:
        return [] if self.coming or self.gone else self.shelf.regions()

    async def ways(self, wanted: Wanted) -> list[Way]:
        if self.silent:
            raise Unreachable("the roads of the map could not be read")
        return await self.shelf.ways(wanted)

    def __getattr__(self, name: str) -> object:
        return getattr(self.shelf, name)


class Drive(Bench):
    """The link in a household that lives in Helsinki."""

    def __init__(self, catalog: Catalog, shelf: MapShelf, config: SimConfig | None = None) -> None:
        super().__init__(catalog, config or SimConfig())
        self.maps = Doubtful(shelf)
        as_maps: Maps = self.maps  # type: ignore[assignment]
        self.host.shelf = as_maps
        self.host.spots = {"home": HOME, "work": WORK}

    @property
    def day(self) -> StreetDay:
        found = self.world.streets
        assert found is not None, "the car is not on the streets"
        return found

    @property
    def pace(self) -> Pace:
        """What it drives by now."""
        assert self.day.pace is not None
        return self.day.pace

    @property
    def told(self) -> Point:
        """Where the household believes the car to be."""
        latitude, longitude = (self.host.value(WHERE + word) for word in ("Latitude", "Longitude"))
        assert isinstance(latitude, float) and isinstance(longitude, float)
        return Point(latitude, longitude)

    async def go(self, point: Point) -> None:
        """Wish a destination, as a navigation does."""
        await self.set(GOAL + "Latitude", point.latitude)
        await self.set(GOAL + "Longitude", point.longitude)

    async def each_second(self, seconds: float, look: Callable[[], bool | None]) -> None:
        """Look each second, until ``look`` says True or the time is over."""
        for _ in range(round(seconds)):
            await self.live(1.0)
            if look():
                return


def limit(pace: Pace, place: float) -> float | None:
    """km/h that the signs say at a place of a way; where two roads meet the higher; None: none is known."""
    marks, found = pace.course.marks, []
    for piece in pace.way.pieces:
        if marks[piece.start] - 2.0 <= place <= marks[piece.end] + 2.0:
            if piece.limit is None:
                return None
            found.append(piece.limit)
    return max(found, default=None)


def longest(points: Sequence[Point]) -> float:
    """m of the longest step between two points that follow each other."""
    return max(apart(a, b) for a, b in pairwise(points))
