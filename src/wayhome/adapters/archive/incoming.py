"""An archive on its way in, piece by piece, into a file that only counts once all of it is there."""

from __future__ import annotations

import asyncio
import os
import secrets
import shutil
from pathlib import Path
from typing import BinaryIO

from wayhome.adapters.archive.kinds import Kind, kind_of
from wayhome.adapters.data_dir import STAGING, DataDir
from wayhome.adapters.durable_file import refused
from wayhome.errors import BadInput, NotFound, TooLarge

LEFT = 512 * 1024**2
"""So many bytes of the disk stay free: a running hub needs room to write."""


class Coming:
    """A file in a staging folder; none of it outlives this run of the hub."""

    def __init__(self, folder: DataDir) -> None:
        """Raises StoreError."""
        self._place = folder.path / f"{STAGING}{secrets.token_hex(4)}"
        self.file = self._place / "archive"
        self.whole = False
        self._size = 0
        try:
            self._place.mkdir(mode=0o700)
            handle = os.open(self.file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise refused(self._place, error) from None
        self._out: BinaryIO | None = os.fdopen(handle, "wb")

    async def write(self, piece: bytes) -> None:
        """Raises TooLarge when there is no room for more, StoreError, NotFound when it was discarded."""
        if self._out is None:
            raise NotFound("another archive came in its place", advice="Begin again.")
        if shutil.disk_usage(self._place).free - len(piece) < LEFT:
            raise TooLarge("the hub's disk has no room for this file", advice="Free disk space, then try again.")
        try:
            await asyncio.to_thread(self._out.write, piece)
        except (OSError, ValueError) as error:
            raise refused(self.file, error if isinstance(error, OSError) else OSError(0, str(error))) from None

    async def finish(self) -> Kind:
        """All of it has come: which kind it is. Raises BadInput for what is none of ours, StoreError."""
        if self._out is None:
            raise NotFound("another archive came in its place", advice="Begin again.")
        try:
            await asyncio.to_thread(self._out.close)
        except OSError as error:
            raise refused(self.file, error) from None
        try:
            kind = await asyncio.to_thread(kind_of, self.file)
        except BadInput:
            # Whoever sent it knows it by another name than where it lies here.
            advice = "Choose a file that was made under Backup, or that `wayhome backup` or `wayhome export` wrote."
            raise BadInput("this file is neither a backup nor an export of Wayhome", advice=advice) from None
        self.whole = True
        return kind

    async def discard(self) -> None:
        """Let it go."""
        out, self._out, self.whole = self._out, None, False
        if out is not None:
            try:
                out.close()
            except OSError:
                pass  # the disk is full; the file goes anyway
        await asyncio.to_thread(shutil.rmtree, self._place, ignore_errors=True)


def whole(coming: Coming | None) -> Path:
    """The archive that came. Raises NotFound when none did."""
    if coming is None or not coming.whole:
        raise NotFound("no archive has come yet", advice="Send the file first.")
    return coming.file
