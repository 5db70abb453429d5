"""Commands, both ways: our scenes and a few of a car's commands as the phone's own buttons, and a computer's commands
as those of a thing here.

What a phone runs is run with the rights of the person whose phone it is. Nothing that opens or unlocks is offered: the
app asks nobody again, and shows no code.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from wayhome import log
from wayhome.core.catalog import Refinement
from wayhome.core.command import Command
from wayhome.core.ids import legible, own, slug
from wayhome.core.thing import Thing
from wayhome.core.value import Value
from wayhome.errors import BadInput, HubError, Unreachable
from wayhome.hub.visit import Visit
from wayhome.links.kdeconnect.dirty import Dirty
from wayhome.links.kdeconnect.phones import Phone
from wayhome.links.kdeconnect.plugin import Plugin, Reach
from wayhome.links.kdeconnect.visits import Visits
from wayhome.links.kdeconnect.wire import Packet, yes

TOLD, ASKS = "kdeconnect.runcommand", "kdeconnect.runcommand.request"
EVERY = 1.0
"""What changes within so many seconds is told at once; a computer's thing is described anew no more often."""
MOST = 60
LETTERS = 80
RUN = "command.run"
_CABIN = "Vehicle.Cabin.HVAC.IsAirConditioningActive"
_DOORS = tuple(
    f"Vehicle.Cabin.Door.{row}.{side}.IsLocked" for row in ("Row1", "Row2") for side in ("DriverSide", "PassengerSide")
)


class Offer(NamedTuple):
    """A command as a phone shows it, and what it does: a scene's id, or wishes by path."""

    name: str
    scene: str | None = None
    wishes: tuple[tuple[str, Value], ...] = ()


class Commands(Plugin):
    """See the module."""

    takes = frozenset({TOLD, ASKS})
    sends = frozenset({TOLD, ASKS})

    def __init__(self, reach: Reach) -> None:
        self._reach = reach
        self._visits = Visits(reach, self._published)
        self._told: dict[str, dict[str, Offer]] = {}
        """What each phone was offered, by the keys that it says."""
        self._theirs: dict[str, tuple[Thing, dict[str, str]]] = {}
        """Each computer's own: the thing, and its commands' keys by their names."""
        self._heard: dict[str, dict[str, str]] = {}
        """Commands that a computer has told and that are not shown yet."""
        self._dirty = Dirty[str](EVERY)

    async def run(self) -> None:
        """See Plugin."""
        try:
            async for dirty in self._dirty.rounds():
                heard, self._heard = self._heard, {}
                for id, commands in heard.items():
                    phone = self._reach.phones().get(id)
                    if phone is not None:
                        self._show(phone, commands)
                for id in dirty:
                    await self._list(id)
        finally:
            self._visits.close()

    def _published(self, id: str, path: str) -> None:
        if path.startswith("@scene/") or path.endswith("/thing.info"):
            self._soon(id)

    def _soon(self, id: str) -> None:
        self._dirty.add(id)

    # Phones

    def came(self, phone: Phone) -> None:
        """It learns what it may run, and is asked for what may be run on it."""
        if TOLD in phone.takes and self._visits.enter(phone):
            self._told.pop(phone.id, None)
            self._soon(phone.id)
        if TOLD in phone.sends and ASKS in phone.takes and (phone.owner is None or phone.shares):
            self._reach.send(phone.id, ASKS, {"requestCommandList": True})

    def gone(self, phone: Phone) -> None:
        """See Plugin."""
        self.forget(phone.id)

    def forget(self, id: str) -> None:
        """See Plugin."""
        self._visits.leave(id)
        self._told.pop(id, None)
        self._heard.pop(id, None)
        thing, _ = self._theirs.pop(id, (None, None))
        if thing is not None:
            self._reach.host.withdraw([thing.id])

    def heard(self, phone: Phone, packet: Packet) -> None:
        """See Plugin."""
        body = packet.body
        if packet.type == TOLD:
            if TOLD in phone.sends and ASKS in phone.takes and (phone.owner is None or phone.shares):
                self._heard[phone.id] = read(body.get("commandList"))
                self._dirty.stir()
            return
        if yes(body.get("requestCommandList")) and self._visits.of(phone.id) is not None:
            self._told.pop(phone.id, None)
            self._soon(phone.id)
        key, visit = body.get("key"), self._visits.of(phone.id)
        offer = self._told.get(phone.id, {}).get(key) if isinstance(key, str) else None
        if offer is not None and visit is not None:
            self._visits.ask(phone.id, _run(visit, offer), lambda: None)

    # Ours for phones

    async def _list(self, id: str) -> None:
        visit = self._visits.of(id)
        if visit is None:
            return
        offers = dict(_of_cars(visit))
        try:
            for scene in (await visit.call("scenes.list", {})).scenes:
                offers[f"scene-{scene.id}"] = Offer(scene.name, scene=scene.id)
        except HubError as error:
            log.get("links").info("no scenes for a phone", link=self._reach.host.id, why=error.code)
        offers = dict(list(offers.items())[:MOST])
        if offers == self._told.get(id):
            return
        # The apps read this list as a text of JSON. What stands as "command" is shown below the name, and run nowhere.
        listed = {key: {"name": offer.name, "command": "Wayhome"} for key, offer in offers.items()}
        text = msgspec.json.encode(listed).decode()
        if self._reach.send(id, TOLD, {"commandList": text, "canAddCommand": False}):
            self._told[id] = offers

    # Theirs

    def _show(self, phone: Phone, commands: dict[str, str]) -> None:
        thing, _ = self._theirs.get(phone.id, (None, None))
        host = self._reach.host
        if not commands:
            self._theirs.pop(phone.id, None)
            if thing is not None:
                host.withdraw([thing.id])
            return
        word, taken = f"{phone.thing}-commands", host.taken()
        id = own(phone.owner, word, taken) if phone.owner is not None else slug(word, taken)
        signals = {RUN: Refinement(allowed=tuple(commands))}
        name = legible(phone.name) or phone.id[:8]
        now = Thing(thing.id if thing is not None else id, name, host.id, "computer", signals)
        self._theirs[phone.id] = now, commands
        if now != thing:
            host.announce([now])
            host.online([now.id], True)

    def thing_of(self, thing: str) -> Phone | None:
        """See Plugin."""
        id = next((id for id, (one, _) in self._theirs.items() if one.id == thing), None)
        return None if id is None else self._reach.phones().get(id)

    async def execute(self, phone: Phone, signal: str, command: Command) -> bool:
        """See Plugin."""
        if signal != RUN:
            return False
        _, commands = self._theirs.get(phone.id, (None, {}))
        key = commands.get(command.target) if isinstance(command.target, str) else None
        if key is None:
            raise BadInput(f"{phone.name} has no such command any more")
        if not self._reach.send(phone.id, ASKS, {"key": key}):
            raise Unreachable(f"{phone.name} is not near", advice="It has to be in the same network.")
        return True


def read(said: object) -> dict[str, str]:
    """The keys of a device's commands by their names, from the text of JSON that it sends."""
    try:
        listed: Any = msgspec.json.decode(said) if isinstance(said, str) else said
    except (msgspec.DecodeError, RecursionError):
        return {}
    found: dict[str, str] = {}
    for key, one in list(listed.items())[:MOST] if isinstance(listed, dict) else ():
        name = one.get("name") if isinstance(one, dict) else None
        plain = legible(name)[:LETTERS].strip() if isinstance(name, str) else ""
        if plain and isinstance(key, str) and len(key) <= 100:
            title = next(text for text in (plain, *(f"{plain} {n}" for n in range(2, MOST + 2))) if text not in found)
            found[title] = key
    return found


def _of_cars(visit: Visit) -> Iterator[tuple[str, Offer]]:
    """What a person may ask of the cars without being asked again: to lock, and the climate on and off."""
    for thing in sorted(visit.things(), key=lambda one: one.id):

        def can(signal: str, thing: Thing = thing) -> bool:
            found = thing.signals.get(signal)
            return found is not None and not found.fixed and visit.may(f"{thing.id}/{signal}")

        if doors := tuple((f"{thing.id}/{door}", True) for door in _DOORS if can(door)):
            yield f"lock-{thing.id}", Offer(f"{thing.name}: lock", wishes=doors)
        if can(_CABIN):
            yield f"climate-on-{thing.id}", Offer(f"{thing.name}: climate on", wishes=((f"{thing.id}/{_CABIN}", True),))
            off = ((f"{thing.id}/{_CABIN}", False),)
            yield f"climate-off-{thing.id}", Offer(f"{thing.name}: climate off", wishes=off)


async def _run(visit: Visit, offer: Offer) -> None:
    """Raises HubError: where one of several wishes is refused, the others are asked for all the same."""
    if offer.scene is not None:
        await visit.call("scenes.run", {"scene": offer.scene})
        return
    refused: HubError | None = None
    for path, target in offer.wishes:
        try:
            await visit.act(path, target)
        except HubError as error:
            refused = error
    if refused is not None:
        raise refused
