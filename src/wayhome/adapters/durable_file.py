"""Files that are there entirely or not at all, and files that are gone beyond recovery."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

from wayhome.errors import StoreError

_BLOCK = 1 << 20


def write(path: Path, content: bytes, mode: int = 0o600) -> None:
    """Put ``content`` at ``path``: after a power cut either the old or the new file is there, never a part of one.
    Raises StoreError that names the file and says why."""
    temporary = path.with_name(f".{path.name}.{threading.get_ident()}.new")
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, mode)
        try:
            left = memoryview(content)
            while left:
                left = left[os.write(handle, left) :]
            os.fsync(handle)
        finally:
            os.close(handle)
        temporary.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise refused(path, error) from None


def sync_folder(folder: Path) -> None:
    """Make sure that the names in ``folder`` are on the disk."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_tree(folder: Path) -> None:
    """Make sure that everything below ``folder`` is on the disk. Raises StoreError."""
    try:
        for place, _, names in folder.walk():
            for name in names:
                with (place / name).open("rb") as file:
                    os.fsync(file.fileno())
            sync_folder(place)
    except OSError as error:
        raise refused(folder, error) from None


def shred(path: Path) -> None:
    """Overwrite a file with zeros, wait until they are on the disk, then delete it. Nothing to do: nothing happens.

    On disks that write each block to a new place (copy-on-write file systems, flash) old blocks may live on until
    they are reused; what matters most there is that the vault's key goes (docs/reference/storage.md).
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return
    except OSError as error:
        if path.is_symlink():
            path.unlink()
            return
        raise refused(path, error) from None
    try:
        left = os.fstat(handle).st_size
        while left > 0:
            left -= os.write(handle, bytes(min(left, _BLOCK)))
        os.fsync(handle)
    except OSError as error:
        raise refused(path, error) from None
    finally:
        os.close(handle)
    path.unlink()


def refused(path: Path, error: OSError) -> StoreError:
    """The StoreError for what the system would not do with ``path``."""
    return StoreError(f"{path}: {error.strerror or type(error).__name__}", advice=advice(error))


def advice(error: OSError) -> str:
    """What somebody can do about it."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "Free disk space on the hub's machine, then try again."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return "Give the user that runs Wayhome the right to write there."
    return "Look at the disk of the hub's machine; run `wayhome doctor`."
