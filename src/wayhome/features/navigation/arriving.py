"""A car is about to come to a place of the household: everybody who may know is told, and the scene that an owner has
chosen for that runs."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from wayhome import log
from wayhome.core.event import Event
from wayhome.core.ids import record_path
from wayhome.core.record import Record
from wayhome.core.value import Value
from wayhome.errors import HubError
from wayhome.features.navigation.leading import Leading
from wayhome.features.navigation.model import COLLECTION
from wayhome.hub import places
from wayhome.hub.maps import Point
from wayhome.hub.running import Hub
from wayhome.hub.session import Identity

CHOICE = "arriving"
"""The collection that says which scene runs for which place, by the place's id."""
SOON = 10.0
"""Minutes to a place from which on a car is about to come."""
ACTOR = "hub:navigation"


class ArrivingScene(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which scene runs when a car is about to come. ``by``: the owner who chose it, with whose rights it runs; empty:
    the hub's own."""

    scene: Annotated[str, Meta(min_length=1, max_length=64)]
    by: str = ""


def choice(record: Record | None) -> ArrivingScene | None:
    """What was chosen; None: nothing."""
    if record is None or record.gone:
        return None
    try:
        return msgspec.convert(record.values(), ArrivingScene)
    except msgspec.ValidationError:
        return None


class Arriving:
    """Tells it, once for each stop of a journey."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def look(self, leading: Leading) -> None:
        """Whether a car is about to come somewhere."""
        if leading.track.moved < 50.0 or leading.track.standing == "off" or not leading.track.joined:
            return  # somebody only looked how far it is
        for number in range(leading.passed, len(leading.journey.stops)):
            minutes = leading.minutes_to(number)
            if minutes is None or minutes > SOON or number in leading.announced:
                continue
            leading.announced.add(number)
            stop = leading.journey.stops[number]
            found = places.at(self._hub.household, Point(stop.latitude, stop.longitude))
            place = stop.place if stop.place in self._hub.household.records(places.PLACE) else found and found[0]
            if place is not None:
                self._hub.soon_run(self._soon(leading, number, place, max(0, round(minutes))))

    async def _soon(self, leading: Leading, number: int, place: str, minutes: int) -> None:
        household, context = self._hub.household, self._hub.context(ACTOR)
        data: dict[str, Value] = {"car": leading.car, "place": place, "minutes": minutes}
        about = record_path(COLLECTION, leading.car)
        await household.tell(Event("ArrivingSoon", household.clock.now(), context, about, data))
        chosen = choice(household.house.record(CHOICE, place))
        if chosen is not None:
            await self._run(chosen, f"{leading.journey.start}.{number}")

    async def _run(self, chosen: ArrivingScene, key: str) -> None:
        """Run it as any session would. A scene never opens nor unlocks anything, so neither does this."""
        identity = Identity(ACTOR, "owner")
        if chosen.by:
            person = self._hub.household.records("person").get(chosen.by)
            if person is None or person.values().get("role") != "owner":
                log.get("navigation").warning("who chose this scene is no owner any more", scene=chosen.scene)
                return
            identity = Identity(f"person:{chosen.by}", "owner", chosen.by)
        session = self._hub.open_session(identity)
        try:
            await session.call("scenes.run", {"scene": chosen.scene, "key": key[:64]})
        except HubError as error:
            log.get("navigation").warning("the scene for an arrival did not run", detail=error.detail)
        finally:
            self._hub.sessions.close(session, "done")
