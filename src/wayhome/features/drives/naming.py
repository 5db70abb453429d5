"""Naming a place from a drive that begins or ends there."""

from __future__ import annotations

from typing import Literal

import msgspec

from wayhome.core.ids import slug
from wayhome.core.value import Value
from wayhome.errors import Conflict, NotFound
from wayhome.features.drives.finding import find
from wayhome.features.drives.model import PLACE
from wayhome.hub import places
from wayhome.hub.operations import operation
from wayhome.hub.session import Session


class DrivePlaceName(msgspec.Struct, forbid_unknown_fields=True):
    """Of which drive which end, and what it is called."""

    id: str
    end: Literal["origin", "goal"]
    name: str


class DrivePlaceNamed(msgspec.Struct):
    """The place, and what it was called before; nothing: it had no name."""

    place: str
    name: str
    before: str | None


class DrivePlaceGone(msgspec.Struct, forbid_unknown_fields=True):
    """A place's id."""

    place: str


@operation("drives.name_place", parked=True)
async def name_place(session: Session, data: DrivePlaceName) -> DrivePlaceNamed:
    """Name the place where a drive began or ended, or name it anew.

    Every drive that begins or ends there shows the name, those of before and those to come. Home has its name already.
    """
    drive = find(session, data.id)
    name = places.clean(data.name)
    spot = getattr(drive, data.end)
    if spot is None:
        raise NotFound("the car did not tell where that was", advice="Only a place that is known can have a name.")
    household = session.hub.household
    known = household.records(PLACE)
    if spot.place == places.HOME:
        raise Conflict("that is home", advice="An owner says in the settings what home is called and where it is.")
    if places.called(name, known, (spot.place or "",)) is not None:
        raise Conflict(f"another place is called {name!r} already", advice="Choose another name.")
    if spot.place is not None:
        await household.write(PLACE, spot.place, {"name": name}, session.context())
        return DrivePlaceNamed(spot.place, name, spot.name)
    # Also an id that was free before and deleted may still stand in somebody's grant: it is not given to another place.
    taken = {*household.house.records.get(PLACE, {}), *places.of_grants(household), "away"}
    id = slug(name, taken, "place")
    values: dict[str, Value] = {
        "name": name,
        "latitude": spot.latitude,
        "longitude": spot.longitude,
        "radius": places.RADIUS,
        "icon": "location",
    }
    await household.write(PLACE, id, values, session.context())
    return DrivePlaceNamed(id, name, None)


@operation("drives.forget_place", parked=True)
async def forget_place(session: Session, data: DrivePlaceGone) -> None:
    """Take a place's name back: the place is forgotten. Not home, and none that a grant depends on."""
    household = session.hub.household
    if data.place not in household.records(PLACE) or not session.may("read", f"@{PLACE}/{data.place}"):
        raise NotFound(f"there is no place {data.place[:40]!r}")
    if data.place == places.HOME:
        raise Conflict("home is not forgotten here", advice="An owner says in the settings where home is.")
    if data.place in places.of_grants(household):
        raise Conflict("somebody may do something there", advice="Take that right back first, under People.")
    await household.delete(PLACE, data.place, session.context())
