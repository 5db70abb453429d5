"""Sending a destination to a car, and taking it back."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from wayhome.core.event import Event
from wayhome.core.ids import record_path
from wayhome.errors import BadInput, NotFound
from wayhome.features.destinations import shared
from wayhome.features.destinations.model import (
    COLLECTION,
    LASTS,
    MOST,
    CarId,
    Destination,
    Latitude,
    Longitude,
    destinations,
    written,
)
from wayhome.features.destinations.shared import MAX_NAME, MAX_TEXT
from wayhome.hub import cars
from wayhome.hub.operations import operation
from wayhome.hub.session import Session


class ToCar(msgspec.Struct, forbid_unknown_fields=True):
    """What was shared: a map's link, with or without words before it; ``geo:``; coordinates, latitude first; or where
    to in words. ``car``: its thing id; none: the household's only car."""

    text: Annotated[str, Meta(min_length=1, max_length=MAX_TEXT)]
    car: CarId | None = None


@operation("destinations.send")
async def send(session: Session, data: ToCar) -> Destination:
    """Send a place to a car. Its screens show it, with how far it is and in which direction.

    Links of Google, Apple, OpenStreetMap, Waze, HERE, Amap, Baidu and Tencent maps are read here; no server is asked.
    """
    car = cars.meant(session, data.car)
    found = shared.read(data.text)
    return await _keep(session, car, found.name, found.point, found.link)


class Put(msgspec.Struct, forbid_unknown_fields=True):
    """A place by its coordinates (degrees, WGS 84); without, by its name alone."""

    name: Annotated[str, Meta(max_length=MAX_NAME)] = ""
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    link: Annotated[str, Meta(max_length=shared.MAX_LINK, pattern=r"^https?://")] | None = None
    car: CarId | None = None


@operation("destinations.put")
async def put(session: Session, data: Put) -> Destination:
    """Send a place to a car by its coordinates, or put one back that was removed."""
    if (data.latitude is None) != (data.longitude is None):
        raise BadInput("a place has a latitude and a longitude")
    point = None if data.latitude is None or data.longitude is None else (data.latitude, data.longitude)
    name = shared.named(data.name)
    if point is None and not name:
        raise BadInput("this says nowhere to")
    return await _keep(session, cars.meant(session, data.car), name, point, data.link)


class OfCar(msgspec.Struct, forbid_unknown_fields=True):
    """A car's thing id; none: the household's only car."""

    car: CarId | None = None


class Destinations(msgspec.Struct):
    """Newest first."""

    destinations: list[Destination]


@operation("destinations.list", reads=True)
async def list_(session: Session, data: OfCar) -> Destinations:
    """Where a car is to go next, as people have sent it."""
    car = cars.meant(session, data.car)
    found = destinations(session.hub.household, car)
    return Destinations([one for one in found if session.may("read", record_path(COLLECTION, one.id))])


class Which(msgspec.Struct, forbid_unknown_fields=True):
    """A destination's id."""

    id: Annotated[str, Meta(min_length=1, max_length=64)]


@operation("destinations.remove")
async def remove(session: Session, data: Which) -> Destination:
    """Take a destination back."""
    household = session.hub.household
    found = next((one for one in destinations(household) if one.id == data.id), None)
    if found is None or not session.may("read", record_path(COLLECTION, found.id)):
        raise NotFound("this destination is not there any more")
    await household.delete(COLLECTION, found.id, session.context())
    return found


async def _keep(
    session: Session, car: str, name: str, point: tuple[float, float] | None, link: str | None
) -> Destination:
    household, context = session.hub.household, session.context()
    person = household.house.record("person", session.identity.person or "")
    by = "" if person is None else str(person.values().get("name") or "")
    latitude, longitude = (None, None) if point is None else (round(point[0], 6), round(point[1], 6))
    now = household.clock.now()
    new = Destination(session.hub.ids.ulid(), car, name, now, by, latitude, longitude, link)
    before = destinations(household, car)
    await household.write(COLLECTION, new.id, written(new), context)
    same = (name, latitude, longitude, link)
    for number, one in enumerate(before):
        if (
            number >= MOST - 1
            or now - one.at > LASTS
            or (one.name, one.latitude, one.longitude, one.link) == same  # sent again: once is enough
        ):
            await _let_go(session, one)
    await household.tell(Event("DestinationSent", now, context, record_path(COLLECTION, new.id), {"car": car}))
    return new


async def _let_go(session: Session, one: Destination) -> None:
    try:
        await session.hub.household.delete(COLLECTION, one.id, session.context())
    except NotFound:
        return  # somebody was faster
