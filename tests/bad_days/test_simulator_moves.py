"""A thing that is moved between two hubs in bad hours: 60 seeds here, 5,000 with WAYHOME_SOAK=1."""

from __future__ import annotations

import os

import pytest

from tests.bad_days import virtual_time
from tests.bad_days.simulator import Wrong
from tests.bad_days.simulator_moves import Moving
from tests.bad_days.test_simulator import quick
from wayhome.core.thing import Thing
from wayhome.hub.moves import Moves
from wayhome.hub.quiet import Quiet

__all__ = ["quick"]
STEPS = 40


@pytest.mark.timeout(7_200)
def test_a_thing_that_moves_is_somewhere(soak: bool) -> None:
    given = os.environ.get("WAYHOME_SEED")
    for seed in [int(given)] if given else range(5_000 if soak else 60):
        try:
            virtual_time.run(Moving(seed).live(STEPS))
        except BaseException as error:
            error.add_note(f"WAYHOME_SEED={seed} script/test tests/bad_days/test_simulator_moves.py")
            raise


# It is worth something only if it finds what is wrong.


def _found() -> str:
    for seed in range(150):
        try:
            virtual_time.run(Moving(seed).live(STEPS))
        except Wrong as error:
            return str(error)
    return ""


def test_a_site_that_goes_on_telling_of_what_left_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Moves, "recorded", lambda self, record: None)
    assert "the tablet is" in _found()


def test_what_the_old_site_sees_that_counts_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def announce(self: Quiet, link: str, hops: int, things: list[Thing]) -> list[Thing]:
        return [thing for thing in things if not self._elsewhere(thing.id)]

    monkeypatch.setattr(Quiet, "announce", announce)
    assert "the tablet is" in _found()


def test_a_screen_that_wishes_anew_where_the_thing_has_come_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Moving, "only_asks", False)
    assert "fulfilled at both" in _found()
