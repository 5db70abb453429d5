"""Any rows in any order: the store on the disk says the same as a model in memory, also after restarts."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.ports import rows as any_rows
from tests.ports.rows import T0
from wayhome.adapters.sqlite.open import prepare
from wayhome.adapters.sqlite.rows import sample
from wayhome.adapters.sqlite.samples import merge, pack, unpack
from wayhome.adapters.sqlite.store import SqliteStore
from wayhome.core.command import Command
from wayhome.core.record import Record
from wayhome.core.thing import Thing
from wayhome.core.value import Reading
from wayhome.errors import StoreError
from wayhome.hub.ports import CommandRow, ReadingRow, RecordRow, Row, SampleRow, ThingRow


class Model:
    """A store in memory."""

    def __init__(self) -> None:
        self.log: list[Row] = []
        self.things: dict[str, Thing] = {}
        self.readings: dict[str, Reading] = {}
        self.records: dict[str, Record] = {}
        self.commands: dict[str, Command] = {}
        self.samples: dict[str, dict[float, float]] = {}

    def append(self, row: Row) -> None:
        if not isinstance(row, SampleRow):
            self.log.append(row)
        if isinstance(row, ReadingRow | SampleRow):
            self.readings[row.reading.path] = row.reading
        if isinstance(row, SampleRow) and (taken := sample(row.reading)) is not None:
            self.samples.setdefault(row.reading.path, {})[taken[0]] = taken[1]
        if isinstance(row, CommandRow):
            self.commands[row.command.key] = row.command
        if isinstance(row, RecordRow):
            self.records[row.record.path] = row.record
        if isinstance(row, ThingRow) and row.thing is not None:
            self.things[row.id] = row.thing
        if isinstance(row, ThingRow) and row.thing is None:
            self.things.pop(row.id, None)
            self.readings = {p: r for p, r in self.readings.items() if not p.startswith(f"{row.id}/")}


async def agree(store: SqliteStore, model: Model) -> None:
    """Restart the store and compare everything."""
    await store.close()
    saved = await store.load()
    lines = await store.log(limit=10_000)
    assert [(line.seq, line.row) for line in lines] == list(enumerate(model.log, 1))
    assert saved.seq == len(model.log)
    assert {thing.id: thing for thing in saved.things} == model.things
    standing = {p: r for p, r in model.readings.items() if p.partition("/")[0] not in model.things}
    assert {reading.path: reading for reading in saved.readings} == standing
    assert {record.path: record for record in saved.records} == model.records
    assert {command.key: command for command in saved.open_commands} == {
        key: command for key, command in model.commands.items() if command.open
    }
    assert saved.keys == {key: command.at for key, command in model.commands.items()}
    for path, taken in model.samples.items():
        assert await store.samples(path, 0, 4e9) == sorted(taken.items())
    assert await store.check() == []


@pytest.fixture(scope="session")
def fresh(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database, for not making one for each example."""
    path = tmp_path_factory.mktemp("fresh") / "wayhome.db"
    prepare(path)
    return path


@pytest.mark.timeout(3_600)
@given(st.lists(st.lists(any_rows.rows, min_size=1, max_size=6), max_size=12), st.data())
def test_any_rows_stand_as_in_memory(fresh: Path, appends: list[list[Row]], data: st.DataObject) -> None:
    async def run(folder: Path) -> None:
        shutil.copy(fresh, folder / "wayhome.db")
        store, model = SqliteStore(folder / "wayhome.db", now=lambda: T0), Model()
        await store.load()
        for rows in appends:
            future = store.append(rows)
            for row in rows:
                model.append(row)
            match data.draw(st.sampled_from(["go on", "wait", "restart", "prune"])):
                case "wait":
                    await future
                case "restart":
                    await agree(store, model)
                case "prune":  # too early to let anything go, but the drive log is sealed
                    await store.prune(T0 + 7200)
        await agree(store, model)
        await store.close()

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(Path(folder)))


floats = st.floats(allow_nan=False, allow_infinity=False)


@given(st.dictionaries(floats, floats, max_size=80))
def test_chunks_lose_nothing(samples: dict[float, float]) -> None:
    ordered = sorted(samples.items())
    assert unpack(pack(ordered)) == ordered
    half = len(ordered) // 2
    assert merge(ordered[half:], ordered[:half]) == ordered


@given(st.binary(max_size=200))
def test_a_damaged_chunk_is_an_error(body: bytes) -> None:
    try:
        unpack(body)
    except StoreError:
        pass


def test_a_minute_of_ten_hertz_is_small() -> None:
    ordered = [(T0 + n / 10, 80 + (n % 50) * 0.25) for n in range(600)]
    assert len(pack(ordered)) < 600 * 4


def test_a_chunk_that_claims_too_much() -> None:
    bomb = b"\x01" + (9_999_999).to_bytes(4, "little") + pack([(T0, 1.0)])[5:]
    with pytest.raises(StoreError):
        unpack(bomb)
