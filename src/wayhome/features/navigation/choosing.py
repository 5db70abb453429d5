"""Which scene gets the house ready when a car is about to come."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from wayhome.core.ids import record_path
from wayhome.errors import NotAllowed, NotFound
from wayhome.features.navigation.arriving import CHOICE, SOON, choice
from wayhome.hub import places
from wayhome.hub.operations import operation
from wayhome.hub.session import Session

SCENE = "scene"


class NoQuestion(msgspec.Struct, forbid_unknown_fields=True):
    """Nothing is asked for."""


class ArrivalChosen(msgspec.Struct):
    """Which scene runs when a car is about to come to a place."""

    place: str
    scene: str


class ArrivalsChosen(msgspec.Struct):
    """By place. ``minutes``: so long before it comes."""

    chosen: list[ArrivalChosen]
    minutes: float


@operation("navigation.chosen", reads=True)
async def chosen(session: Session, data: NoQuestion) -> ArrivalsChosen:
    """Which scenes run when a car is about to come to a place."""
    found = [
        ArrivalChosen(place, one.scene)
        for place, record in sorted(session.hub.household.records(CHOICE).items())
        if (one := choice(record)) is not None and session.may("read", record_path(places.PLACE, place))
    ]
    return ArrivalsChosen(found, SOON)


class ArrivalChoice(msgspec.Struct, forbid_unknown_fields=True):
    """A place of the household, and the scene that is to run; none: nothing runs any more."""

    place: Annotated[str, Meta(min_length=1, max_length=64)]
    scene: Annotated[str, Meta(min_length=1, max_length=64)] | None = None


@operation("navigation.choose", parked=True)
async def choose(session: Session, data: ArrivalChoice) -> ArrivalsChosen:
    """Choose the scene that gets a place ready when a car is about to come, or none.

    Only owners may: it runs with their rights, whoever drives. A scene never unlocks or opens anything.
    """
    household, identity = session.hub.household, session.identity
    if identity.role != "owner":
        raise NotAllowed("only an owner chooses what happens by itself")
    if data.place not in household.records(places.PLACE):
        raise NotFound(f"there is no place {data.place[:40]!r}")
    if data.scene is None:
        if data.place in household.records(CHOICE):
            await household.delete(CHOICE, data.place, session.context())
    elif data.scene not in household.records(SCENE):
        raise NotFound(f"there is no scene {data.scene[:40]!r}")
    else:
        by = identity.person or ""
        await household.write(CHOICE, data.place, {"scene": data.scene, "by": by}, session.context())
    return await chosen.run(session, NoQuestion())  # type: ignore[no-any-return]
