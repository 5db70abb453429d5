"""Power cuts: the production writer on a disk that forgets what was not synced and tears the last write.

20 cuts here, 200 with WAYHOME_SOAK=1. A control shows that the same test fails when nothing is synced.
"""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from tests.ports.disk import Disk
from tests.ports.rows import T0, event, reading, sample
from wayhome.adapters.sqlite import writer as writers
from wayhome.adapters.sqlite.store import SqliteStore
from wayhome.errors import StoreError
from wayhome.hub.ports import EventRow

pytestmark = pytest.mark.anyio
ROUNDS = 120


async def record(folder: Path, chance: random.Random, *, forget_syncs: bool = False) -> Disk:
    """A household at work; each acknowledged event leaves a mark among the disk's writes."""
    store = SqliteStore(folder / "wayhome.db")
    await store.load()
    await store.append([event("0"), reading(value=0)])
    await store.close()
    disk = Disk(folder, forget_syncs=forget_syncs)
    store = SqliteStore(folder / "wayhome.db", connect=disk.connect)
    await store.load()
    waiting: list[asyncio.Task[None]] = []

    async def one(number: int) -> None:
        await store.append([event(str(number)), reading(value=number)])
        disk.note("", "ack")

    for number in range(1, ROUNDS):
        waiting.append(asyncio.create_task(one(number)))
        await asyncio.sleep(0)
        store.append([sample(value=number, at=T0 + number)])
        if chance.random() < 0.4:
            await asyncio.gather(*waiting)
        if chance.random() < 0.1:
            await asyncio.sleep(0.03)  # samples alone: a commit without a sync
    await asyncio.gather(*waiting)
    await store.close()
    return disk


async def left(folder: Path) -> tuple[int, str | None]:
    """How many events stand, and what is wrong with the store, if anything."""
    store = SqliteStore(folder / "wayhome.db")
    try:
        saved = await store.load()
        broken = await store.check()
        if broken:
            return 0, broken[0].detail
        lines = await store.log(limit=10_000)
        samples = await store.samples("su7/Vehicle.Speed", 0, 2e9)
    except StoreError as error:
        return 0, error.detail
    finally:
        await store.close()
    numbers = [line.row.event.name for line in lines if isinstance(line.row, EventRow)]
    if [line.seq for line in lines] != list(range(1, len(lines) + 1)):
        return 0, "seq has a gap"
    if numbers != [str(number) for number in range(len(numbers))] or len(lines) != 2 * len(numbers):
        return 0, "not a beginning of what was written"
    (latest,) = (r.value for r in saved.readings if r.path == "lamp/light.on")
    if latest != len(numbers) - 1:
        return 0, "the latest reading is not that of the last commit"
    if [value for _, value in samples] != [float(number) for number in range(1, len(samples) + 1)]:
        return 0, "the drive log is not a beginning of what was written"
    return len(numbers), None


@pytest.fixture
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Checkpoints all the time, so that cuts fall into them."""
    monkeypatch.setattr(writers, "CHECKPOINT_COMMITS", 5)


async def cuts(tmp_path: Path, recordings: int, each: int, *, forget_syncs: bool = False) -> tuple[int, list[str]]:
    """How many cuts were made, and what went wrong."""
    wrong: list[str] = []
    for seed in range(recordings):
        chance = random.Random(seed)
        work = tmp_path / f"work-{seed}"
        work.mkdir()
        disk = await record(work, chance, forget_syncs=forget_syncs)
        assert any(what == "write" and name == "wayhome.db" for name, what, _, _ in disk.done), "no checkpoint happened"
        for number in range(each):
            folder = tmp_path / f"cut-{seed}-{number}"
            folder.mkdir()
            at = chance.randrange(len(disk.done) + 1)
            acknowledged = 1 + disk.after_cut(at, folder, chance)
            stands, fault = await left(folder)
            if fault is not None:
                wrong.append(f"seed {seed}, cut {at}: {fault}")
            elif stands < acknowledged:
                wrong.append(f"seed {seed}, cut {at}: {acknowledged - stands} acknowledged changes lost")
    return recordings * each, wrong


@pytest.mark.timeout(3_600)
@pytest.mark.usefixtures("often")
async def test_a_power_cut_loses_nothing_that_was_acknowledged(tmp_path: Path, soak: bool) -> None:
    made, wrong = await cuts(tmp_path, 10 if soak else 2, 20 if soak else 10)
    assert made == (200 if soak else 20)
    assert wrong == []


@pytest.mark.usefixtures("often")
async def test_the_control_without_syncs_does_lose(tmp_path: Path) -> None:
    """Were the disk's forgetting not real, the test above would prove nothing."""
    _, wrong = await cuts(tmp_path, 1, 20, forget_syncs=True)
    assert wrong
