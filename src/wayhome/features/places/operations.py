"""The household's places, and a person's own recent ones."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from wayhome.core.ids import record_path, slug
from wayhome.core.record import Record
from wayhome.core.value import Value
from wayhome.errors import Conflict, NotFound, NotWhileDriving, TooMany
from wayhome.hub import places
from wayhome.hub.operations import operation
from wayhome.hub.places import HOME, PLACE, RADIUS, RECENT
from wayhome.hub.session import Session

MOST = 200
"""So many places a household has."""

type PlaceIcon = Literal["location", "work", "school", "shop", "sport", "food", "doctor", "friends", "star"]
type Latitude = Annotated[float, Meta(ge=-90, le=90)]
type Longitude = Annotated[float, Meta(ge=-180, le=180)]


class NoQuestion(msgspec.Struct, forbid_unknown_fields=True):
    """Nothing is asked for."""


class NamedPlace(msgspec.Struct, omit_defaults=True):
    """A place of the household. ``latitude``, ``longitude``: degrees; None: nobody has said where it is. ``radius``: m
    within which one is there. ``favourite``: it comes first. ``held``: somebody's rights depend on it, so it stays."""

    id: str
    name: str
    icon: str
    latitude: float | None = None
    longitude: float | None = None
    radius: float = RADIUS
    favourite: bool = False
    held: bool = False


class RecentPlace(msgspec.Struct):
    """Where somebody was led, at ``at`` (s since 1970)."""

    id: str
    name: str
    latitude: float
    longitude: float
    at: float


class PlacesListed(msgspec.Struct):
    """``places``: home first, then favourites, then the others by name. ``recent``: one's own, the newest first."""

    places: list[NamedPlace]
    recent: list[RecentPlace]


@operation("places.list", reads=True)
async def list_(session: Session, data: NoQuestion) -> PlacesListed:
    """The household's places, and where you were led last. Nobody else sees the latter."""
    household = session.hub.household
    held = places.of_grants(household)
    found = [
        _shown(record, held)
        for id, record in household.records(PLACE).items()
        if session.may("read", record_path(PLACE, id))
    ]
    found.sort(key=lambda one: (one.id != HOME, not one.favourite, one.name.casefold(), one.id))
    mine = [
        recent
        for id, record in household.records(RECENT).items()
        if session.may("read", record_path(RECENT, id)) and (recent := _recent(record)) is not None
    ]
    return PlacesListed(found, sorted(mine, key=lambda one: one.at, reverse=True))


def _shown(record: Record, held: set[str]) -> NamedPlace:
    values, point = record.values(), places.point_of(record)
    icon = values.get("icon")
    radius = values.get("radius")
    return NamedPlace(
        record.id,
        str(values.get("name") or record.id),
        icon if isinstance(icon, str) else "home" if record.id == HOME else "location",
        None if point is None else point.latitude,
        None if point is None else point.longitude,
        float(radius) if isinstance(radius, int | float) else RADIUS,
        values.get("favourite") is True,
        record.id in held,
    )


def _recent(record: Record) -> RecentPlace | None:
    point, values = places.point_of(record), record.values()
    at = values.get("at")
    if point is None or not isinstance(at, int | float):
        return None
    return RecentPlace(record.id, str(values.get("name") or ""), point.latitude, point.longitude, float(at))


class PlaceToAdd(msgspec.Struct, forbid_unknown_fields=True):
    """What it is called, and where it is (degrees of WGS 84)."""

    name: Annotated[str, Meta(min_length=1, max_length=places.LONGEST)]
    latitude: Latitude
    longitude: Longitude
    icon: PlaceIcon = "location"
    favourite: bool = False


@operation("places.add", parked=True)
async def add(session: Session, data: PlaceToAdd) -> NamedPlace:
    """Name a place. Drives that begin or end there show its name. Home is set by an owner, in the settings."""
    household = session.hub.household
    name = places.clean(data.name)
    known = household.records(PLACE)
    if len(known) >= MOST:
        raise TooMany(f"a household has at most {MOST} places")
    if places.called(name, known) is not None:
        raise Conflict(f"another place is called {name!r} already", advice="Choose another name.")
    held = places.of_grants(household)
    # An id that was free before and deleted may still stand in somebody's grant: it is not given to another place.
    id = slug(name, {*household.ever(PLACE), *held, "away", HOME}, "place")
    values: dict[str, Value] = {
        "name": name,
        "latitude": round(data.latitude, 6),
        "longitude": round(data.longitude, 6),
        "radius": RADIUS,
        "icon": data.icon,
    }
    if data.favourite:
        values["favourite"] = True
    record = await household.write(PLACE, id, values, session.context())
    return _shown(record, held)


class PlaceChanges(msgspec.Struct, forbid_unknown_fields=True):
    """What changes; what is not sent stays."""

    id: Annotated[str, Meta(min_length=1, max_length=64)]
    name: Annotated[str, Meta(min_length=1, max_length=places.LONGEST)] | UnsetType = UNSET
    icon: PlaceIcon | UnsetType = UNSET
    favourite: bool | UnsetType = UNSET


@operation("places.rename", parked=True)
async def change(session: Session, data: PlaceChanges) -> NamedPlace:
    """Call a place something else, give it another picture, or have it come first."""
    household = session.hub.household
    record = _known(session, data.id)
    values: dict[str, Value] = {}
    if data.name is not UNSET:
        name = places.clean(data.name)
        if places.called(name, household.records(PLACE), (data.id,)) is not None:
            raise Conflict(f"another place is called {name!r} already", advice="Choose another name.")
        values["name"] = name
    if data.icon is not UNSET:
        if data.id == HOME:
            raise Conflict("home keeps its picture")
        values["icon"] = data.icon
    if data.favourite is not UNSET:
        values["favourite"] = True if data.favourite else None
    if values:
        record = await household.write(PLACE, data.id, values, session.context())
    return _shown(record, places.of_grants(household))


class PlaceGone(msgspec.Struct, forbid_unknown_fields=True):
    """The id of a place, or of a recent one."""

    id: Annotated[str, Meta(min_length=1, max_length=128)]


@operation("places.remove")
async def remove(session: Session, data: PlaceGone) -> PlacesListed:
    """Forget a place, while parked; or one of your recent ones, at any time. Not home, and none that somebody's rights
    depend on."""
    household = session.hub.household
    if ":" in data.id:
        if data.id not in household.records(RECENT) or not session.may("read", record_path(RECENT, data.id)):
            raise NotFound("this place is not there any more")
        await places.taken_up(household, RECENT, data.id, session.context())
        return await list_.run(session, NoQuestion())  # type: ignore[no-any-return]
    _known(session, data.id)
    if not session.restrictions().setup:
        raise NotWhileDriving()
    if data.id == HOME:
        raise Conflict("home is not forgotten here", advice="An owner says in the settings where home is.")
    if data.id in places.of_grants(household):
        raise Conflict("somebody may do something there", advice="Take that right back first, under People.")
    await household.delete(PLACE, data.id, session.context())
    return await list_.run(session, NoQuestion())  # type: ignore[no-any-return]


def _known(session: Session, id: str) -> Record:
    record = session.hub.household.records(PLACE).get(id)
    if record is None or not session.may("read", record_path(PLACE, id)):
        raise NotFound(f"there is no place {id[:40]!r}")
    return record
