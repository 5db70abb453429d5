"""Home Assistant's frames and states as values: the right ones, and never more than a clear error for wrong ones."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wayhome.adapters.catalog_files import load_catalog
from wayhome.core.catalog import Refinement, fits
from wayhome.core.ids import is_slug
from wayhome.core.thing import check
from wayhome.core.value import is_value
from wayhome.errors import BadInput, LinkError
from wayhome.links.homeassistant import wire, wire_house, wire_registry, wire_units
from wayhome.links.homeassistant.address import addresses
from wayhome.links.homeassistant.causes import Causes
from wayhome.links.homeassistant.wire import Cause, State
from wayhome.links.homeassistant.wire_attributes import Entity
from wayhome.links.homeassistant.wire_domains import DOMAINS
from wayhome.links.homeassistant.wire_registry import Registry
from wayhome.links.homeassistant.wire_units import Units

CATALOG = load_catalog()
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
ATTRIBUTES = [
    "available_modes", "battery_level", "brightness", "code_format", "color_temp_kelvin", "current_position",
    "current_temperature", "current_tilt_position", "device_class", "direction", "effect", "effect_list",
    "fan_mode", "fan_modes", "fan_speed", "fan_speed_list", "friendly_name", "gps_accuracy", "hs_color", "humidity",
    "hvac_action", "hvac_modes", "is_volume_muted", "latitude", "longitude", "max", "max_color_temp_kelvin",
    "max_humidity", "max_temp", "media_title", "min", "min_color_temp_kelvin", "min_humidity", "min_temp", "mode",
    "next_state", "operation_list", "options", "oscillating", "percentage", "percentage_step", "preset_mode",
    "preset_modes", "previous_state", "source", "source_list", "source_type", "state_class", "step",
    "supported_color_modes", "supported_features", "target_temp_high", "target_temp_low", "target_temp_step",
    "temperature", "temperature_unit", "unit_of_measurement", "volume_level",
]  # fmt: skip
LIKELY = st.sampled_from(
    [1, 255, 0xFFFF, "on", "°F", "%", ["hs", "color_temp"], ["heat", "cool"], 21.5, -1, 1e308, "nan"]
)


@given(st.binary(max_size=200) | st.text(max_size=200) | JSON.map(lambda v: json.dumps(v, allow_nan=True)))
def test_garbage_is_one_clear_error(data: bytes | str) -> None:
    try:
        for frame in wire.frames(data):
            wire.plain(frame.event)
    except LinkError as error:
        assert error.detail


@given(st.lists(JSON | st.fixed_dictionaries({}, optional=dict.fromkeys("acr", JSON)), max_size=5))
def test_any_event_leaves_states_that_are_states(events: list[Any]) -> None:
    states: dict[str, State] = {"light.a": State("light.a", "on", {})}
    for event in events:
        wire.apply(states, event)
    for entity, state in states.items():
        assert state.entity == entity and isinstance(state.state, str) and isinstance(state.attributes, dict)


DIFF = st.fixed_dictionaries(
    {}, optional={"+": st.fixed_dictionaries({}, optional=dict.fromkeys(("s", "a", "c", "lc", "lu"), JSON)), "-": JSON}
)


@given(st.fixed_dictionaries({"c": st.fixed_dictionaries({"light.a": DIFF})}))
def test_any_difference_is_survived(event: dict[str, Any]) -> None:
    states = {"light.a": State("light.a", "on", {"x": 1}, 5.0, Cause("id"))}
    wire.apply(states, event)
    assert isinstance(states["light.a"].state, str)


@given(
    st.sampled_from(sorted(DOMAINS)),
    st.text(max_size=20) | st.sampled_from(["on", "off", "unavailable", "unknown", "12.5", "1e999", "open", "heat"]),
    st.dictionaries(st.sampled_from(ATTRIBUTES), JSON | LIKELY, max_size=12),
    st.sampled_from(["°C", "°F", "K"]),
    JSON,
)
def test_any_entity_is_a_thing_that_the_household_takes(
    domain: str, state: str, attributes: dict[str, Any], temperature: str, target: Any
) -> None:
    entity = Entity(f"{domain}.some_thing", state, attributes, Units(temperature))
    thing = wire_house.describe(entity, "some-thing", "home", Registry())
    assert thing is not None
    check(thing)
    for signal, refinement in thing.signals.items():
        assert signal in CATALOG, signal
        assert refinement.min is None or refinement.max is None or refinement.min < refinement.max
    for signal, value in wire_house.facts(entity, thing.signals).items():
        # What does not fit is marked as bad by the household, but it must always be a value.
        assert is_value(value), (signal, value)
        assert isinstance(value, bool | float | str | None) or value is None
    for signal in thing.signals:
        try:
            call = DOMAINS[domain].call(entity, signal, target, {})
        except BadInput:
            continue
        assert json.dumps(call.data, allow_nan=False)


@given(st.floats(-60, 150))
def test_temperatures_go_both_ways(celsius: float) -> None:
    for unit in ("°C", "°F", "K"):
        units = Units(unit)
        back = units.celsius(units.own(celsius))
        assert back is not None and math.isclose(back, celsius, abs_tol=0.02)


def test_a_fahrenheit_house_is_told_and_heard_in_celsius() -> None:
    attributes = {
        "hvac_modes": ["off", "heat"], "supported_features": 1, "temperature": 70, "current_temperature": 68.5,
        "min_temp": 45, "max_temp": 95, "target_temp_step": 1,
    }  # fmt: skip
    entity = Entity("climate.hall", "heat", attributes, Units("°F"))
    signals = DOMAINS["climate"].signals(entity)
    assert signals["climate.target_temperature"] == Refinement(min=7.22, max=35.0, step=0.5556)
    assert DOMAINS["climate"].facts(entity)["climate.target_temperature"] == 21.11
    assert DOMAINS["climate"].call(entity, "climate.target_temperature", 21.0, {}).data == {"temperature": 69.8}
    sensor = Entity("sensor.hall", "68", {"unit_of_measurement": "°F", "device_class": "temperature"}, Units("°F"))
    assert DOMAINS["sensor"].facts(sensor)["sensor.value"] == 20.0
    assert DOMAINS["sensor"].signals(sensor)["sensor.value"].unit == "Celsius"
    number = Entity("number.hall", "68", {"unit_of_measurement": "°F", "min": 50, "max": 86, "step": 1}, Units("°F"))
    assert DOMAINS["number"].call(number, "number.value", 25.0, {}).data == {"value": 77.0}


@pytest.mark.parametrize(
    ("value", "source", "target", "expected"),
    [
        (100, "mi", "m", 160_934.4),
        (310, "km", "m", 310_000),
        (2.6, "bar", "kPa", 260),
        (38, "psi", "kPa", 262.000766),
        (50, "mph", "km/h", 80.4672),
        (70, "°F", "Celsius", 21.11),
        (1_500, "Wh", "kWh", 1.5),
        (5, "km", "kPa", None),
        (5, "furlong", "m", None),
        (5, None, "m", 5),
    ],
)
def test_units(value: float, source: str | None, target: str, expected: float | None) -> None:
    assert wire_units.convert(value, source, target) == expected


def test_both_halves_of_a_colour_and_both_ends_of_a_range_go_together() -> None:
    lamp = Entity("light.a", "on", {"supported_color_modes": ["hs"], "hs_color": [10, 20]})
    call = DOMAINS["light"].call(lamp, "light.saturation", 80.0, {"light.hue": 200.0})
    assert call.data == {"hs_color": [200.0, 80.0]}
    room = Entity("climate.a", "heat_cool", {"target_temp_low": 19, "target_temp_high": 24})
    call = DOMAINS["climate"].call(room, "climate.target_high", 26.0, {"climate.target_low": 20.0})
    assert call.data == {"target_temp_low": 20.0, "target_temp_high": 26.0}


@given(st.text(max_size=40) | st.from_regex(r"[a-z.]{1,12}(:[0-9]{1,7})?(/[a-z/]{0,9})?", fullmatch=True))
def test_any_typed_address_is_an_address_or_bad_input(typed: str) -> None:
    try:
        found = addresses(typed)
    except BadInput:
        return
    for url in found:
        assert url.startswith(("http://", "https://")) and "@" not in url and not url.endswith("/")


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("homeassistant.local", "http://homeassistant.local:8123"),
        ("homeassistant.local:8123", "http://homeassistant.local:8123"),
        ("192.168.1.20", "http://192.168.1.20:8123"),
        (" http://homeassistant.local:8123/lovelace/0 ", "http://homeassistant.local:8123"),
        ("HTTPS://Home.Example.org/", "https://home.example.org"),
        ("home.example.org", "https://home.example.org"),
        ("https://home.example.org:443", "https://home.example.org"),
        ("[fd00::5]:8123", "http://[fd00::5]:8123"),
    ],
)
def test_what_people_type(typed: str, first: str) -> None:
    assert addresses(typed)[0] == first


@pytest.mark.parametrize(
    "typed",
    ["", "ftp://ha", "file:///etc/passwd", "http://a:b@ha", "http://169.254.169.254", "http://0.0.0.0:8123", "ha:99999",
     "http://ha\nHost: x", "http://[::", "javascript://ha", "http://"],
)  # fmt: skip
def test_what_is_no_address(typed: str) -> None:
    with pytest.raises(BadInput):
        addresses(typed)


@given(JSON | st.lists(st.dictionaries(st.sampled_from(["id", "entity_id", "area_id", "name", "device_id"]), JSON)))
def test_any_registry_is_survived(result: Any) -> None:
    registry = Registry(wire_registry.areas(result), wire_registry.devices(result), wire_registry.entries(result))
    ids = wire_house.thing_ids(["light.a", *registry.entries], registry, {}, ())
    assert len(set(ids.values())) == len(ids) and all(is_slug(id) for id in ids.values())


def test_ids_say_nothing_of_the_type_and_never_meet() -> None:
    ids = wire_house.thing_ids(
        ["light.kitchen", "switch.kitchen", "light.客厅", "light.hub"], Registry(), {}, {"kitchen"}
    )
    assert ids == {
        "light.kitchen": "kitchen-2",
        "switch.kitchen": "kitchen-3",
        "light.客厅": "light",
        "light.hub": "hub-2",
    }


def test_no_reading_is_outside_the_catalogue_for_known_states() -> None:
    for domain, states in {
        "cover": ["open", "opening", "closed", "closing"],
        "lock": ["locked", "locking", "unlocked", "unlocking", "jammed", "open", "opening"],
        "vacuum": ["cleaning", "docked", "returning", "paused", "idle", "error"],
        "lawn_mower": ["mowing", "docked", "paused", "returning", "error"],
        "alarm_control_panel": ["disarmed", "armed_home", "arming", "pending", "triggered", "armed_custom_bypass"],
        "media_player": ["off", "on", "idle", "playing", "paused", "buffering", "standby"],
        "camera": ["idle", "recording", "streaming"],
    }.items():
        for state in states:
            entity = Entity(f"{domain}.x", state, {})
            for signal, value in wire_house.facts(entity, CATALOG.signals()).items():
                assert value is None or fits(CATALOG.signal(signal), value) is None, (signal, value)


def test_causes_settle_by_result_by_parent_and_by_our_user() -> None:
    causes = Causes()
    causes.user = "us"
    causes.asked("k1", "light.a")
    assert causes.of("light.a", Cause("c1", None, "us")) == "k1"
    causes.answered("k1", "c1")
    assert causes.of("light.b", Cause("c2", "c1", None)) == "k1"
    assert causes.of("light.a", Cause("c3", None, "us")) is None  # ours, but by another door
    assert causes.of("light.a", Cause("c4", None, "them")) is None
    causes.asked("k2", "light.a")
    assert causes.of("light.a", Cause("c3", None, "us")) is None  # older than the call
    causes.asked("k3", "light.b")
    assert causes.of("light.z", Cause("c5", None, "us")) is None  # either could be it
    assert causes.of("light.b", Cause("c6", None, "us")) == "k3"
