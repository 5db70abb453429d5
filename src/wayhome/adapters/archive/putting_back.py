"""Putting another household in the place of a hub's own, or erasing it, when the hub opens anew.

While the hub runs its files are in use. So what is to come is made ready beside them, entirely and checked, under a
name that counts; the moment that the folder is opened next, before anything of it is read, the change is carried out.
Each step can be repeated: a power cut in between is made good by the next start.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from wayhome import config
from wayhome.adapters import durable_file
from wayhome.adapters.archive.backup import DATABASE, KEY, VAULT, restore
from wayhome.adapters.archive.files import staging
from wayhome.adapters.archive.kinds import kind_of
from wayhome.adapters.archive.take_in import take_in
from wayhome.adapters.data_dir import STAGING, DataDir
from wayhome.adapters.durable_file import refused, shred, sync_folder
from wayhome.errors import StoreError

READY = ".restored"
"""The folder of a household that waits to take this one's place."""
ERASING = ".erasing"
"""A file that says: erase everything at the next start."""
BLOBS = "blobs"


def make_ready(file: Path, folder: DataDir, *, passphrase: str | None, environment: Mapping[str, str]) -> list[str]:
    """Check the archive ``file`` to its end and have its household ready beside the running one. Returns sentences on
    what is to be done then. Nothing of the running household is touched. Raises BadInput, TooLarge, StoreError."""
    kind = kind_of(file)
    with staging(folder.path) as place:
        inner = DataDir(place / "household")
        inner.path.mkdir(mode=0o700)
        if kind == "export":
            notes = take_in(file, inner)
        else:
            notes = restore(file, inner, passphrase=passphrase, environment=environment)
        forget_ready(folder)
        try:
            inner.path.rename(folder.path / READY)
            sync_folder(folder.path)
        except OSError as error:
            raise refused(folder.path / READY, error) from None
    return notes


def forget_ready(folder: DataDir) -> None:
    """Let go of a household that waits, its keys beyond recovery."""
    _gone(folder.path / READY)


def erase_next(folder: DataDir) -> None:
    """Have everything erased at the next start. Raises StoreError."""
    durable_file.write(folder.path / ERASING, b"")


def carry_out(folder: DataDir) -> None:
    """Do what was asked for before the hub stopped, with the folder's lock held. Raises StoreError."""
    for left in folder.path.glob(f"{STAGING}*"):
        _gone(left)
    try:
        if (folder.path / ERASING).exists():
            _erase(folder)
        elif (folder.path / READY).is_dir():
            _swap(folder)
    except OSError as error:
        raise refused(folder.path, error) from None


def _erase(folder: DataDir) -> None:
    # How the hub listens belongs to its machine; without it nobody could open it to begin anew.
    kept = {name: _content(folder.path / name) for name in (config.FILE, config.REACH)}
    folder.erase()
    for name, content in kept.items():
        if content is not None:
            durable_file.write(folder.path / name, content)


def _swap(folder: DataDir) -> None:
    ready = folder.path / READY
    if (ready / DATABASE).exists():
        if (ready / VAULT).exists():
            shred(folder.vault)
        for name in (BLOBS, KEY, VAULT, DATABASE):  # the database last: as long as it waits, all of this is repeated
            new, old = ready / name, folder.path / name
            if not new.exists():
                continue
            if name == KEY:
                shred(old)
            elif name == DATABASE:
                for part in (old, *(old.with_name(f"{DATABASE}{end}") for end in ("-wal", "-shm"))):
                    part.unlink(missing_ok=True)
            elif old.is_dir():
                shutil.rmtree(old)
            new.rename(old)
            sync_folder(folder.path)
    _gone(ready)


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None


def _gone(place: Path) -> None:
    if not place.is_dir():
        return
    try:
        for kept in place.rglob("vault*"):
            shred(kept)
    except StoreError:
        pass  # what can't be overwritten is deleted at least
    shutil.rmtree(place, ignore_errors=True)


def size_of(place: Path) -> int:
    """The bytes of the files below ``place``; what vanishes meanwhile does not count."""
    total = 0
    for folder, _, names in os.walk(place):
        for name in names:
            try:
                total += (Path(folder) / name).lstat().st_size
            except OSError:
                continue
    return total
