"""The rules: a car of any manners is charged in its window, and no person is ever fought."""

from __future__ import annotations

from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from wayhome.features.charging import hours, rules
from wayhome.features.charging.model import Plan, Seen, Standing, Step, Way

BERLIN = ZoneInfo("Europe/Berlin")
NIGHT = Plan(on=True, start="22:00", end="06:00")
MINUTE = 60.0


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp()


class Play:
    """A car and the rules, minute by minute. ``deaf``: it does not follow what it is told."""

    def __init__(self, plan: Plan, start: str, **seen: object) -> None:
        self.plan = plan
        self.now = at(start)
        self.seen = Seen(**{"cable": False, "charging": False, "level": 40.0, "limit": 80.0, **seen})  # type: ignore[arg-type]
        self.standing = Standing()
        self.told: list[tuple[float, Way]] = []
        self.deaf = False
        self.last: Step

    def set(self, **seen: object) -> None:
        self.seen = replace(self.seen, **seen)
        self.look()

    def look(self) -> None:
        self.last = rules.step(self.plan, self.standing, self.seen, self.now, BERLIN)
        self.standing = self.last.standing
        if self.last.tell is not None:
            self.told.append((self.now, self.last.tell))
            if not self.deaf:
                self.seen = replace(self.seen, charging=self.last.tell == "START")

    def until(self, text: str) -> None:
        end = at(text)
        while self.now < end:
            self.now = min(end, self.now + MINUTE)
            if self.seen.charging and self.seen.level is not None:
                level = self.seen.level + 8 / 60
                full = level >= (self.seen.limit or 100.0) and self.seen.keeps_limit
                self.seen = replace(self.seen, level=level, charging=not full)
            self.look()

    def ways(self) -> list[tuple[str, Way]]:
        return [(datetime.fromtimestamp(when, BERLIN).strftime("%H:%M"), way) for when, way in self.told]


def test_a_car_that_starts_by_itself_is_held_until_its_window() -> None:
    play = Play(NIGHT, "2026-11-25T18:00")
    play.set(cable=True, charging=True)
    assert play.last.doing == "asks"
    assert play.last.begins == at("2026-11-25T22:00")
    play.until("2026-11-25T21:59")
    assert play.ways() == [("18:00", "STOP")] and play.last.doing == "waits"
    play.until("2026-11-25T23:00")
    assert play.ways()[1:] == [("22:00", "START")] and play.last.doing == "charges"
    play.until("2026-11-26T12:00")
    assert len(play.told) == 2, "it was full before the window's end, so nothing was left to stop"
    assert play.last.doing == "charged"


def test_what_is_not_done_by_the_end_of_the_window_is_stopped() -> None:
    play = Play(NIGHT, "2026-11-25T18:00", level=5.0)
    play.set(cable=True)
    play.until("2026-11-26T08:00")
    assert play.ways() == [("22:00", "START"), ("06:00", "STOP")]


def test_a_start_by_hand_stands_until_the_cable_is_out() -> None:
    play = Play(NIGHT, "2026-11-25T18:00", level=20.0)
    play.set(cable=True, charging=True)
    play.until("2026-11-25T19:00")
    play.standing = rules.by_hand(play.standing, "START", "person:anna", play.now)
    play.set(charging=True)
    play.until("2026-11-26T20:00")
    assert play.ways() == [("18:00", "STOP")], "after that the hub leaves it alone"
    play.set(cable=False, charging=False)
    assert play.standing == Standing()
    play.until("2026-11-26T20:30")
    play.set(cable=True, charging=True, level=30.0)
    assert play.ways()[1:] == [("20:30", "STOP")], "the next cable is another matter"


def test_a_stop_at_the_car_itself_is_somebodys_wish() -> None:
    play = Play(NIGHT, "2026-11-25T22:30", level=20.0)
    play.set(cable=True, charging=True)
    play.until("2026-11-25T23:00")
    assert play.last.doing == "charges" and play.told == []
    play.set(charging=False)
    assert play.last.doing == "charges", "a charger that pauses for a moment is nobody's wish"
    play.until("2026-11-25T23:02")
    assert play.last.doing == "by_hand" and play.standing.hand == "STOP" and play.standing.by is None
    play.until("2026-11-26T21:00")
    assert play.told == []


def test_a_start_at_the_car_itself_is_somebodys_wish_once_it_was_told_to_wait() -> None:
    play = Play(NIGHT, "2026-11-25T18:00", level=20.0)
    play.set(cable=True, charging=True)
    play.until("2026-11-25T18:05")
    play.set(charging=True)
    play.until("2026-11-25T18:07")
    assert play.last.doing == "by_hand" and play.ways() == [("18:00", "STOP")]


def test_a_charger_that_pauses_is_nobodys_wish() -> None:
    play = Play(NIGHT, "2026-11-25T23:00", level=20.0)
    play.set(cable=True, charging=True)
    play.set(charging=False)
    play.now += 30
    play.set(charging=True)
    play.until("2026-11-25T23:10")
    assert play.last.doing == "charges" and play.standing.odd is None and play.told == []


def test_a_car_that_starts_minutes_after_the_cable_went_in_is_still_held() -> None:
    play = Play(NIGHT, "2026-11-25T18:00")
    play.set(cable=True)
    play.until("2026-11-25T18:04")
    play.set(charging=True)
    play.until("2026-11-25T18:06")
    assert [way for _, way in play.told] == ["STOP"] and play.last.doing == "waits"


def test_a_car_that_does_not_follow_is_told_with_growing_gaps_and_said_so() -> None:
    play = Play(NIGHT, "2026-11-25T22:00")
    play.deaf = True
    play.set(cable=True)
    play.until("2026-11-26T05:59")
    assert play.last.doing == "trouble"
    gaps = [round((b - a) / 60) for (a, _), (b, _) in zip(play.told, play.told[1:], strict=False)]
    assert gaps == [2, 4, 8, 16, 32, 64, 120, 120]


def test_it_is_ready_in_time_also_outside_of_the_window() -> None:
    plan = Plan(on=True, start="02:00", end="04:00", ready="07:00")
    play = Play(plan, "2026-11-25T20:00", level=40.0)
    play.set(cable=True)
    play.until("2026-11-26T07:01")
    first, second = play.ways()[0][0], play.ways()[-1]
    # 40 percent at 8 an hour are 5 h: from 01:45 on, with a quarter of an hour to spare, and without a break.
    assert first == "01:45" and len(play.told) == 1, play.ways()
    assert second[1] == "START" and play.last.doing == "charged"


def test_the_pace_is_learnt_from_what_the_car_says() -> None:
    play = Play(NIGHT, "2026-11-25T23:00", level=40.0, left=4 * 3600.0)
    play.set(cable=True, charging=True)
    assert play.standing.pace == 10.0
    play.set(left=3.8 * 3600.0)
    assert play.standing.pace == 10.0, "not each little change of it"
    play.set(left=0.0, level=41.0)
    assert play.standing.pace == 10.0


def test_a_car_without_a_limit_of_its_own_is_stopped_at_the_plans() -> None:
    play = Play(replace(NIGHT, limit=60), "2026-11-25T22:00", level=55.0, limit=60.0, keeps_limit=False)
    play.set(cable=True)
    play.until("2026-11-26T05:00")
    assert [way for _, way in play.told] == ["START", "STOP"]
    assert play.last.doing == "charged" and play.seen.level is not None and play.seen.level < 60.3


def test_off_and_unknown_do_nothing() -> None:
    off = Play(Plan(), "2026-11-25T12:00")
    off.set(cable=True, charging=True)
    off.until("2026-11-26T12:00")
    assert off.told == [] and off.last.doing == "off"
    unknown = Play(NIGHT, "2026-11-25T12:00")
    unknown.set(cable=True, charging=None)
    unknown.until("2026-11-26T00:00")
    assert unknown.told == [] and unknown.last.doing == "unknown"


def test_a_wish_at_a_car_that_does_not_tell_of_its_cable_ends_by_itself() -> None:
    play = Play(NIGHT, "2026-11-25T18:00", cable=None)
    play.standing = rules.by_hand(play.standing, "STOP", "person:anna", play.now)
    play.until("2026-11-26T05:00")
    assert play.told == []
    play.until("2026-11-26T05:59")
    assert play.told == [], "18:00 and twelve hours are the window's end"
    play.until("2026-11-26T22:00")
    assert [way for _, way in play.told] == ["START"]


type Doing = Literal["in", "out", "start", "stop", "press_start", "press_stop", "wait", "deaf", "restart"]


@given(
    st.lists(st.tuples(st.sampled_from(Doing.__value__.__args__), st.integers(1, 400)), max_size=25),
    st.integers(1_774_000_000, 1_795_000_000),
)
def test_no_person_is_ever_fought(doings: list[tuple[str, int]], start: int) -> None:
    """Whatever cars and people do: after a person's press nothing is told until the cable was out, and what is told
    fits the window."""
    play = Play(NIGHT, "2026-01-01T00:00", level=10.0)
    play.now = float(start)
    pressed = False
    for doing, minutes in doings:
        before = len(play.told)
        match doing:
            case "in" if not play.seen.cable:
                play.set(cable=True, level=10.0)
            case "out":
                pressed = False
                play.set(cable=False, charging=False)
            case "start" | "stop" if play.seen.cable:
                play.set(charging=doing == "start")
            case "press_start" | "press_stop" if play.seen.cable:
                pressed = True
                way: Way = "START" if doing == "press_start" else "STOP"
                play.standing = rules.by_hand(play.standing, way, "person:anna", play.now)
                play.set(charging=way == "START")
            case "deaf":
                play.deaf = not play.deaf
            case "restart":
                # All that counts is in what is kept.
                play.standing = rules.step(
                    play.plan, play.standing, replace(play.seen, charging=None), play.now, BERLIN
                ).standing
        for _ in range(minutes):
            play.now += MINUTE
            play.look()
        for when, told in play.told[before:]:
            assert not pressed
            assert told == ("START" if hours.inside(NIGHT, when, BERLIN) else "STOP")
            assert play.seen.cable
