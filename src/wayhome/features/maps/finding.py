"""What is found in maps: by name, at a point, and where one charges. What is asked stays on the hub, and is kept
nowhere."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from wayhome.errors import BadInput
from wayhome.features.maps.operations import Latitude, Longitude
from wayhome.features.maps.telling import maps_of
from wayhome.hub.maps import Bounds, Point, Spot, Station
from wayhome.hub.operations import operation
from wayhome.hub.session import Session

MOST_STATIONS = 500

type Language = Literal["en", "zh"]


class Typed(msgspec.Struct, forbid_unknown_fields=True):
    """What was typed, as far as it was; ``latitude``, ``longitude``: what is close to there comes first."""

    text: Annotated[str, Meta(max_length=200)]
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    language: Language = "en"
    limit: Annotated[int, Meta(ge=1, le=50)] = 10


class SpotsFound(msgspec.Struct):
    """The best first."""

    spots: list[Spot]


@operation("maps.search", reads=True)
async def search(session: Session, data: Typed) -> SpotsFound:
    """Places, streets, addresses, shops, stations by name, in English, Chinese and as they are called there; or the
    nearest by what it is: a pharmacy, a car park, a charging station."""
    near = None if data.latitude is None or data.longitude is None else Point(data.latitude, data.longitude)
    # Whoever drives gets a list that can be read at a glance.
    most = min(data.limit, session.restrictions().items)
    return SpotsFound(await maps_of(session).search(data.text, near, data.language, most))


class AtPoint(msgspec.Struct, forbid_unknown_fields=True):
    """A point on the map."""

    latitude: Latitude
    longitude: Longitude
    language: Language = "en"


class SpotThere(msgspec.Struct):
    """None: nothing that has a name."""

    spot: Spot | None


@operation("maps.at", reads=True)
async def at(session: Session, data: AtPoint) -> SpotThere:
    """What is at a point: an address, or something close by that has a name."""
    return SpotThere(await maps_of(session).at(Point(data.latitude, data.longitude), data.language))


class StationsAsked(msgspec.Struct, forbid_unknown_fields=True):
    """A rectangle in degrees, and the least power in kW."""

    west: Longitude
    south: Latitude
    east: Longitude
    north: Latitude
    power: Annotated[float, Meta(ge=0, le=1_000)] = 0
    limit: Annotated[int, Meta(ge=1, le=MOST_STATIONS)] = 100


class StationsFound(msgspec.Struct):
    """The strongest first."""

    stations: list[Station]


@operation("maps.stations", reads=True)
async def stations(session: Session, data: StationsAsked) -> StationsFound:
    """Charging stations that the maps know, with connectors and power."""
    if data.west > data.east or data.south > data.north:
        raise BadInput("a rectangle goes from west to east and from south to north")
    bounds = Bounds(data.west, data.south, data.east, data.north)
    return StationsFound(await maps_of(session).stations(bounds, data.power, data.limit))
