"""Films and other large files that are kept, in a folder of the household's data."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import msgspec

from wayhome.adapters import durable_file
from wayhome.adapters.durable_file import refused, sync_folder
from wayhome.errors import BadInput, NotFound

_NAME = re.compile(r"[0-9A-Za-z]{1,40}\.[0-9a-z]{1,8}")


class DiskSpace(msgspec.Struct, frozen=True):
    """Implements ``wayhome.hub.ports.Disk``."""

    size: int
    free: int


class DiskFootage:
    """Implements ``wayhome.hub.ports.Footage``. What is appended is on the disk at once: who wants no film of
    themselves may take the hub's power."""

    def __init__(self, folder: Path, what: str = "film") -> None:
        self._folder = folder
        self._what = what

    async def names(self) -> dict[str, int]:
        return await asyncio.to_thread(self._names)

    def _names(self) -> dict[str, int]:
        try:
            with os.scandir(self._folder) as entries:
                return {
                    one.name: one.stat(follow_symlinks=False).st_size
                    for one in entries
                    if _NAME.fullmatch(one.name) and one.is_file(follow_symlinks=False)
                }
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise refused(self._folder, error) from None

    async def size(self, name: str) -> int:
        found = 0

        def look(handle: int) -> None:
            nonlocal found
            found = os.fstat(handle).st_size

        await self._with(name, os.O_RDONLY, look)
        return found

    async def write(self, name: str, content: bytes) -> None:
        path = self._path(name)
        await asyncio.to_thread(self._there)
        await asyncio.to_thread(durable_file.write, path, content)

    async def append(self, name: str, piece: bytes) -> None:
        def write(handle: int) -> None:
            before = os.fstat(handle).st_size
            try:
                _all(handle, piece)
                os.fdatasync(handle)
            except OSError:
                os.ftruncate(handle, before)  # no half of it stays: what comes later must not follow upon that
                raise

        await self._with(name, os.O_WRONLY | os.O_CREAT | os.O_APPEND, write)

    async def patch(self, name: str, at: int, *pieces: bytes | bytearray) -> None:
        def write(handle: int) -> None:
            os.lseek(handle, at, os.SEEK_SET)
            for piece in pieces:
                _all(handle, piece)
            os.fdatasync(handle)

        await self._with(name, os.O_WRONLY, write)

    async def cut(self, name: str, size: int) -> None:
        await self._with(name, os.O_WRONLY, lambda handle: os.ftruncate(handle, size))

    async def read(self, name: str, start: int, size: int) -> bytes:
        found = b""

        def read(handle: int) -> None:
            nonlocal found
            found = os.pread(handle, size, start)

        await self._with(name, os.O_RDONLY, read)
        return found

    async def delete(self, name: str) -> None:
        path = self._path(name)

        def delete() -> None:
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                raise refused(path, error) from None

        await asyncio.to_thread(delete)

    def disk(self) -> DiskSpace:
        place = self._folder if self._folder.exists() else self._folder.parent
        try:
            space = shutil.disk_usage(place)
        except OSError as error:
            raise refused(place, error) from None
        return DiskSpace(space.total, space.free)

    async def _with(self, name: str, flags: int, act: Callable[[int], None]) -> None:
        path = self._path(name)

        def open_and_act() -> None:
            try:
                if flags & os.O_CREAT:
                    self._there()
                handle = os.open(path, flags | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
                try:
                    act(handle)
                finally:
                    os.close(handle)
            except FileNotFoundError:
                raise NotFound(f"there is no such {self._what}") from None
            except OSError as error:
                raise refused(path, error) from None

        await asyncio.to_thread(open_and_act)

    def _there(self) -> None:
        try:
            if not self._folder.exists():
                self._folder.mkdir(mode=0o700, exist_ok=True)
                sync_folder(self._folder.parent)
        except OSError as error:
            raise refused(self._folder, error) from None

    def _path(self, name: str) -> Path:
        if _NAME.fullmatch(name) is None:
            raise BadInput(f"that is no {self._what}'s name")
        return self._folder / name


def _all(handle: int, piece: bytes | bytearray) -> None:
    left = memoryview(piece)
    while left:
        left = left[os.write(handle, left) :]
