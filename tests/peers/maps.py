"""Real extracts of OpenStreetMap for tests, made into maps once a run. None of them is part of the project.

Helsinki's centre comes with ``script/setup`` (from a package of the registry); Liechtenstein is used where it lies
beside the project.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.world import SeededIds, TestClock
from wayhome.adapters.maps.shelf import MapShelf
from wayhome.hub.maps import Source

ROOT = Path(__file__).parents[2]
HELSINKI = ROOT / ".peers" / "maps" / "helsinki.osm.pbf"
LIECHTENSTEIN = ROOT.parent / "shared" / "maps" / "liechtenstein.osm.pbf"


def extract(path: Path) -> Path:
    """The extract, or a test that says that it was left out."""
    if not path.exists():
        pytest.skip(f"the extract {path.name} is not here")
    return path


async def opened(folder: Path) -> MapShelf:
    """The maps in a folder. To be closed."""
    shelf = MapShelf(folder, TestClock(), SeededIds())
    await shelf.open()
    return shelf


async def make(folder: Path, *extracts: Path) -> None:
    """Make maps of extracts in a folder."""
    shelf = await opened(folder)
    for path in extracts:
        await shelf.add(Source(str(path), path.name.partition(".")[0]))
        async with asyncio.timeout(120):
            while shelf.making is not None:
                assert shelf.making.error is None, shelf.making
                await asyncio.sleep(0.05)
    await shelf.close()
