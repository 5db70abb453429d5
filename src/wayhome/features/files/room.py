"""How much of the disk files may take: all of them, each person's, and what is promised to those on their way.

An offer promises a file its room before anything of it is sent. A promise lapses where nothing comes of it for a while:
otherwise whoever offers files, and sends none, would keep everybody else's away. The file may go on all the same, as
long as there is room.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from wayhome.errors import StoreError
from wayhome.features.files import model
from wayhome.features.files.model import Offer
from wayhome.features.files.shelf import Shelf
from wayhome.hub.ports import Clock

LAPSES = 30 * 60.0
"""So long, in s, room is kept for a file of which nothing comes."""


class Room:
    """The room on this hub's disk. ``all``: the files that there are; ``people``: how many may send any."""

    def __init__(
        self, shelf: Shelf, clock: Clock, all: Callable[[], Sequence[Offer]], people: Callable[[], int]
    ) -> None:
        self._shelf = shelf
        self._clock = clock
        self._all = all
        self._people = people
        self._began = clock.steady()
        self._came: dict[str, float] = {}
        """When something came last of a file, by its name on the disk and the steady clock."""

    def came(self, offer: Offer) -> None:
        """Something of it came, or it was begun: its room is kept from now on."""
        self._came[offer.file] = self._clock.steady()

    def forget(self, file: str) -> None:
        self._came.pop(file, None)

    def lapsed(self, offer: Offer) -> bool:
        """Whether nothing of it came for so long that its room is kept no more."""
        return offer.state == "coming" and self._clock.steady() - self._came.get(offer.file, self._began) >= LAPSES

    async def find(self, offer: Offer) -> None:
        """See that there is room for what is to come of a file, beside all others. Raises StoreError."""
        disk = await asyncio.to_thread(self._shelf.disk.disk)
        there = await self._shelf.disk.names()
        others = [one for one in self._all() if one.site == offer.site and one.id != offer.id]
        takes = {one.id: there.get(one.file, 0) if self.lapsed(one) else one.stored for one in others}
        share = disk.size * model.SHARE // 100
        mine = sum(takes[one.id] for one in others if one.person == offer.person) + offer.stored
        if sum(takes.values()) + offer.stored > share:
            raise StoreError(f"files take at most {model.SHARE} % of the hub's disk", advice="Remove some files first.")
        if self._people() > 1 and mine > share * model.EACH:
            raise StoreError("your files take your share of the hub's disk", advice="Remove some of yours first.")
        coming = sum(max(0, takes[one.id] - there.get(one.file, 0)) for one in others)
        left = offer.stored - there.get(offer.file, 0)
        if disk.free - coming - left < model.floor_of(disk.size):
            raise StoreError(
                "there is no room for this file on the hub's disk", advice="Free disk space on the hub's machine."
            )
