"""backup, export, restore: what they look at before they begin, and what they leave behind."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import anyio
import pytest

from tests.cli.conftest import Line
from tests.ports.rows import T0, event
from wayhome.adapters.archive.backup import backup
from wayhome.adapters.archive.export import export
from wayhome.adapters.data_dir import STAGING, DataDir
from wayhome.adapters.sqlite.store import SqliteStore
from wayhome.adapters.vault_key import vault_key
from wayhome.adapters.vault_sealed import SealedVault
from wayhome.cli import data as commands
from wayhome.cli.remote import Failure

PASSPHRASE = "an evening by the lake"


@pytest.fixture
def archives(tmp_path: Path) -> Path:
    """A folder with ``sealed``, ``plain`` and ``export`` of a household."""
    anyio.run(_archives, tmp_path)
    return tmp_path


async def _archives(tmp_path: Path) -> None:
    with DataDir(tmp_path / "home") as home:
        store = SqliteStore(home.database, now=lambda: T0)
        await store.load()
        await store.append([event()])
        await SealedVault(home.vault, vault_key(home.vault_key, {})).keep("link/home/token", b"secret")
        for name, passphrase in (("sealed", PASSPHRASE), ("plain", None)):
            await backup(home, store, tmp_path / name, now=T0, passphrase=passphrase, environment={}, cost=10)
        await export(home, store, tmp_path / "export", now=T0)
        await store.close()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is empty"),
        (bytes(range(1, 256)) * 16, "is neither a backup nor an export"),
        (b"short", "is neither a backup nor an export"),
        (b"wayhome.db\0" + bytes(600), "is neither a backup nor an export"),
    ],
)
def test_what_is_no_archive_is_said_before_anything_is_asked(
    line: Line, tmp_path: Path, content: bytes, says: str
) -> None:
    (tmp_path / "file").write_bytes(content)
    problem = line.problem("restore", str(tmp_path / "file"))
    assert says in problem["detail"] and "wayhome backup" in problem["advice"]
    assert "Passphrase" not in line.run("restore", str(tmp_path / "file")).stderr
    assert not line.data.exists()


@pytest.mark.parametrize("kind", ["sealed", "plain", "export"])
def test_only_a_sealed_backup_asks_for_its_passphrase(line: Line, archives: Path, kind: str) -> None:
    done = line.run("restore", str(archives / kind), "--json", given=f"{PASSPHRASE}\n" if kind == "sealed" else None)
    assert done.exit_code == 0, done.output
    assert (line.data / "wayhome.db").exists()
    problem = line.problem("restore", str(archives / kind))
    assert problem["code"] == "conflict" and "is not empty" in problem["detail"]


def test_a_second_try_after_a_failed_one(line: Line, archives: Path) -> None:
    sealed = str(archives / "sealed")
    assert "passphrase is wrong" in line.problem("restore", sealed, given="not this one at all\n")["detail"]
    assert line.problem("restore", sealed, given="")["code"] == "aborted"
    left = line.data / f"{STAGING}ab12"  # as a restore leaves it that was killed
    left.mkdir()
    (left / "vault.key").write_text("key")
    assert line.run("restore", sealed, "--json", given=f"{PASSPHRASE}\n").exit_code == 0
    assert not left.exists()


def test_a_damaged_export_is_not_asked_for_a_passphrase(line: Line, archives: Path) -> None:
    file = archives / "export"
    file.write_bytes(file.read_bytes()[:-3000])
    assert "cut off" in line.problem("restore", str(file))["detail"]


class Hub:
    """Answers as the hub does: with a copy in ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.asked: list[str] = []

    def call(self, operation: str, data: dict[str, Any] | None = None) -> dict[str, Any]:
        self.asked.append(operation)
        copy = self.folder / "copy.tar"
        copy.write_bytes(b"the whole household")
        return {"file": str(copy), "notes": []}


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Hub:
    made = Hub(tmp_path)
    monkeypatch.setattr(commands, "Remote", lambda _: made)
    return made


@pytest.mark.parametrize("command", [["export"], ["backup", "--no-passphrase"], ["backup"]])
def test_a_name_that_can_not_be_had_is_not_asked_for(line: Line, hub: Hub, tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "there").write_text("precious")
    for name, says in (("there", "is there already"), ("no/folder", "can't be written")):
        assert says in line.problem(*command, str(tmp_path / name))["detail"]
    assert hub.asked == [] and (tmp_path / "there").read_text() == "precious"


def test_the_copy_is_moved_and_private(line: Line, hub: Hub, tmp_path: Path) -> None:
    assert line.run("export", str(tmp_path / "mine.tar")).exit_code == 0
    assert (tmp_path / "mine.tar").read_bytes() == b"the whole household"
    assert (tmp_path / "mine.tar").stat().st_mode & 0o777 == 0o600
    assert not (tmp_path / "copy.tar").exists()


def test_no_copy_stays_when_it_can_not_be_moved(
    line: Line, hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "move", full)
    problem = line.problem("export", str(tmp_path / "mine.tar"))
    assert "No space left" in problem["detail"] and "Free disk space" in problem["advice"]
    assert not (tmp_path / "copy.tar").exists() and not (tmp_path / "mine.tar").exists()


def test_no_empty_file_stays_when_the_hub_refuses(
    line: Line, hub: Hub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(operation: str, data: object = None) -> None:
        raise Failure("no")

    monkeypatch.setattr(hub, "call", refuse)
    assert line.problem("export", str(tmp_path / "mine.tar"))["detail"] == "no"
    assert line.problem("backup", str(tmp_path / "mine.tar"), given="")["code"] == "aborted"
    assert not (tmp_path / "mine.tar").exists()
