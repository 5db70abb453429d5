"""What can be done with maps themselves."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from wayhome.errors import BadInput
from wayhome.features.maps.telling import maps_of
from wayhome.hub.maps import Making, Offered, Point, Region, Source
from wayhome.hub.operations import operation
from wayhome.hub.session import Session

type Latitude = Annotated[float, Meta(ge=-90, le=90)]
type Longitude = Annotated[float, Meta(ge=-180, le=180)]


class Nothing(msgspec.Struct, forbid_unknown_fields=True):
    """Nothing is asked for."""


class MapsListed(msgspec.Struct):
    """The maps that are there; the one that is being made, or could not be; whether this hub can make any."""

    regions: list[Region]
    making: Making | None
    ready: bool


def _listed(session: Session) -> MapsListed:
    maps = maps_of(session)
    regions, making = maps.regions(), maps.making
    if not session.may("act", add.path):
        # An address may hold a password, a path a name: that is for those who add maps.
        regions = [msgspec.structs.replace(one, source="") for one in regions]
        making = None if making is None else msgspec.structs.replace(making, source="")
    return MapsListed(regions, making, maps.ready)


@operation("maps.list", reads=True)
async def list_(session: Session, data: Nothing) -> MapsListed:
    """The household's maps, with whose data they are."""
    return _listed(session)


class Around(msgspec.Struct, forbid_unknown_fields=True):
    """A place; nothing: everywhere."""

    latitude: Latitude | None = None
    longitude: Longitude | None = None


class MapsOffered(msgspec.Struct):
    """Regions that can be had by name; around a place the smallest first."""

    regions: list[Offered]


@operation("maps.offered", reads=True)
async def offered(session: Session, data: Around) -> MapsOffered:
    """Regions that can be had by their names. This asks download.geofabrik.de and tells it nothing of the household."""
    if (data.latitude is None) != (data.longitude is None):
        raise BadInput("a place has a latitude and a longitude")
    near = None if data.latitude is None or data.longitude is None else Point(data.latitude, data.longitude)
    return MapsOffered(await maps_of(session).offered(near))


class ToAdd(msgspec.Struct, forbid_unknown_fields=True):
    """``source``: a file on the hub's machine, an address, or the name of a region that is offered. ``name``: what it
    is to be called; empty: as the source says."""

    source: Annotated[str, Meta(min_length=1, max_length=2_000)]
    name: Annotated[str, Meta(max_length=60)] = ""


@operation("maps.add", parked=True)
async def add(session: Session, data: ToAdd) -> Making:
    """Make a map of an extract of OpenStreetMap, or make it anew.

    It is made behind everything else; `hub/maps.state` tells how far it is. What was there before serves until then.
    """
    return await maps_of(session).add(Source(data.source, data.name))


@operation("maps.stop", parked=True)
async def stop(session: Session, data: Nothing) -> MapsListed:
    """Give up the map that is being made, or that could not be. Maps that are there stay."""
    await maps_of(session).stop()
    return _listed(session)


class WhichMap(msgspec.Struct, forbid_unknown_fields=True):
    """A map's id."""

    id: Annotated[str, Meta(min_length=1, max_length=64)]


@operation("maps.remove", parked=True)
async def remove(session: Session, data: WhichMap) -> MapsListed:
    """Remove a map from the disk. Where others stay, their roads are made anew behind it."""
    await maps_of(session).remove(data.id)
    return _listed(session)
