"""The folder that holds all of one household's data, and the lock that keeps a second hub out of it."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from types import TracebackType
from typing import Self

from wayhome.adapters.durable_file import refused, shred
from wayhome.errors import Locked


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
    def vault(self) -> Path:
        return self.path / "vault.sealed"

    @property
    def vault_key(self) -> Path:
        return self.path / "vault.key"

    def empty(self) -> bool:
        """Whether nothing of a household is in it."""
        return not self.path.exists() or all(entry.name == "lock" for entry in self.path.iterdir())

    def __enter__(self) -> Self:
        self.lock()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.unlock()

    def lock(self) -> None:
        """Make the folder (for this user only) and take its lock. Raises Locked when another hub has it, StoreError
        when the folder can't be written."""
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
        secrets that nobody can open. To be called with the lock held and the store closed."""
        shred(self.vault_key)
        for folder, _, names in self.path.walk(top_down=False):
            for name in names:
                if folder != self.path or name != "lock":
                    shred(folder / name)
            if folder != self.path:
                if folder.is_symlink():
                    folder.unlink()
                else:
                    folder.rmdir()
