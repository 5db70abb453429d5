"""Destinations as the household keeps them: ``destination/<ulid>``, shown to whoever may read its records."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from wayhome.core.record import Record
from wayhome.core.value import Value
from wayhome.hub.household import Household

COLLECTION = "destination"
MOST = 20
"""So many are kept for each car, the newest."""
LASTS = 30 * 86_400.0
"""One that is so old goes, in s, when the next comes."""

type CarId = Annotated[str, Meta(min_length=1, max_length=64)]
type Latitude = Annotated[float, Meta(ge=-90, le=90)]
type Longitude = Annotated[float, Meta(ge=-180, le=180)]


class Destination(msgspec.Struct, frozen=True):
    """Where a car is to go next. ``latitude``, ``longitude``: degrees of WGS 84; None: not known. ``link``: the map's
    own, where there was one. ``by``: who sent it, as they were called then; empty: nobody of the household.
    ``at``: when, s since 1970."""

    id: str
    car: str
    name: str
    at: float
    by: str
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    link: str | None = None


def destinations(household: Household, car: str | None = None) -> list[Destination]:
    """Those of one car, or all, newest first."""
    read = (_of(record) for record in household.records(COLLECTION).values())
    found = [one for one in read if one is not None and car in (None, one.car)]
    return sorted(found, key=lambda one: (one.at, one.id), reverse=True)


def written(destination: Destination) -> dict[str, Value]:
    """Its fields."""
    values: dict[str, Value] = msgspec.to_builtins(destination)
    del values["id"]
    return values


def _of(record: Record) -> Destination | None:
    try:
        return msgspec.convert({"id": record.id, **record.values()}, Destination)
    except msgspec.ValidationError:
        return None  # what another site, or another version, wrote otherwise
