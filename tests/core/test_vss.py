"""The catalogue of cars: what comes with Wayhome, our three rules on it, and files of other people, also hostile."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wayhome.adapters.catalog_files import MAX_BYTES, NOTICE, encode, entries, load_catalog
from wayhome.core.catalog import Catalog, fits
from wayhome.core.vss import Entry, signal, signals
from wayhome.errors import BadInput

CHARGE = "Vehicle.Powertrain.TractionBattery.StateOfCharge.Displayed"
DOOR = "Vehicle.Cabin.Door.Row1.DriverSide"


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return load_catalog()


def test_cars_homes_and_the_hub_are_in_it(catalog: Catalog) -> None:
    assert len([path for path in catalog.signals() if path.startswith("Vehicle.")]) == 1263
    for path in ("light.on", "climate.target_temperature", "thing.info", "driving.state", "hub.info"):
        assert path in catalog
    speed = catalog.signal("Vehicle.Speed")
    assert (speed.kind, speed.datatype, speed.unit, speed.keep) == ("sensor", "float", "km/h", "telemetry")
    assert fits(catalog.signal("Vehicle.Powertrain.TractionBattery.Charging.StartStopCharging"), "START") is None


def test_it_loads_in_a_blink() -> None:
    took = []
    for _ in range(5):
        began = time.process_time()
        load_catalog()
        took.append(time.process_time() - began)
    assert min(took) < 0.030


@pytest.mark.parametrize(
    "path",
    [
        CHARGE,
        "Vehicle.Powertrain.TractionBattery.Range",
        "Vehicle.TraveledDistance",
        "Vehicle.Chassis.Axle.Row1.Wheel.Left.Tire.Pressure",
        "Vehicle.Cabin.Sunroof.Position",
        f"{DOOR}.Window.Position",
        f"{DOOR}.IsOpen",
        "Vehicle.Powertrain.Transmission.CurrentGear",
        "Vehicle.LowVoltageSystemState",
        "Vehicle.Cabin.HVAC.Station.Row1.Driver.Temperature",
    ],
)
def test_what_people_ask_about_later_is_state(catalog: Catalog, path: str) -> None:
    assert catalog.signal(path).keep == "state"


@pytest.mark.parametrize(
    "path",
    [
        "Vehicle.Speed",
        "Vehicle.CurrentLocation.Latitude",
        "Vehicle.Acceleration.Lateral",
        "Vehicle.Powertrain.TractionBattery.CurrentPower",
        "Vehicle.Exterior.AirTemperature",
        "Vehicle.Driver.FatigueLevel",
        "Vehicle.Powertrain.CombustionEngine.DieselParticulateFilter.DeltaPressure",
    ],
)
def test_what_changes_all_the_time_is_telemetry(catalog: Catalog, path: str) -> None:
    assert catalog.signal(path).keep == "telemetry"


def test_only_single_numbers_of_sensors_are_telemetry(catalog: Catalog) -> None:
    for found in catalog.signals().values():
        if found.keep == "telemetry":
            assert found.kind == "sensor"
            assert found.datatype not in ("boolean", "string", "object")
            assert not found.datatype.endswith("[]")


def test_what_opens_or_moves_the_car_is_risky(catalog: Catalog) -> None:
    for leaf in ("IsLocked", "IsOpen", "Position", "Switch", "Window.Position", "Window.Switch"):
        assert catalog.signal(f"{DOOR}.{leaf}").risky, leaf
    for path in (
        "Vehicle.Body.Trunk.Rear.IsOpen",
        "Vehicle.Body.Hood.Position",
        "Vehicle.Cabin.Sunroof.Switch",
        "Vehicle.Powertrain.TractionBattery.Charging.ChargingPort.AnyPosition.IsFlapOpen",
        "Vehicle.Powertrain.TractionBattery.Charging.ChargingPort.AnyPosition.IsChargingCableLocked",
        "Vehicle.Powertrain.Transmission.SelectedGear",
        "Vehicle.Chassis.ParkingBrake.IsEngaged",
        "Vehicle.MotionManagement.Steering.SteeringWheel.TorqueTarget",
        "Vehicle.ADAS.CruiseControl.IsActive",
    ):
        assert catalog.signal(path).risky, path
    for path in (
        f"{DOOR}.Shade.Position",
        "Vehicle.Cabin.Sunroof.Shade.Switch",
        "Vehicle.Cabin.HVAC.IsAirConditioningActive",
        "Vehicle.Body.Mirrors.DriverSide.IsLocked",
        "Vehicle.Powertrain.CombustionEngine.IsRunning",
        CHARGE,
    ):
        assert not catalog.signal(path).risky, path
    # Where another specification lets the engine be started, that is risky too.
    assert signal(Entry("Vehicle.Powertrain.CombustionEngine.IsRunning", "actuator", "boolean")).risky


def test_pressed_are_the_ones_that_say_what_to_do(catalog: Catalog) -> None:
    assert catalog.signal("Vehicle.Powertrain.TractionBattery.Charging.StartStopCharging").press
    assert catalog.signal(f"{DOOR}.Window.Switch").press
    assert not catalog.signal(f"{DOOR}.Window.Position").press
    assert not catalog.signal("Vehicle.Body.Lights.IsHighBeamSwitchOn").press


def test_every_default_of_the_specification_fits_its_signal(catalog: Catalog) -> None:
    for found in catalog.signals().values():
        assert found.default is None or fits(found, found.default) is None, found.path


def test_the_three_formats_say_the_same(tmp_path: Path) -> None:
    lines = (
        b'{"path":"Vehicle.Speed","kind":"sensor","datatype":"float","unit":"km/h"}\n'
        b'{"path":"Vehicle.Trunk.IsOpen","kind":"actuator","datatype":"boolean"}\n'
    )
    leaf = {"type": "sensor", "datatype": "float", "unit": "km/h", "description": "How fast."}
    trunk = {"type": "branch", "children": {"IsOpen": {"type": "actuator", "datatype": "boolean", "uuid": "x"}}}
    tree = json.dumps({"Vehicle": {"type": "branch", "children": {"Trunk": trunk, "Speed": leaf}}}, indent=2)
    ours = encode(entries(lines), "6.0")
    assert NOTICE.encode() in ours
    assert len(ours.splitlines()) == 4
    assert entries(lines) == entries(tree.encode()) == entries(ours)
    (tmp_path / "mine.json").write_text(tree)
    mine = load_catalog(tmp_path / "mine.json")
    assert mine.signal("Vehicle.Speed").unit == "km/h"
    assert "Vehicle.CurrentLocation.Latitude" not in mine
    assert "light.on" in mine


def test_structs_become_objects_and_choices_of_numbers_bounds() -> None:
    assert signal(Entry("Vehicle.Box", "sensor", "Types.Box")).datatype == "object"
    assert signal(Entry("Vehicle.Boxes", "sensor", "Types.Box[]")).datatype == "object"
    stage = signal(Entry("Vehicle.Stage", "actuator", "uint8", allowed=[1, 3, 2]))
    assert (stage.min, stage.max, stage.allowed) == (1, 3, None)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "truncated"),
        (b"[]", "object"),
        (b"\xff\xfe", ""),
        (b'{"Vehicle":{"type":"branch","children":{"Speed":{"type":"sensor"}}}}', "Vehicle.Speed"),
        (b'{"Vehicle":{"type":"planet","datatype":"float"}}', "Vehicle is neither"),
        (b'{"path":"Vehicle.Speed","kind":"sensor","datatype":"quaternion"}', "quaternion"),
        (b'{"path":"Vehicle.Speed","kind":"wish","datatype":"float"}', "wish"),
        (b'{"path":"Vehicle. Speed","kind":"sensor","datatype":"float"}', "path"),
        (b'{"path":"Vehicle.A","kind":"sensor","datatype":"float"}\n' * 2, "twice"),
        (b'{"path":"Vehicle.A","kind":"sensor","datatype":"float","min":2,"max":1}', "more than"),
        (b'{"path":"Vehicle.A","kind":"sensor","datatype":"float","min":1e999}', ""),
        (b'{"path":"Vehicle.A","kind":"sensor","datatype":"uint8","allowed":["a"]}', "choices"),
        (b'{"path":"Vehicle.A","kind":"sensor","datatype":"uint64","default":99999999999999999999}', ""),
        (b'{"path":"light.on","kind":"actuator","datatype":"boolean"}', "trait of homes"),
        (b'{"V":{"type":"branch","children":' * 100_000, ""),
        (b'{"signals":{"a":1}}', "array"),
    ],
)
def test_a_wrong_file_is_named_with_what_is_wrong(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "vss.json"
    path.write_bytes(content)
    with pytest.raises(BadInput) as caught:
        load_catalog(path)
    assert str(path) in caught.value.detail
    assert says in caught.value.detail
    assert len(caught.value.detail) < 600


def test_what_is_no_file_or_too_large_is_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with (tmp_path / "large.json").open("wb") as large:
        large.truncate(MAX_BYTES + 1)
    for name in ("none.json", "pipe", "large.json", "."):
        with pytest.raises(BadInput):
            load_catalog(tmp_path / name)
    with pytest.raises(BadInput, match="20,000"):
        signals(Entry(f"Vehicle.S{n}", "sensor", "float") for n in range(20_001))


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    _read_or_refuse(content)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12), inner, max_size=4),
    max_leaves=12,
)
_words = st.sampled_from(
    ["path", "kind", "type", "datatype", "unit", "min", "max", "allowed", "default", "children", "signals"]
)
_worthy = st.sampled_from(["Vehicle.A", "sensor", "actuator", "branch", "float", "uint8", "string[]", "A.B[]"])
_nearly = st.recursive(
    st.dictionaries(_words, _worthy | _json, max_size=8),
    lambda inner: st.fixed_dictionaries({"children": st.dictionaries(st.text(max_size=5), inner, max_size=3)}),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(["Vehicle", "signals", "path", ""]), _nearly | _json, max_size=3) | _nearly)
def test_any_json_is_read_or_refused(content: object) -> None:
    _read_or_refuse(json.dumps(content).encode())


def _read_or_refuse(content: bytes) -> None:
    """Nothing but BadInput may come out; what is read can be written and read again as the same."""
    try:
        found = signals(entries(content))
        again = signals(entries(encode(entries(content), "0")))
    except BadInput:
        return
    assert sorted(again, key=lambda one: one.path) == sorted(found, key=lambda one: one.path)
    assert all(msgspec.to_builtins(one)["path"] for one in found)
