"""Where extracts come from: a file, an address, or the name of a region that somebody offers."""

from __future__ import annotations

import math
import re
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

import httpx
import msgspec

from wayhome.core.ids import slug
from wayhome.errors import BadInput, NotFound, Unreachable
from wayhome.hub.maps import Offered, Point

INDEX = "https://download.geofabrik.de/index-v1.json"
"""What Geofabrik offers, with the borders of each region."""
SUFFIXES = (".osm.pbf", ".pbf", ".osm", ".osm.bz2", ".osm.gz", ".o5m")
WITHIN = 20.0
MOST_INDEX = 64 * 2**20
_NAME = re.compile(r"[a-z0-9][a-z0-9-]*(?:/[a-z0-9][a-z0-9-]*)*")


class Extract(msgspec.Struct, frozen=True):
    """Where to take an extract from. ``place``: a path or an address."""

    kind: Literal["file", "address"]
    place: str
    id: str
    name: str


def named(text: str, given: str = "") -> Extract:
    """What is meant by what somebody typed; a region's name still has to be looked up (``place`` is empty). Raises
    BadInput."""
    text = text.strip()
    if not text or len(text) > 2_000 or not text.isprintable():
        raise BadInput("a map is made of a file, an address or the name of a region")
    if "://" in text:
        parts = urlsplit(text)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise BadInput("an address begins with https://", advice="Or name a file on the hub's machine.")
        stem = _stem(unquote(parts.path))
        return Extract("address", text, slug(given or stem, ()), given or title(stem))
    if text.startswith(("/", "./", "~")) or text.lower().endswith(SUFFIXES):
        stem = _stem(text)
        return Extract("file", str(Path(text).expanduser()), slug(given or stem, ()), given or title(stem))
    if not _NAME.fullmatch(text.lower()):
        raise BadInput(f"{text[:60]!r} is no file, no address and no name of a region")
    last = text.lower().rsplit("/", 1)[-1]
    return Extract("address", "", slug(given or last, ()), given or title(last))


def _stem(path: str) -> str:
    name = path.rsplit("/", 1)[-1]
    for suffix in (*SUFFIXES, "-latest"):
        name = name.removesuffix(suffix)
    return name or "map"


def title(stem: str) -> str:
    """A name for people, from a file's or a region's."""
    stem = _stem(stem)
    return " ".join(word.capitalize() for word in re.split(r"[-_ ]+", stem) if word)[:60] or "Map"


async def index() -> list[dict[str, Any]]:
    """The regions that Geofabrik offers. Raises Unreachable."""
    try:
        async with httpx.AsyncClient(timeout=WITHIN, follow_redirects=True) as client:
            answer = await client.get(INDEX)
            answer.raise_for_status()
            if len(answer.content) > MOST_INDEX:
                raise ValueError
            features = answer.json()["features"]
            return [one for one in features if one.get("properties", {}).get("urls", {}).get("pbf")]
    except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError):
        raise Unreachable(
            "the list of regions can't be fetched",
            advice="It takes the internet. Without it, give a file: any extract of OpenStreetMap does.",
        ) from None


async def looked_up(extract: Extract, text: str) -> Extract:
    """The address of a region that was named. Raises NotFound, Unreachable."""
    wanted = text.strip().lower().rsplit("/", 1)[-1]
    for one in await index():
        about = one["properties"]
        if about.get("id") == wanted or str(about.get("name", "")).lower() == wanted:
            return msgspec.structs.replace(
                extract, place=str(about["urls"]["pbf"]), name=str(about.get("name") or extract.name)[:60]
            )
    raise NotFound(f"no region is called {wanted[:60]!r}", advice="`wayhome map offered` names them.")


async def offered(near: Point | None) -> list[Offered]:
    """The regions that can be had by name; ``near``: those around a place, the smallest first. Raises Unreachable."""
    found = await index()
    if near is None:
        return sorted((_offer(one) for one in found), key=lambda one: one.name)
    around = [one for one in found if _contains(one.get("geometry"), near)]
    return [_offer(one) for one in sorted(around, key=lambda one: _extent(one["geometry"]))]


def _offer(one: dict[str, Any]) -> Offered:
    about = one["properties"]
    return Offered(str(about["id"]), str(about.get("name") or about["id"])[:60], None, about.get("parent"))


def _rings(geometry: Any) -> list[list[list[float]]]:
    """The outer rings of a GeoJSON polygon or of several."""
    kind, shape = (geometry or {}).get("type"), (geometry or {}).get("coordinates", [])
    if kind == "Polygon":
        return shape[:1]
    return [polygon[0] for polygon in shape if polygon] if kind == "MultiPolygon" else []


def _contains(geometry: Any, point: Point) -> bool:
    """Whether a point lies in it, by the even-odd rule."""
    inside = False
    for ring in _rings(geometry):
        for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
            if (y1 > point.latitude) != (y2 > point.latitude):
                cross = x1 + (point.latitude - y1) / (y2 - y1) * (x2 - x1)
                inside ^= point.longitude < cross
    return inside


def _extent(geometry: Any) -> float:
    points = [point for ring in _rings(geometry) for point in ring]
    if not points:
        return math.inf
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return (max(xs) - min(xs)) * (max(ys) - min(ys))
