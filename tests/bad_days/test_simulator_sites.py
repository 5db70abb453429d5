"""Sites that write and meet in bad hours: 150 seeds here, 10,000 with WAYHOME_SOAK=1; ``WAYHOME_SEED=1`` runs one."""

from __future__ import annotations

import asyncio
import os

import pytest

from tests.bad_days import virtual_time
from tests.bad_days.simulator import Wrong
from tests.bad_days.simulator_sites import Sites
from tests.bad_days.test_simulator import quick
from wayhome.core import decide, record
from wayhome.core.clock import Stamp
from wayhome.hub.keeping import Keeping

__all__ = ["quick"]
STEPS = 60


@pytest.mark.timeout(3_600)
def test_sites_that_heard_everything_hold_the_same(soak: bool) -> None:
    given = os.environ.get("WAYHOME_SEED")
    for seed in [int(given)] if given else range(10_000 if soak else 150):
        try:
            virtual_time.run(Sites(seed).live(STEPS))
        except BaseException as error:
            error.add_note(f"WAYHOME_SEED={seed} script/test tests/bad_days/test_simulator_sites.py")
            raise


def _found() -> str:
    for seed in range(150):
        try:
            virtual_time.run(Sites(seed).live(STEPS))
        except Wrong as error:
            return str(error)
    return ""


def test_a_merge_that_goes_by_arrival_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def merge(one: record.Record, other: record.Record) -> record.Record:
        return record.Record(one.collection, one.id, {**one.fields, **other.fields}, other.deleted or one.deleted)

    monkeypatch.setattr(record, "merge", merge)
    assert _found()


def test_a_record_acknowledged_before_its_commit_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    append = Keeping.append

    def soon(self: Keeping, rows: object) -> object:
        append(self, rows).add_done_callback(lambda future: future.exception())  # type: ignore[arg-type]
        done = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done

    monkeypatch.setattr(Keeping, "append", soon)
    assert "was acknowledged" in _found()


def test_a_clock_that_forgets_what_it_saw_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decide, "tick", lambda last, wall: Stamp(wall, 0, last.node))
    assert "wrote" in _found()
