"""The home's physics and devices, without a link round them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.links.sim.host import NOON
from wayhome.core.catalog import Catalog, fits
from wayhome.core.grant import ROLES
from wayhome.core.value import Value
from wayhome.errors import HubError, Refused
from wayhome.links.sim import household
from wayhome.links.sim.config import SimConfig
from wayhome.links.sim.room import Room
from wayhome.links.sim.route import LOOP, Route
from wayhome.links.sim.world import SimWorld


def world(**settings: object) -> SimWorld:
    """A world whose car stands at home and whose weather stands still at 5 °C in the night."""
    made = SimWorld(SimConfig(**{"start": "home", "stay": 1_440, **settings}), NOON)  # type: ignore[arg-type]
    made.weather.fixed = 5.0
    made.weather.clouds = 1 / 0.7  # no sun at all
    return made


def room(temperature: float = 20.0) -> Room:
    return Room(temperature, heat=1.3e6, loss=38.0, base=110.0, glass=250.0)


def test_a_room_cools_as_the_exponential_says() -> None:
    cooling = room(21.0)
    balance = 110 / 38 - 5.0
    for _ in range(7_200):
        cooling.step(1.0, -5.0, 0.0)
    expected = balance + (21.0 - balance) * math.exp(-7_200 / (1.3e6 / 38))
    assert cooling.temperature == pytest.approx(expected, abs=1e-6)
    at_once = room(21.0)
    at_once.step(7_200.0, -5.0, 0.0)
    assert at_once.temperature == pytest.approx(expected, abs=1e-6)


def test_a_heated_room_comes_to_its_balance() -> None:
    warm = room(10.0)
    warm.heating = 900.0
    warm.step(1e7, 0.0, 0.0)
    assert warm.temperature == pytest.approx((110 + 900) / 38)
    warm.open = True
    warm.step(1e7, 0.0, 0.0)
    assert warm.temperature == pytest.approx((110 + 900) / (38 + 130))


def test_the_heater_holds_the_bedroom_and_weakens_by_an_open_window() -> None:
    home = world().home
    made = world()
    home = made.home
    made.ask("bedroom-heater", "climate.target_temperature", 21.0)
    made.advance(6 * 3_600)
    assert home.bedroom.temperature == pytest.approx(21.0, abs=0.6)
    home.window.turn(True)
    made.advance(3_600)
    assert home.bedroom.temperature < 19.5
    assert home.heater.action == "heating" and home.bedroom.heating == 1_500


def test_hours_pass_in_no_time() -> None:
    made = world()
    made.advance(24 * 3_600)
    assert made.now == NOON + 24 * 3_600


def test_the_air_conditioner_cools() -> None:
    made = world()
    made.weather.fixed = 33.0
    made.advance(12 * 3_600)
    assert made.home.living.temperature == pytest.approx(21.0, abs=0.9)


def test_purifier_and_humidifier_change_the_air() -> None:
    made = world()
    made.ask("air-purifier", "fan.percentage", 100.0)
    made.ask("humidifier", "humidifier.on", True)
    made.ask("humidifier", "humidifier.target_humidity", 50.0)
    made.advance(5 * 3_600)
    assert made.home.living.dust < 3.0
    assert made.home.bedroom.humidity == pytest.approx(50.0, abs=4)


def test_blinds_and_gate_take_their_time_and_stop() -> None:
    made = world(delay=0.0)
    made.ask("living-blinds", "cover.close", True)
    made.advance(5.0)
    assert made.home.blinds.facts()["cover.state"] == "closing"
    made.ask("living-blinds", "cover.stop", True)
    made.advance(0.3)
    stopped = made.home.blinds.position
    made.advance(20.0)
    assert 40 < made.home.blinds.position == stopped < 70
    made.ask("gate", "cover.open", True)
    made.advance(8.0)
    assert made.home.gate.facts()["cover.state"] == "opening"
    made.advance(9.0)
    assert made.home.gate.facts() == {"cover.state": "open", "cover.position": 100.0}
    with pytest.raises(Refused):
        made.ask("gate", "cover.position", 50.0)


def test_the_lock_turns_and_its_latch_springs_back() -> None:
    made = world(delay=0.0)
    door = made.home.door
    made.ask("front-door", "lock.open", True)
    made.advance(0.6)
    assert door.facts()["lock.state"] == "unlocking"
    made.advance(1.5)
    assert door.facts()["lock.state"] == "open"
    made.advance(6.0)
    assert door.facts()["lock.state"] == "unlocked" and door.facts()["lock.locked"] is False
    made.ask("front-door", "lock.locked", True)
    made.advance(2.0)
    assert door.facts()["lock.state"] == "locked"


def test_the_vacuum_cleans_comes_home_and_charges() -> None:
    made = world()
    made.ask("vacuum", "vacuum.start", True)
    made.advance(60.0)
    assert made.home.vacuum.state == "cleaning"
    made.ask("vacuum", "vacuum.pause", True)
    made.advance(1.0)
    assert made.home.vacuum.state == "paused"
    made.ask("vacuum", "vacuum.return", True)
    made.advance(60.0)
    assert made.home.vacuum.state == "docked"
    made.ask("vacuum", "vacuum.fan_speed", "max")
    made.ask("vacuum", "vacuum.start", True)
    made.advance(2 * 3_600.0)
    assert made.home.vacuum.state == "docked" and made.home.vacuum.battery > 20


def test_the_alarm_leaves_time_to_go_and_to_disarm() -> None:
    made = world()
    alarm = made.home.alarm
    made.ask("alarm", "alarm.mode", "armed_away")
    made.advance(1.0)
    assert alarm.facts() == {"alarm.state": "arming", "alarm.mode": "armed_away"}
    made.advance(20.0)
    assert alarm.state == "armed_away"
    made.home.window.turn(True)
    made.advance(5.0)
    assert alarm.state == "pending"
    made.advance(30.0)
    assert alarm.state == "triggered"
    made.ask("alarm", "alarm.mode", "disarmed")
    made.advance(1.0)
    assert alarm.state == "disarmed"


def test_the_television_plays_one_title_after_the_other() -> None:
    made = world()
    made.ask("living-tv", "media_player.on", True)
    made.advance(0.5)
    assert made.home.television.facts()["media_player.state"] == "buffering"
    made.advance(3.0)
    made.ask("living-tv", "media_player.playing", True)
    made.advance(1.0)
    first = made.home.television.facts()["media_player.title"]
    made.advance(250.0)
    assert made.home.television.facts()["media_player.title"] != first
    made.ask("living-tv", "media_player.previous", True)
    made.ask("living-tv", "media_player.playing", False)
    made.advance(1.0)
    said = made.home.television.facts()
    assert said["media_player.title"] == first and said["media_player.playing"] is False


def test_the_same_seed_makes_the_same_day() -> None:
    def day(seed: int) -> list[dict[str, Value]]:
        made = SimWorld(SimConfig(seed=seed), NOON)
        states = []
        for _ in range(20):
            made.advance(97.0)
            states.append(made.state())
        return states

    assert day(3) == day(3) != day(4)


def test_people_and_places_fit_the_route() -> None:
    route = Route(LOOP)
    for language in ("en", "zh"):
        people, places = household.people(language), household.places(language)
        assert [person.role for person in people] == ["owner", "member", "child", "guest"]
        assert all(person.role in ROLES for person in people)
        for place in places:
            apart = min(
                math.hypot((spot.latitude - place.latitude) * 111_195, (spot.longitude - place.longitude) * 75_700)
                for spot in (route.at(20.0 * n) for n in range(int(route.length / 20)))
            )
            assert apart < place.radius, f"the car never comes by {place.name}"
    assert household.people("zh")[0].name == "安娜"
    assert {grant.person for grant in household.GRANTS} <= {person.id for person in household.people("en")}


VALUES = st.one_of(
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-5, 400),
    st.floats(0, 100),
    st.sampled_from(["off", "heat", "armed_away", "disarmed", "auto", "sleep", "max", "START", "STOP", "HDMI 1", ""]),
    st.none(),
)


@settings(max_examples=25)
@given(st.data())
def test_whatever_is_asked_the_facts_stay_within_the_catalogue(catalog: Catalog, data: st.DataObject) -> None:
    made = SimWorld(
        SimConfig(seed=data.draw(st.integers(0, 99)), start=data.draw(st.sampled_from(["driving", "home"]))), NOON
    )
    asks = [(key, signal) for key, device in made.devices.items() for signal in device.signals]
    for _ in range(data.draw(st.integers(1, 25))):
        key, signal = data.draw(st.sampled_from(asks))
        try:
            made.ask(key, signal, data.draw(VALUES))
        except HubError as refused:
            assert refused.detail
        made.advance(data.draw(st.sampled_from([0.01, 0.3, 2.0, 30.0, 900.0])))
        for key, device in made.devices.items():
            for name, value in device.facts().items():
                why = None if value is None else fits(catalog.signal(name), value, device.signals[name])
                assert why is None, f"{key}/{name} = {value!r}: {why}"
