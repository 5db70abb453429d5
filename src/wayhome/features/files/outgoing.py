"""A whole file on its way to a device of a link: the hub opens it, as the member of the group that it is."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import msgspec

from wayhome.errors import BadInput, NotFound
from wayhome.features.files.keeper import Keeper
from wayhome.features.files.model import COLLECTION, Offer
from wayhome.features.files.together import Together
from wayhome.hub.group.group import Group
from wayhome.sealing.keys import data
from wayhome.sealing.pieces import Keys, Said, whole
from wayhome.sealing.pieces import opened as unsealed


def opened(group: Group, offer: Offer) -> Said:
    """What its sender sealed of a file. Raises BadInput where that can't be read here."""
    try:
        content = group.opened(COLLECTION, offer.id, data(offer.frame))
        if content is not None:
            said = msgspec.json.decode(content, type=Said)
            Keys(said.key)  # raises ValueError where it is none
            if said.size == offer.size:
                return said
    except (ValueError, msgspec.MsgspecError):
        pass
    raise BadInput("this file can't be opened here")


class Outgoing:
    """A ``Handed``. ``share``: how much of it has gone, from 0 to 1. ``together``: with which others it goes; none:
    alone."""

    def __init__(self, keeper: Keeper, offer: Offer, said: Said, together: Together | None = None) -> None:
        self._keeper, self._offer, self._said, self._together = keeper, offer, said, together
        self._gone = 0

    @property
    def name(self) -> str:
        return self._said.text

    @property
    def size(self) -> int:
        return self._offer.size

    @property
    def number(self) -> int:
        return self._together.number if self._together is not None else 1

    @property
    def of(self) -> int:
        return self._together.of if self._together is not None else 1

    @property
    def total(self) -> int:
        return self._together.total if self._together is not None else self.size

    @property
    def share(self) -> float:
        return self._gone / self.size if self.size else 0.0

    def gone(self, size: int) -> None:
        """See Handed."""
        self._gone = size
        self._keeper.telling.came(self._offer)

    async def pieces(self) -> AsyncIterator[bytes]:
        """See Handed. The last of them is given away only when all have the hash that its sender sealed."""
        keys, count = Keys(self._said.key), self._offer.pieces
        digests: list[bytes] = []
        ahead: asyncio.Task[tuple[bytes, bytes]] | None = None
        try:
            for index in range(count):
                if ahead is None:
                    ahead = asyncio.create_task(self._piece(keys, index))
                content, digest = await ahead
                ahead = asyncio.create_task(self._piece(keys, index + 1)) if index + 1 < count else None
                digests.append(digest)
                if index + 1 == count and whole(digests) != self._said.hash:
                    raise BadInput("what came is not what was sent")
                yield content
        finally:
            if ahead is not None:
                ahead.cancel()

    async def _piece(self, keys: Keys, index: int) -> tuple[bytes, bytes]:
        offer = self._keeper.find(self._offer.person, None, self._offer.id)
        if offer.removed is not None:
            raise NotFound("this file is not there any more")
        sealed = await self._keeper.piece(offer, index)

        try:
            return await asyncio.to_thread(unsealed, keys, offer.id, index, offer.size, sealed)
        except ValueError as error:
            raise BadInput(str(error)) from None
