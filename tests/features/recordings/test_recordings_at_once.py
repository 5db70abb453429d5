"""What people say while the shelf is being cleared counts."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.features.recordings.test_recordings_kept import Disk, ids, one, shelf
from tests.hub.two_sites import until
from tests.world import TestClock
from wayhome.adapters.footage_disk import DiskFootage
from wayhome.errors import NotFound, StoreError
from wayhome.features.recordings import model, taking
from wayhome.features.recordings.model import RecordingRules
from wayhome.features.recordings.shelf import DAY, Shelf
from wayhome.hub.film import Film, Shot

pytestmark = pytest.mark.anyio


def slowly(found: Shelf, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """A disk that takes its time."""
    footage = found.footage
    assert isinstance(footage, Disk)
    act = getattr(footage, name)

    async def slow(*what: object) -> None:
        await asyncio.sleep(0.05)
        await act(*what)

    monkeypatch.setattr(footage, name, slow)


async def test_what_is_to_stay_stays_also_while_others_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = TestClock(100 * DAY)
    found = await shelf(tmp_path, clock, one("a", clock.now() - 9 * DAY), one("b", clock.now() - 8 * DAY))
    slowly(found, monkeypatch, "delete")
    trimming = asyncio.create_task(found.trim(RecordingRules(days=7)))
    await asyncio.sleep(0.02)  # it deletes the first one
    await found.keep("b", True)
    await trimming
    assert ids(found) == ["b"]
    assert (tmp_path / "b.mp4").exists()


async def test_what_was_deleted_stays_deleted_whatever_else_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = TestClock(100 * DAY)
    found = await shelf(tmp_path, clock, one("a", clock.now() - 90))
    slowly(found, monkeypatch, "write")
    await asyncio.gather(found.keep("a", True), found.delete([found.find("a")]))
    assert ids(found) == []
    with pytest.raises(NotFound):
        await found.keep("a", True)


async def test_who_is_told_that_it_is_back_has_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = TestClock(100 * DAY)
    found = await shelf(tmp_path, clock, one("a", clock.now() - 90))
    await found.delete([found.find("a")])
    slowly(found, monkeypatch, "write")
    putting = asyncio.create_task(found.put_back(["a"]))
    await asyncio.sleep(0.02)
    clock.move(model.UNDO + 1)
    await found.trim(RecordingRules())
    assert [back.id for back in await putting] == ids(found) == ["a"]
    assert (tmp_path / "a.mp4").exists()


async def test_what_could_not_be_deleted_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = TestClock(100 * DAY)
    found = await shelf(tmp_path, clock, one("a", clock.now() - 9 * DAY))

    async def refuses(name: str) -> None:
        raise StoreError("no")

    monkeypatch.setattr(found.footage, "delete", refuses)
    with pytest.raises(StoreError):
        await found.trim(RecordingRules(days=7))
    assert found.size() > 0


KEY = b"\0\0\0\1".join((b"", bytes.fromhex("6742c01fd900a00b7602d4040405"), bytes.fromhex("68cb83cb20"), b"\x65" * 99))


async def test_a_disk_that_hangs_records_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    footage = DiskFootage(tmp_path)
    append, free, hanging = footage.append, asyncio.Event(), asyncio.Event()
    count = 0

    async def hangs(name: str, piece: bytes) -> None:
        nonlocal count
        count += 1
        if count > 3:
            hanging.set()
            await free.wait()
        await append(name, piece)

    monkeypatch.setattr(footage, "append", hangs)
    take = taking.Take(footage, one("a", 1e9), lambda take: None)
    monkeypatch.setattr(taking, "HANGS", 60.0)
    for number in range(12):
        take.add(Film("avc1.42c01f", 640, 480), Shot(number, True, 1e9 + number, KEY))
    async with asyncio.timeout(20):
        await hanging.wait()
    assert take.live, "it may be a moment only"
    monkeypatch.setattr(taking, "HANGS", 0.2)
    await asyncio.sleep(0.3)
    assert not take.live
    free.set()
    await until(lambda: take.live)
    take.end()
    await take.task
