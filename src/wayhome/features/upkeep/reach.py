"""How the hub is reached, its certificate, and erasing what it holds."""

from __future__ import annotations

import msgspec

from wayhome.errors import BadInput, Conflict, NotFound
from wayhome.features.upkeep.copies import Finished, Nothing, archive
from wayhome.hub.operations import operation
from wayhome.hub.ports import Served
from wayhome.hub.session import Session


class House(msgspec.Struct, forbid_unknown_fields=True):
    """``house``: whether other devices in the house may reach the hub."""

    house: bool


class Name(msgspec.Struct, forbid_unknown_fields=True):
    """The household's name, typed by whoever wants it gone."""

    name: str


def _served(session: Session) -> Served:
    if session.hub.served is None:
        raise NotFound("nobody serves this hub")
    return session.hub.served()


@operation("upkeep.reached", reads=True)
async def reached(session: Session, data: Nothing) -> Served:
    """How the hub is reached: its names, its certificate, where new devices get it."""
    return _served(session)


@operation("upkeep.reach", fresh=True, parked=True)
async def reach(session: Session, data: House) -> Finished:
    """Let other devices in the house reach the hub, or keep it to its own machine.

    The hub opens anew with that; nothing happens where it is so already.
    It is only possible where the hub's settings do not open it anyway.
    """
    served = _served(session)
    if served.house == data.house:
        return Finished()
    if not served.may_open:
        raise Conflict("where this hub listens is set in its settings", advice="Change `listen` there.")
    await archive(session).listen(data.house)
    session.hub.leaving.set()
    return Finished()


@operation("upkeep.erase", fresh=True, parked=True)
async def erase(session: Session, data: Name) -> Finished:
    """Erase the household beyond recovery: people, devices, history, keys, and the copies on the hub's machine.

    The hub opens anew and waits for its first owner. How it listens stays.
    """
    record = session.hub.household.records("household").get("household")
    name = str((record.values().get("name") if record is not None else None) or "Wayhome")
    if data.name.strip().casefold() != name.casefold():
        raise BadInput("this is not what the household is called", advice="Type its name as it is shown.")
    await archive(session).erase()
    session.hub.leaving.set()
    return Finished()
