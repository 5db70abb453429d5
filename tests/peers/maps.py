"""Real extracts of OpenStreetMap, and maps made of them once in a test run.

Helsinki's centre comes with ``script/setup``. Liechtenstein lies in ``../shared/maps`` where somebody has put it there:
what needs it says by name that it was not tried where it is missing.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.peers.program import missing
from wayhome.adapters.clock_system import SystemClock
from wayhome.adapters.ids_random import RandomIds
from wayhome.adapters.maps.shelf import MapShelf
from wayhome.hub.maps import Source

ROOT = Path(__file__).parents[2]
HELSINKI = ROOT / ".peers" / "maps" / "helsinki.osm.pbf"
LIECHTENSTEIN = ROOT.parent / "shared" / "maps" / "liechtenstein.osm.pbf"
EXTRACTS = {"helsinki": HELSINKI, "liechtenstein": LIECHTENSTEIN}


def extract(name: str) -> Path:
    """A real extract. Fails the test, or skips it with words, where it is not here."""
    path = EXTRACTS[name]
    if not path.exists():
        if name == "liechtenstein":
            pytest.skip(f"NO {path.name} IN ../shared/maps: what needs a whole country was not tried")
        missing(f"the extract {path.name}")
    return path


def shelf(folder: Path, **more: str) -> MapShelf:
    """The maps of a folder, as the hub has them."""
    clock = SystemClock()
    return MapShelf(folder, clock, RandomIds(clock), **more)


async def made(maps: MapShelf, source: str | Path, name: str = "") -> None:
    """Make a map to its end. Fails the test where it can't be made."""
    await maps.add(Source(str(source), name))
    await ended(maps)
    assert maps.making is None, maps.making


async def ended(maps: MapShelf, seconds: float = 120) -> None:
    """Wait until nothing is being made."""
    async with asyncio.timeout(seconds):
        while maps.making is not None and maps.making.error is None:
            await asyncio.sleep(0.01)


async def opened(folder: Path) -> MapShelf:
    """The maps of a folder, opened. To be closed."""
    maps = shelf(folder)
    await maps.open()
    return maps


async def make(folder: Path, *sources: Path) -> None:
    """Make maps of extracts in a folder."""
    maps = await opened(folder)
    for source in sources:
        await made(maps, source)
    await maps.close()


class MadeMaps:
    """Maps that were made once in this test run, for all that want them, whatever process they run in."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, folder: Path, *names: str) -> Path:
        """Have these maps in ``folder``, which must not be there yet; ``folder``."""
        sources = [extract(name) for name in names]
        whole = self._folder / "-".join(names)
        with self._alone():
            if not whole.exists():
                half = whole.with_suffix(".half")
                shutil.rmtree(half, ignore_errors=True)
                command = [sys.executable, "-m", "tests.peers.maps", str(half), *map(str, sources)]
                subprocess.run(command, cwd=ROOT, check=True, timeout=170)
                half.rename(whole)
        # Nobody writes into these files once they are there: the names are enough.
        shutil.copytree(whole, folder, copy_function=os.link)
        # But these two are rewritten.
        for one in (folder / "current.json", *folder.rglob("valhalla.json")):
            content = one.read_bytes()
            one.unlink()
            one.write_bytes(content)
        return folder

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


if __name__ == "__main__":
    asyncio.run(make(Path(sys.argv[1]), *[Path(one) for one in sys.argv[2:]]))
