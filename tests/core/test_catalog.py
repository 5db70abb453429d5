"""What signals may hold, against every value that a program could hand over."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.strategies import hostile, values
from wayhome.core.catalog import INTEGERS, MAX_LIST, MAX_TEXT, Catalog, Refinement, Signal, fits, same
from wayhome.core.value import Value, is_value
from wayhome.errors import BadInput

DATATYPES = ["boolean", "string", "float", "double", "object", *INTEGERS]
datatypes = st.sampled_from(DATATYPES) | st.sampled_from(DATATYPES[:4]).map(lambda name: name + "[]")
bounds = st.none() | st.floats(-1e6, 1e6)


@st.composite
def signals(draw: st.DrawFn) -> Signal:
    least, most = draw(bounds), draw(bounds)
    if least is not None and most is not None and least > most:
        least, most = most, least
    allowed = draw(st.none() | st.just(("on", "off")))
    return Signal("a.b", "actuator", draw(datatypes), None, least, most, allowed)


refinements = st.none() | st.builds(
    Refinement, min=bounds, max=bounds, step=st.none() | st.floats(0.1, 10), allowed=st.none() | st.just(("eco",))
)


@given(signals(), hostile | st.lists(hostile, max_size=3), refinements)
def test_every_value_fits_or_has_a_reason_and_what_fits_can_be_written(
    signal: Signal, value: object, refinement: Refinement | None
) -> None:
    why = fits(signal, value, refinement)
    if why is not None:
        assert isinstance(why, str) and 0 < len(why) < 400
        return
    written = msgspec.json.encode(value)
    assert msgspec.json.decode(written) == value
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(value)) == value
    assert len(written) < 6 * MAX_TEXT or signal.datatype == "object"


@given(signals(), values, values, refinements)
def test_any_report_fulfils_a_wish_or_not(
    signal: Signal, wish: Value, fact: Value, refinement: Refinement | None
) -> None:
    assert same(signal, wish, fact, refinement) in (True, False)
    assert same(signal, wish, wish, refinement)


@given(hostile)
def test_what_counts_as_a_value_can_be_written(value: object) -> None:
    if is_value(value):
        assert msgspec.json.decode(msgspec.json.encode(value)) == value


@pytest.mark.parametrize(
    ("datatype", "value"),
    [
        ("boolean", 1), ("boolean", "true"), ("boolean", None), ("string", 1), ("string", "x" * (MAX_TEXT + 1)),
        ("string", "\ud800"), ("float", True), ("float", float("nan")), ("float", float("inf")), ("float", 10**400),
        ("float", 2**63), ("float", "1"), ("uint8", -1), ("uint8", 256), ("uint8", 1.5), ("int8", -129),
        ("uint64", 2**64), ("int64", 10**400), ("float[]", 1.0), ("float[]", [1.0, "a"]),
        ("float[]", [0.0] * (MAX_LIST + 1)), ("string[]", ["\udfff"]), ("object", object()), ("object", b"x"),
        ("object", {1: 2}), ("object", [[[[[[[[[1]]]]]]]]]), ("object", {"\ud800": 1}),
    ],
)  # fmt: skip
def test_hostile_values_do_not_fit(datatype: str, value: object) -> None:
    assert fits(Signal("a.b", "sensor", datatype), value) is not None


def test_a_things_own_bounds_count_before_the_catalogues() -> None:
    signal = Signal("a.b", "actuator", "float", None, 0, 100)
    assert fits(signal, 50, Refinement(min=16, max=30)) is not None
    assert fits(signal, 20, Refinement(min=16, max=30)) is None
    assert fits(signal, 200, Refinement(max=300)) is None
    choice = Signal("a.c", "actuator", "string", allowed=("heat", "cool"))
    assert fits(choice, "eco", Refinement(allowed=("eco",))) is None
    assert fits(choice, "heat", Refinement(allowed=("eco",))) is not None


def test_reports_round_as_devices_do() -> None:
    percent = Signal("light.brightness", "actuator", "float", "percent", 0, 100)
    assert same(percent, 50, 127 / 255 * 100)
    assert not same(percent, 50, 52)
    assert same(Signal("a.b", "actuator", "float"), 3000, 3003)
    assert same(Signal("a.b", "actuator", "float"), 21, 21.5, Refinement(step=1))
    assert not same(Signal("a.b", "actuator", "boolean"), True, 0)
    assert not same(Signal("a.b", "actuator", "float"), 1, "1")


def test_an_unknown_signal_is_said_to_be_none() -> None:
    catalog = Catalog([Signal("a.b", "sensor", "float")])
    assert "a.b" in catalog and catalog.find("a.c") is None
    with pytest.raises(BadInput):
        catalog.signal("a.c" * 1000)
