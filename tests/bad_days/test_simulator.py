"""Seeds of the simulator: 150 here, 10,000 with WAYHOME_SOAK=1.

One that fails says its number; ``WAYHOME_SEED=123 script/test tests/bad_days/test_simulator.py`` runs it again.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator

import pytest
import structlog

from tests.bad_days import virtual_time
from tests.bad_days.disk import CrashingStore
from tests.bad_days.simulator import Simulator, Wrong
from wayhome.core import command as commands
from wayhome.core import decide
from wayhome.core.published import Published, Shown
from wayhome.hub import frames, live, supervisor
from wayhome.hub.running import Hub
from wayhome.web import live_socket

STEPS = 40


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Small parts and buffers and little patience, so that an hour's mishaps fit in half a minute; no log."""
    monkeypatch.setattr(frames, "PART", 400)
    monkeypatch.setattr(live, "HIGH", 3_000)
    monkeypatch.setattr(live_socket, "HIGH", 3_000)
    monkeypatch.setattr(live, "LOW", 1_000)
    monkeypatch.setattr(live, "PATIENCE", 5.0)
    monkeypatch.setattr(commands, "REPORT_WITHIN", 3.0)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


def one(seed: int, spoil: Callable[[Hub], None] | None = None) -> None:
    try:
        virtual_time.run(Simulator(seed, spoil).live(STEPS))
    except BaseException as error:
        error.add_note(f"seed {seed}: WAYHOME_SEED={seed} script/test tests/bad_days/test_simulator.py")
        raise


@pytest.mark.timeout(7_200)
def test_a_household_through_bad_hours(soak: bool) -> None:
    given = os.environ.get("WAYHOME_SEED")
    for seed in [int(given)] if given else range(10_000 if soak else 150):
        one(seed)


def test_a_seed_runs_the_same_each_time() -> None:
    pictures = []
    for _ in range(2):
        simulator = Simulator(7)
        virtual_time.run(simulator.live(STEPS))
        commands_ = {key: (c.state, c.ended) for key, c in simulator.platter.commands.items()}
        pictures.append((commands_, simulator.devices.state, [screen.mirror.facts for screen in simulator.screens]))
    assert pictures[0] == pictures[1]


# The simulator is worth something only if it finds what is wrong: here is something wrong.


def _acknowledge_too_soon(hub: Hub) -> None:
    assert isinstance(hub.household.store, CrashingStore)
    hub.household.store.eager = True


def _send_all_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "harmless", lambda signal: True)


def _send_late(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor.Supervisor, "_carry", _carry_anything)


async def _carry_anything(self: supervisor.Supervisor, command: commands.Command) -> None:
    household = self._hub.household
    try:
        await self.instances["house"].run.execute(command)
    except Exception as error:
        household.wishes.fail(command.key, "internal", str(error))
    else:
        household.wishes.took(command.key)


def _expire_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decide, "expire", lambda *_: [])


def _forget_what_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(self: Published, path: str, now: float) -> Shown | None:
        self._shown.pop(path, None)
        return None

    monkeypatch.setattr(Published, "gone", gone)


def _lose_a_delta(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Published.delta
    monkeypatch.setattr(Published, "delta", lambda self, sees, since: whole(self, sees, since)[1:])


def _take_what_is_old(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decide, "AHEAD", -1e12)


DEFECTS: list[Callable[[pytest.MonkeyPatch], None]] = [
    _send_all_again,
    _send_late,
    _expire_nothing,
    _forget_what_is_gone,
    _lose_a_delta,
    _take_what_is_old,
]


def _found(spoil: Callable[[Hub], None] | None = None) -> str | None:
    for seed in range(150):
        try:
            virtual_time.run(Simulator(seed, spoil).live(STEPS))
        except Wrong as error:
            return str(error)
    return None


def test_an_acknowledgement_before_the_commit_is_found() -> None:
    found = _found(_acknowledge_too_soon)
    assert found is not None and "durable" in found


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.__name__.strip("_"))
def test_a_defect_is_found(defect: Callable[[pytest.MonkeyPatch], None], monkeypatch: pytest.MonkeyPatch) -> None:
    defect(monkeypatch)
    assert _found() is not None
