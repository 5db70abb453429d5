"""Seeds of the simulator: 150 here, 10,000 with WAYHOME_SOAK=1.

One that fails says its number; ``WAYHOME_SEED=123 script/test tests/bad_days/test_simulator.py`` runs it again.
"""

from __future__ import annotations

import os

import pytest

from tests.bad_days import virtual_time
from tests.bad_days.simulator import Simulator
from wayhome.core import command as commands
from wayhome.hub import frames

STEPS = 40


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small snapshots' parts and little patience, so that an hour's mishaps fit in a minute."""
    monkeypatch.setattr(frames, "PART", 400)
    monkeypatch.setattr(commands, "REPORT_WITHIN", 3.0)


def one(seed: int, **more: object) -> None:
    try:
        virtual_time.run(Simulator(seed, **more).live(STEPS))  # type: ignore[arg-type]
    except BaseException as error:
        error.add_note(f"seed {seed}: WAYHOME_SEED={seed} script/test tests/bad_days/test_simulator.py")
        raise


def test_a_household_through_bad_hours(soak: bool) -> None:
    given = os.environ.get("WAYHOME_SEED")
    for seed in [int(given)] if given else range(10_000 if soak else 150):
        one(seed)
