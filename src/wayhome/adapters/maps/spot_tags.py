"""What of OpenStreetMap's objects can be searched and gone to, by their tags. Pure.

Source of the tags: the OpenStreetMap wiki, "Map features" and "Addresses".
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from wayhome.adapters.maps import spot_kinds
from wayhome.adapters.maps.places_schema import RANKS
from wayhome.adapters.maps.writing import simplified
from wayhome.hub.maps import SpotKind

PLACES = {
    "city": (0.0, 9_000.0),
    "town": (0.1, 5_000.0),
    "municipality": (0.15, 3_000.0),
    "village": (0.2, 2_500.0),
    "suburb": (0.3, 1_500.0),
    "quarter": (0.4, 1_000.0),
    "neighbourhood": (0.6, 600.0),
    "hamlet": (0.5, 800.0),
    "island": (0.5, 0.0),
    "locality": (0.9, 0.0),
}
"""Kinds of places: how well known, from 0; and how far from its middle, in m, an address is still said to be in it."""
POINTS = ("amenity", "shop", "tourism", "leisure", "office", "railway")
NOT_GONE_TO = frozenset(
    [
        "bench",
        "waste_basket",
        "bicycle_parking",
        "vending_machine",
        "recycling",
        "telephone",
        "post_box",
        "hunting_stand",
        "waste_disposal",
        "rail",
        "tram",
        "switch",
        "signal",
        "level_crossing",
        "crossing",
        "buffer_stop",
        "milestone",
        "subway",
    ]
)
ALSO = frozenset(("alt_name", "short_name", "official_name", "old_name", "brand"))
LANGUAGE = re.compile(r"name:[a-z]{2,3}(-Han[st]|-CN|-TW|-HK)?")
MOST_NAMES = 150
_CELL = 0.05
_AROUND = 20_000.0


class Found(msgspec.Struct, frozen=True):
    """A spot as it goes into the file. ``rank``: less is better known. ``also``: other names that it is found by."""

    kind: SpotKind
    name: str
    latitude: float
    longitude: float
    rank: float
    english: str | None = None
    chinese: str | None = None
    street: str | None = None
    number: str | None = None
    town: str | None = None
    about: str | None = None
    also: tuple[str, ...] = ()


def read(tags: Mapping[str, str], latitude: float, longitude: float) -> Iterator[Found]:
    """The spots that an object is: none, its address, what has a name there, or both."""
    number, street = tags.get("addr:housenumber"), tags.get("addr:street") or tags.get("addr:place")
    town = tags.get("addr:city")
    if number and street:
        name = f"{street} {number}"
        yield Found(
            "address", name[:120], latitude, longitude, RANKS["address"], None, None, street[:100], number[:20], town
        )
    named = _point(tags)
    if named is None:
        return
    kind, name, rank, about = named
    yield Found(
        kind,
        name[:120],
        latitude,
        longitude,
        rank,
        _other(tags, "en", name),
        _other(tags, "zh", name),
        street[:100] if street else None,
        number[:20] if number else None,
        town,
        about,
        _also(tags),
    )


def _point(tags: Mapping[str, str]) -> tuple[SpotKind, str, float, str | None] | None:
    """Kind, name, rank and what it is, of an object that has a name or needs none."""
    name = tags.get("name")
    place = PLACES.get(tags.get("place", ""))
    if place is not None and name:
        return "place", name, RANKS["place"] + place[0], f"place={tags['place']}"
    key = next((key for key in POINTS if key in tags and tags[key] not in NOT_GONE_TO), None)
    if key is None:
        return None
    about = f"{key}={tags[key]}"[:60]
    if about == "amenity=charging_station":
        return "station", name or tags.get("operator") or tags.get("network") or "", RANKS["station"], about
    private = tags.get("access") in ("private", "no", "customers", "permit")
    if about == "amenity=parking":
        return None if private else ("parking", name or "", RANKS["parking"], about)
    if not name:
        name = tags.get("brand") or tags.get("operator") or ""
        if private or about not in spot_kinds.NAMELESS:
            return None
    known = 0.0 if "wikidata" in tags or "wikipedia" in tags else 0.5
    return "point", name, RANKS["point"] + known, about


def _other(tags: Mapping[str, str], language: str, name: str) -> str | None:
    # Plain zh may be written in either script; the cockpit's Chinese is the simplified.
    keys = ("name:zh-Hans", "name:zh-CN", "name:zh") if language == "zh" else (f"name:{language}",)
    found = next((tags[key] for key in keys if key in tags), None)
    if found is not None and language == "zh":
        found = simplified(found)
    return found[:120] if found and found != name else None


def _also(tags: Mapping[str, str]) -> tuple[str, ...]:
    """Other names that it is found by: those that people say, and those in other languages."""
    return tuple(tags[key][:120] for key in tags if key in ALSO or LANGUAGE.fullmatch(key))[:MOST_NAMES]


class Towns:
    """Which town something is in that does not say so: the one whose middle is near, for its kind."""

    def __init__(self) -> None:
        self._cells: dict[tuple[int, int], list[tuple[float, float, float, str]]] = defaultdict(list)

    def add(self, spot: Found, tags: Mapping[str, str]) -> None:
        """Take a spot in, if it is a place that others lie in."""
        reach = PLACES.get(tags.get("place", ""), (0.0, 0.0))[1] if spot.kind == "place" else 0.0
        if reach:
            cell = int(spot.latitude // _CELL), int(spot.longitude // _CELL)
            self._cells[cell].append((spot.latitude, spot.longitude, reach, spot.name))

    def around(self, latitude: float, longitude: float) -> str | None:
        """The name of the town there, if one is near."""
        best: tuple[float, str] | None = None
        east = math.cos(math.radians(latitude)) * 111_195.0
        here = int(latitude // _CELL), int(longitude // _CELL)
        for row in range(here[0] - 2, here[0] + 3):
            for column in range(here[1] - 2, here[1] + 3):
                for lat, lon, reach, name in self._cells.get((row, column), ()):
                    far = math.hypot((lat - latitude) * 111_195.0, (lon - longitude) * east)
                    if far < _AROUND and (best is None or far / reach < best[0]):
                        best = far / reach, name
        return best[1] if best else None


type Piece = tuple[float, float, Mapping[str, str]]


def streets(name: str, pieces: Sequence[Piece], towns: Towns) -> Iterator[Found]:
    """A street is many pieces, and is found once in each of its towns: at the piece in its middle."""
    of_towns: dict[str | None, list[Piece]] = defaultdict(list)
    for piece in pieces:
        of_towns[towns.around(piece[0], piece[1])].append(piece)
    for town, parts in of_towns.items():
        # The middle one along the longer side: on the road, not beside it.
        latitudes, longitudes = [part[0] for part in parts], [part[1] for part in parts]
        along = latitudes if _span(latitudes) > _span(longitudes) else longitudes
        order = sorted(range(len(parts)), key=along.__getitem__)
        latitude, longitude, tags = parts[order[len(parts) // 2]]
        yield Found(
            "street",
            name[:120],
            latitude,
            longitude,
            RANKS["street"],
            _other(tags, "en", name),
            _other(tags, "zh", name),
            town=town,
            also=_also(tags),
        )


def _span(values: Sequence[float]) -> float:
    return max(values) - min(values)
