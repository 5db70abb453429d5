"""The images of the clipboard's entries: sealed by a screen, kept by their hash as long as the entry stands."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from hashlib import sha256

from wayhome import log
from wayhome.core.record import Record
from wayhome.errors import BadInput, HubError, NotFound, StoreError
from wayhome.features.clipboard import model
from wayhome.features.clipboard.model import COLLECTION, IMAGE, OVER, Entry
from wayhome.hub.running import Hub

MARK = b"wayhome clip image 1\n"
"""What the clipboard keeps begins so: a record of another site, that names something else, neither reads nor deletes
it."""
FLOOR, FLOOR_SHARE = 1024**3, 0.05
"""Of the disk so many bytes stay free, or this part of it where that is less: the household's own data comes first."""


class Images:
    """``recorded`` hears of every record, so that no image outlasts its entry: neither here nor, as copies come when
    they are looked at, at another site."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        found = model.entries(hub.household.records(COLLECTION).values())
        self._of = {one.id: one.image for one in found if one.image}

    async def judge(self, sealed: bytes) -> str:
        """The hash of an image that may be kept. Raises BadInput, StoreError."""
        if not OVER < len(sealed) <= IMAGE + OVER:
            raise BadInput(f"an image has at most {IMAGE} bytes", advice="Send it as a file.")
        if self._hub.ports.files is not None:
            disk = await asyncio.to_thread(self._hub.ports.files.disk)
            if disk.free - len(sealed) < min(FLOOR, disk.size * FLOOR_SHARE):
                raise StoreError("the disk is full", advice="Free disk space on the hub's machine.")
        return await asyncio.to_thread(lambda: sha256(MARK + sealed).hexdigest())

    async def keep(self, sealed: bytes) -> None:
        """Raises StoreError."""
        await self._hub.blobs.put(MARK + sealed)

    async def of(self, entry: Entry) -> bytes:
        """The sealed image of an entry; from another site where that has it. Raises NotFound, StoreError."""
        if not entry.image:
            raise NotFound("there is no image in this entry")
        found = await self._hub.blobs.get(entry.image)
        if not found.startswith(MARK):
            raise NotFound("there is no image in this entry")
        return found[len(MARK) :]

    def recorded(self, record: Record) -> None:
        """An entry is another one than before, or gone: then its image goes, too."""
        entry = model.read(record) if not record.gone else None
        now, before = entry.image if entry is not None else "", self._of.pop(record.id, "")
        if now:
            self._of[record.id] = now
        if before and before != now and before not in self._of.values():
            self._hub.soon_run(self._forget(before))

    async def _forget(self, image: str) -> None:
        try:
            with suppress(NotFound):
                # What is here: for this nothing is fetched from another site.
                if (await self._hub.ports.blobs.get(image)).startswith(MARK):
                    await self._hub.blobs.delete(image)
        except HubError as error:
            log.get(model.NAME).warning("an image that is over stays", why=error.detail)
