"""The doctor on a household whose hub does not run."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable

import anyio
import pytest

from tests.cli.conftest import Line
from tests.ports.rows import event
from wayhome.adapters.data_dir import DataDir
from wayhome.adapters.sqlite.store import SqliteStore
from wayhome.adapters.vault_key import vault_key
from wayhome.adapters.vault_sealed import SealedVault


@pytest.fixture
def home(line: Line) -> DataDir:
    made = DataDir(line.data)
    anyio.run(_furnish, made)
    return made


async def _furnish(made: DataDir) -> None:
    with made:
        store = SqliteStore(made.database)
        await store.load()
        await store.append([event(f"event-{n}") for n in range(2_000)])
        await SealedVault(made.vault, vault_key(made.vault_key, {})).keep("link/home/token", b"secret")
        await store.close()


def test_all_is_well_but_that_no_hub_runs(line: Line, home: DataDir) -> None:
    assert {name for name, finding in line.doctor().items() if not finding["ok"]} == {"hub"}


def test_a_household_that_is_not_there_yet(line: Line) -> None:
    assert line.doctor()["data"]["ok"]
    assert not line.data.exists()


def junk(name: str) -> Callable[[DataDir], None]:
    def write(home: DataDir) -> None:
        (home.path / name).write_text("junk")

    return write


def key_gone(home: DataDir) -> None:
    home.vault_key.unlink()


def another_key(home: DataDir) -> None:
    home.vault_key.unlink()
    vault_key(home.vault_key, {})


def one_secret_altered(home: DataDir) -> None:
    content = home.vault.read_text()
    place = content.index("link/home/token") + len('link/home/token":"') + 30
    home.vault.write_text(content[:place] + ("A" if content[place] != "A" else "B") + content[place + 1 :])


@pytest.mark.parametrize(
    ("harm", "says", "advice"),
    [
        (junk("vault.key"), "is not a vault key", "WAYHOME_VAULT_KEY"),
        (junk("vault.sealed"), "is damaged", "wayhome restore"),
        (key_gone, "is not here", "Put vault.key back"),
        (another_key, "does not open", "Put the key back"),
        (one_secret_altered, "was altered", "sign the links in again"),
    ],
)
def test_a_vault_that_does_not_open(
    line: Line, home: DataDir, harm: Callable[[DataDir], None], says: str, advice: str
) -> None:
    assert line.doctor()["vault"] == {"name": "vault", "ok": True, "text": "The vault opens."}
    harm(home)
    before = home.vault_key.exists()
    finding = line.doctor()["vault"]
    assert not finding["ok"] and says in finding["text"] and advice in finding["advice"]
    assert home.vault_key.exists() == before


def test_junk_for_a_key_before_there_is_a_database(line: Line) -> None:
    line.data.mkdir()
    (line.data / "vault.key").write_text("junk")
    (line.data / "vault.key").chmod(0o600)
    assert "is not a vault key" in line.doctor()["vault"]["text"]


def test_a_damaged_database_is_said_once_and_in_words(line: Line, home: DataDir) -> None:
    content = bytearray(home.database.read_bytes())
    for page in range(3, len(content) // 4096):
        content[page * 4096 : page * 4096 + 200] = b"\xa5" * 200
    home.database.write_bytes(content)
    finding = line.doctor()["database"]
    assert finding["text"] == f"{home.database} is damaged."
    assert "wayhome restore" in finding["advice"]
    said = line.run("doctor").stdout
    assert said.count("wayhome restore") == 1
    assert not any(word in said for word in ("sqlite", "main ***", "Tree", "page"))


def test_a_database_that_lacks_a_part(line: Line, home: DataDir) -> None:
    connection = sqlite3.connect(home.database)
    connection.execute("DROP TABLE log")
    connection.close()
    assert line.doctor()["database"]["text"] == f"{home.database} is not whole: a part of it is missing."
