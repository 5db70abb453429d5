"""The regions that can be had by their names: what Geofabrik offers, by its index (https://download.geofabrik.de/technical.html)."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from typing import Any

import httpx
import msgspec

from wayhome.adapters.maps.sources import Extract, named
from wayhome.adapters.maps.writing import one_line
from wayhome.errors import HubError, NotFound, Unreachable
from wayhome.hub.maps import Offered, Point, Source
from wayhome.hub.ports import Clock

INDEX = "https://download.geofabrik.de/index-v1.json"
"""What is offered, with the borders of each region."""
WITHIN, IN_ALL = 20.0, 120.0
"""Seconds without an answer, and until all of it is there, after which it is given up."""
LARGEST = 64 * 2**20
KEPT = 3_600.0
"""Seconds for which the index is not asked for again."""


class _About(msgspec.Struct):
    id: str
    name: str = ""
    parent: str | None = None
    urls: dict[str, str] = {}


class _Shape(msgspec.Struct):
    type: str
    coordinates: Any = None


class _Region(msgspec.Struct):
    properties: _About
    geometry: _Shape | None = None


class _Index(msgspec.Struct):
    features: list[_Region]


class Offers:
    """Asks the index, and remembers it for a while. It is told nothing but that somebody asks."""

    def __init__(self, clock: Clock, index: str = INDEX) -> None:
        self._clock = clock
        self._index = index
        self._turn = asyncio.Lock()
        self._known: tuple[float, list[_Region]] | None = None

    async def offered(self, near: Point | None) -> list[Offered]:
        """The regions; ``near``: those around a place, the smallest first. Raises Unreachable."""
        found = await self._regions()
        if near is None:
            return sorted((_offer(one) for one in found), key=lambda one: one.name)
        around = [one for one in found if _contains(one.geometry, near)]
        return [_offer(one) for one in sorted(around, key=lambda one: _extent(one.geometry))]

    async def looked_up(self, extract: Extract, source: Source) -> Extract:
        """The address of a region that was named. Raises NotFound, Unreachable."""
        wanted = source.text.strip().lower()
        last = wanted.rsplit("/", 1)[-1].replace(" ", "-")
        found = await self._regions()
        # As it is called in the index; then by its name; then by the end of a path, as us/california or europe/malta.
        ways: tuple[Callable[[_About], bool], ...] = (
            lambda one: one.id.lower() == wanted,
            lambda one: one.name.lower() == wanted,
            lambda one: one.id.lower().rsplit("/", 1)[-1] == last,
        )
        for fits in ways:
            for one in found:
                if fits(one.properties):
                    return _taken(one.properties, extract, source.name)
        raise NotFound(f"no region is called {wanted[:60]!r}", advice="`wayhome map offered` names them.")

    async def _regions(self) -> list[_Region]:
        async with self._turn:
            now = self._clock.steady()
            if self._known is None or now - self._known[0] > KEPT:
                try:
                    async with asyncio.timeout(IN_ALL):
                        content = await self._fetched()
                    found = await asyncio.to_thread(msgspec.json.decode, content, type=_Index)
                except (TimeoutError, httpx.HTTPError, httpx.InvalidURL, msgspec.DecodeError, ValueError):
                    raise Unreachable(
                        "the list of regions can't be fetched",
                        advice="It takes the internet. Without it, give a file: any extract of OpenStreetMap does.",
                    ) from None
                self._known = now, [one for one in found.features if one.properties.urls.get("pbf")]
            return self._known[1]

    async def _fetched(self) -> bytes:
        content = bytearray()
        async with (
            httpx.AsyncClient(timeout=WITHIN, follow_redirects=True, max_redirects=5) as client,
            client.stream("GET", self._index) as answer,
        ):
            answer.raise_for_status()
            async for piece in answer.aiter_bytes():
                content += piece
                if len(content) > LARGEST:
                    raise ValueError("too large")
        return bytes(content)


def _taken(about: _About, extract: Extract, given: str) -> Extract:
    try:
        found = named(about.urls["pbf"])
    except HubError:
        found = None
    if found is None or found.kind != "address" or not found.place:
        raise Unreachable("the list of regions makes no sense", advice="Give an address or a file instead.")
    return msgspec.structs.replace(
        extract, place=found.place, name=given.strip() or one_line(about.name)[:60] or extract.name
    )


def _offer(one: _Region) -> Offered:
    about = one.properties
    return Offered(one_line(about.id)[:80], one_line(about.name or about.id)[:60], None, about.parent)


def _rings(shape: _Shape | None) -> list[list[tuple[float, float]]]:
    """The outer rings of a GeoJSON polygon or of several; none where it is neither."""
    if shape is None or shape.type not in ("Polygon", "MultiPolygon"):
        return []
    try:
        polygons = [shape.coordinates] if shape.type == "Polygon" else shape.coordinates
        return [[(float(point[0]), float(point[1])) for point in polygon[0]] for polygon in polygons]
    except (TypeError, ValueError, IndexError, KeyError):
        return []


def _contains(shape: _Shape | None, point: Point) -> bool:
    """Whether a point lies in it, by the even-odd rule."""
    inside = False
    for ring in _rings(shape):
        for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
            if (y1 > point.latitude) != (y2 > point.latitude):
                cross = x1 + (point.latitude - y1) / (y2 - y1) * (x2 - x1)
                inside ^= point.longitude < cross
    return inside


def _extent(shape: _Shape | None) -> float:
    points = [point for ring in _rings(shape) for point in ring]
    if not points:
        return math.inf
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return (max(xs) - min(xs)) * (max(ys) - min(ys))
