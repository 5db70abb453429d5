"""Backups and exports of a running household, kept in ``<data>/copies``: ``wayhome.hub.ports.Archive``."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from wayhome.adapters.archive.backup import backup
from wayhome.adapters.archive.export import export
from wayhome.adapters.data_dir import DataDir
from wayhome.adapters.sqlite.check import check
from wayhome.adapters.sqlite.store import SqliteStore
from wayhome.adapters.vault_key import VARIABLE, given_key, vault_key
from wayhome.adapters.vault_sealed import SealedVault
from wayhome.errors import HubError, StoreError
from wayhome.hub.ports import Clock, Finding

TIGHT = 1024**3
"""Less free disk than this is worth a word."""


class Archives:
    """Copies of the household whose data is in ``folder``."""

    def __init__(self, folder: DataDir, store: SqliteStore, clock: Clock) -> None:
        self._folder = folder
        self._store = store
        self._clock = clock

    async def backup(self, passphrase: str | None) -> tuple[str, list[str]]:
        to = self._name("backup")
        notes = await backup(
            self._folder, self._store, to, now=self._clock.now(), passphrase=passphrase, environment=os.environ
        )
        return str(to), notes

    async def export(self) -> tuple[str, list[str]]:
        to = self._name("export")
        return str(to), await export(self._folder, self._store, to, now=self._clock.now())

    async def findings(self) -> list[Finding]:
        return await asyncio.to_thread(findings, self._folder)

    def _name(self, kind: str) -> Path:
        folder = self._folder.path / "copies"
        folder.mkdir(mode=0o700, exist_ok=True)
        moment = datetime.fromtimestamp(self._clock.now(), UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        return folder / f"wayhome-{kind}-{moment}.tar"


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
