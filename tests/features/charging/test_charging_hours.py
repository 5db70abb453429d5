"""The hours of a schedule, also on the days on which clocks are set."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wayhome.features.charging import hours
from wayhome.features.charging.model import Plan

BERLIN, SHANGHAI = ZoneInfo("Europe/Berlin"), ZoneInfo("Asia/Shanghai")
CLOCKS = st.builds(lambda m: f"{m // 60:02}:{m % 60:02}", st.integers(0, 1439))
PLANS = st.builds(
    Plan,
    on=st.just(True),
    start=CLOCKS,
    end=CLOCKS,
    days=st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))),
)
# Two years with every day on which Berlin sets its clocks, and Shanghai's years without.
MOMENTS = st.integers(1_740_000_000, 1_800_000_000).map(float)
ZONES = st.sampled_from([BERLIN, SHANGHAI])


def at(text: str, zone: ZoneInfo = BERLIN, fold: int = 0) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).timestamp()


@given(PLANS, MOMENTS, ZONES)
def test_a_window_begins_when_it_opens_and_not_before(plan: Plan, now: float, zone: ZoneInfo) -> None:
    begins = hours.begins(plan, now, zone)
    if hours.inside(plan, now, zone):
        assert begins is None
        return
    assert begins is not None, "a plan has at least one day, so it always opens again"
    assert now < begins <= now + 8 * 86_400 + 7_200
    assert hours.inside(plan, begins, zone)
    assert not hours.inside(plan, begins - 60, zone)
    # Nothing opens between now and then.
    for part in range(1, 50):
        assert not hours.inside(plan, now + (begins - 60 - now) * part / 50, zone)


@given(st.sampled_from(["2026-03-28", "2026-03-29", "2026-10-24", "2026-10-25"]), CLOCKS)
def test_a_wall_clocks_moment_shows_that_time_or_is_the_jump(day: str, clock: str) -> None:
    moment = hours.moment(datetime.fromisoformat(day).date(), clock, BERLIN)
    shown = datetime.fromtimestamp(moment, BERLIN).strftime("%H:%M")
    skipped = day == "2026-03-29" and clock.startswith("02")
    assert shown == ("03:00" if skipped else clock)


@pytest.mark.parametrize("zone", [BERLIN, SHANGHAI])
def test_a_night_belongs_to_the_day_it_began_on(zone: ZoneInfo) -> None:
    plan = Plan(on=True, start="22:00", end="06:00", days=(4,))  # Friday nights
    assert not hours.inside(plan, at("2026-11-27T21:59", zone), zone)
    assert hours.inside(plan, at("2026-11-27T22:00", zone), zone)
    assert hours.inside(plan, at("2026-11-28T05:59", zone), zone)
    assert not hours.inside(plan, at("2026-11-28T06:00", zone), zone)
    assert not hours.inside(plan, at("2026-11-28T23:00", zone), zone)
    assert hours.begins(plan, at("2026-11-28T12:00", zone), zone) == at("2026-12-04T22:00", zone)


def test_the_hour_that_comes_twice_is_open_twice() -> None:
    plan = Plan(on=True, start="02:00", end="03:00")
    first, second = at("2026-10-25T02:30"), at("2026-10-25T02:30", fold=1)
    assert second - first == 3600
    assert hours.inside(plan, first, BERLIN) and hours.inside(plan, second, BERLIN)
    assert hours.begins(plan, at("2026-10-24T12:00"), BERLIN) == at("2026-10-25T02:00")


def test_the_hour_that_is_left_out_is_skipped() -> None:
    short = Plan(on=True, start="02:15", end="02:45")
    # On that night there is no such time: it opens the night after.
    assert hours.begins(short, at("2026-03-29T00:00"), BERLIN) == at("2026-03-30T02:15")
    over = Plan(on=True, start="02:30", end="04:00")
    jump = at("2026-03-29T03:00")
    assert hours.begins(over, at("2026-03-29T00:00"), BERLIN) == jump
    assert not hours.inside(over, jump - 1, BERLIN) and hours.inside(over, jump, BERLIN)


def test_ready_is_the_morning_after_the_night_of_its_day() -> None:
    plan = Plan(on=True, start="23:00", end="05:00", ready="07:30", days=(0, 1, 2, 3, 6))
    assert hours.ready(plan, at("2026-11-29T20:00"), BERLIN) == at("2026-11-30T07:30")  # Sunday evening
    assert hours.ready(plan, at("2026-11-28T06:00"), BERLIN) is None  # Friday's night is none of it
    assert hours.ready(Plan(on=True), at("2026-11-29T20:00"), BERLIN) is None


@given(PLANS, MOMENTS, ZONES, CLOCKS)
def test_ready_is_within_a_day(plan: Plan, now: float, zone: ZoneInfo, clock: str) -> None:
    found = hours.ready(Plan(on=True, start=plan.start, end=plan.end, ready=clock, days=plan.days), now, zone)
    assert found is None or now < found <= now + 86_400
