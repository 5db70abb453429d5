"""Room on the disk: a map takes only what leaves the household enough for its own data."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Awaitable, Callable
from contextlib import suppress
from pathlib import Path

from wayhome.errors import StoreError

LEAST = 256 * 2**20
"""Bytes of the disk that stay free whatever comes: with none left, nothing in the house can be switched."""
LOOK = 1.0
"""Seconds between two looks while something is made."""
TIMES = 10
"""While a map is made it takes about so many times its extract on the disk, the extract among it…"""
ROADS = 5
"""…and the roads so many times the other regions' extracts, whose roads are made with it."""


def need(folder: Path, size: int = 0) -> None:
    """Whether so many bytes more may lie on the disk of ``folder``. Raises StoreError."""
    free = shutil.disk_usage(folder).free
    if free < LEAST + size:
        wanted = f"this takes about {_shown(size)}, and " if size else ""
        raise StoreError(
            f"the hub's disk has no room for this map: {wanted}{_shown(free)} are free, and {_shown(LEAST)} stay so",
            advice="Free disk space on the hub's machine, then try again.",
        )


def _shown(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"


async def within[T](folder: Path, doing: Awaitable[T]) -> T:
    """Do something as long as the disk has room; it is cancelled where that ends. Raises StoreError."""
    task = asyncio.ensure_future(doing)
    try:
        while True:
            done, _ = await asyncio.wait([task], timeout=LOOK)
            if done:
                return task.result()
            need(folder)
    finally:
        if not task.done():
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def undivided[T](call: Callable[[], T]) -> T:
    """Run a call in a thread to its end, even where whoever waits for it is told to stop: what it writes to is its own
    until then."""
    task = asyncio.ensure_future(asyncio.to_thread(call))
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


def size_of(folder: Path) -> int:
    """Bytes of all files below a folder."""
    total = 0
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(OSError):
                total += (Path(place) / name).stat().st_size
    return total
