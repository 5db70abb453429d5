"""A full disk, and one that can only be read: what failed is said to have failed, and it goes on when there is room."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest

from tests.ports.disk import Disk
from tests.ports.rows import event, reading, sample
from wayhome.adapters.sqlite.open import connect
from wayhome.adapters.sqlite.store import SqliteStore
from wayhome.errors import StoreError

pytestmark = pytest.mark.anyio


async def test_the_writer_recovers_by_itself_when_there_is_room_again(tmp_path: Path) -> None:
    path = tmp_path / "wayhome.db"
    store = SqliteStore(path)
    await store.load()
    await store.close()
    disk = Disk(tmp_path)
    store = SqliteStore(path, connect=disk.connect)
    await store.load()
    expected: list[str] = []
    for turn in range(6):
        disk.full = turn % 2 == 1
        names = [f"{turn}-{n}" for n in range(20)]
        store.append([sample(value=turn)]).add_done_callback(lambda future: future.exception())
        outcomes = await asyncio.gather(
            *(store.append([event(name), reading(value=name)]) for name in names), return_exceptions=True
        )
        if disk.full:
            assert all(isinstance(outcome, StoreError) for outcome in outcomes)
            assert "full" in outcomes[0].detail and "Free disk space" in outcomes[0].hint
        else:
            assert outcomes == [None] * 20
            expected += names
        lines = await store.log(kinds=["event"])
        assert [line.row.event.name for line in lines] == expected  # reading goes on all the time
    assert disk.refused > 0
    await store.close()
    again = SqliteStore(path)
    saved = await again.load()
    assert [line.row.event.name for line in await again.log(kinds=["event"])] == expected
    assert [line.seq for line in await again.log()] == list(range(1, saved.seq + 1))
    assert await again.check() == []
    await again.close()


async def test_a_file_without_room_for_more_pages(tmp_path: Path) -> None:
    """SQLite's own limit, through the standard library: the same error by another way."""
    path = tmp_path / "wayhome.db"

    def small(path: Path) -> sqlite3.Connection:
        connection = connect(path)
        connection.execute("PRAGMA max_page_count = 40")
        return connection

    store = SqliteStore(path, connect=small)
    await store.load()
    kept = 0
    with pytest.raises(StoreError, match="full"):
        for n in range(1000):
            await store.append([event(f"{n}", about="x" * 200)])
            kept += 1
    assert [line.row.event.name for line in await store.log()] == [str(n) for n in range(kept)]
    await store.close()


async def test_a_disk_that_can_only_be_read(tmp_path: Path) -> None:
    path = tmp_path / "wayhome.db"
    locked = False

    def now_and_then(path: Path) -> sqlite3.Connection:
        connection = connect(path)
        if locked:
            connection.execute("PRAGMA query_only = ON")
        return connection

    store = SqliteStore(path, connect=now_and_then)
    await store.load()
    await store.append([event()])
    await store.close()
    locked = True
    with pytest.raises(StoreError, match="can't be written") as refused:
        await store.load()
        await store.append([event()])
    assert "right to write" in refused.value.hint
    locked = False
    await store.append([event()])
    assert len(await store.log()) == 2
    await store.close()


async def test_another_program_that_holds_the_file(tmp_path: Path) -> None:
    store = SqliteStore(
        tmp_path / "wayhome.db",
        connect=lambda path: sqlite3.connect(path, timeout=0.1, isolation_level=None, check_same_thread=False),
    )
    await store.load()
    other = sqlite3.connect(store.path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="another program"):
        await store.append([event()])
    other.execute("ROLLBACK")
    other.close()
    await store.append([event()])
    assert len(await store.log()) == 1
    await store.close()
