"""Notices on the phones of those who want them there, by whatever link has these phones."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import get_args

from wayhome.core.grant import Role
from wayhome.features.notices import model, words
from wayhome.features.notices.model import Notice
from wayhome.features.notices.push.subscriptions import Subscriptions
from wayhome.features.notices.shelf import Shelf
from wayhome.hub.notices import Told, Word
from wayhome.hub.running import Hub
from wayhome.hub.session import Identity


class Phones:
    """``Notices`` of a running hub."""

    def __init__(self, hub: Hub, shelf: Shelf, subscriptions: Subscriptions) -> None:
        self._hub, self._shelf, self._subscriptions = hub, shelf, subscriptions
        self._told: list[Told] = []
        self._last: dict[str, tuple[Word, ...]] = {}

    @contextmanager
    def watch(self, told: Told) -> Iterator[None]:
        """See Notices."""
        self._told.append(told)
        for person, said in self._last.items():
            told(person, said)
        try:
            yield
        finally:
            self._told.remove(told)

    async def seen(self, person: str, id: str) -> None:
        """See Notices."""
        if any(word.id == id for word in self._last.get(person, ())):
            await self._shelf.see(person, [id])
            self.look()

    def look(self) -> None:
        """Work out what stands for whom. To be called once a second, and when a notice begins."""
        now = {person: found for person in self._hub.household.records("person") if (found := self._words(person))}
        for person in {*now, *self._last}:
            if now.get(person, ()) != self._last.get(person, ()):
                for told in list(self._told):
                    told(person, now.get(person, ()))
        self._last = now

    def _words(self, person: str) -> tuple[Word, ...]:
        chosen = model.choice(self._hub.household.house.record(model.CHOICE, person))
        if chosen.phones is None or self._pushed(person):
            return ()
        found = [one for one in self._shelf.standing() if person not in one.seen and self._wants(chosen, one)]
        readable = self._readable(person, found)
        return tuple(Word(one.id, *words.said(one, chosen.phones), one.at) for one in readable)

    def _pushed(self, person: str) -> bool:
        """Whether push goes to a phone of theirs already: it is not told twice."""
        devices = self._hub.household.records("device")
        mine = [devices.get(one.device) for one in self._subscriptions.all() if one.person == person]
        return any(device is not None and device.values().get("kind") == "phone" for device in mine)

    def _wants(self, chosen: model.Choice, notice: Notice) -> bool:
        local = datetime.fromtimestamp(self._hub.household.clock.now(), self._hub.zone)
        quiet = model.quiet(chosen.quiet, local.hour * 60 + local.minute)
        # What is for some screens is not for a phone.
        return notice.kind in chosen.wanted and notice.kind != "file" and (notice.priority == "stop" or not quiet)

    def _readable(self, person: str, found: list[Notice]) -> list[Notice]:
        record = self._hub.household.records("person").get(person)
        role = record.values().get("role") if record is not None else None
        if not found or role not in get_args(Role.__value__):
            return []
        session = self._hub.open_session(Identity(f"person:{person}", role, person))  # type: ignore[arg-type]
        try:
            return [one for one in found if session.may("read", one.about)]
        finally:
            self._hub.sessions.close(session, "asked")
