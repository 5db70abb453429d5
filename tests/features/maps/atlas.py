"""An atlas of paper: implements the port of maps, and is told by a test what it has and how its making goes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

from wayhome.errors import Conflict, NotFound, Unreachable
from wayhome.hub.maps import (
    Bounds,
    Making,
    Offered,
    Piece,
    Point,
    Region,
    Source,
    Spot,
    Station,
    Step,
    Wanted,
    Way,
)


def region(id: str, revision: str = "1") -> Region:
    """A map of a small place."""
    return Region(
        id, id.title(), f"https://ada:secret@x.example/{id}", Bounds(9, 47, 10, 48), 0.0, 1_000, revision, 5, 1
    )


class Atlas:
    """``spots``, ``found_stations``: what is found. ``asked``: the sources that were asked for."""

    def __init__(self, *regions: Region) -> None:
        self.ready = True
        self.changed: list[Callable[[], None]] = []
        self.making: Making | None = None
        self.there = {one.id: one for one in regions}
        self.spots: list[Spot] = []
        self.found_stations: list[Station] = []
        self.asked: list[Source] = []
        self.questions: list[tuple[object, ...]] = []

    # What a test does

    def step(self, step: Step, share: float | None = None, error: str | None = None) -> None:
        """Its making gets so far, or stands."""
        assert self.making is not None
        was = self.making
        self.making = Making(was.id, was.name, was.source, step, share, error, "Try again." if error else None)
        self._tell()

    def done(self) -> None:
        """What was being made is there."""
        assert self.making is not None
        id, self.making = self.making.id, None
        before = self.there.get(id)
        self.there[id] = region(id, str(int(before.revision) + 1) if before is not None else "1")
        self._tell()

    def _tell(self) -> None:
        for told in self.changed:
            told()

    # The port

    def regions(self) -> list[Region]:
        return sorted(self.there.values(), key=lambda one: one.name)

    async def offered(self, near: Point | None = None) -> list[Offered]:
        if near is None:
            raise Unreachable("the list of regions can't be fetched")
        return [Offered("liechtenstein", "Liechtenstein")]

    async def add(self, source: Source) -> Making:
        if self.making is not None and self.making.error is None:
            raise Conflict(f"{self.making.name} is being made")
        self.asked.append(source)
        self.making = Making(source.name.lower(), source.name, source.text, "fetch")
        self._tell()
        return self.making

    async def take(self, name: str, content: AsyncIterator[bytes]) -> Making:
        size = sum([len(piece) async for piece in content])
        return await self.add(Source(f"{name} {size}", "Sent"))

    async def stop(self) -> None:
        self.making = None
        self._tell()

    async def remove(self, region: str) -> None:
        if region not in self.there:
            raise NotFound("this map is not here")
        del self.there[region]
        self._tell()

    def tiles(self, region: str) -> Path:
        raise NotFound("paper has no tiles")

    async def search(self, text: str, near: Point | None, language: str, limit: int) -> list[Spot]:
        self.questions.append((text, near, language, limit))
        return self.spots[:limit]

    async def at(self, point: Point, language: str) -> Spot | None:
        return next((one for one in self.spots if (one.latitude, one.longitude) == point), None)

    async def stations(self, bounds: Bounds, power: float, limit: int) -> list[Station]:
        self.questions.append((bounds, power, limit))
        return self.found_stations[:limit]

    async def ways(self, wanted: Wanted) -> list[Way]:
        raise NotFound("paper has no roads")

    async def matrix(self, points: Sequence[Point]) -> list[list[tuple[float, float] | None]]:
        raise NotFound("paper has no roads")

    async def reach(self, point: Point, metres: float, of: float | None = None) -> list[list[Point]]:
        raise NotFound("paper has no roads")

    async def limits(self, course: Sequence[Point]) -> list[Piece]:
        raise NotFound("paper has no roads")
