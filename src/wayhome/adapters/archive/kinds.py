"""Which of Wayhome's archives a file is, by its first bytes: nobody is asked for the passphrase of something else."""

from __future__ import annotations

import tarfile
from pathlib import Path
from typing import Literal

from wayhome.adapters.archive.sealed import MAGIC
from wayhome.adapters.durable_file import refused
from wayhome.errors import BadInput

type Kind = Literal["sealed", "backup", "export"]
FIRST: dict[str, Kind] = {"wayhome.db": "backup", "README.txt": "export"}
"""The file that each archive begins with."""
ADVICE = "Give a file that `wayhome backup` or `wayhome export` wrote."


def kind_of(file: Path) -> Kind:
    """A backup under a passphrase, one without, or an export. Raises BadInput for anything else, StoreError for what
    can't be read."""
    try:
        with file.open("rb") as source:
            start = source.read(tarfile.BLOCKSIZE)
    except OSError as error:
        raise refused(file, error) from None
    if not start:
        raise BadInput(f"{file} is empty", advice=ADVICE)
    if start.startswith(MAGIC):
        return "sealed"
    try:
        kind = FIRST.get(tarfile.TarInfo.frombuf(start, "utf-8", "strict").name)
    except (tarfile.TarError, ValueError):
        kind = None
    if kind is None:
        raise BadInput(f"{file} is neither a backup nor an export of Wayhome", advice=ADVICE)
    return kind
