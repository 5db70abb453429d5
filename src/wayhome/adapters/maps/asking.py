"""Asking the maps that are there: places by SQLite, ways by Valhalla."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from wayhome.adapters.maps import answers, roads
from wayhome.adapters.maps.places import Places
from wayhome.adapters.maps.router import Router
from wayhome.errors import BadInput, NotFound
from wayhome.hub.maps import Bounds, Piece, Point, Spot, Station, Wanted, Way

MOST_STOPS = 20
MOST_BETWEEN = 100
MOST_COURSE = 2_000


class Asking:
    """The questions of ``wayhome.hub.maps.Maps``; which files answer them is said by ``_point_at``."""

    def __init__(self) -> None:
        self._places: dict[str, Places] = {}
        self._graph: Path | None = None
        self._router: Router | None = None

    def _point_at(self, places: dict[str, Path], graph: Path | None) -> Router | None:
        """Answer from these files from now on: the places of each region, and the folder of the roads. The router of
        before, if its roads are others; it is to be closed."""
        for name in [name for name in self._places if name not in places]:
            self._places.pop(name).close()
        for name, path in places.items():
            if name not in self._places:
                self._places[name] = Places(path)
        if graph == self._graph:
            return None
        old, self._router, self._graph = self._router, None, graph
        return old

    async def search(self, text: str, near: Point | None, language: str, limit: int) -> list[Spot]:
        def look() -> list[Spot]:
            found = [one for places in self._places.values() for one in places.search(text, near, language, limit)]
            return [spot for _, spot in sorted(found, key=lambda one: one[0])[:limit]]

        return await asyncio.to_thread(look)

    async def at(self, point: Point, language: str) -> Spot | None:
        def look() -> Spot | None:
            found = [one for places in self._places.values() if (one := places.at(point, language)) is not None]
            return min(found, key=lambda one: one[0])[1] if found else None

        return await asyncio.to_thread(look)

    async def stations(self, bounds: Bounds, power: float, limit: int) -> list[Station]:
        def look() -> list[Station]:
            found = [one for places in self._places.values() for one in places.stations(bounds, power, limit)]
            # A region's border may lie in two regions.
            return list({one.id: one for one in sorted(found, key=lambda one: -(one.power or 0))}.values())[:limit]

        return await asyncio.to_thread(look)

    def _roads(self) -> Router:
        if self._router is None:
            if self._graph is None:
                raise NotFound("there is no map yet", advice="Add one: `wayhome map add`, or in the settings.")
            self._router = Router(self._graph / roads.CONFIG)
        return self._router

    async def ways(self, wanted: Wanted) -> list[Way]:
        if not 2 <= len(wanted.points) <= MOST_STOPS:
            raise BadInput(f"a way has 2 to {MOST_STOPS} points")
        asked = self._roads()
        answer = await asked.ask("route", answers.request(wanted))
        edges = []
        for legs in answers.shapes(answer):
            edges.append([await self._edges(asked, shape, wanted.costing) for shape in legs])
        return answers.ways(answer, edges)

    async def _edges(self, asked: Router, shape: str, costing: str) -> answers.Answer:
        try:
            return await asked.ask("trace_attributes", answers.tracing(shape, costing))
        except (NotFound, BadInput):
            # A way of one point has no edges; a way without limits is a way all the same.
            return {}

    async def matrix(self, points: Sequence[Point]) -> list[list[tuple[float, float] | None]]:
        if not 1 <= len(points) <= MOST_BETWEEN:
            raise BadInput(f"a matrix has 1 to {MOST_BETWEEN} points")
        return answers.matrix(await self._roads().ask("matrix", answers.between(points)))

    async def reach(self, point: Point, metres: float) -> list[list[Point]]:
        return answers.rings(await self._roads().ask("isochrone", answers.within(point, metres)))

    async def limits(self, course: Sequence[Point]) -> list[Piece]:
        if not 2 <= len(course) <= MOST_COURSE:
            raise BadInput(f"a course has 2 to {MOST_COURSE} points")
        return answers.matched(await self._roads().ask("trace_attributes", answers.matching(course)))
