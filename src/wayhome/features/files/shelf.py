"""The pieces of files on the disk: one after the other in a file of their own, each behind its SHA-256.

A piece counts when it is on the disk with its digest. What lies behind the last one that does is what broke off with
the hub: it is cut away before the next one comes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256

from wayhome.errors import BadInput, Conflict, NotFound, StoreError
from wayhome.features.files import model
from wayhome.features.files.model import DIGEST, STRIDE, Offer
from wayhome.hub.ports import Footage

AHEAD = 2
"""So many pieces may come before the one that they follow upon is on the disk: while one is written another comes."""
PATIENCE = 20.0
"""So long, in s, they wait for it."""


class _Stored:
    """One file. ``digests``: of the pieces that are there, one after the other."""

    def __init__(self, digests: bytes) -> None:
        self.digests = digests
        self.turn = asyncio.Lock()
        """Held by who writes to it or deletes it."""
        self._pulse = asyncio.Event()

    @property
    def have(self) -> int:
        return len(self.digests) // DIGEST

    def stir(self) -> None:
        """Something has changed: who waits looks again."""
        self._pulse.set()
        self._pulse = asyncio.Event()

    async def until(self, so: Callable[[], bool], within: float) -> bool:
        """Wait until something is so, at most ``within`` s; whether it is."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                while not so():
                    await self._pulse.wait()
        return so()


class Shelf:
    """All files that lie at this hub."""

    def __init__(self, disk: Footage) -> None:
        self.disk = disk
        self._stored: dict[str, _Stored] = {}
        self._opening = asyncio.Lock()

    async def begin(self, offer: Offer) -> None:
        """Make room for a new file; its name is on the disk when this returns. Raises StoreError."""
        await self.disk.write(offer.file, b"")
        self._stored[offer.file] = _Stored(b"")

    async def have(self, offer: Offer) -> int:
        """How many pieces are there. Raises NotFound, StoreError."""
        return (await self._find(offer)).have

    async def digests(self, offer: Offer) -> bytes:
        """Their SHA-256, one after the other. Raises NotFound, StoreError."""
        return (await self._find(offer)).digests

    async def put(self, offer: Offer, index: int, piece: bytes | bytearray, said: str) -> int:
        """Take the next piece in; how many there are then. ``said``: its SHA-256 in hex. The same one once more, as
        when an answer was lost, is taken for what it is. Raises BadInput, Conflict, NotFound, StoreError."""
        stored = await self._find(offer)
        if not 0 <= index < offer.pieces or len(piece) != offer.length(index):
            raise BadInput("this is no piece of that file")
        digest = await asyncio.to_thread(lambda: sha256(piece).digest())
        if digest.hex() != said:
            raise BadInput("the piece was changed on its way", advice="Send it again.")
        if stored.have < index <= stored.have + AHEAD:
            await stored.until(lambda: stored.have >= index, PATIENCE)
        # Whoever sent it may be gone meanwhile: what was begun is written to its end before another one writes.
        taking = asyncio.ensure_future(self._take(stored, offer, index, piece, digest))
        taking.add_done_callback(lambda done: done.cancelled() or done.exception())  # nobody may be there to hear it
        return await asyncio.shield(taking)

    async def _take(self, stored: _Stored, offer: Offer, index: int, piece: bytes | bytearray, digest: bytes) -> int:
        async with stored.turn:
            if self._stored.get(offer.file) is not stored:
                raise NotFound("this file is not there any more")
            if index < stored.have:
                if stored.digests[index * DIGEST : (index + 1) * DIGEST] == digest:
                    return stored.have
                raise Conflict("another piece stands there", advice="This is another file than the one that was begun.")
            if index > stored.have:
                raise Conflict(f"piece {stored.have} is the next one", advice="Send the pieces one after the other.")
            disk = await asyncio.to_thread(self.disk.disk)
            if disk.free - len(piece) < model.floor_of(disk.size):
                raise StoreError("the disk is full", advice="Free disk space on the hub's machine; then it goes on.")
            # At its own place: whatever lies behind the last piece that counts moves no other.
            try:
                await self.disk.patch(offer.file, stored.have * STRIDE, digest, piece)
            except StoreError:
                with suppress(StoreError, NotFound):
                    await self.disk.cut(offer.file, stored.have * STRIDE)
                raise
            stored.digests += digest
            stored.stir()
            return stored.have

    async def comes(self, offer: Offer, so: Callable[[int], bool], within: float) -> bool:
        """Wait until so many pieces are there that it is ``so``, or until that is asked anew by ``stir``; whether it
        is. Raises NotFound, StoreError."""
        stored = await self._find(offer)
        return await stored.until(lambda: so(stored.have), within)

    def stir(self, file: str) -> None:
        """Who waits for a file looks again: it is whole, or gone."""
        stored = self._stored.get(file)
        if stored is not None:
            stored.stir()

    async def piece(self, offer: Offer, index: int) -> bytes:
        """A sealed piece. Raises NotFound, StoreError: also where the disk gives back another one than it was given."""
        if not 0 <= index < offer.pieces:
            raise NotFound("this file has no such piece")
        stored = await self._find(offer)
        said = stored.digests[index * DIGEST : (index + 1) * DIGEST]
        read = await self.disk.read(offer.file, index * STRIDE + DIGEST, offer.length(index)) if said else b""
        if len(read) != offer.length(index):
            raise NotFound("this piece is not there yet")
        if await asyncio.to_thread(lambda: sha256(read).digest()) != said:
            raise StoreError("a piece of the file is damaged", advice="Look at the hub's disk, and send it anew.")
        return read

    async def forget(self, file: str) -> None:
        """Delete what there is of a file. Raises StoreError."""
        stored = self._stored.pop(file, None)
        if stored is None:
            await self.disk.delete(file)
            return
        stored.stir()
        async with stored.turn:
            await self.disk.delete(file)

    async def _find(self, offer: Offer) -> _Stored:
        found = self._stored.get(offer.file)
        if found is None:
            async with self._opening:
                found = self._stored.get(offer.file)
                if found is None:
                    found = self._stored[offer.file] = await self._open(offer)
        return found

    async def _open(self, offer: Offer) -> _Stored:
        """What is there of a file that an earlier run of the hub took in."""
        size = await self.disk.size(offer.file)
        have = offer.pieces if size >= offer.stored else size // STRIDE
        digests = b"".join([await self.disk.read(offer.file, n * STRIDE, DIGEST) for n in range(have)])
        if have > 0 and offer.state == "coming":
            last = await self.disk.read(offer.file, (have - 1) * STRIDE + DIGEST, offer.length(have - 1))
            if await asyncio.to_thread(lambda: sha256(last).digest()) != digests[-DIGEST:]:
                have, digests = have - 1, digests[:-DIGEST]  # it was on its way to the disk when the power went
        if have < offer.pieces and size > have * STRIDE:
            await self.disk.cut(offer.file, have * STRIDE)
        return _Stored(digests)
