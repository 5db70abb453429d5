"""Grants: their sentences, and the conditions that they hold under."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wayhome.core.grant import DAYS, OF_ROLE, ROLES, VERBS, Allowed, Grant, Situation, holds, parse, sentence
from wayhome.errors import BadInput

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [UTC, BERLIN, ZoneInfo("Asia/Shanghai"), ZoneInfo("America/St_Johns"), ZoneInfo("Pacific/Apia")]
moments = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)).map(
    lambda time: round(time.timestamp(), 3)
)
given_grants = st.builds(
    Grant,
    st.just("g1"),
    st.just("person:mei"),
    st.sampled_from(VERBS),
    st.sampled_from(["**", "lamp/light.on", "*/light.**", "@place/*", "@op/home.*"]),
    since=st.none() | moments,
    until=st.none() | moments,
    daily=st.none() | st.tuples(st.integers(0, 1440), st.integers(0, 1440)),
    days=st.none() | st.sets(st.integers(0, 6), min_size=1).map(lambda days: tuple(sorted(days))),
    place=st.none() | st.sampled_from(["home", "away", "school", "work-2"]),
    driving=st.none() | st.sampled_from([("parked",), ("parked", "idling"), ("moving",)]),
    uses=st.none() | st.integers(0, 999_999),
)
situations = st.builds(
    Situation,
    moments,
    st.none() | st.sampled_from(["home", "school", "not_home"]),
    st.sets(st.sampled_from(["parked", "idling", "moving"])).map(frozenset),
    st.sampled_from(ZONES),
)


@given(given_grants, st.sampled_from(ZONES))
def test_a_grants_sentence_reads_back_as_the_grant(grant: Grant, zone: ZoneInfo) -> None:
    assert parse(sentence(grant, zone), id="g1", to="person:mei", zone=zone) == grant


@given(st.text(max_size=80) | st.text("act */light.** when while until daily 0:,-T+", max_size=80))
def test_any_text_is_a_grant_or_bad_input(text: str) -> None:
    for said in (text, f"act */light.** {text}", f"act */light.** until {text}", f"act {text}"):
        try:
            grant = parse(said, id="g", to="person:mei")
        except BadInput as error:
            assert error.detail
            continue
        assert parse(sentence(grant), id="g", to="person:mei") == grant
        holds(grant, Situation(1_764_025_200.0))
        Allowed([grant]).may("act", "lamp/light.on")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "act",
        "eat */light.**",
        "act */light.** daily 25:00-26:00",
        "act */light.** daily 07:61-08:00",
        "act */light.** on someday",
        "act */light.** on mon,,tue",
        "act */light.** while flying",
        "act */light.** until yesterday",
        "act */light.** uses -1",
        "act */light.** uses 1234567",
        "act */light.**until 2026-12-01",
        "act */light.** until 0001-01-01T00:00+14:00",
        "act */light.** since 9999-12-31T23:59-12:00",
        "act a/**.b",
    ],
)
def test_what_is_no_grant_is_refused_in_words(text: str) -> None:
    with pytest.raises(BadInput) as caught:
        parse(text, id="g", to="person:mei")
    assert len(caught.value.detail) > 10


@given(given_grants, situations)
def test_a_condition_only_ever_takes_away(grant: Grant, situation: Situation) -> None:
    if not holds(grant, situation):
        return
    assert grant.since is None or situation.now >= grant.since
    assert grant.until is None or situation.now < grant.until
    assert grant.uses is None or grant.uses > 0
    assert grant.place is None or situation.place is not None
    assert grant.driving is None or situation.driving <= set(grant.driving)
    bare = Grant(grant.id, grant.to, grant.verb, grant.glob)
    assert holds(bare, situation)


def _at(text: str, zone: ZoneInfo = BERLIN, fold: int = 0) -> Situation:
    return Situation(datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold).timestamp(), zone=zone)


def _grant(text: str) -> Grant:
    return parse(f"act */light.** {text}", id="g", to="person:mei", zone=BERLIN)


def test_hours_over_midnight() -> None:
    night = _grant("daily 22:00-06:00")
    for time, held in (("21:59", False), ("22:00", True), ("23:59", True), ("00:00", True), ("05:59", True)):
        assert holds(night, _at(f"2026-03-05T{time}")) is held
    assert not holds(night, _at("2026-03-05T06:00"))
    assert not holds(_grant("daily 08:00-08:00"), _at("2026-03-05T08:00"))
    assert holds(_grant("daily 00:00-24:00"), _at("2026-03-05T23:59"))
    assert not holds(_grant("daily 24:00-06:00"), _at("2026-03-05T23:59"))


def test_days_are_those_of_the_households_zone() -> None:
    monday = _grant("on mon")
    assert holds(monday, _at("2026-03-02T00:00"))
    assert holds(monday, _at("2026-03-02T23:59"))
    assert not holds(monday, _at("2026-03-03T00:00"))
    # 23:30 on Sunday in UTC is already Monday in Berlin.
    sunday = datetime(2026, 3, 1, 23, 30, tzinfo=UTC).timestamp()
    assert holds(monday, Situation(sunday, zone=BERLIN))
    assert not holds(monday, Situation(sunday, zone=UTC))


def test_hours_when_the_clocks_change() -> None:
    early = _grant("daily 02:00-03:00")
    # On 25 October 2026 the hour from 2 to 3 comes twice in Berlin, on 29 March it does not come at all.
    assert holds(early, _at("2026-10-25T02:30", fold=0))
    assert holds(early, _at("2026-10-25T02:30", fold=1))
    start = datetime(2026, 3, 29, 0, 0, tzinfo=BERLIN).timestamp()
    assert not any(holds(early, Situation(start + minute * 60, zone=BERLIN)) for minute in range(12 * 60))


def test_times_without_an_offset_are_the_households() -> None:
    until = _grant("until 2026-07-01T18:00").until
    assert until == datetime(2026, 7, 1, 16, 0, tzinfo=UTC).timestamp()
    assert _grant("until 2026-07-01T18:00Z").until == until + 7200


def test_an_unknown_place_or_driving_state_meets_no_condition() -> None:
    for text in ("when home", "when away", "when school"):
        assert not holds(_grant(text), Situation(0.0, None))
    assert holds(_grant("when away"), Situation(0.0, "not_home"))
    assert not holds(_grant("when away"), Situation(0.0, "home"))
    assert not holds(_grant("while parked"), Situation(0.0, driving=frozenset()))
    assert not holds(_grant("while parked"), Situation(0.0, driving=frozenset({"parked", "moving"})))


def test_a_grant_that_is_used_up_holds_no_more() -> None:
    assert holds(_grant("uses 1"), Situation(0.0))
    assert not holds(_grant("uses 0"), Situation(0.0))


def test_a_counted_grant_is_only_spent_where_no_other_allows_it() -> None:
    counted = parse("act lamp/light.on uses 3", id="c", to="person:mei")
    assert Allowed([counted]).spends("act", "lamp/light.on") == counted
    assert Allowed([counted]).spends("act", "lamp/light.hue") is None
    free = parse("act */light.**", id="f", to="person:mei")
    assert Allowed([counted, free]).spends("act", "lamp/light.on") is None


def test_more_grants_than_one_matcher_takes() -> None:
    many = [parse(f"act lamp-{n}/light.on", id=f"g{n}", to="person:mei") for n in range(701)]
    allowed = Allowed(many)
    assert allowed.may("act", "lamp-0/light.on")
    assert allowed.may("act", "lamp-700/light.on")
    assert not allowed.may("act", "lamp-701/light.on")
    assert not allowed.may("read", "lamp-0/light.on")


def test_every_roles_own_grants_can_be_read_and_only_owners_see_all_records() -> None:
    assert set(OF_ROLE) == set(ROLES)
    for role, texts in OF_ROLE.items():
        allowed = Allowed([parse(text, id=f"{role}-{n}", to=f"role:{role}") for n, text in enumerate(texts)])
        for path in ("@device/d1", "@grant/g1", "@link/home", "@passkey/p1"):
            assert allowed.may("read", path) is (role == "owner"), (role, path)
        for operation in ("links.add", "links.remove", "upkeep.erase", "upkeep.export", "links.steer"):
            assert allowed.may("act", f"@op/{operation}") is (role == "owner"), (role, operation)
        if role in ("child", "guest"):
            for path in ("door/lock.locked", "alarm/alarm.mode", "car/Vehicle.CurrentLocation.Latitude"):
                assert not allowed.may("read", path), (role, path)
                assert not allowed.may("act", path), (role, path)


@given(st.integers(0, 10_000))
def test_a_day_has_every_weekday_once_a_week(hours: int) -> None:
    moment = (datetime(2026, 1, 1, tzinfo=BERLIN) + timedelta(hours=hours)).timestamp()
    held = [day for day in DAYS if holds(_grant(f"on {day}"), Situation(moment, zone=BERLIN))]
    assert len(held) == 1
