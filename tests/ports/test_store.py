"""What a Store promises, on SQLite."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ports.rows import T0, command, event, reading, record, sample, thing
from wayhome.adapters.sqlite.store import SqliteStore
from wayhome.core.event import Event
from wayhome.core.value import Context, Reading
from wayhome.errors import BadInput, StoreError
from wayhome.hub.ports import CommandRow, EventRow, ReadingRow, RecordRow, SampleRow

pytestmark = pytest.mark.anyio


async def reopened(store: SqliteStore) -> SqliteStore:
    await store.close()
    return SqliteStore(store.path)


async def test_a_fresh_store_is_empty(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "wayhome.db")
    saved = await store.load()
    assert (saved.seq, saved.things, saved.readings, saved.records, saved.open_commands) == (0, [], [], [], [])
    assert saved.keys == {}
    assert await store.log() == []
    await store.close()


async def test_what_was_acknowledged_stands_after_a_restart(store: SqliteStore) -> None:
    given = [thing("lamp", "light.on"), reading(), record(), command(), event()]
    await store.append(given)
    again = await reopened(store)
    saved = await again.load()
    assert [saved.things[0], saved.readings[0], saved.records[0], saved.open_commands[0]] == [
        given[0].thing,
        given[1].reading,
        given[2].record,
        given[3].command,
    ]
    assert saved.seq == 5
    assert saved.keys == {"k1": T0}
    assert [(line.seq, line.row) for line in await again.log()] == list(enumerate(given, 1))
    await again.close()


async def test_seq_goes_on_after_a_restart(store: SqliteStore) -> None:
    await store.append([event(), event()])
    again = await reopened(store)
    await again.load()
    await again.append([event()])
    assert [line.seq for line in await again.log()] == [1, 2, 3]
    await again.close()


async def test_the_newest_of_each_counts(store: SqliteStore) -> None:
    await store.append([reading(value=True), reading(value=False), command(state="sent"), command(state="done")])
    await store.append([record(values={"name": "A"}), record(values={"name": "B"}, at=T0 + 1)])
    saved = await (again := await reopened(store)).load()
    assert [r.value for r in saved.readings] == [False]
    assert saved.open_commands == [] and list(saved.keys) == ["k1"]
    assert [r.values() for r in saved.records] == [{"name": "B"}]
    assert (await again.command("k1")).state == "done"
    assert await again.command("k2") is None
    await again.close()


async def test_a_thing_that_is_gone_takes_its_readings_along(store: SqliteStore) -> None:
    await store.append([thing("su7", "light.on"), reading("su7/light.on"), reading("su7-2/light.on")])
    await store.append([reading("su7/light.on"), thing("su7", gone=True), thing("lamp", "light.on"), reading()])
    await store.append([thing("lamp", gone=True), thing("lamp", "light.on")])
    saved = await (again := await reopened(store)).load()
    assert [t.id for t in saved.things] == ["lamp"]
    assert [r.path for r in saved.readings] == ["su7-2/light.on"]
    await again.close()


async def test_a_signal_that_a_thing_lost_has_no_reading(store: SqliteStore) -> None:
    await store.append([thing("lamp", "light.on", "light.hue"), reading(), reading("lamp/light.hue", 5.0)])
    await store.append([thing("lamp", "light.on")])
    saved = await (again := await reopened(store)).load()
    assert [r.path for r in saved.readings] == ["lamp/light.on"]
    await again.close()


async def test_the_log_by_kind_about_and_context(store: SqliteStore) -> None:
    cause = Context("c-k1", "person:mei")
    effect = Context("r1", "link:sim", parent="c-k1")
    await store.append([command(), reading(context=effect), event(about="lamp"), event(about="lamp-2"), record()])

    async def seqs(**filters: object) -> list[int]:
        return [line.seq for line in await store.log(**filters)]

    assert await seqs() == [1, 2, 3, 4, 5]
    assert await seqs(newest_first=True, limit=2) == [5, 4]
    assert await seqs(since=3) == [4, 5]
    assert await seqs(kinds=["event", "reading"]) == [2, 3, 4]
    assert await seqs(about="lamp") == [1, 2, 3]
    assert await seqs(about="lamp/light.on") == [1, 2]
    assert await seqs(about="@place/home") == await seqs(about="@place") == [5]
    assert await seqs(context="r1") == [2]
    (caused,) = await store.log(context="r1")
    (by,) = await store.log(context=caused.row.reading.context.parent)
    assert by.row.command.context == cause
    with pytest.raises(BadInput):
        await store.log(kinds=["nonsense"])


async def test_samples_are_kept_apart_from_the_log(store: SqliteStore) -> None:
    await store.append([sample(value=i, at=T0 + i / 10) for i in range(1800)])
    await store.append([sample("su7/Vehicle.Text", "no number"), sample(value=-1.0, at=T0 + 500, source_at=T0 + 0.05)])
    await asyncio.sleep(0.05)
    await store.append([sample(value=7.25, at=T0 + 400)])
    expected = [(T0, 0.0), (T0 + 0.05, -1.0), (T0 + 0.1, 1.0)]
    assert (await store.samples("su7/Vehicle.Speed", T0, T0 + 0.2)) == expected
    assert len(await store.samples("su7/Vehicle.Speed", 0, 2e9)) == 1802
    assert await store.samples("su7/Vehicle.Speed", T0 + 10, T0 + 10) == []
    assert await store.samples("su7/Nothing.There", 0, 2e9) == []
    assert await store.log() == []
    saved = await (again := await reopened(store)).load()
    assert {r.path: r.value for r in saved.readings} == {"su7/Vehicle.Speed": 7.25, "su7/Vehicle.Text": "no number"}
    assert len(await again.samples("su7/Vehicle.Speed", 0, 2e9)) == 1802
    await again.close()


async def test_rows_of_one_append_stand_or_fall_together(store: SqliteStore) -> None:
    wrong = ReadingRow(Reading("lamp/light.on", {1j: "no value"}, T0))  # type: ignore[dict-item]
    good, bad, after = (
        store.append([event(id="g")]),
        store.append([event(id="b"), wrong]),
        store.append([event(id="a")]),
    )
    await good
    await after
    with pytest.raises(StoreError):
        await bad
    assert [line.row.event.context.id for line in await store.log()] == ["g", "a"]
    assert [line.seq for line in await store.log()] == [1, 2]


async def test_a_cancelled_wait_does_not_undo_the_row(store: SqliteStore) -> None:
    store.append([event(id="x")]).cancel()
    await store.append([event(id="y")])
    assert len(await store.log()) == 2


async def test_appends_of_many_tasks_share_commits_and_keep_their_order(store: SqliteStore) -> None:
    async def one(name: str) -> None:
        for n in range(20):
            await store.append([event(f"{name}-{n}")])

    await asyncio.gather(*(one(f"t{i}") for i in range(20)))
    lines = await store.log()
    assert [line.seq for line in lines] == list(range(1, 401))
    for i in range(20):
        mine = [line.row.event.name for line in lines if line.row.event.name.startswith(f"t{i}-")]
        assert mine == [f"t{i}-{n}" for n in range(20)]


async def test_closing_writes_what_is_queued(store: SqliteStore) -> None:
    futures = [store.append([reading(value=n)]) for n in range(50)]
    again = await reopened(store)
    assert all(future.done() and future.exception() is None for future in futures)
    assert (await again.load()).seq == 50
    await again.close()
    await again.close()
    with pytest.raises(StoreError):
        await again.append([event()])
    with pytest.raises(StoreError):
        await again.log()


async def test_a_queue_without_end_is_refused(store: SqliteStore) -> None:
    assert store.room
    futures = [store.append([reading()] * 10_000) for _ in range(25)]
    assert not store.room
    outcomes = await asyncio.gather(*futures, return_exceptions=True)
    assert sum(isinstance(o, StoreError) for o in outcomes) == 5
    assert len(outcomes) - 5 == 20
    assert store.room


async def test_backup_is_a_whole_store_of_one_moment(store: SqliteStore, tmp_path: Path) -> None:
    await store.append([event(f"n{n}") for n in range(500)])
    going = True

    async def write() -> None:
        while going:
            await store.append([event("later"), reading(value=1)])

    writing = asyncio.create_task(write())
    await store.backup(str(tmp_path / "copy.db"))
    going = False
    await writing
    copy = SqliteStore(tmp_path / "copy.db")
    saved = await copy.load()
    assert saved.seq >= 500
    assert [line.seq for line in await copy.log(limit=10_000)] == list(range(1, saved.seq + 1))
    assert await copy.check() == []
    await copy.close()
    with pytest.raises(StoreError):
        await store.backup(str(tmp_path / "no" / "folder.db"))


async def test_erase_leaves_nothing_and_an_empty_store(store: SqliteStore) -> None:
    canary = "canary-5f2e"
    await store.append([event(canary), reading("lamp/light.effect", canary), sample("su7/Vehicle.Text", canary)])
    await store.erase()
    assert not any(canary.encode() in file.read_bytes() for file in store.path.parent.iterdir())
    assert await store.log() == []
    await store.append([event()])
    assert [line.seq for line in await store.log()] == [1]


async def test_sqlalchemy_is_not_imported_when_the_schema_is_current(store: SqliteStore) -> None:
    await store.close()
    program = (
        "import asyncio, sys; from pathlib import Path; from wayhome.adapters.sqlite.store import SqliteStore\n"
        f"asyncio.run(SqliteStore(Path({str(store.path)!r})).load())\n"
        "assert not {'sqlalchemy', 'alembic'} & sys.modules.keys()"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)


def test_rows_of_all_kinds_are_tested() -> None:
    assert {type(row) for row in (reading(), sample(), command(), event(), record())} == {
        ReadingRow,
        SampleRow,
        CommandRow,
        EventRow,
        RecordRow,
    }


async def test_a_defect_of_the_writer_is_heard_by_who_waits_and_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = SqliteStore(tmp_path / "wayhome.db")
    await store.load()
    broken = True

    def fail(self: object, group: object) -> None:
        if broken:
            raise KeyError("a defect")
        whole(self, group)

    from wayhome.adapters.sqlite.writer import Writer

    whole = Writer._commit
    monkeypatch.setattr(Writer, "_commit", fail)
    row = EventRow(Event("Happened", 1.0, Context("c", "test")))
    with pytest.raises(StoreError):
        async with asyncio.timeout(20):
            await store.append([row])
    broken = False
    async with asyncio.timeout(20):
        await store.append([row])
    await store.close()
