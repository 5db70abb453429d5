"""Asking the maps that are there: places by SQLite, ways by Valhalla."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from wayhome import log
from wayhome.adapters.maps import answers
from wayhome.adapters.maps.places import BESIDE, Places
from wayhome.adapters.maps.router import Router
from wayhome.errors import BadInput, HubError, NotFound, StoreError
from wayhome.hub.maps import Bounds, Piece, Point, Spot, Station, Wanted, Way

MOST_STOPS = 20
MOST_BETWEEN = 100
MOST_COURSE = 2_000
NO_ROAD = "there is no road near this place on the maps that are here"
NEAREST, FARTHEST = 100.0, 1_000_000.0
"""Metres of road within which one can ask what is reached."""


class Asking:
    """The questions of ``wayhome.hub.maps.Maps``; which files answer them is said by ``_point_at``."""

    def __init__(self) -> None:
        self._places: dict[str, Places] = {}
        self._graph: Path | None = None
        self._router: Router | None = None
        self._unread: set[Places] = set()
        """Places of which it was told that they can't be read."""

    def _point_at(self, places: dict[str, Path], graph: Path | None) -> Router | None:
        """Answer from these files from now on: the places of each region, and the folder of the roads. Who is being
        answered gets the rest of it from those of before. The router of before, where its roads are others; it is to be
        ended."""
        before, self._places = self._places, {}
        for name, path in places.items():
            found = before.pop(name, None)
            if found is None:
                try:
                    found = Places(path)
                except StoreError as error:
                    log.get("maps").error("the places of a map can't be read", reason=error.detail)
                    continue
            self._places[name] = found
        self._unread &= {*self._places.values()}
        for one in before.values():
            one.retire()
        if graph == self._graph:
            return None
        old, self._router, self._graph = self._router, None, graph
        return old

    async def _each[T](self, ask: Callable[[Places], T]) -> list[T]:
        """Ask the places of each region; what is damaged does not take the others along. Raises StoreError where none
        can be read."""
        asked = list(self._places.values())
        with ExitStack() as stack:
            for one in asked:
                stack.enter_context(one.held())
            found, errors = await asyncio.to_thread(_answers, asked, ask)
        if errors and not found:
            raise next(iter(errors.values()))
        for one in errors.keys() - self._unread:
            log.get("maps").error("the places of a map can't be read", reason=errors[one].detail)
        self._unread |= errors.keys()
        return found

    async def search(self, text: str, near: Point | None, language: str, limit: int) -> list[Spot]:
        found = await self._each(lambda places: places.search(text, near, language, limit))
        best = sorted((one for spots in found for one in spots), key=lambda one: one[0])
        kept: dict[tuple[object, ...], Spot] = {}
        for _, spot in best:
            kept.setdefault(_same(spot), spot)  # what lies at a border may lie in two regions
        return list(kept.values())[:limit]

    async def at(self, point: Point, language: str) -> Spot | None:
        found = [one for one in await self._each(lambda places: places.at(point, language)) if one is not None]
        if found:
            return min(found, key=lambda one: one[0])[1]
        return await self._street(point)

    async def _street(self, point: Point) -> Spot | None:
        """The street there, where nothing else has a name."""
        try:
            with self._roads() as asked:
                return answers.street(point, await asked.ask("locate", answers.locating(point)), BESIDE)
        except HubError:
            return None  # no road, or no map: what is there has no name

    async def stations(self, bounds: Bounds, power: float, limit: int) -> list[Station]:
        found = await self._each(lambda places: places.stations(bounds, power, limit))
        every = sorted((one for some in found for one in some), key=lambda one: -(one.power or 0))
        return list({one.id: one for one in every}.values())[:limit]

    @contextmanager
    def _roads(self) -> Iterator[Router]:
        """What answers for the roads, as long as somebody asks. Raises NotFound."""
        if self._router is None:
            if self._graph is None:
                raise NotFound("there is no map yet", advice="Add one: `wayhome map add`, or in the settings.")
            self._router = Router(self._graph)
        with self._router.held() as held:
            yield held

    async def ways(self, wanted: Wanted) -> list[Way]:
        if len(wanted.points) < 2 or len(wanted.points) + len(wanted.through) > MOST_STOPS:
            raise BadInput(f"a way has 2 to {MOST_STOPS} points")
        with self._roads() as asked:
            answer = await asked.ask("route", answers.request(wanted))
            edges = []
            for legs in answers.shapes(answer):
                edges.append([await self._edges(asked, shape, wanted.costing) for shape in legs])
        return answers.ways(answer, edges)

    async def _edges(self, asked: Router, shape: str, costing: str) -> answers.Answer:
        found: answers.Answer
        with suppress(NotFound, BadInput):
            found = await asked.ask("trace_attributes", answers.tracing(shape, costing))
            return found
        # Rarely the way can't be walked edge by edge: then its points are matched as those of a course are.
        course = answers.decoded(shape)
        with suppress(NotFound, BadInput):
            if 2 <= len(course) <= MOST_COURSE:
                return answers.covered(await asked.ask("trace_attributes", answers.matching(course)))
        return {}  # a way of one point has no edges; a way without limits is a way all the same

    async def matrix(self, points: Sequence[Point]) -> list[list[tuple[float, float] | None]]:
        if not 1 <= len(points) <= MOST_BETWEEN:
            raise BadInput(f"a matrix has 1 to {MOST_BETWEEN} points")
        with self._roads() as asked:
            try:
                return await _matrix(asked, points)
            except NotFound:
                # One point that no road leads to spoils the whole question: those that belong together are asked anew.
                return await _parted(asked, points)

    async def reach(self, point: Point, metres: float, of: float | None = None) -> list[list[Point]]:
        asked_for = (metres,) if of is None else (metres, of)
        if not all(NEAREST <= one <= FARTHEST for one in asked_for):
            raise BadInput(f"what is reached is asked for within {NEAREST:.0f} m to {FARTHEST / 1000:,.0f} km of road")
        with self._roads() as asked:
            if not answers.on_road(await asked.ask("locate", answers.locating(point))):
                raise NotFound(NO_ROAD)  # Valhalla draws a ring around it all the same
            return answers.rings(await asked.ask("isochrone", answers.within(point, *asked_for)), *asked_for)

    async def limits(self, course: Sequence[Point]) -> list[Piece]:
        if not 2 <= len(course) <= MOST_COURSE:
            raise BadInput(f"a course has 2 to {MOST_COURSE} points")
        with self._roads() as asked:
            return answers.matched(await asked.ask("trace_attributes", answers.matching(course)))


def _answers[T](asked: Sequence[Places], ask: Callable[[Places], T]) -> tuple[list[T], dict[Places, StoreError]]:
    """What those said that can be read, and what was wrong with the others."""
    found, errors = [], {}
    for one in asked:
        try:
            found.append(ask(one))
        except StoreError as error:
            errors[one] = error
    return found, errors


def _same(spot: Spot) -> tuple[object, ...]:
    return spot.kind, spot.name, spot.where, round(spot.latitude, 4), round(spot.longitude, 4)


async def _matrix(asked: Router, points: Sequence[Point]) -> answers.Matrix:
    return answers.matrix(await asked.ask("matrix", answers.between(points)))


async def _parted(asked: Router, points: Sequence[Point]) -> answers.Matrix:
    """The same where not every point can be reached from every other."""
    groups: list[list[int]] = []
    for number, point in enumerate(points):
        for group in groups:
            try:
                await _matrix(asked, (points[group[0]], point))
            except NotFound:
                continue
            group.append(number)
            break
        else:
            groups.append([number])
    found: answers.Matrix = [[None] * len(points) for _ in points]
    for group in groups:
        with suppress(NotFound):  # off the map: there is no way from it, not even to itself
            part = await _matrix(asked, [points[number] for number in group])
            for row, cells in zip(group, part, strict=True):
                for column, cell in zip(group, cells, strict=True):
                    found[row][column] = cell
    return found
