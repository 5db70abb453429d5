"""The clipboard and the devices of links: what a phone copies is sealed by the hub, as a member of the group, for the
person whose phone it is; what that person puts in elsewhere is opened for the phone."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

import msgspec

from wayhome.core.record import Record
from wayhome.core.value import Context
from wayhome.errors import BadInput, Conflict, HubError, NotAllowed
from wayhome.features.clipboard import model
from wayhome.features.clipboard.keeper import Keeper
from wayhome.features.clipboard.model import ALL, COLLECTION, NAME
from wayhome.hub.group.group import group
from wayhome.hub.group.wanted import GROWN
from wayhome.hub.running import Hub
from wayhome.hub.texts import NAME as TEXTS
from wayhome.hub.texts import Copied
from wayhome.hub.watcher import OfRecords
from wayhome.sealing.keys import data, text

LETTERS = 10_000
NEWS = 60.0
"""What was put in longer ago, in s, is nobody's news: it came late from another site."""
MOST_KNOWN = 2_000


class _Said(msgspec.Struct, omit_defaults=True):
    """What is in an entry. ``name``: what the phone is called that it was copied on."""

    text: str
    name: str = ""


class Handing(OfRecords):
    """``Texts`` of a running hub. A watcher of the household."""

    def __init__(self, hub: Hub, keeper: Keeper) -> None:
        self._hub = hub
        self._keeper = keeper
        self._told: list[Callable[[Copied], None]] = []
        self._origins: dict[str, str] = {}
        self._known = dict.fromkeys(hub.household.records(COLLECTION))
        """Entries that were there before; a change of them is no news."""
        self._counter = 0

    async def put(self, person: str, text: str, origin: str, context: Context, name: str = "") -> None:
        """See Texts."""
        if not self._grown(person):
            raise NotAllowed("the clipboard is for people of the group")
        if not text or len(text) > LETTERS:
            raise BadInput(f"a text has 1 to {LETTERS} letters")
        newest = next((one for one in self._keeper.of(person) if not one.id.startswith(ALL)), None)
        fresh = newest is not None and self._hub.household.clock.now() - newest.at < NEWS
        if newest is not None and fresh and self._opened(newest.id, newest.frame) == text:
            return  # the phone gave it to another hub of the household, too
        try:
            await self._seal(person, _Said(text, name), origin, context)
        except Conflict:
            # Somebody was put out meanwhile: it is sealed anew, with the newest key.
            await group(self._hub).settle()
            await self._seal(person, _Said(text, name), origin, context)

    async def _seal(self, person: str, said: _Said, origin: str, context: Context) -> None:
        it = group(self._hub)
        id = f"{person}:{self._hub.ids.ulid().lower()}"
        # Never the same twice, also after a restart: then time has gone on, or the entries say how far it went.
        now = int(self._hub.household.clock.now() * 1000)
        self._counter = max(self._counter + 1, self._keeper.counted(it.id) + 1, now)
        sealed = it.sealed(COLLECTION, id, msgspec.json.encode(said), self._counter, os.urandom(12))
        if len(self._origins) > MOST_KNOWN:
            self._origins.clear()
        self._origins[id] = origin
        await self._keeper.put(person, it.id, id, text(sealed), False, context)

    @contextmanager
    def watch(self, told: Callable[[Copied], None]) -> Iterator[None]:
        """See Texts."""
        self._told.append(told)
        try:
            yield
        finally:
            self._told.remove(told)

    def _grown(self, person: str) -> bool:
        record = self._hub.household.records("person").get(person)
        return record is not None and record.values().get("role") in GROWN

    def _opened(self, id: str, frame: str) -> str | None:
        with suppress(HubError, ValueError, msgspec.MsgspecError):
            found = group(self._hub).opened(COLLECTION, id, data(frame))
            return None if found is None else msgspec.json.decode(found, type=_Said).text
        return None

    # Watching

    def recorded(self, record: Record) -> None:
        if record.collection != COLLECTION or record.gone or record.id in self._known:
            return
        if len(self._known) > MOST_KNOWN:
            self._known = dict.fromkeys(self._hub.household.records(COLLECTION))
        self._known[record.id] = None
        entry = model.read(record)
        # What is there for a minute only is not given to what keeps it: from a phone it could not be taken back.
        if not self._told or entry is None or entry.owner == ALL or entry.brief or entry.image:
            return
        if abs(self._hub.household.clock.now() - entry.at) > NEWS or not self._grown(entry.owner):
            return
        said = self._opened(record.id, entry.frame)
        if said:
            for told in list(self._told):
                told(Copied(entry.owner, said, self._origins.get(record.id), entry.at))


@asynccontextmanager
async def life(hub: Hub) -> AsyncIterator[None]:
    """Keep the clipboard as long as the hub runs."""
    it = hub.extra[NAME] = Keeper(hub)
    handing = hub.extra[TEXTS] = Handing(hub, it)
    hub.household.watchers += [it, handing]
    it.begin()
    hub.soon_run(it.run())
    yield
