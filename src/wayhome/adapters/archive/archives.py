"""Backups and exports of a running household, kept in ``<data>/copies``: ``wayhome.hub.ports.Archive``."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from wayhome import config
from wayhome.adapters import durable_file
from wayhome.adapters.archive.backup import backup, verified
from wayhome.adapters.archive.export import export
from wayhome.adapters.archive.incoming import Coming, whole
from wayhome.adapters.archive.kinds import kind_of
from wayhome.adapters.archive.putting_back import erase_next, forget_ready, make_ready, size_of
from wayhome.adapters.data_dir import DataDir
from wayhome.adapters.durable_file import shred
from wayhome.adapters.sqlite.check import check
from wayhome.adapters.sqlite.store import SqliteStore
from wayhome.adapters.vault_key import VARIABLE, given_key, vault_key
from wayhome.adapters.vault_sealed import SealedVault
from wayhome.errors import HubError, NotFound, StoreError
from wayhome.hub.ports import Clock, Contents, Finding, Kept, Room

TIGHT = 1024**3
"""Less free disk than this is worth a word."""
COPIES, AUTOMATIC = "copies", "automatic"
_NAME = re.compile(r"wayhome-(backup|automatic|export)-(\d{8}T\d{6}\.\d{6})Z\.tar")


class Archives:
    """Copies of the household whose data is in ``folder``."""

    def __init__(self, folder: DataDir, store: SqliteStore, clock: Clock) -> None:
        self._folder = folder
        self._store = store
        self._clock = clock
        self._coming: Coming | None = None

    async def backup(self, passphrase: str | None, automatic: bool = False) -> tuple[str, list[str]]:
        to = self._name(AUTOMATIC if automatic else "backup")
        notes = await backup(
            self._folder, self._store, to, now=self._clock.now(), passphrase=passphrase, environment=os.environ
        )
        return str(to), notes

    async def export(self) -> tuple[str, list[str]]:
        to = self._name("export")
        return str(to), await export(self._folder, self._store, to, now=self._clock.now())

    async def findings(self) -> list[Finding]:
        return await asyncio.to_thread(findings, self._folder)

    async def kept(self) -> list[Kept]:
        return await asyncio.to_thread(copies, self._folder.path / COPIES)

    def place(self, file: str) -> Path:
        found = _NAME.fullmatch(file)
        place = self._folder.path / COPIES / file
        if found is None or place.is_symlink() or not place.is_file():
            raise NotFound(f"there is no copy {file[:80]!r}", advice="upkeep.archives lists what there is.")
        return place

    async def forget(self, file: str) -> None:
        await asyncio.to_thread(shred, self.place(file))

    async def verify(self, file: str, passphrase: str | None) -> Contents:
        return await asyncio.to_thread(verified, self.place(file), self._folder, passphrase)

    async def room(self) -> Room:
        def look() -> Room:
            copied = size_of(self._folder.path / COPIES)
            # No copy takes recordings, files and maps along.
            left = (self._folder.recordings, self._folder.files, self._folder.maps)
            beside = copied + sum(size_of(one) for one in left)
            return Room(size_of(self._folder.path) - beside, copied, shutil.disk_usage(self._folder.path).free)

        return await asyncio.to_thread(look)

    async def incoming(self) -> Coming:
        if self._coming is not None:
            await self._coming.discard()
        self._coming = Coming(self._folder)
        return self._coming

    async def put_back(self, passphrase: str | None) -> list[str]:
        def ready(file: Path) -> list[str]:
            return make_ready(file, self._folder, passphrase=passphrase, environment=os.environ)

        notes = await asyncio.to_thread(ready, whole(self._coming))
        if self._coming is not None:
            await self._coming.discard()
            self._coming = None
        return notes

    async def forget_ready(self) -> None:
        await asyncio.to_thread(forget_ready, self._folder)

    async def listen(self, house: bool) -> None:
        durable_file.write(self._folder.path / config.REACH, b"house\n" if house else b"machine\n")

    async def erase(self) -> None:
        await asyncio.to_thread(erase_next, self._folder)

    def _name(self, kind: str) -> Path:
        folder = self._folder.path / COPIES
        folder.mkdir(mode=0o700, exist_ok=True)
        moment = datetime.fromtimestamp(self._clock.now(), UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        return folder / f"wayhome-{kind}-{moment}.tar"


def copies(folder: Path) -> list[Kept]:
    """The copies in a folder, newest first. What is not one of ours is nobody's business here."""
    found = []
    for path in folder.glob("wayhome-*.tar"):
        name = _NAME.fullmatch(path.name)
        if name is None or path.is_symlink():
            continue
        try:
            made = datetime.strptime(name[2], "%Y%m%dT%H%M%S.%f").replace(tzinfo=UTC).timestamp()
            kind, size = kind_of(path), path.stat().st_size
        except (HubError, OSError, ValueError):
            continue  # it was deleted meanwhile, or is a file of somebody else's under our name
        shown: Literal["backup", "export"] = "export" if kind == "export" else "backup"
        found.append(Kept(path.name, shown, kind == "sealed", name[1] == AUTOMATIC, made, size))
    return sorted(found, key=lambda one: -one.made)


def findings(folder: DataDir) -> list[Finding]:
    """How the data in a folder is doing, whether or not a hub runs on it."""
    faults = check(folder.database)
    found = [Finding("database", False, _sentence(fault), fault.hint) for fault in faults]
    if not faults:
        found.append(Finding("database", True, "The database is sound."))
    found.append(vault_finding(folder, os.environ))
    free = shutil.disk_usage(folder.path).free
    enough = free > TIGHT
    found.append(
        Finding(
            "disk",
            enough,
            f"{free / 1024**3:.1f} GB of disk are free.",
            None if enough else "Free some disk space: with none left, nothing can be switched.",
        )
    )
    open_to_others = folder.path.stat().st_mode & 0o077
    found.append(
        Finding(
            "privacy",
            not open_to_others,
            "Only your account can read the data." if not open_to_others else f"Others can read {folder.path}.",
            None if not open_to_others else f"Run: chmod 700 {folder.path}",
        )
    )
    return found


def vault_finding(folder: DataDir, environment: Mapping[str, str]) -> Finding:
    """Whether the secrets of links and devices can be opened. Makes no key where there is none."""
    try:
        if folder.vault_key.exists() or folder.vault_key.is_symlink() or given_key(environment) is not None:
            SealedVault(folder.vault, vault_key(folder.vault_key, environment)).check()
        elif folder.vault.exists():
            raise StoreError(
                f"the key of {folder.vault} is not here",
                advice=f"Put {folder.vault_key.name} back, or give {VARIABLE} as the hub gets it. If the key is lost, "
                f"delete {folder.vault} and sign the links and devices in again.",
            )
    except HubError as error:
        return Finding("vault", False, _sentence(error), error.hint)
    return Finding("vault", True, "The vault opens.")


def _sentence(error: HubError) -> str:
    return f"{error.detail[:1].upper()}{error.detail[1:]}."
