"""What is let go in time, and what never is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ports.rows import T0, command, event, reading, record, sample
from wayhome.adapters.sqlite.retention import DAY, Retention
from wayhome.adapters.sqlite.store import SqliteStore

pytestmark = pytest.mark.anyio


async def test_the_old_goes_and_the_current_stays(store: SqliteStore) -> None:
    await store.append(
        [reading("a/light.on", 1), command("old", "done"), command("open", "sent"), record("x", gone=True)]
    )
    await store.append([sample(value=1.0), record("kept"), event()])
    later = T0 + 401 * DAY
    await store.append([reading("b/light.on", 2, at=later), sample(value=2.0, at=later), command("new", "done", later)])
    assert await store.prune(later + 120) == 6 + 1 + 1 + 1  # log, key, tombstone, chunk
    assert [line.seq for line in await store.log()] == [7, 8]
    assert await store.samples("su7/Vehicle.Speed", 0, 4e9) == [(later, 2.0)]
    assert await store.check() == []
    await store.close()
    saved = await store.load()
    assert {r.path for r in saved.readings} == {"a/light.on", "b/light.on", "su7/Vehicle.Speed"}
    assert [c.key for c in saved.open_commands] == ["open"]
    assert list(saved.keys) == ["open", "new"]
    assert [r.id for r in saved.records] == ["kept"]
    assert await store.prune(later + 120) == 0


async def test_seq_never_goes_back(store: SqliteStore) -> None:
    await store.append([event() for _ in range(5)])
    await store.prune(T0 + 4000 * DAY)
    assert [line.seq for line in await store.log()] == [5]
    await store.close()
    assert (await store.load()).seq == 5
    await store.append([event()])
    assert [line.seq for line in await store.log()] == [5, 6]


async def test_the_log_has_a_longest_length(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "wayhome.db", Retention(log_rows=100))
    await store.load()
    for _ in range(10):
        await store.append([event() for _ in range(500)])
    assert await store.prune(T0) == 4900
    assert [line.seq for line in await store.log()] == list(range(4901, 5001))
    assert await store.check() == []
    await store.close()


async def test_a_clock_that_jumps_ahead_does_not_cost_the_history(store: SqliteStore) -> None:
    await store.append([event(at=T0), command("k", "done", T0)])
    await store.prune(T0 + 60)
    assert await store.prune(T0 + 20_000 * DAY) <= 1  # the key of the command at most: its time is a day
    assert len(await store.log()) == 2
    assert await store.prune(T0 + 120) == 0
