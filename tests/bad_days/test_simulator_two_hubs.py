"""Two hubs of one household in bad hours: 60 seeds here, 10,000 with WAYHOME_SOAK=1; ``WAYHOME_SEED=1`` runs one."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from tests.bad_days import virtual_time
from tests.bad_days.simulator import Wrong
from tests.bad_days.simulator_two_hubs import TwoHubs
from tests.bad_days.test_simulator import quick
from wayhome.core import record
from wayhome.core.command import Command
from wayhome.hub.running import Hub
from wayhome.hub.sites.conversation import Conversation
from wayhome.hub.sites.frames import Lines, Wish
from wayhome.hub.sites.wishes import Judging

__all__ = ["quick"]
STEPS = 40


@pytest.mark.timeout(7_200)
def test_two_hubs_come_to_the_same(soak: bool) -> None:
    given = os.environ.get("WAYHOME_SEED")
    for seed in [int(given)] if given else range(10_000 if soak else 60):
        try:
            virtual_time.run(TwoHubs(seed).live(STEPS))
        except BaseException as error:
            error.add_note(f"WAYHOME_SEED={seed} script/test tests/bad_days/test_simulator_two_hubs.py")
            raise


# It is worth something only if it finds what is wrong.


def _found(spoil: Callable[[Hub], None] | None = None) -> str:
    for seed in range(60):
        try:
            virtual_time.run(TwoHubs(seed, spoil).live(STEPS))
        except (Wrong, KeyError) as error:
            return str(error)
    return ""


def test_a_wish_that_counts_from_its_arrival_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    judge = Judging.judge

    def late(self: Judging, site: str, wish: Wish, answer: object) -> None:
        import msgspec

        now = self._hub.household.clock.steady()
        epoch = self._hub.household.published.epoch
        judge(self, site, msgspec.structs.replace(wish, until=now + wish.ttl, epoch=epoch), answer)  # type: ignore[arg-type]

    monkeypatch.setattr(Judging, "judge", late)
    assert "after its time" in _found()


def test_lines_that_are_kept_whatever_was_kept_before_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    async def keep(self: Conversation, told: Lines) -> None:
        if told.upto > self._household.heard[self.site][1]:
            await self._keep_after(0, told)

    monkeypatch.setattr(Conversation, "_keep", keep)
    assert "another log" in _found()


def test_a_merge_that_goes_by_arrival_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    def merge(one: record.Record, other: record.Record) -> record.Record:
        return record.Record(one.collection, one.id, {**one.fields, **other.fields}, other.deleted or one.deleted)

    monkeypatch.setattr(record, "merge", merge)
    assert "the records differ" in _found()


def test_an_owner_that_forgets_what_it_has_done_is_found() -> None:
    def forgetful(hub: Hub) -> None:
        household, ask = hub.household, hub.household.wishes.ask

        async def forgets(command: Command) -> Command:
            for memory in (household.wishes.keys, household.wishes._recent):
                memory.pop(command.key, None)
            return await ask(command)

        async def nothing(key: str) -> None:
            return None

        household.wishes.ask, household.wishes.told = forgets, nothing  # type: ignore[method-assign]

    assert "was fulfilled twice" in _found(forgetful)
