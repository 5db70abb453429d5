"""Keeping the clipboard's entries: who may have which, how many there are, and until when.

The hub sees who put an entry, when, and how long it is; not what it says. It judges what it can without opening it:
that its sender belongs to the group and has signed it, for this entry, in this epoch.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

from wayhome import log
from wayhome.core.command import Command
from wayhome.core.event import Event
from wayhome.core.published import Shown
from wayhome.core.record import Record
from wayhome.core.value import Context, Value
from wayhome.errors import BadInput, Conflict, HubError, NotFound, TooMany
from wayhome.features.clipboard import model
from wayhome.features.clipboard.images import Images
from wayhome.features.clipboard.listing import news
from wayhome.features.clipboard.model import (
    ALL,
    BRIEF,
    CHOICE,
    CHOICES,
    COLLECTION,
    IMAGES,
    MOST,
    NAME,
    PINNED,
    SCREEN,
    Entry,
)
from wayhome.features.clipboard.telling import Telling
from wayhome.hub.group.group import group
from wayhome.hub.group.wanted import GROWN
from wayhome.hub.running import Hub
from wayhome.sealing import frame
from wayhome.sealing.keys import data

SWEEP = 15.0
WHY = {
    "unsound": "this is no sealed entry",
    "other": "this was sealed for another entry",
    "unknown_sender": "its sender does not belong to the group",
    "forged": "its sender has not signed it",
}


class Keeper:
    """A watcher of the household."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self.images = Images(hub)
        self.telling = Telling(hub)
        self._counters: dict[str, int] | None = None
        """The highest counter that each sender has signed, of what is or was here; None: not looked at yet."""
        self._soon = asyncio.Event()

    def of(self, person: str) -> list[Entry]:
        """A person's entries and those for everybody, newest first. What is over its time is not among them."""
        now = self._hub.household.clock.now()
        mine = [one for one in self._all() if one.owner in (person, ALL) and not one.coming and not one.over(now)]
        return sorted(mine, key=lambda one: (one.at, one.id), reverse=True)

    def takes_part(self, device: str | None) -> bool:
        """Whether a screen takes part."""
        return model.takes_part(self._hub.household.records(SCREEN), device)

    def lasts(self, person: str) -> float:
        """How long a person's entries last, in s."""
        return model.chosen(self._hub.household.house.record(CHOICE, person))

    async def put(
        self,
        person: str,
        device: str,
        id: str,
        sealed: str,
        pinned: bool,
        context: Context,
        *,
        brief: bool = False,
        image: bytes | None = None,
    ) -> Entry:
        """Take an entry in. ``brief``: for a minute only; ``image``: the sealed one that belongs to it. Raises
        BadInput, Conflict, TooMany, StoreError."""
        household, it = self._hub.household, group(self._hub)
        if brief and pinned:
            raise BadInput("what is there for a minute only is not kept")
        if model.ID.fullmatch(id) is None or id.partition(":")[0] not in (person, ALL):
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
        before = model.read(known) if known is not None else None
        if before is not None and before.frame == sealed and not before.coming:
            return before
        if it.chain.member(device) is None or header.epoch != it.chain.newest.epoch:
            raise Conflict("this was sealed for another epoch", advice="Seal it anew with the newest key.")
        # What was there once does not come again, neither as it was nor as another one.
        counters = self._counted()
        if known is not None or header.counter <= counters.get(device, 0):
            raise Conflict("this entry was there before")
        counters[device] = header.counter
        hash = await self.images.judge(image) if image is not None else ""
        await self._make_room(person, pinned, image is not None, context)
        lasts = BRIEF if brief else self.lasts(person)
        now = household.clock.now()
        entry = Entry(id, sealed, device, now, pinned, lasts, hash, len(image or b""))
        values: dict[str, Value] = {"frame": sealed, "by": device, "at": now, "pinned": pinned, "lasts": lasts}
        if hash:
            # The record comes first: an image of which none tells would lie there for good.
            values |= {"image": hash, "size": entry.size, "coming": True}
        await household.write(COLLECTION, id, values, context)
        if image is not None:
            try:
                await self.images.keep(image)
            except HubError:
                await household.delete(COLLECTION, id, context)
                raise
            await household.write(COLLECTION, id, {"coming": None}, context)
        if entry.brief:
            self._soon.set()
        return entry

    async def pin(self, person: str, id: str, pinned: bool, context: Context) -> None:
        """Keep an entry beyond its day, or no longer. Raises NotFound, TooMany, StoreError."""
        entry = self.find(person, id)
        if entry.brief:
            raise Conflict("this is there for a minute only", advice="Put it in anew to keep it.")
        if pinned and not entry.pinned and self._pinned(person) >= PINNED:
            raise TooMany(f"at most {PINNED} entries are pinned", advice="Unpin one first.")
        now = self._hub.household.clock.now()
        values: dict[str, Value] = {"pinned": pinned}
        if not pinned:
            values["at"] = now  # its day begins anew, or it would go at once
        await self._hub.household.write(COLLECTION, id, values, context)

    async def remove(self, person: str, id: str, context: Context) -> None:
        """Raises NotFound, StoreError."""
        self.find(person, id)
        await self._hub.household.delete(COLLECTION, id, context)

    async def choose(self, person: str, lasts: float, context: Context) -> None:
        """How long what a person puts in from now on lasts, in s. Raises BadInput, StoreError."""
        if lasts not in CHOICES:
            raise BadInput(f"an entry lasts {', '.join(f'{one:.0f}' for one in CHOICES)} s")
        await self._hub.household.write(CHOICE, person, {"lasts": lasts}, context)

    async def take_part(self, device: str, part: bool, context: Context) -> None:
        """Whether a screen is shown anything, and hands anything in. Raises StoreError."""
        await self._hub.household.write(SCREEN, device, {"off": not part}, context)

    async def sweep(self) -> None:
        """Let go what is over its time, whose person is gone, and what somebody chose who is."""
        household = self._hub.household
        now, people = household.clock.now(), household.records("person")
        gone = [(COLLECTION, one.id) for one in self._all() if one.over(now) or one.owner not in {*people, ALL}]
        gone += [(CHOICE, id) for id in household.records(CHOICE) if id not in people]
        gone += [(SCREEN, id) for id in household.records(SCREEN) if id not in household.records("device")]
        for collection, id in gone:
            with suppress(NotFound):
                await household.delete(collection, id, self._hub.context("hub:clipboard"))

    async def run(self) -> None:
        """Sweep, until cancelled: what is there for a minute only goes when that is over."""
        while True:
            try:
                await self.sweep()
            except HubError as error:
                log.get(NAME).warning("entries that are over stay", why=error.detail)
            self._soon.clear()
            now = self._hub.household.clock.now()
            briefest = min((one.until - now for one in self._all() if one.brief), default=SWEEP)
            with suppress(TimeoutError):
                async with asyncio.timeout(max(0.5, min(SWEEP, briefest))):
                    await self._soon.wait()

    def begin(self) -> None:
        """Tell anew of what was told before the hub stopped."""
        self.telling.all(self._all())

    def counted(self, device: str) -> int:
        """How far a sender has counted, as far as what is or was here tells."""
        return self._counted().get(device, 0)

    # Watching

    def published(self, shown: Shown, state: bool) -> None:
        return

    def commanded(self, command: Command) -> None:
        return

    def recorded(self, record: Record) -> None:
        if record.collection in ("device", "person", SCREEN):
            self.telling.all(self._all())
        if record.collection != COLLECTION:
            return
        entry = model.read(record) if not record.gone else None
        if entry is not None and self._counters is not None:
            self._count(self._counters, entry)
        self.images.recorded(record)
        self.telling.changed(record.id, entry)
        owner = record.id.partition(":")[0]
        people = self._hub.household.records("person")
        for person in people if owner == ALL else [owner]:
            if person in people and people[person].values().get("role") in GROWN:
                news(self._hub, self, person, entry)

    def happened(self, event: Event) -> None:
        return

    def find(self, person: str, id: str) -> Entry:
        """An entry of a person's, or one for everybody. Raises NotFound."""
        found = next((one for one in self.of(person) if one.id == id), None)
        if found is None:
            raise NotFound("this entry is not there any more")
        return found

    # Inside

    def _all(self) -> list[Entry]:
        return model.entries(self._hub.household.records(COLLECTION).values())

    def _pinned(self, person: str) -> int:
        return sum(one.pinned for one in self.of(person))

    async def _make_room(self, person: str, pinned: bool, image: bool, context: Context) -> None:
        if pinned and self._pinned(person) >= PINNED:
            raise TooMany(f"at most {PINNED} entries are pinned", advice="Unpin one first.")
        loose = [one for one in self.of(person) if not one.pinned]
        over = loose[MOST - PINNED - 1 :]
        if image:
            images = [one for one in self.of(person) if one.image]
            if sum(one.pinned for one in images) >= IMAGES:
                raise TooMany(f"at most {IMAGES} images are there", advice="Remove one first.")
            oldest = [one for one in reversed(images) if not one.pinned and one not in over]
            over += oldest[: max(0, len(images) - IMAGES + 1)]
        for one in over:
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
