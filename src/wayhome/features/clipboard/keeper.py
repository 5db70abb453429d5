"""Keeping the clipboard's entries: who may have which, how many there are, and until when.

The hub sees who put an entry, when, and how long it is; not what it says. It judges what it can without opening it:
that its sender belongs to the group and has signed it, for this entry, in this epoch.
"""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress

import msgspec

from wayhome import log
from wayhome.core.command import Command
from wayhome.core.event import Event
from wayhome.core.published import Shown
from wayhome.core.record import Record
from wayhome.core.value import Context, Value
from wayhome.errors import BadInput, Conflict, HubError, NotFound, TooMany
from wayhome.hub.group.group import group
from wayhome.hub.group.wanted import GROWN
from wayhome.hub.running import Hub
from wayhome.sealing import frame
from wayhome.sealing.keys import data

NAME = "clipboard"
COLLECTION = "clip"
NEWS = "@clip_news/"
ALL = "ALL"
"""In the place of a person: an entry for everybody of the group. No person's id has capitals."""
LASTS = 86_400.0
"""An entry that is not pinned goes after so many s."""
MOST, PINNED = 50, 20
"""So many entries of each person, and so many of them pinned; a further one takes the place of the oldest."""
SWEEP = 15.0
_ID = re.compile(r"(?:ALL|[a-z0-9-]{1,64}):[0-9a-z]{26}")
WHY = {
    "unsound": "this is no sealed entry",
    "other": "this was sealed for another entry",
    "unknown_sender": "its sender does not belong to the group",
    "forged": "its sender has not signed it",
}


class Entry(msgspec.Struct, frozen=True):
    """One entry as the hub knows it. ``frame``: sealed, in base64url; ``at``, ``until``: s since 1970."""

    id: str
    frame: str
    by: str
    at: float
    pinned: bool = False

    @property
    def until(self) -> float:
        return self.at + LASTS


class Keeper:
    """A watcher of the household."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._counters: dict[str, int] | None = None
        """The highest counter that each sender has signed, of what is or was here; None: not looked at yet."""

    def of(self, person: str) -> list[Entry]:
        """A person's entries and those for everybody, newest first."""
        mine = [one for one in self._all() if one.id.partition(":")[0] in (person, ALL)]
        return sorted(mine, key=lambda one: (one.at, one.id), reverse=True)

    async def put(self, person: str, device: str, id: str, sealed: str, pinned: bool, context: Context) -> Entry:
        """Take an entry in. Raises BadInput, Conflict, TooMany, StoreError."""
        household, it = self._hub.household, group(self._hub)
        if _ID.fullmatch(id) is None or id.partition(":")[0] not in (person, ALL):
            raise BadInput("an entry is PERSON:ULID, yours or ALL's, in small letters")
        try:
            raw = data(sealed)
        except ValueError:
            raise BadInput(WHY["unsound"]) from None
        if it.chain is None or it.chain.newest is None:
            raise Conflict("the household has no group yet", advice="Try again in a moment.")
        header = frame.sent(raw, COLLECTION, id, it.chain)
        if isinstance(header, str):
            raise BadInput(WHY[header])
        if header.sender != device:
            raise BadInput(WHY["unknown_sender"])
        known = household.house.record(COLLECTION, id)
        if known is not None and known.values().get("frame") == sealed:
            return self._read(known)
        if it.chain.member(device) is None or header.epoch != it.chain.newest.epoch:
            raise Conflict("this was sealed for another epoch", advice="Seal it anew with the newest key.")
        # What was there once does not come again, neither as it was nor as another one.
        counters = self._counted()
        if known is not None or header.counter <= counters.get(device, 0):
            raise Conflict("this entry was there before")
        await self._make_room(person, pinned, context)
        entry = Entry(id, sealed, device, household.clock.now(), pinned)
        values = msgspec.to_builtins(entry)
        del values["id"]
        counters[device] = header.counter
        await household.write(COLLECTION, id, values, context)
        return entry

    async def pin(self, person: str, id: str, pinned: bool, context: Context) -> None:
        """Keep an entry beyond its day, or no longer. Raises NotFound, TooMany, StoreError."""
        entry = self._find(person, id)
        if pinned and not entry.pinned and self._pinned(person) >= PINNED:
            raise TooMany(f"at most {PINNED} entries are pinned", advice="Unpin one first.")
        now = self._hub.household.clock.now()
        values: dict[str, Value] = {"pinned": pinned}
        if not pinned:
            values["at"] = now  # its day begins anew, or it would go at once
        await self._hub.household.write(COLLECTION, id, values, context)

    async def remove(self, person: str, id: str, context: Context) -> None:
        """Raises NotFound, StoreError."""
        self._find(person, id)
        await self._hub.household.delete(COLLECTION, id, context)

    async def sweep(self) -> None:
        """Let go what is over its time."""
        now = self._hub.household.clock.now()
        people = self._hub.household.records("person")
        for entry in self._all():
            owner = entry.id.partition(":")[0]
            if (not entry.pinned and now >= entry.until) or (owner != ALL and owner not in people):
                with suppress(NotFound):
                    await self._hub.household.delete(COLLECTION, entry.id, self._hub.context("hub:clipboard"))

    async def run(self) -> None:
        """Sweep, until cancelled."""
        while True:
            try:
                await self.sweep()
            except HubError as error:
                log.get(NAME).warning("entries that are over stay", why=error.detail)
            await asyncio.sleep(SWEEP)

    def counted(self, device: str) -> int:
        """How far a sender has counted, as far as what is or was here tells."""
        return self._counted().get(device, 0)

    # Watching

    def published(self, shown: Shown, state: bool) -> None:
        return

    def commanded(self, command: Command) -> None:
        return

    def recorded(self, record: Record) -> None:
        if record.collection != COLLECTION:
            return
        if not record.gone and self._counters is not None:
            with suppress(msgspec.ValidationError):
                self._count(self._counters, self._read(record))
        owner = record.id.partition(":")[0]
        household = self._hub.household
        people = household.records("person")
        for person in people if owner == ALL else [owner]:
            if person in people and people[person].values().get("role") in GROWN:
                household.own(NEWS + person, household.clock.now())

    def happened(self, event: Event) -> None:
        return

    # Inside

    def _read(self, record: Record) -> Entry:
        return msgspec.convert({**record.values(), "id": record.id}, Entry)

    def _all(self) -> list[Entry]:
        found = []
        for record in self._hub.household.records(COLLECTION).values():
            with suppress(msgspec.ValidationError):
                found.append(self._read(record))
        return found

    def _find(self, person: str, id: str) -> Entry:
        found = next((one for one in self.of(person) if one.id == id), None)
        if found is None:
            raise NotFound("this entry is not there any more")
        return found

    def _pinned(self, person: str) -> int:
        return sum(one.pinned for one in self.of(person))

    async def _make_room(self, person: str, pinned: bool, context: Context) -> None:
        if pinned and self._pinned(person) >= PINNED:
            raise TooMany(f"at most {PINNED} entries are pinned", advice="Unpin one first.")
        loose = [one for one in self.of(person) if not one.pinned]
        for one in loose[MOST - PINNED - 1 :]:
            await self._hub.household.delete(COLLECTION, one.id, context)

    def _counted(self) -> dict[str, int]:
        """How far each sender has counted. It needs the device list, which is not there yet when this begins."""
        if self._counters is None:
            self._counters = {}
            for entry in self._all():
                self._count(self._counters, entry)
        return self._counters

    def _count(self, counters: dict[str, int], entry: Entry) -> None:
        """Only what a sender has signed counts: another site, which writes what it likes, can't use its numbers up."""
        chain = group(self._hub).chain
        with suppress(ValueError):
            header = frame.sent(data(entry.frame), COLLECTION, entry.id, chain) if chain is not None else None
            if isinstance(header, frame.Header):
                counters[header.sender] = max(header.counter, counters.get(header.sender, 0))


def keeper(hub: Hub) -> Keeper:
    """The feature's state in a running hub."""
    found = hub.extra[NAME]
    assert isinstance(found, Keeper)
    return found
