"""Handing out pieces: of files that are whole, wherever they lie, and of those that are still on their way here.

Of what is on its way each piece is handed out when it is on the disk, but the last one only when the file is whole:
nobody has all of a file before all that came was held to what its sender says of it.
"""

from __future__ import annotations

from collections.abc import Callable

from wayhome.errors import Locked, Moved, NotFound, Refused
from wayhome.features.files.model import Offer
from wayhome.features.files.shelf import Shelf
from wayhome.hub.running import Hub

PART = 1024 * 1024
"""Pieces go to another site in parts of so many bytes."""
PATIENCE = 15.0
"""So long, in s, who asks for a piece that has not come yet waits before they are told so."""


class Handing:
    """``now``: a file as it stands now, by its id; None: it is gone."""

    def __init__(self, hub: Hub, shelf: Shelf, now: Callable[[str], Offer | None]) -> None:
        self._hub = hub
        self._shelf = shelf
        self._now = now

    async def piece(self, offer: Offer, index: int) -> bytes:
        """A sealed piece of a whole file. Raises NotFound, StoreError, Unreachable, Refused, and what the other hub
        says."""
        if offer.state != "whole" or offer.removed is not None or not 0 <= index < offer.pieces:
            raise NotFound("this file is not there, or not whole yet")
        if offer.site == self._hub.household.house.site:
            return await self._shelf.piece(offer, index)
        piece = bytearray()
        while len(piece) < offer.length(index):
            part = await self._hub.sites.fetching.file_part(offer.site, f"{offer.id} {index} {len(piece)}")
            # A hub that answers with a byte at a time, or with too many, is not asked on and on.
            if len(part) != min(PART, offer.length(index) - len(piece)):
                raise Refused(f"the hub {offer.site} sends no pieces of this file")
            piece += part
        return bytes(piece)

    async def comes(self, offer: Offer, index: int) -> Offer:
        """Wait for a piece of a file that may be on its way; the file as it stands then. Raises Locked where it has
        not come yet, Moved, NotFound, StoreError."""
        if offer.state == "whole" or offer.removed is not None or not 0 <= index < offer.pieces:
            return offer
        if offer.site != self._hub.household.house.site:
            raise Moved(
                f"this file is still on its way to the hub {offer.site}",
                advice="Save it there, or here when all of it has come.",
            )

        def ready(have: int) -> bool:
            now = self._now(offer.id)
            if now is None or now.removed is not None or now.state == "whole":
                return True
            return index < min(have, offer.pieces - 1)

        if not await self._shelf.comes(offer, ready, PATIENCE):
            raise Locked("this piece has not come yet", advice="Ask for it again.")
        now = self._now(offer.id)
        if now is None:
            raise NotFound("this file is not there any more")
        return now

    async def arriving(self, offer: Offer, index: int) -> bytes:
        """A sealed piece of a file that is whole, or still on its way here and has come so far, after ``comes``. Raises
        as ``piece``."""
        if offer.state == "whole":
            return await self.piece(offer, index)
        if offer.removed is not None or not 0 <= index < offer.pieces - 1:
            raise NotFound("this file is not there, or not whole yet")
        return await self._shelf.piece(offer, index)

    async def part(self, about: str) -> bytes:
        """A part of a piece, for another site's hub, which has seen to it that whoever wants it may have it. Raises
        NotFound, StoreError."""
        id, _, rest = about.partition(" ")
        numbers = rest.split(" ")
        offer = self._now(id)
        if offer is None or offer.state != "whole" or offer.removed is not None:
            raise NotFound("this file is not there any more")
        if len(numbers) != 2 or not all(one.isdecimal() and len(one) < 12 for one in numbers):
            raise NotFound("this file has no such part")
        index, start = map(int, numbers)
        return (await self._shelf.piece(offer, index))[start : start + PART]
