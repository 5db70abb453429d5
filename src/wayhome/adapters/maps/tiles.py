"""The vector tiles: tilemaker's, with what the cockpit draws (``data/maps/tiles.*``), as one PMTiles file a region."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

PROGRAM = "tilemaker"
HEAD = 127
"""Bytes of a PMTiles head, version 3."""
_DATA = Path(__file__).parents[2] / "data" / "maps"
_BLOCK = re.compile(r"Block (\d+)/(\d+)")
_WRITING = re.compile(r"writing tile (\d+) of (\d+)")


def installed() -> bool:
    """Whether the program is there."""
    return shutil.which(PROGRAM) is not None


def command(extract: Path, target: Path, store: Path) -> list[str]:
    """The program that makes the tiles. ``store``: a folder for what it works on."""
    given = ["--input", str(extract), "--output", str(target), "--config", str(_DATA / "tiles.json")]
    # Extracts are cut out of the world: a street may lead to a point that is not there.
    given += ["--skip-integrity"]
    given += ["--process", str(_DATA / "tiles.lua"), "--threads", str(max(1, min(4, os.cpu_count() or 1)))]
    # Half the memory, and no slower; the files there have holes, and take little of the disk.
    given += ["--store", str(store)]
    return [PROGRAM, *given]


def share(line: str) -> float | None:
    """How much of the step is done, from 0 to 1, as far as a line of the program says: a third for reading, the rest
    for writing."""
    if found := _WRITING.search(line):
        return 0.34 + 0.66 * int(found[1]) / max(1, int(found[2]))
    if found := _BLOCK.search(line):
        return 0.34 * int(found[1]) / max(1, int(found[2]))
    return None


def sound(path: Path) -> bool:
    """Whether a file is PMTiles of version 3 with tiles in it."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    return len(head) == HEAD and head[:8] == b"PMTiles\x03" and int.from_bytes(head[64:72], "little") > 0
