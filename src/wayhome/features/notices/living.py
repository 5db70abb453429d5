"""What the feature does while the hub runs: watch, keep, show and tell."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from wayhome import log
from wayhome.core.command import Command
from wayhome.core.event import Event
from wayhome.core.published import Shown
from wayhome.core.record import Record
from wayhome.features.notices import model
from wayhome.features.notices.arriving import Arriving
from wayhome.features.notices.model import Kind
from wayhome.features.notices.phones import Phones
from wayhome.features.notices.push.sender import FIRST, Reach, Sender
from wayhome.features.notices.push.subscriptions import Subscriptions
from wayhome.features.notices.push.vapid import Vapid, vapid
from wayhome.features.notices.shelf import Shelf
from wayhome.features.notices.slots import PACE, Pace
from wayhome.features.notices.telling import Teller
from wayhome.features.notices.watch import Watch
from wayhome.hub.notices import NAME as WORDS
from wayhome.hub.running import Hub
from wayhome.hub.session import Session

NAME = "notices"
SECRET = "notices/marks"  # noqa: S105 - the name of it
CONTACT = "notices/contact"
NOBODY = "https://wayhome.example"
"""RFC 8292 wants a place where the push service's people may ask. There is nobody but the household itself, so until
it names somebody this stands there; Apple's service does not take it."""
HOUR = 3600


class Notices:
    """The feature of one hub, running."""

    def __init__(
        self,
        hub: Hub,
        shelf: Shelf,
        vapid: Vapid,
        subscriptions: Subscriptions,
        teller: Teller,
        sender: Sender,
        reach: Reach,
    ) -> None:
        self.shelf = shelf
        self.vapid = vapid
        self.subscriptions = subscriptions
        self.teller = teller
        self.sender = sender
        self.reach = reach
        self.tested: dict[str, float] = {}
        """When each device last asked for a test, by the steady clock."""
        self._hub = hub

    # A watcher of the household: who is signed out is told nothing more, and what a person chose goes with them.

    def published(self, shown: Shown, state: bool) -> None:
        return

    def commanded(self, command: Command) -> None:
        return

    def recorded(self, record: Record) -> None:
        self.subscriptions.recorded(record)
        if record.gone and record.collection == "person" and record.id in self._hub.household.records(model.CHOICE):
            self._hub.soon_run(self._hub.household.delete(model.CHOICE, record.id, self._hub.context("hub:notices")))

    def happened(self, event: Event) -> None:
        return

    # The household's contact for push services

    @property
    def contact(self) -> str:
        """A mail address or a page; empty: none was named."""
        said = self.vapid.contact
        return "" if said == NOBODY else said.removeprefix("mailto:")

    async def name(self, contact: str) -> None:
        """Name it, or with an empty one nobody; done once durable."""
        if contact:
            await self._hub.vault.keep(CONTACT, contact.encode())
        else:
            await self._hub.vault.forget(CONTACT)
        self.vapid.contact = contact or NOBODY


def of(session: Session) -> Notices:
    """The feature of the hub that the session is on."""
    found = session.hub.extra[NAME]
    assert isinstance(found, Notices)
    return found


@asynccontextmanager
async def living(
    hub: Hub, *, reach: Reach | None = None, pace: Mapping[Kind, Pace] = PACE, first: float = FIRST
) -> AsyncIterator[None]:
    """The feature's life. ``reach``: where push may go; ``pace``, ``first`` (s): how fast, for tests."""
    reach = reach or Reach()
    secret = await hub.vault.secret(SECRET)
    if secret is None:
        secret = secrets.token_bytes(32)
        await hub.vault.keep(SECRET, secret)
    contact = await hub.vault.secret(CONTACT)
    sign = await vapid(hub.vault, contact.decode() if contact else NOBODY)
    subscriptions = Subscriptions(hub.vault, hub.soon_run)
    await subscriptions.open(set(hub.household.records("device")))
    sender = Sender(sign, hub.ports.clock, hub.ids, reach, subscriptions.lost, first)
    shelf = Shelf(hub, secret)
    teller = Teller(hub, subscriptions, sender, shelf)
    watch = Watch(hub, shelf, teller.tell, pace)
    notices = Notices(hub, shelf, sign, subscriptions, teller, sender, reach)
    hub.extra[NAME] = notices
    arriving = Arriving(hub)
    phones = hub.extra[WORDS] = Phones(hub, shelf, subscriptions)
    hub.household.watchers += [watch, notices, arriving]
    teller.go_on()
    seconds = asyncio.create_task(_seconds(watch, arriving, phones, shelf))
    try:
        yield
    finally:
        hub.household.watchers.remove(watch)
        hub.household.watchers.remove(notices)
        hub.household.watchers.remove(arriving)
        seconds.cancel()
        await asyncio.gather(seconds, return_exceptions=True)
        await sender.close()


async def _seconds(watch: Watch, arriving: Arriving, phones: Phones, shelf: Shelf) -> None:
    """What time alone brings."""
    count = 0
    while True:
        await asyncio.sleep(1)
        try:
            watch.judge()
            arriving.judge()
            phones.look()
            if count % HOUR == 0:
                await shelf.let_go()
        except Exception:
            log.get("notices").exception("what is done over and over failed")
        count += 1
