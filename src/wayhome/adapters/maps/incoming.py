"""An extract that somebody sends: written as it comes, and only as long as the disk has room for a map of it."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

from wayhome.adapters.durable_file import refused
from wayhome.errors import BadInput, TooLarge

EVERY = 16 * 2**20
"""So often, in bytes, the disk is asked how much is free."""
LEAST = 256 * 2**20
"""Bytes of the disk that stay free whatever comes."""


async def taken(path: Path, content: AsyncIterator[bytes]) -> None:
    """Write what comes to ``path``. Raises TooLarge, BadInput, StoreError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        size = asked = 0
        with path.open("xb") as file:
            async for piece in content:
                if size >= asked:
                    if shutil.disk_usage(path.parent).free < LEAST:
                        raise TooLarge("the hub's disk has no room for this", advice="Free space, or take a smaller map.")
                    asked = size + EVERY
                file.write(piece)
                size += len(piece)
            file.flush()
            await asyncio.to_thread(os.fsync, file.fileno())
    except OSError as error:
        raise refused(path, error) from None
    if size == 0:
        raise BadInput("no file was sent", advice="Choose an .osm.pbf file.")
