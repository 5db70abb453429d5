"""Cars of many makers, from recordings: found, mapped right, told in VSS's units."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.links.homeassistant.recording import Recording, recording
from wayhome.adapters.catalog_files import load_catalog
from wayhome.core.catalog import fits
from wayhome.core.thing import check
from wayhome.core.value import Value, is_value
from wayhome.errors import BadInput
from wayhome.links.homeassistant import wire_car as v
from wayhome.links.homeassistant.cars import Suggestion, suggest_cars
from wayhome.links.homeassistant.wire import State
from wayhome.links.homeassistant.wire_attributes import Entity
from wayhome.links.homeassistant.wire_car import Car, Source
from wayhome.links.homeassistant.wire_registry import Registry
from wayhome.links.homeassistant.wire_units import Units

CATALOG = load_catalog()
TESLA, VOLVO, BMW, RENAULT, SUBARU, KIA, TESLAMATE = CARS = [
    recording(name) for name in ("tesla", "volvo", "bmw", "renault", "subaru", "kia", "teslamate")
]
NO_CARS = [recording(name) for name in ("phone", "powerwall", "wallbox", "robot")]
DRIVER = v.LOCKS[0]


def found(one: Recording) -> Suggestion:
    suggestions = suggest_cars(one.registry(), one.states(), Units())
    assert len(suggestions) == 1, suggestions
    return suggestions[0]


def told(one: Recording, car: Car) -> dict[str, Value]:
    said: dict[str, Value] = {}
    for state in one.states().values():
        said |= v.facts(car, Entity.of(state, Units()))
    return said


EXPECTED: list[tuple[Recording, dict[str, Value]]] = [
    (TESLA, {
        v.CHARGE_LEVEL: 77.0, v.RANGE: 429_486, v.CHARGING: False, v.PLUG: True, v.CHARGE_LIMIT: 80, v.GEAR: 126,
        v.SPEED: 0.0, v.DISTANCE: 10_430_191, v.TYRES[0]: 278, v.TYRES[3]: 280, v.INSIDE: 29.8,
        v.OUTSIDE: 30.0, v.TARGET: 22.0, v.CLIMATE: False, DRIVER: False, v.DOORS[1] + ".IsOpen": True,
        v.DOORS[0] + ".IsOpen": False, v.DOORS[3] + ".Window.IsOpen": True, v.TRUNK + ".IsOpen": False,
        v.FRUNK + ".IsOpen": False, v.LATITUDE: -30.222626, v.LONGITUDE: -97.6236871,
    }),
    (VOLVO, {
        v.CHARGE_LEVEL: 53.0, v.RANGE: 250_000, v.CHARGING: False, v.PLUG: True, v.CHARGE_LIMIT: 90,
        v.DISTANCE: 30_000_000, v.DOORS[0] + ".IsOpen": False, v.DOORS[3] + ".IsOpen": False,
        v.DOORS[0] + ".Window.IsOpen": True, v.TRUNK + ".IsOpen": False, DRIVER: True, v.HEADING: 90.0,
    }),
    (BMW, {
        v.CHARGE_LEVEL: 82.0, v.RANGE: 174_000, v.FUEL_RANGE: 105_000, v.TOTAL_RANGE: 279_000, v.FUEL_LEVEL: 65,
        v.DISTANCE: 137_009_000, v.CHARGE_LIMIT: 100, v.TYRES[0]: 241, v.CHARGING: True, v.PLUG: True, DRIVER: False,
    }),
    (RENAULT, {
        v.CHARGE_LEVEL: 60.0, v.RANGE: 141_000, v.CHARGING: True, v.PLUG: True, v.DISTANCE: 49_114_000, v.OUTSIDE: 8.0,
        v.CLIMATE: False, v.LATITUDE: 48.8,
    }),
    (SUBARU, {v.CHARGE_LEVEL: 20.0, v.RANGE: 27_359, v.FUEL_LEVEL: 77, v.TYRES[0]: 220, DRIVER: None}),
    (KIA, {
        v.CHARGE_LEVEL: 64.0, v.RANGE: 291_000, v.TOTAL_RANGE: 291_000, v.DISTANCE: 12_345_600, v.PLUG: False,
        v.CHARGING: False, DRIVER: True,
    }),
    (TESLAMATE, {
        v.CHARGE_LEVEL: 71.0, v.RANGE: 321_000, v.DISTANCE: 40_123_400, v.GEAR: 127, v.SPEED: 51.0, v.HEADING: 180.0,
        v.INSIDE: 20.1, v.OUTSIDE: 7.5, v.CHARGE_LIMIT: 80, DRIVER: True, v.PLUG: True, v.TRUNK + ".IsOpen": False,
    }),
]  # fmt: skip


@pytest.mark.parametrize(("car", "expected"), EXPECTED, ids=[car.platform for car in CARS])
def test_a_car_is_found_and_tells_what_it_is(car: Recording, expected: dict[str, Value]) -> None:
    suggestion = found(car)
    said = told(car, suggestion.car)
    assert {signal: said.get(signal, "not mapped") for signal in expected} == expected
    states, registry = car.states(), car.registry()
    thing = v.describe(
        suggestion.car, "home", lambda id: Entity.of(states[id], Units()) if id in states else None, registry
    )
    check(thing)
    for signal, value in said.items():
        assert signal in CATALOG, signal
        assert value is None or fits(CATALOG.signal(signal), value, thing.signals[signal]) is None, (signal, value)
    # Every entity is either in the car or offered as another choice.
    assert set(states) == suggestion.car.entities() | set(suggestion.others)


@pytest.mark.parametrize("one", NO_CARS, ids=[one.platform for one in NO_CARS])
def test_what_only_looks_like_a_car_is_none(one: Recording) -> None:
    assert suggest_cars(one.registry(), one.states(), Units()) == []


def calls(one: Recording, signal: str, target: Value) -> tuple[str, str, str | None, dict[str, Any]]:
    states = one.states()
    call = v.call(found(one).car, signal, target, lambda id: Entity.of(states[id], Units()) if id in states else None)
    return call.domain, call.service, call.entity, call.data


def test_wishes_go_back_the_right_way() -> None:
    assert calls(TESLA, DRIVER, True) == ("lock", "lock", "lock.test_lock", {})
    assert calls(TESLA, v.CLIMATE, True) == ("climate", "turn_on", "climate.test_climate", {})
    assert calls(TESLA, v.TARGET, 21.5) == ("climate", "set_temperature", "climate.test_climate", {"temperature": 21.5})
    assert calls(TESLA, v.CHARGE_LIMIT, 90) == ("number", "set_value", "number.test_charge_limit", {"value": 90.0})
    assert calls(TESLA, v.START_STOP, "START") == ("switch", "turn_on", "switch.test_charge", {})
    assert calls(TESLA, v.TRUNK + ".IsOpen", True) == ("cover", "open_cover", "cover.test_trunk", {})
    assert calls(RENAULT, v.START_STOP, "STOP") == ("button", "press", "button.reg_zoe_40_stop_charge", {})
    with pytest.raises(BadInput):
        calls(BMW, DRIVER, True)  # only a sensor tells of its lock
    with pytest.raises(BadInput):
        calls(VOLVO, v.CHARGE_LIMIT, 80)
    with pytest.raises(BadInput):
        calls(TESLA, v.START_STOP, "TOGGLE")
    with pytest.raises(BadInput):
        calls(TESLA, DRIVER, "yes")


def test_a_car_of_loose_entities_is_found_by_their_first_word() -> None:
    states = {
        entity: State(entity, state, attributes)
        for entity, state, attributes in [
            ("sensor.zoe_battery_level", "55", {"unit_of_measurement": "%"}),
            ("sensor.zoe_range", "100", {"unit_of_measurement": "mi"}),
            ("sensor.zoe_odometer", "1000", {"unit_of_measurement": "km"}),
            ("lock.zoe_doors", "locked", {}),
            ("switch.zoe_charging", "off", {}),
            ("light.kitchen", "on", {}),
        ]
    }
    (suggestion,) = suggest_cars(Registry(), states, Units())
    assert suggestion.key == "word:zoe" and suggestion.car.name == "Zoe"
    assert v.facts(suggestion.car, Entity.of(states["sensor.zoe_range"], Units())) == {v.RANGE: 160_934}
    assert suggest_cars(Registry(), states, Units(), [suggestion.car]) == []


SOME = ["sensor", "binary_sensor", "lock", "climate", "cover", "switch", "number", "button", "device_tracker"]
KEYS = ["unit_of_measurement", "latitude", "temperature", "hvac_modes", "supported_features", "min", "max"]
UNITS = st.sampled_from(["mi", "°F", "psi"])
PLAIN = st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5) | UNITS


@given(
    st.sampled_from(sorted(v.SIGNALS)),
    st.sampled_from(SOME),
    st.text(max_size=12) | st.sampled_from(["on", "off", "12", "unknown", "locked", "1e400", "-5"]),
    st.dictionaries(st.sampled_from(KEYS), PLAIN),
    PLAIN | st.sampled_from(["START", "STOP"]),
)
def test_any_mapping_is_survived(signal: str, domain: str, state: str, attributes: dict[str, Any], target: Any) -> None:
    id = f"{domain}.x"
    entity = Entity(id, state, attributes, Units("°F"))
    car = Car("x", "X", {signal: Source(id)})
    thing = v.describe(car, "home", lambda asked: entity, Registry())
    check(thing)
    assert signal in CATALOG
    for value in v.facts(car, entity).values():
        assert is_value(value)
    try:
        v.call(car, signal, target, lambda asked: entity)
    except BadInput:
        pass


def test_the_units_are_those_of_the_catalogue() -> None:
    for signal in v.SIGNALS:
        found = CATALOG.signal(signal)
        if signal in v.UNITS:
            assert (found.unit, "int" in found.datatype) == v.UNITS[signal], signal
        elif signal in v.FLAGS:
            assert found.datatype == "boolean", signal
