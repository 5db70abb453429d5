"""Keeping files: who may have which, how much of the disk they take, until when, and whom it is told.

The hub sees who sent a file, when, for whom, and how long it is; not what it is called nor what is in it. What it can
judge without opening it, it judges: that its sender belongs to the group and has signed it, and that all of it came.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from hashlib import sha256

from wayhome import log
from wayhome.core.command import Command
from wayhome.core.event import Event
from wayhome.core.published import Shown
from wayhome.core.record import Record
from wayhome.core.value import Context, Value
from wayhome.errors import BadInput, Conflict, HubError, Moved, NotAllowed, NotFound, TooLarge, TooMany
from wayhome.features.files import model
from wayhome.features.files.handing import Handing
from wayhome.features.files.model import COLLECTION, GOT, NAME, Offer
from wayhome.features.files.room import Room
from wayhome.features.files.shelf import Shelf
from wayhome.features.files.telling import Telling, screens_of
from wayhome.hub.group.group import group
from wayhome.hub.group.wanted import GROWN
from wayhome.hub.running import Hub
from wayhome.hub.session import Session
from wayhome.sealing import frame
from wayhome.sealing.frame import Header
from wayhome.sealing.keys import data

SWEEP = 15.0
WHY = {
    "unsound": "this is no sealed file",
    "other": "this was sealed for another file",
    "unknown_sender": "its sender does not belong to the group",
    "forged": "its sender has not signed it",
}


class Keeper:
    """A watcher of the household."""

    def __init__(self, hub: Hub, shelf: Shelf) -> None:
        self.shelf = shelf
        self._hub = hub
        self.telling = Telling(hub, self.all)
        self.handing = Handing(hub, shelf, self._now)
        self.room = Room(shelf, hub.household.clock, self.all, self._senders)
        self._beginning: set[str] = set()
        """What is on the disk already and in no record yet."""
        self._offering = asyncio.Lock()
        self._removing = asyncio.Lock()
        self._said: dict[str, Offer] = {}
        """Files of which something newer is on its way to the disk, as they stand there: nobody is told before that."""
        self.carried: Callable[[str], set[str]] = lambda person: set()
        """A person's devices of links that files can be handed to."""

    # Finding

    def all(self) -> list[Offer]:
        found = (model.read(record) for record in self._hub.household.records(COLLECTION).values())
        return [self._said.get(one.id, one) for one in found if one is not None]

    def of(self, person: str, device: str | None) -> list[Offer]:
        """What somebody may have, newest first."""
        found = [one for one in self.all() if model.sees(one, person, device)]
        return sorted(found, key=lambda one: (one.at, one.id), reverse=True)

    def find(self, person: str, device: str | None, id: str) -> Offer:
        """Raises NotFound, also for what is not theirs."""
        offer = self._now(id)
        if offer is None or not model.sees(offer, person, device):
            raise NotFound("this file is not there any more")
        return offer

    # Sending

    async def offer(self, offer: Offer, context: Context) -> Offer:
        """Begin a file. Raises BadInput, Conflict, TooLarge, TooMany, StoreError."""
        if model.ID.fullmatch(offer.id) is None:
            raise BadInput("a file is PERSON:ULID, in small letters")
        if offer.size < 0:
            raise BadInput("no file has less than nothing")
        if offer.size > model.MOST:
            raise TooLarge(f"a file has at most {model.MOST // 1024**3} GB")
        screens = {*screens_of(self._hub), *self.carried(offer.person)}
        if offer.everybody and offer.to:
            raise BadInput("a file is for everybody, or for the screens that are named")
        if len(offer.to) > model.TO or any(device not in screens for device in offer.to):
            raise BadInput("one of these screens is not of the group", advice="Load the list of screens anew.")
        # One after the other: of many at once each would find the room that is there, and one would begin twice.
        async with self._offering:
            return await self._begin(offer, context)

    async def _begin(self, offer: Offer, context: Context) -> Offer:
        known = self._hub.household.house.record(COLLECTION, offer.id)
        if known is not None:
            before = model.read(known) if not known.gone else None
            if before is not None and before.frame == offer.frame:
                return before
            raise Conflict("this file was there before")
        self._judge(offer.id, offer.by, offer.frame)
        self._room_for(offer.person)
        await self.room.find(offer)
        values: dict[str, Value] = {
            "frame": offer.frame, "by": offer.by, "at": offer.at, "size": offer.size, "site": offer.site,
            "to": [*offer.to], "everybody": offer.everybody, "state": "coming", "via": offer.via or None,
        }  # fmt: skip
        self._beginning.add(offer.file)
        try:
            await self.shelf.begin(offer)
            self.room.came(offer)
            await self._hub.household.write(COLLECTION, offer.id, values, context)
        finally:
            self._beginning.discard(offer.file)
        return offer

    async def put(self, offer: Offer, index: int, piece: bytes | bytearray, said: str) -> int:
        """Take its next piece in; how many are on the disk then. Raises BadInput, Conflict, NotFound, StoreError."""
        if offer.removed is not None:
            raise NotFound("this file is not there any more")
        if offer.state == "whole":
            raise Conflict("nothing more comes of this file")
        if self.room.lapsed(offer):
            await self.room.find(offer)
        have = await self.shelf.put(offer, index, piece, said)
        self.room.came(offer)
        self.telling.came(offer)
        return have

    async def finish(self, offer: Offer, device: str, sealed: str, root: str, context: Context) -> Offer:
        """All of it has come: hold it to what its sender says of the whole. Raises BadInput, Conflict, NotFound,
        StoreError."""
        if offer.state == "whole" and offer.frame == sealed:
            return offer
        if device != offer.by or offer.state == "whole" or offer.removed is not None:
            raise Conflict("nothing more comes of this file")
        before = data(offer.frame)
        header = self._judge(offer.id, device, sealed)
        chain = group(self._hub).chain
        began = frame.sent(before, COLLECTION, offer.id, chain) if chain is not None else None
        if not isinstance(began, Header) or header.counter <= began.counter:
            raise Conflict("this was sealed before the file was begun")
        have = await self.shelf.have(offer)
        if have != offer.pieces:
            raise Conflict(f"{have} of its {offer.pieces} pieces are here", advice="Send the others first.")
        if sha256(await self.shelf.digests(offer)).hexdigest() != root:
            raise BadInput("what came is not what was sent", advice="Send the file once more.")
        values: dict[str, Value] = {"frame": sealed, "state": "whole", "at": self._hub.household.clock.now()}
        self._said[offer.id] = offer
        try:
            await self._hub.household.write(COLLECTION, offer.id, values, context)
        finally:
            self._said.pop(offer.id, None)
        return self.find(offer.person, device, offer.id)

    def here(self, offer: Offer) -> None:
        """See that its pieces lie at this hub. Raises Moved."""
        if offer.site != self._hub.household.house.site:
            raise Moved(f"this file lies at the hub {offer.site}", advice="Go on where that hub can be reached.")

    # Having, removing

    async def piece(self, offer: Offer, index: int) -> bytes:
        """A sealed piece of a whole file, wherever it lies. Raises NotFound, StoreError, Unreachable, Refused, and what
        the other hub says."""
        return await self.handing.piece(offer, index)

    async def got(self, offer: Offer, device: str, context: Context) -> None:
        """A screen has all of it. Raises StoreError."""
        if device not in offer.got:
            await self._hub.household.write(
                COLLECTION, offer.id, {f"{GOT}{device}": self._hub.household.clock.now()}, context
            )

    async def remove(self, offer: Offer, context: Context) -> None:
        """Take it away; for a minute it can be put back. Raises StoreError."""
        await self._hub.household.write(COLLECTION, offer.id, {"removed": self._hub.household.clock.now()}, context)

    async def put_back(self, offer: Offer, context: Context) -> None:
        """Raises NotFound where it is gone by now, TooMany, StoreError."""
        async with self._removing:
            now = self._now(offer.id)
            if now is None:
                raise NotFound("this file is not there any more")
            if now.removed is not None:
                self._room_for(offer.person)
            await self._hub.household.write(COLLECTION, offer.id, {"removed": None}, context)

    async def sweep(self) -> None:
        """Let go what is over its time, was removed, or whose person is gone; and what lies on the disk for nobody.
        Raises StoreError."""
        for one in self.all():
            if not self._over(one):
                continue
            async with self._removing:
                last = self._now(one.id)
                if last is not None and self._over(last):  # it may have been put back meanwhile
                    with suppress(NotFound):
                        await self._hub.household.delete(COLLECTION, one.id, self._hub.context("hub:files"))
        names = await self.shelf.disk.names()
        kept = self._kept()
        for name in names:
            if name not in self._beginning and name not in kept:
                await self.shelf.forget(name)
                self.room.forget(name)
                kept = self._kept()  # another may have been begun meanwhile

    async def run(self) -> None:
        """Sweep, until cancelled."""
        while True:
            await asyncio.sleep(SWEEP)
            try:
                await self.sweep()
            except HubError as error:
                log.get(NAME).warning("files that are over stay", why=error.detail)

    # Watching

    def published(self, shown: Shown, state: bool) -> None:
        return

    def commanded(self, command: Command) -> None:
        return

    def recorded(self, record: Record) -> None:
        if record.collection in ("device", "person"):
            self.telling.tell()
        elif record.collection == COLLECTION:
            offer = model.read(record) if not record.gone else None
            if offer is None or offer.state == "whole":
                self._said.pop(record.id, None)
            self.shelf.stir(model.file_of(record.id))
            self.telling.changed(record.id, offer)

    def happened(self, event: Event) -> None:
        return

    # Inside

    def _room_for(self, person: str) -> None:
        """Whether one more file of a person may lie here; what was removed makes room at once. Raises TooMany."""
        if sum(one.person == person and one.removed is None for one in self.all()) >= model.PER_PERSON:
            raise TooMany(f"at most {model.PER_PERSON} files of one person lie here", advice="Remove some first.")

    def _judge(self, id: str, device: str, sealed: str) -> Header:
        """What a frame says of itself, where its sender has sealed it for this file with the newest key. Raises
        BadInput, Conflict."""
        it = group(self._hub)
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
        if it.chain.member(device) is None or header.epoch != it.chain.newest.epoch:
            raise Conflict("this was sealed for another epoch", advice="Seal it anew with the newest key.")
        return header

    def _now(self, id: str) -> Offer | None:
        """A file as it stands on the disk."""
        record = self._hub.household.house.record(COLLECTION, id)
        offer = model.read(record) if record is not None and not record.gone else None
        return self._said.get(id, offer) if offer is not None else None

    def _over(self, offer: Offer) -> bool:
        """Whether a file is to go."""
        now, household = self._hub.household.clock.now(), self._hub.household
        if offer.site != household.house.site and offer.site in self._hub.sites.all():
            return False  # its own hub sees to it, by the clock that it was kept by: clocks in cars are wrong
        if now >= offer.until or offer.person not in household.records("person"):
            return True
        return offer.removed is not None and not 0 <= now - offer.removed < model.UNDO

    def _senders(self) -> int:
        """How many people may send files."""
        return sum(one.values().get("role") in GROWN for one in self._hub.household.records("person").values())

    def _kept(self) -> set[str]:
        """What lies on this hub's disk for somebody."""
        return {one.file for one in self.all() if one.site == self._hub.household.house.site}


def keeper(hub: Hub) -> Keeper:
    """The feature's state in a running hub. Raises NotFound."""
    found = hub.extra.get(NAME)
    if not isinstance(found, Keeper):
        raise NotFound("this hub keeps nothing on a disk of its own")
    return found


def whose(session: Session) -> tuple[Keeper, str, str]:
    """The keeper, and who is there on which screen. Raises NotAllowed, NotFound."""
    person, device = session.identity.person, session.identity.device
    if person is None or device is None or session.identity.role not in GROWN:
        raise NotAllowed("files are for screens of the group")
    return keeper(session.hub), person, device


@asynccontextmanager
async def life(hub: Hub) -> AsyncIterator[None]:
    """Keep files as long as the hub runs, where it has a disk."""
    if hub.ports.files is None:
        yield
        return
    it = hub.extra[NAME] = Keeper(hub, Shelf(hub.ports.files))
    hub.household.watchers.append(it)
    hub.sites.fetching.part = it.handing.part
    it.telling.tell()
    hub.soon_run(it.run())
    yield
