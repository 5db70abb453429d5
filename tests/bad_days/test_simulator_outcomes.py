"""What comes of wishes in bad hours: 100 seeds here, 3,000 with WAYHOME_SOAK=1. ``WAYHOME_SEED=123`` runs one again."""

from __future__ import annotations

import os

import pytest

from tests.bad_days import simulator, virtual_time
from tests.bad_days.simulator import Wrong
from tests.bad_days.simulator_outcomes import BELL, Outcomes
from tests.bad_days.test_simulator import STEPS, quick
from wayhome.core.command import Command
from wayhome.core.grant import Grant
from wayhome.hub.keeping import Keeping
from wayhome.hub.sessions import Sessions
from wayhome.hub.supervisor import Supervisor

__all__ = ["quick"]


@pytest.mark.timeout(3_600)
def test_every_wish_ends_as_it_is_told(soak: bool) -> None:
    given = os.environ.get("WAYHOME_SEED")
    for seed in [int(given)] if given else range(3_000 if soak else 100):
        try:
            virtual_time.run(Outcomes(seed).live(STEPS))
        except BaseException as error:
            error.add_note(f"WAYHOME_SEED={seed} script/test tests/bad_days/test_simulator_outcomes.py")
            raise


def _found() -> str:
    for seed in range(600):
        try:
            virtual_time.run(Outcomes(seed).live(STEPS))
        except Wrong as error:
            return str(error)
    return ""


def test_a_press_called_done_after_a_crash_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    async def resume(self: Supervisor, command: Command) -> None:
        self._hub.household.wishes.took(command.key)

    monkeypatch.setattr(Supervisor, "_resume", resume)
    assert "called done" in _found()


@pytest.fixture
def ringing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only guests, who ring the bell whenever they can."""
    monkeypatch.setattr(simulator, "PEOPLE", {"noor": "guest"})
    monkeypatch.setattr(simulator, "GRANTS", ("act bell/** uses 2",))
    tap = Outcomes._tap
    monkeypatch.setattr(Outcomes, "_tap", lambda self, screen, chosen=None: tap(self, screen, (BELL, True)))


def test_a_permission_gives_what_it_says_and_no_more(ringing: None) -> None:
    for seed in range(40):
        virtual_time.run(Outcomes(seed).live(STEPS))


def test_a_permission_that_is_not_counted_is_found(ringing: None, monkeypatch: pytest.MonkeyPatch) -> None:
    async def spend(self: Sessions, counted: Grant, command: Command) -> Command:
        return await self._hub.household.wishes.ask(command)

    monkeypatch.setattr(Sessions, "spend", spend)
    assert "the guest rang" in _found()


def test_ends_that_are_not_kept_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Keeping, "keep", lambda self, rows: None)
    assert "on the disk" in _found()
