"""The log of this site and lines of others in one file."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.ports.rows import T0, command, event, reading, record, sample, thing
from wayhome.adapters.sqlite.site_name import site_name
from wayhome.adapters.sqlite.store import SqliteStore
from wayhome.core.value import Reading
from wayhome.errors import BadInput
from wayhome.hub.ports import ForeignRow, HeardRow, ReadingRow, StandsRow

pytestmark = pytest.mark.anyio


async def opened(path: Path) -> SqliteStore:
    store = SqliteStore(path / "wayhome.db")
    await store.load()
    return store


async def test_own_lines_are_told_without_those_of_others(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    await store.append([reading(at=T0), event()])
    await store.append([ForeignRow("car", 7, event("TripEnded", id="f1")), HeardRow("car", "log-car", 7)])
    await store.append([command(), sample(), record()])
    first = await store.own(0, 2)
    assert (first.after, first.upto, [line.seq for line in first.lines]) == (0, 2, [1, 2])
    rest = await store.own(first.upto, 100)
    assert (rest.after, rest.upto, [line.seq for line in rest.lines]) == (2, 5, [4, 5])
    nothing = await store.own(rest.upto, 100)
    assert (nothing.upto, nothing.lines) == (5, [])
    everything = await store.log()
    assert [line.seq for line in everything] == [1, 2, 3, 4, 5]
    assert await store.check() == []
    await store.close()


async def test_what_another_site_says_stands_and_how_far_it_was_heard_outlive_the_hub(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    speed = Reading("su7/Vehicle.Speed", 88.5, T0)
    stands = [thing("su7", "Vehicle.Speed"), ReadingRow(speed), record("den")]
    await store.append([StandsRow(row) for row in stands])  # type: ignore[arg-type]
    await store.append([ForeignRow("car", 12, reading("su7/Vehicle.Speed", 80.0)), HeardRow("car", "log-car", 12)])
    await store.close()
    again = SqliteStore(tmp_path / "wayhome.db")
    saved = await again.load()
    assert [found.id for found in saved.things] == ["su7"]
    assert saved.readings == [speed]
    assert [found.id for found in saved.records] == ["den"]
    assert saved.heard == {"car": ("log-car", 12)}
    assert saved.seq == 1
    await again.append([StandsRow(thing("su7", gone=True))])  # type: ignore[arg-type]
    await again.close()
    last = SqliteStore(tmp_path / "wayhome.db")
    assert (await last.load()).things == []
    await last.close()


async def test_lines_that_were_let_go_are_not_passed_over_in_silence(tmp_path: Path) -> None:
    from wayhome.adapters.sqlite.retention import Retention

    store = SqliteStore(tmp_path / "wayhome.db", Retention(log_days=1))
    await store.load()
    await store.append([event(id="old", at=T0), event(id="older", at=T0 + 1)])
    await store.append([event(id="new", at=T0 + 5 * 86_400)])
    await store.prune(T0 + 5 * 86_400)
    portion = await store.own(0, 10)
    assert portion.after > 0
    assert [line.row.event.context.id for line in portion.lines] == ["new"]  # type: ignore[union-attr]
    await store.close()


async def test_a_log_keeps_its_name(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    await store.close()
    again = SqliteStore(tmp_path / "wayhome.db")
    first = (await again.load()).log
    await again.close()
    once_more = SqliteStore(tmp_path / "wayhome.db")
    assert (await once_more.load()).log == first != ""
    await once_more.close()


def test_a_site_keeps_its_name(tmp_path: Path) -> None:
    path = tmp_path / "wayhome.db"
    assert site_name(path, "car") == "car"
    assert site_name(path, "") == "car"
    with pytest.raises(BadInput, match="this is the site car"):
        site_name(path, "home")
    with pytest.raises(BadInput):
        site_name(tmp_path / "other.db", "No Name!")


async def test_a_household_of_before_is_the_home(tmp_path: Path) -> None:
    store = await opened(tmp_path)
    await store.append([event()])
    await store.close()
    assert site_name(tmp_path / "wayhome.db", "") == "home"
