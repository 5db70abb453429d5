"""Files by the SHA-256 of their content, in a folder."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator
from pathlib import Path

from wayhome.adapters.durable_file import refused, shred, sync_folder, write
from wayhome.errors import BadInput, NotFound, StoreError, TooLarge

LIMIT = 64 * 1024 * 1024
_HASH = re.compile(r"[0-9a-f]{64}")


class DiskBlobs:
    """Implements ``wayhome.hub.ports.Blobs``: ``blobs/ab/ab12...``. A file is on the disk before ``put`` returns, and
    is never changed afterwards."""

    def __init__(self, folder: Path, limit: int = LIMIT) -> None:
        self._folder = folder
        self._limit = limit

    async def put(self, content: bytes) -> str:
        """Keep content; its hash. Raises TooLarge, StoreError."""
        if len(content) > self._limit:
            raise TooLarge(f"a file may have at most {self._limit // 1024 // 1024} MB")
        return await asyncio.to_thread(self._put, content)

    def _put(self, content: bytes) -> str:
        hash = hashlib.sha256(content).hexdigest()
        path = self._path(hash)
        try:
            if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == hash:
                return hash
            if not path.parent.exists():
                path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                sync_folder(self._folder)
        except OSError as error:
            raise refused(path, error) from None
        write(path, content)
        return hash

    async def get(self, hash: str) -> bytes:
        """The content. Raises NotFound, or StoreError when what is there does not fit its hash."""
        return await asyncio.to_thread(self.read, hash)

    def read(self, hash: str) -> bytes:
        """As ``get``, blocking."""
        path = self._path(hash)
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            raise NotFound("there is no such file") from None
        except OSError as error:
            raise refused(path, error) from None
        if hashlib.sha256(content).hexdigest() != hash:
            raise StoreError(f"{path} is damaged", advice="Restore the last backup with `wayhome restore`.")
        return content

    async def delete(self, hash: str) -> None:
        """Overwrite and delete it; not there: nothing happens."""
        await asyncio.to_thread(shred, self._path(hash))

    async def hashes(self) -> AsyncIterator[str]:
        """All hashes, in no order."""
        for folder in await asyncio.to_thread(_names, self._folder):
            for name in await asyncio.to_thread(_names, self._folder / folder):
                if _HASH.fullmatch(name):
                    yield name

    def _path(self, hash: str) -> Path:
        if _HASH.fullmatch(hash) is None:
            raise BadInput("that is not the hash of a file")
        return self._folder / hash[:2] / hash


def _names(folder: Path) -> list[str]:
    try:
        return [entry.name for entry in folder.iterdir()]
    except (FileNotFoundError, NotADirectoryError):
        return []
