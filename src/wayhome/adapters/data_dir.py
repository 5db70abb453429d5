"""The folder that holds all of one household's data, and the lock that keeps a second hub out of it."""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path
from types import TracebackType
from typing import Self

from wayhome.adapters.durable_file import refused, shred
from wayhome.errors import Conflict, Locked, StoreError

STAGING = ".staging-"
"""How folders begin in which something is on its way; none is of use after its program ended."""


class DataDir:
    """What lies where. ``with DataDir(path):`` makes the folder and holds its lock; only one process can.

    Nothing outside this folder is ever written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock: int | None = None

    @property
    def database(self) -> Path:
        return self.path / "wayhome.db"

    @property
    def blobs(self) -> Path:
        return self.path / "blobs"

    @property
    def recordings(self) -> Path:
        return self.path / "recordings"

    @property
    def files(self) -> Path:
        return self.path / "files"

    @property
    def maps(self) -> Path:
        return self.path / "maps"

    @property
    def vault(self) -> Path:
        return self.path / "vault.sealed"

    @property
    def vault_key(self) -> Path:
        return self.path / "vault.key"

    def empty(self) -> bool:
        """Whether nothing of a household is in it. What an interrupted restore left does not count."""
        if not self.path.exists():
            return True
        return all(entry.name == "lock" or entry.name.startswith(STAGING) for entry in self.path.iterdir())

    def need_empty(self) -> None:
        """See that it is empty, with the lock held; what an interrupted restore left there goes, the key beyond
        recovery. Raises Conflict when something of a household is in it."""
        if not self.empty():
            raise Conflict(f"{self.path} is not empty", advice="Give an empty folder, or move the old data away first.")
        for left in self.path.glob(f"{STAGING}*"):
            for kept in left.rglob("vault*"):
                shred(kept)
            shutil.rmtree(left, ignore_errors=True)

    def need_folder(self) -> None:
        """Raises StoreError when the path is something else than a folder, or leads through one. Not there: fine."""
        for place in (self.path, *self.path.parents):
            if place.is_dir():
                return
            if place.exists() or place.is_symlink():
                raise StoreError(
                    f"{place} is not a folder, and the household's data needs one",
                    advice="Give another folder with --data; it is made if it is not there.",
                )

    def __enter__(self) -> Self:
        self.lock()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.unlock()

    def lock(self) -> None:
        """Make the folder (for this user only) and take its lock. Raises Locked when another hub has it, StoreError
        when it is no folder or can't be written."""
        self.need_folder()
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise refused(self.path, error) from None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            holder = os.pread(handle, 32, 0).decode("ascii", "replace").strip()
            os.close(handle)
            raise Locked(
                f"another Wayhome{f' (process {holder})' if holder.isdigit() else ''} is using {self.path}",
                advice="Stop that one first, or give another folder with --data.",
            ) from None
        os.truncate(handle, 0)
        os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
        self._lock = handle

    def unlock(self) -> None:
        """Give the lock back. The lock file stays: deleting it would let two processes each lock one of its own."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def erase(self) -> None:
        """Overwrite and delete every file in the folder; the key first, so that even an interrupted erasure leaves
        secrets that nobody can open. Maps are anybody's: they are deleted, and only the list of them is overwritten. To
        be called with the lock held and the store closed."""
        shred(self.vault_key)
        if self.maps.is_dir() and not self.maps.is_symlink():
            for one in self.maps.iterdir():
                if one.is_dir() and not one.is_symlink():
                    shutil.rmtree(one, ignore_errors=True)
        for folder, _, names in self.path.walk(top_down=False):
            for name in names:
                if folder != self.path or name != "lock":
                    shred(folder / name)
            if folder != self.path:
                if folder.is_symlink():
                    folder.unlink()
                else:
                    folder.rmdir()
