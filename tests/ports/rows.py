"""Rows of every kind for tests: plain ones, and any that hypothesis can think of."""

from __future__ import annotations

from hypothesis import strategies as st

from wayhome.core.catalog import Refinement
from wayhome.core.clock import Stamp
from wayhome.core.command import Command
from wayhome.core.event import Event
from wayhome.core.record import Field, Record
from wayhome.core.thing import Thing
from wayhome.core.value import Context, Reading
from wayhome.hub.ports import CommandRow, EventRow, ReadingRow, RecordRow, Row, SampleRow, ThingRow

T0 = 1_764_025_200.0
"""A moment in time for tests, s since 1970."""


def reading(path: str = "lamp/light.on", value: object = True, at: float = T0, context: Context | None = None) -> Row:
    return ReadingRow(Reading(path, value, at, None, "good", context))


def sample(path: str = "su7/Vehicle.Speed", value: float = 88.5, at: float = T0, source_at: float | None = None) -> Row:
    return SampleRow(Reading(path, value, at, source_at))


def command(key: str = "k1", state: str = "sent", at: float = T0, path: str = "lamp/light.on") -> Row:
    ended = None if state in ("asked", "sent") else at + 1
    return CommandRow(Command(key, path, True, at, 30.0, Context(f"c-{key}", "person:mei"), state, ended=ended))


def event(name: str = "TripEnded", about: str | None = "su7", at: float = T0, id: str = "e1") -> Row:
    return EventRow(Event(name, at, Context(id, "hub"), about, {"km": 12.5}))


def record(item: str = "home", values: dict[str, object] | None = None, at: float = T0, gone: bool = False) -> Row:
    stamp = Stamp(int(at * 1000), 0, "home")
    fields = {name: Field(value, stamp) for name, value in (values or {"name": "Home"}).items()}
    return RecordRow(Record("place", item, {} if gone else fields, stamp if gone else None))


def thing(id: str = "lamp", *signals: str, gone: bool = False) -> Row:
    return ThingRow(id, None if gone else Thing(id, id.title(), "sim", "light", dict.fromkeys(signals, Refinement())))


# Any rows

times = st.floats(T0, T0 + 7200)
texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
numbers = st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
scalars = st.none() | st.booleans() | numbers | texts
values = st.recursive(scalars, lambda v: st.lists(v, max_size=3) | st.dictionaries(texts, v, max_size=3), max_leaves=6)
ids = st.sampled_from(["lamp", "su7", "su", "su7-2"])
paths = st.builds("{}/{}".format, ids, st.sampled_from(["light.on", "Vehicle.Speed", "sensor.value"]))
contexts = st.builds(Context, st.sampled_from("abcdef"), texts, st.none() | st.sampled_from("abcdef"))
stamps = st.builds(
    Stamp, st.integers(int(T0 * 1000), int(T0 * 1000) + 9), st.integers(0, 9), st.sampled_from(["home", "car"])
)
qualities = st.sampled_from(["good", "stale", "unreachable", "bad"])
readings = st.builds(Reading, paths, values, times, st.none() | times, qualities, st.none() | contexts)
sampled = st.builds(Reading, paths, numbers, times, st.none() | times)
states = st.sampled_from(["asked", "sent", "done", "failed", "expired"])
keys = st.sampled_from(["k1", "k2", "k3", "k4"])
commands = st.builds(Command, keys, paths, values, times, st.floats(1, 600), contexts, states, st.none() | texts)
events = st.builds(Event, texts, times, contexts, st.none() | paths | ids, st.dictionaries(texts, values, max_size=2))
fields = st.dictionaries(st.sampled_from("xyz"), st.builds(Field, values, stamps), min_size=1, max_size=3)
records = st.builds(Record, st.sampled_from(["place", "note"]), st.sampled_from("AB"), fields, st.none() | stamps)
things = st.builds(lambda id, signals: ThingRow(id, Thing(id, id, "sim", "x", signals)), ids, st.just({}))
rows: st.SearchStrategy[Row] = (
    st.builds(ReadingRow, readings)
    | st.builds(SampleRow, sampled)
    | st.builds(CommandRow, commands)
    | st.builds(EventRow, events)
    | st.builds(RecordRow, records)
    | things
    | st.builds(ThingRow, ids, st.none())
)
