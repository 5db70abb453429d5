"""When an automatic backup is due: pure rules on a household's own time."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from wayhome.features.upkeep.schedule import Automatic, due, following, planned

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp()


@pytest.mark.parametrize(
    ("now", "every", "was"),
    [
        ("2026-11-25T12:00", "night", "2026-11-25T03:30"),
        ("2026-11-25T03:29", "night", "2026-11-24T03:30"),
        ("2026-11-25T03:30", "night", "2026-11-25T03:30"),
        ("2026-11-25T12:00", "week", "2026-11-22T03:30"),
        ("2026-11-22T03:00", "week", "2026-11-15T03:30"),
        ("2026-11-22T04:00", "week", "2026-11-22T03:30"),
    ],
)
def test_the_last_planned_moment(now: str, every: str, was: str) -> None:
    assert planned(at(now), every, BERLIN) == at(was)  # type: ignore[arg-type]


def test_a_night_that_was_missed_is_made_good() -> None:
    plan = Automatic("night", since=at("2026-11-20T12:00"), last=at("2026-11-23T03:31"))
    assert due(plan, at("2026-11-24T09:00"), BERLIN)
    assert not due(plan, at("2026-11-23T09:00"), BERLIN)


def test_nothing_is_due_before_the_first_planned_moment() -> None:
    plan = Automatic("week", since=at("2026-11-25T12:00"))
    assert not due(plan, at("2026-11-28T12:00"), BERLIN)
    assert due(plan, at("2026-11-29T03:31"), BERLIN)
    assert not due(Automatic("never"), at("2026-11-29T03:31"), BERLIN)


def test_the_next_one_over_a_change_of_the_clock() -> None:
    plan = Automatic("night", since=0.0)
    assert following(plan, at("2026-10-24T12:00"), BERLIN) == at("2026-10-25T03:30")  # the night with 25 hours
    assert following(plan, at("2026-03-28T12:00"), BERLIN) == at("2026-03-29T03:30")  # the one with 23
    assert following(Automatic("week"), at("2026-11-25T12:00"), BERLIN) == at("2026-11-29T03:30")
    assert following(Automatic("never"), at("2026-11-25T12:00"), BERLIN) is None
