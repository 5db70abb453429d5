"""Files and the devices of links: what a person's phone sends is theirs on all their screens; what is for the phone
goes there as soon as it is near."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial

from wayhome import log
from wayhome.core.record import Record
from wayhome.core.value import Context, Value
from wayhome.errors import BadInput, HubError, NotAllowed, NotFound, Refused
from wayhome.features.files import keeper as keeping
from wayhome.features.files import model
from wayhome.features.files.incoming import Incoming, dropped
from wayhome.features.files.keeper import Keeper
from wayhome.features.files.model import ASKED, COLLECTION, NAME, REFUSED, Offer, carried_id
from wayhome.features.files.outgoing import Outgoing, opened
from wayhome.features.files.together import Together
from wayhome.hub.group.group import group
from wayhome.hub.group.wanted import GROWN
from wayhome.hub.parcels import NAME as PARCELS
from wayhome.hub.parcels import Addressee, Carrier, Coming, Sent
from wayhome.hub.running import Hub
from wayhome.hub.watcher import OfRecords

AGAIN = (3.0, 10.0, 30.0, 60.0)
"""What did not go through to a device that is there is tried again after so many s, and as soon as it comes anew."""


class ToPhones(OfRecords):
    """``Parcels`` of a running hub. A watcher of the household."""

    def __init__(self, hub: Hub, keeper: Keeper) -> None:
        self._hub, self._keeper = hub, keeper
        self._carriers: list[Carrier] = []
        self._coming: dict[str, Incoming] = {}
        self._going: dict[str, tuple[str, Outgoing]] = {}
        """By device: the file's id, and the file."""
        self._serving: dict[str, asyncio.Task[None]] = {}
        self._bells: dict[str, asyncio.Event] = {}
        self._together: dict[str, Together] = {}
        """By thing: what goes to it now as one."""
        self._held: dict[str, str] = {}
        """By thing: the file (its id) that did not go through and waits for its next turn."""
        self._failed: dict[tuple[str, str], int] = {}
        """How often in a row a file (its id) did not go through to a thing."""
        keeper.carried = lambda person: {carried_id(one.thing) for one in self.addressees(person)}

    # In

    @asynccontextmanager
    async def take(self, sent: Sent, stop: Callable[[], None], context: Context) -> AsyncIterator[Coming]:
        """See Parcels."""
        record = self._hub.household.records("person").get(sent.person)
        if record is None or record.values().get("role") not in GROWN:
            raise NotAllowed("files are for people of the group")
        one = Incoming(self._hub, self._keeper, sent, stop, context)
        self._coming[one.id] = one
        try:
            await one.begin()
            yield one
        finally:
            one.leave()
            del self._coming[one.id]
            if not one.done:
                self._hub.soon_run(dropped(self._hub, self._keeper, one.id))

    async def forget_cut(self) -> None:
        """What was on its way when an earlier run of the hub ended: nobody goes on with it."""
        site = self._hub.household.house.site
        for one in self._keeper.all():
            if one.via and one.state == "coming" and one.site == site and one.id not in self._coming:
                await dropped(self._hub, self._keeper, one.id)

    def several(self, id: str) -> tuple[int, int] | None:
        """Which of several that were sent at once a file is that comes in now."""
        one = self._coming.get(id)
        return (one.sent.number, one.sent.of) if one is not None and one.sent.of > 1 else None

    # Out

    def addressees(self, person: str) -> list[Addressee]:
        """The devices of a person's that take files from this hub."""
        return [one for carrier in self._carriers for one in carrier.addressees() if one.person == person]

    @contextmanager
    def carry(self, carrier: Carrier) -> Iterator[Callable[[str], None]]:
        """See Parcels."""
        self._carriers.append(carrier)
        self._look()
        try:
            yield self._come
        finally:
            self._carriers.remove(carrier)
            for one in carrier.addressees():
                task = self._serving.get(one.thing)
                if task is not None:
                    task.cancel()

    async def hand(self, offer: Offer, to: Addressee, context: Context) -> None:
        """Hand a file to a device, also once more. Raises StoreError."""
        id, thing = carried_id(to.thing), to.thing
        values: dict[str, Value] = {f"{ASKED}{id}": to.person, f"{REFUSED}{id}": None, f"{model.GOT}{id}": None}
        self._failed.pop((offer.id, thing), None)
        await self._hub.household.write(COLLECTION, offer.id, values, context)
        self._ring(thing)

    def share(self, id: str, device: str) -> float | None:
        """How much of a file has gone to a device, from 0 to 1; None: it waits."""
        found = self._going.get(device)
        return found[1].share if found is not None and found[0] == id else None

    def _come(self, thing: str) -> None:
        for key in [key for key in self._failed if key[1] == thing]:
            del self._failed[key]
        self._ring(thing)
        self._look()

    def _ring(self, thing: str) -> None:
        """Whoever serves a device looks anew what is next for it."""
        if thing in self._bells:
            self._bells[thing].set()

    def _look(self) -> None:
        """See to it that whatever is for a device goes there."""
        wanted = {id for one in self._keeper.all() for id in model.carried(one)}
        for carrier in self._carriers if wanted else ():
            for one in carrier.addressees():
                if carried_id(one.thing) not in wanted or (offer := self._next(one)) is None:
                    continue
                if one.thing in self._serving:
                    together = self._together.get(one.thing)
                    if together is not None and together.more(self._sizes(one)):
                        carrier.more(one.thing, together.of, together.total)
                    if self._held.get(one.thing, offer.id) != offer.id:
                        self._ring(one.thing)
                else:
                    task = asyncio.create_task(self._serve(carrier, one.thing))
                    self._serving[one.thing] = task
                    task.add_done_callback(partial(self._served, one.thing))

    def _served(self, thing: str, task: asyncio.Task[None]) -> None:
        self._serving.pop(thing, None)
        self._bells.pop(thing, None)
        self._together.pop(thing, None)
        self._look()  # something may have come for it in this very moment

    def _next(self, to: Addressee) -> Offer | None:
        """The oldest file for a device, of those that failed least often."""
        found = self._waiting(to)
        return min(found, key=lambda one: (self._failed.get((one.id, to.thing), 0), one.at), default=None)

    def _waiting(self, to: Addressee) -> list[Offer]:
        return [
            one for one in self._keeper.all()
            if carried_id(to.thing) in model.carried(one)
            and one.state == "whole" and one.removed is None
            and (model.sees(one, to.person, None) or self._asked(one, to))
        ]  # fmt: skip

    def _sizes(self, to: Addressee) -> dict[str, int]:
        """What goes to a device as one: all that has not failed yet, but for empty files, of which apps make none of
        their progress."""
        return {one.id: one.size for one in self._waiting(to) if one.size and (one.id, to.thing) not in self._failed}

    def _asked(self, offer: Offer, to: Addressee) -> bool:
        """Whether it was the device's own person who handed it on, and not whose it was before."""
        record = self._hub.household.house.record(COLLECTION, offer.id)
        return record is not None and record.values().get(f"{ASKED}{carried_id(to.thing)}") == to.person

    async def _serve(self, carrier: Carrier, thing: str) -> None:
        """Hand a device what is for it, one file after the other, until there is none."""
        bell = self._bells[thing] = asyncio.Event()
        while True:
            to = next((one for one in carrier.addressees() if one.thing == thing), None)
            offer = self._next(to) if to is not None else None
            if to is None or offer is None:
                return
            bell.clear()
            if not to.online:
                self._together.pop(thing, None)
                await bell.wait()
                continue
            tries = self._failed.get((offer.id, thing), 0)
            if tries and await self._rung(thing, offer, AGAIN[tries - 1] if tries <= len(AGAIN) else None):
                continue
            together = self._together.setdefault(thing, Together()) if offer.size and not tries else None
            if together is not None:
                together.begin(offer.id, self._sizes(to))
            try:
                if await self._give(carrier, thing, offer, together):
                    if together is not None:
                        together.went()
                else:
                    self._together.pop(thing, None)
                self._failed.pop((offer.id, thing), None)
                continue
            except HubError as error:
                log.get(NAME).info("a file did not go through", thing=thing, why=error.detail)
            except Exception as error:
                # Whatever it was, it must not come again and again without a pause.
                log.get(NAME).error("handing a file on crashed", thing=thing, why=log.fault(error))
            self._together.pop(thing, None)
            self._failed[offer.id, thing] = self._failed.get((offer.id, thing), 0) + 1

    async def _rung(self, thing: str, offer: Offer, within: float | None) -> bool:
        """Wait with a file that did not go through; whether something is to be looked at before its time."""
        self._held[thing] = offer.id
        try:
            async with asyncio.timeout(within):
                await self._bells[thing].wait()
        except TimeoutError:
            return False
        finally:
            del self._held[thing]
        return True

    async def _give(self, carrier: Carrier, thing: str, offer: Offer, together: Together | None) -> bool:
        """Whether it went through; False: it is not wanted there. Raises HubError."""
        context = self._hub.context("hub:files")
        try:
            going = Outgoing(self._keeper, offer, opened(group(self._hub), offer), together)
            self._going[carried_id(thing)] = offer.id, going
            await carrier.give(thing, going)
        except HubError as error:
            if isinstance(error, NotFound) and self._gone(offer):
                return False
            if not isinstance(error, Refused | BadInput):  # BadInput: it can't be opened, and never will
                raise
            log.get(NAME).info("a file was not wanted", thing=thing, why=error.detail)
            values: dict[str, Value] = {f"{REFUSED}{carried_id(thing)}": self._hub.household.clock.now()}
            await self._hub.household.write(COLLECTION, offer.id, values, context)
            return False
        else:
            await self._keeper.got(offer, carried_id(thing), context)
            return True
        finally:
            self._going.pop(carried_id(thing), None)
            self._keeper.telling.came(offer)

    def _gone(self, offer: Offer) -> bool:
        """Whether it was taken back meanwhile."""
        record = self._hub.household.house.record(COLLECTION, offer.id)
        now = model.read(record) if record is not None and not record.gone else None
        return now is None or now.removed is not None

    # Watching

    def recorded(self, record: Record) -> None:
        if record.collection != COLLECTION:
            return
        offer = model.read(record) if not record.gone else None
        coming = self._coming.get(record.id)
        if coming is not None and not coming.done and (offer is None or offer.removed is not None):
            coming.stop()
        if offer is not None and model.carried(offer):
            self._look()


def to_phones(hub: Hub) -> ToPhones:
    """Raises NotFound where no files are kept."""
    found = hub.extra.get(PARCELS)
    if not isinstance(found, ToPhones):
        raise NotFound("this hub keeps nothing on a disk of its own")
    return found


@asynccontextmanager
async def life(hub: Hub) -> AsyncIterator[None]:
    """Keep files as long as the hub runs, where it has a disk."""
    async with keeping.life(hub):
        if NAME in hub.extra:
            it = hub.extra[PARCELS] = ToPhones(hub, keeping.keeper(hub))
            hub.household.watchers.append(it)
            hub.soon_run(it.forget_cut())
        yield
