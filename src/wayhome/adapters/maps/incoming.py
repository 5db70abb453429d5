"""An extract that somebody sends: written as it comes, and only as long as the disk has room for it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path

from wayhome.adapters.durable_file import refused
from wayhome.adapters.maps import room
from wayhome.errors import BadInput, StoreError, TooLarge

PIECE = 2**20
"""Bytes that are written at once."""
QUIET = 60.0
"""Seconds without a byte after which who sends it is given up: others may want to send theirs."""
EVERY = 16 * PIECE
"""So often, in bytes, the disk is asked how much is free."""


async def taken(path: Path, content: AsyncIterator[bytes]) -> None:
    """Write what comes to ``path``. Raises TooLarge, BadInput, StoreError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        size = asked = 0
        with path.open("xb", buffering=0) as file:
            async for piece in _gathered(content):
                if size >= asked:
                    _need(path.parent)
                    asked = size + EVERY
                await asyncio.to_thread(_all, file.fileno(), piece)
                size += len(piece)
            await asyncio.to_thread(os.fsync, file.fileno())
    except OSError as error:
        raise refused(path, error) from None
    if size == 0:
        raise BadInput("no file was sent", advice="Choose an .osm.pbf file.")


async def _gathered(content: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same in pieces that are worth a write."""
    held = bytearray()
    pieces = aiter(content)
    while True:
        try:
            async with asyncio.timeout(QUIET):
                held += await anext(pieces)
        except StopAsyncIteration:
            break
        except TimeoutError:
            raise BadInput("the file stopped coming", advice="Send it again.") from None
        if len(held) >= PIECE:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)


def _all(handle: int, piece: bytes) -> None:
    left = memoryview(piece)
    while left:
        left = left[os.write(handle, left) :]


def _need(folder: Path) -> None:
    try:
        room.need(folder)
    except StoreError as error:
        raise TooLarge(error.detail, advice=error.hint) from None
