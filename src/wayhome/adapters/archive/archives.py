"""Backups and exports of a running household, kept in ``<data>/copies``: ``wayhome.hub.ports.Archive``."""

from __future__ import annotations

import asyncio
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path

from wayhome.adapters.archive.backup import backup
from wayhome.adapters.archive.export import export
from wayhome.adapters.data_dir import DataDir
from wayhome.adapters.sqlite.check import check
from wayhome.adapters.sqlite.store import SqliteStore
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
    sound = not faults
    found = [
        Finding(
            "database",
            sound,
            "The database is sound." if sound else faults[0],
            None if sound else "Stop the hub, restore the newest backup with `wayhome restore`.",
        )
    ]
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
