"""A file that comes from a device of a link, which has no key of the group: the hub seals it piece by piece, as the
member that it is, and keeps it as one of a screen's. What breaks off is gone."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec

from wayhome.core.value import Context
from wayhome.errors import BadInput, Conflict, HubError
from wayhome.features.files.keeper import Keeper
from wayhome.features.files.model import COLLECTION, Offer
from wayhome.hub.group.group import group
from wayhome.hub.parcels import Sent
from wayhome.hub.running import Hub
from wayhome.sealing import pieces
from wayhome.sealing.keys import text
from wayhome.sealing.pieces import PIECE, Said, Sealed


class Incoming:
    """A ``Coming``. While a piece is read the one before is sealed, and the one before that written: at most three are
    in memory."""

    def __init__(self, hub: Hub, keeper: Keeper, sent: Sent, stop: Callable[[], None], context: Context) -> None:
        self.sent, self.stop = sent, stop
        self.id = f"{sent.person}:{hub.ids.ulid().lower()}"
        self.done = False
        self._hub, self._keeper, self._context = hub, keeper, context
        self._said = Said(sent.name, sent.type, sent.size, text(os.urandom(pieces.KEY)))
        self._keys = pieces.Keys(self._said.key)
        self._counter = 0
        self._sealed = 0
        self._inner: list[bytes] = []
        self._outer: list[bytes] = []
        self._writing: asyncio.Task[object] | None = None

    async def begin(self) -> None:
        """Raises HubError where it has no place here."""
        household = self._hub.household

        async def offer(frame: str) -> object:
            fresh = Offer(
                self.id, frame, group(self._hub).id, household.clock.now(), self.sent.size, household.house.site,
                via=self.sent.thing,
            )  # fmt: skip
            return await self._keeper.offer(fresh, self._context)

        await self._with_frame(offer)

    async def put(self, content: bytes | bytearray) -> None:
        """See Coming."""
        if len(content) != min(PIECE, self.sent.size - self._sealed) or not content:
            raise BadInput("this is no piece of that file")
        index = len(self._outer)
        sealed = await asyncio.to_thread(pieces.seal, self._keys, self.id, index, self.sent.size, content)
        await self._written()
        self._sealed += len(content)
        self._inner.append(sealed.inner)
        self._outer.append(sealed.digest)
        self._writing = asyncio.create_task(self._write(index, sealed))

    async def whole(self) -> None:
        """See Coming."""
        await self._written()
        if self._sealed != self.sent.size:
            raise BadInput("not all of the file has come")
        self._said.hash = pieces.whole(self._inner)
        root = pieces.whole(self._outer)

        async def finish(frame: str) -> object:
            offer = self._keeper.find(self.sent.person, None, self.id)
            return await self._keeper.finish(offer, offer.by, frame, root, self._context)

        await self._with_frame(finish)
        self.done = True

    def leave(self) -> None:
        """Nothing more comes of it."""
        if self._writing is not None:
            self._writing.cancel()

    async def _write(self, index: int, sealed: Sealed) -> None:
        offer = self._keeper.find(self.sent.person, None, self.id)
        await self._keeper.put(offer, index, sealed.piece, sealed.digest.hex())

    async def _written(self) -> None:
        if self._writing is not None:
            await self._writing

    async def _with_frame(self, say: Callable[[str], Coroutine[Any, Any, object]]) -> None:
        """Say something sealed: anew, with the newest key, where somebody was put out meanwhile."""
        try:
            await say(self._frame())
        except Conflict:
            await group(self._hub).settle()
            await say(self._frame())

    def _frame(self) -> str:
        # Never the same twice: after a restart no file of before goes on.
        self._counter = max(self._counter + 1, int(self._hub.household.clock.now() * 1000))
        content = msgspec.json.encode(self._said)
        return text(group(self._hub).sealed(COLLECTION, self.id, content, self._counter, os.urandom(12)))


async def dropped(hub: Hub, keeper: Keeper, id: str) -> None:
    """Take away what broke off. Where the disk does not take that now, it goes with the next start, or in two days."""
    record = hub.household.house.record(COLLECTION, id)
    if record is None or record.gone:
        return
    try:
        await hub.household.delete(COLLECTION, id, hub.context("hub:files"))
        await keeper.sweep()
    except HubError:
        return
