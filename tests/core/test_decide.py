"""The rules and the house: rules alter nothing, and the same changes make the same house."""

from __future__ import annotations

import copy

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from tests.core.strategies import hostile, records
from wayhome.core import decide
from wayhome.core.catalog import Catalog, Refinement, Signal
from wayhome.core.clock import Stamp
from wayhome.core.command import Command, harmless, time_to_live
from wayhome.core.house import Change, House, Recorded, evolve
from wayhome.core.record import Record
from wayhome.core.thing import Thing
from wayhome.core.traits import SIGNALS
from wayhome.core.value import Context, Fact, is_value
from wayhome.errors import HubError

CATALOG = Catalog([*SIGNALS, Signal("Vehicle.Speed", "sensor", "float", "km/h", keep="telemetry")])
NOW = 1_764_025_200.0
LAMP = {"light.on": Refinement(), "light.brightness": Refinement(max=80)}
PATHS = ["lamp/light.on", "lamp/light.brightness", "door/lock.locked", "car/Vehicle.Speed", "lamp/thing.online"]
paths = st.sampled_from([*PATHS, "nobody/light.on", "lamp/light.hue", "hub/hub.info"]) | st.text(max_size=10)
things = st.sampled_from(
    [
        Thing("lamp", "Lamp", "puppet", "light", LAMP),
        Thing("lamp", "Lamp", "puppet", "light", {"light.on": Refinement()}),
        Thing("door", "Door", "puppet", "lock", {"lock.locked": Refinement()}),
        Thing("car", "Car", "other", "car", {"Vehicle.Speed": Refinement()}),
        Thing("lamp", "Stolen", "other", "light", LAMP),
        Thing("hub", "Hub", "puppet", "light", LAMP),
        Thing("liar", "Liar", "puppet", "car", {"driving.state": Refinement()}),
        Thing("half", "\ud800", "puppet", "car", LAMP),
        Thing("odd", "Odd", "puppet", "car", {"no.such": Refinement()}),
        Thing("big", "Big", "puppet", "car", LAMP, area="x" * 10_000_000),
    ]
)
links = st.sampled_from(["puppet", "other"])
keys = st.sampled_from(["key-1", "key-2", "key-3"])
times = st.floats(-100, 100).map(lambda passed: NOW + passed)
source_times = st.none() | times | st.sampled_from([float("nan"), float("inf"), -float("inf"), -1.0, 1e300])
qualities = st.sampled_from(["good", "stale", "unreachable", "evil", ""])


def command(key: str, path: str, target: object, at: float, ttl: float) -> Command:
    return Command(key, path, target, at, ttl, Context("c", "person:anna"))  # type: ignore[arg-type]


def fact(path: str, value: object, source_at: float | None, quality: str) -> Fact:
    return Fact(path, value, source_at, quality)  # type: ignore[arg-type]


facts = st.builds(fact, paths, st.booleans() | st.floats(-10, 110) | hostile, source_times, qualities)
commands = st.builds(
    command, keys, paths, st.booleans() | st.floats(-10, 110) | hostile, times, st.floats(-1, 100) | st.just(1e9)
)
fields = st.dictionaries(st.sampled_from(["name", "tone"]) | st.text(max_size=4), hostile, max_size=2)
asks = st.one_of(
    st.tuples(st.just("announce"), links, things),
    st.tuples(st.just("withdraw"), links, st.sampled_from(["lamp", "door", "car", "x"]), times),
    st.tuples(st.just("report"), links, facts, times, st.none()),
    st.tuples(st.just("ask"), commands),
    st.tuples(st.just("sent"), keys),
    st.tuples(st.just("took"), keys, times),
    st.tuples(st.just("fail"), keys, times, st.just("refused"), st.text(max_size=600)),
    st.tuples(st.just("expire"), times),
    st.tuples(
        st.just("write"), st.sampled_from(["note", "grant"]), st.sampled_from(["a", "b", "/", ""]), fields, times
    ),
    st.tuples(st.just("delete"), st.just("note"), st.sampled_from(["a", "b"]), times),
    st.tuples(st.just("receive"), records(), times),
)


def picture(house: House) -> object:
    """All that a house holds, as something that can be compared."""
    parts = (house.clock, house.things, house.readings, house.open, house.wishes, house.records)
    return copy.deepcopy(parts)


def furnished() -> House:
    house = House(CATALOG, "home")
    for link, thing in (
        ("puppet", Thing("lamp", "Lamp", "puppet", "light", LAMP)),
        ("puppet", Thing("door", "Door", "puppet", "lock", {"lock.locked": Refinement()})),
        ("other", Thing("car", "Car", "other", "car", {"Vehicle.Speed": Refinement()})),
    ):
        for change in decide.announce(house, link, thing):
            evolve(house, change)
    return house


@given(st.lists(asks, max_size=25))
def test_rules_alter_nothing_and_only_say_what_can_be_replayed(steps: list[tuple[object, ...]]) -> None:
    house, told = furnished(), list[Change]()
    for rule, *arguments in steps:
        before = picture(house)
        try:
            changes = getattr(decide, str(rule))(house, *arguments)
        except HubError as error:
            assert error.detail and error.status < 500
            changes = []
        assert picture(house) == before, f"{rule} altered the house"
        for change in changes:
            told.append(change)
            evolve(house, change)
        sound(house)
    again = furnished()
    for change in told:
        evolve(again, change)
    assert picture(again) == picture(house)


def sound(house: House) -> None:
    """What holds for every house at any time."""
    assert house.clock.node == "home"
    for path, wish in house.wishes.items():
        assert wish.open and wish.path == path and house.open[wish.key] == wish
    for reading in house.readings.values():
        thing, _, _ = reading.path.partition("/")
        assert thing in house.things
        msgspec.json.encode(reading)
        assert reading.source_at is None or abs(reading.source_at) < 1e301
    for collection in house.records.values():
        for record in collection.values():
            assert is_value(record.values())
    for thing_ in house.things.values():
        msgspec.json.encode(thing_.info())
        assert not any(name.startswith(("thing.", "driving.", "hub.")) for name in thing_.signals)


@given(st.lists(st.tuples(st.floats(0, 50), st.floats(-40, 40), st.integers(0, 9)), min_size=1, max_size=20))
def test_readings_never_go_back_in_their_devices_time(reports: list[tuple[float, float, int]]) -> None:
    house, latest, now = furnished(), -float("inf"), NOW
    for passed, behind, value in reports:
        now += passed
        said = Fact("lamp/light.brightness", float(value), now + behind)
        for change in decide.report(house, "puppet", said, now, None):
            evolve(house, change)
        source_at = house.readings["lamp/light.brightness"].source_at
        assert source_at is not None and source_at >= latest
        latest = source_at


def test_a_clock_that_is_set_back_silences_no_device() -> None:
    for hub_back, device_back in ((3_600.0, 0.0), (3_600.0, 3_600.0), (0.0, 0.0)):
        house = furnished()
        for value, at, source_at in ((10.0, NOW, NOW), (20.0, NOW - hub_back + 1, NOW - device_back + 1)):
            for change in decide.report(house, "puppet", Fact("lamp/light.brightness", value, source_at), at, None):
                evolve(house, change)
        assert house.readings["lamp/light.brightness"].value == 20.0


def test_a_wish_of_no_time_or_too_long_is_refused_and_a_thousand_are_enough() -> None:
    house = furnished()
    for ttl in (0.0, -1.0, 86_401.0, float("nan"), float("inf")):
        try:
            decide.ask(house, command("key-1", "lamp/light.on", True, NOW, ttl))
            raise AssertionError(ttl)
        except HubError as error:
            assert error.code == "bad_input"
    codes = []
    for number in range(decide.MAX_OPEN + 1):
        try:
            asked = command(f"key-{number}", "lamp/light.on", True, NOW, 30)
            for change in decide.ask(house, asked):
                evolve(house, msgspec.structs.replace(change) if number % 2 else change)
                house.open.setdefault(asked.key, asked)
            for other in range(number):
                house.open.setdefault(f"key-{other}", asked)
        except HubError as error:
            codes.append(error.code)
    assert codes == ["too_many"]


def test_what_opens_is_never_harmless_and_lives_shortest() -> None:
    for signal in SIGNALS:
        if signal.risky or signal.press:
            assert not harmless(signal)
        if signal.risky:
            assert time_to_live(signal) == 5
    assert harmless(CATALOG.signal("light.on"))


def test_a_record_of_nothing_is_not_written() -> None:
    house = furnished()
    for values in ({}, {"name": 10**400}, {"name": "\ud800"}, {"not a name": 1}, {"x" * 65: 1}):
        try:
            decide.write(house, "note", "a", values, NOW)  # type: ignore[arg-type]
            raise AssertionError(values)
        except HubError as error:
            assert error.code == "bad_input"


def test_a_stamp_of_another_site_does_not_rename_this_one() -> None:
    house = furnished()
    seen = Record("note", "a", {}, Stamp(int(NOW * 1000) + 30_000, 7, "zebra"))
    for change in decide.receive(house, seen, NOW):
        evolve(house, change)
    assert house.clock.node == "home"
    assert house.clock > Stamp(seen.stamp.wall, seen.stamp.count, "")
    evolve(house, Recorded(seen, Stamp(seen.stamp.wall + 1, 0, "zebra")))  # as it is read from the disk at start
    assert house.clock == Stamp(seen.stamp.wall + 1, 0, "home")
