"""The household itself: its name, its home, its time zone and its market."""

from __future__ import annotations

from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from wayhome.core.value import Value
from wayhome.errors import BadInput, NotAllowed
from wayhome.features.people import model, rules, who
from wayhome.features.people.operations import Nothing
from wayhome.hub import chosen
from wayhome.hub.operations import operation
from wayhome.hub.session import Session

PLACE, HOME = "place", "home"
USUAL_RADIUS = 80.0
LEAST_RADIUS, MOST_RADIUS = 20.0, 5_000.0


class Point(msgspec.Struct, frozen=True):
    """A place on the map: degrees, and a radius in m within which somebody counts as there."""

    latitude: float
    longitude: float
    radius: float = USUAL_RADIUS


class Household(msgspec.Struct):
    """What the household is called and where it is. ``zone``: an IANA time zone; ``market``: whose rules restrict
    drivers; ``home``: null while nobody has said where it is."""

    name: str | None
    zone: str
    market: Literal["world", "us"]
    home: Point | None


class HouseholdChanges(msgspec.Struct, forbid_unknown_fields=True):
    """What changes; what is not sent stays. ``home`` null: the hub forgets where the household lives."""

    name: str | UnsetType = UNSET
    zone: str | UnsetType = UNSET
    market: Literal["world", "us"] | UnsetType = UNSET
    home: Point | UnsetType | None = UNSET


@operation("people.household", reads=True)
async def household(session: Session, data: Nothing) -> Household:
    """What the household is called, where it is, and whose rules of the road hold for it."""
    return _shown(session)


@operation("people.household_change", fresh=True, parked=True)
async def household_change(session: Session, data: HouseholdChanges) -> Household:
    """Change the household's name, home, time zone or market.

    An owner's. It holds at once, on every screen.
    """
    if all(getattr(data, field) is UNSET for field in data.__struct_fields__):
        raise BadInput("nothing to change was sent")
    if who.actor(session).role != "owner":
        raise NotAllowed("only an owner may change the household")
    values: dict[str, Value] = {}
    if data.name is not UNSET:
        values["name"] = rules.clean_name(data.name)
    if data.zone is not UNSET:
        values["zone"] = chosen.zone_name(data.zone)
    if data.market is not UNSET:
        values["market"] = data.market
    home = data.home
    if isinstance(home, Point):
        _check(home)
    hub, context = session.hub, session.context()
    if values:
        await hub.household.write(model.HOUSEHOLD, model.HOUSEHOLD, values, context)
    if isinstance(home, Point):
        place: dict[str, Value] = msgspec.to_builtins(home)
        known = hub.household.records(PLACE).get(HOME)
        if known is None or not known.values().get("name"):
            place |= {"name": "Home", "icon": "home"}
        await hub.household.write(PLACE, HOME, place, context)
    elif home is None and HOME in hub.household.records(PLACE):
        await hub.household.delete(PLACE, HOME, context)
    return _shown(session)


def _shown(session: Session) -> Household:
    hub = session.hub
    record = hub.household.records(model.HOUSEHOLD).get(model.HOUSEHOLD)
    name = record.values().get("name") if record is not None else None
    place = hub.household.records(PLACE).get(HOME)
    home = None
    if place is not None and session.may("read", f"@{PLACE}/{HOME}"):
        try:
            home = msgspec.convert(place.values(), Point)
        except msgspec.ValidationError:
            home = None  # written by something else, and no place on a map
    market: Literal["world", "us"] = "us" if hub.household.market == "us" else "world"
    return Household(str(name) if name else None, str(hub.zone), market, home)


def _check(home: Point) -> None:
    if not (-90 <= home.latitude <= 90 and -180 <= home.longitude <= 180):
        raise BadInput("a latitude is from -90 to 90, a longitude from -180 to 180")
    if not LEAST_RADIUS <= home.radius <= MOST_RADIUS:
        raise BadInput(f"a home's radius is from {LEAST_RADIUS:.0f} to {MOST_RADIUS:.0f} m")
