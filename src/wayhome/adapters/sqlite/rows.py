"""Rows as they lie in the tables: what each row's columns are, and back.

Bodies are JSON text, so that the file can be read with any SQLite tool. A reading's is an array of what its columns do
not say already: there are many of them.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import msgspec

from wayhome.core.command import Command
from wayhome.core.event import Event
from wayhome.core.record import Record
from wayhome.core.thing import Thing
from wayhome.core.value import Context, Quality, Reading
from wayhome.hub.plain import PlainCommand, PlainEvent, PlainReading, PlainRecord
from wayhome.hub.ports import (
    CommandRow,
    EventRow,
    ForeignRow,
    HeardRow,
    Logged,
    LogRow,
    ReadingRow,
    RecordRow,
    Row,
    SampleRow,
    StandsRow,
    ThingRow,
)

SAMPLE, READING, COMMAND, EVENT, RECORD, THING, HEARD = range(7)
KINDS = {"reading": READING, "command": COMMAND, "event": EVENT, "record": RECORD, "thing": THING}
"""The log's kinds by their names."""


class Kept(msgspec.Struct, frozen=True, array_like=True):
    """What a reading's path and time do not say."""

    value: Any
    source_at: float | None = None
    quality: Quality = "good"
    context: Context | None = None


class Line(NamedTuple):
    """One row's columns. ``about``: its path or thing's id. ``site``, ``number``: whose log it is of, where it is
    another's."""

    kind: int
    at: float | None
    about: str | None
    context: str | None
    body: str
    row: Row
    site: str | None = None
    number: int | None = None


_encode = msgspec.json.Encoder().encode
_kept = msgspec.json.Decoder(Kept).decode
_reading = msgspec.json.Decoder(PlainReading).decode
_command = msgspec.json.Decoder(PlainCommand).decode
_event = msgspec.json.Decoder(PlainEvent).decode
_record = msgspec.json.Decoder(PlainRecord).decode
thing_of = msgspec.json.Decoder(Thing).decode


def line(row: Row) -> Line:
    """A row's columns. Raises what the encoder raises for values that are none (they never reach the disk)."""
    match row:
        case ReadingRow(reading):
            context = reading.context
            return Line(READING, reading.at, reading.path, context.id if context else None, reading_body(reading), row)
        case SampleRow(reading):
            return Line(SAMPLE, reading.at, reading.path, None, reading_body(reading), row)
        case CommandRow(command):
            at = command.at if command.ended is None else command.ended
            return Line(COMMAND, at, command.path, command.context.id, _text(command), row)
        case EventRow(event):
            return Line(EVENT, event.at, event.about, event.context.id, _text(event), row)
        case RecordRow(record):
            return Line(RECORD, record.stamp.wall / 1000, record.path, None, _text(record), row)
        case ThingRow(thing_id, thing):
            return Line(THING, None, thing_id, None, _text(thing), row)
        case ForeignRow(site, number, theirs):
            return line(theirs)._replace(row=row, site=site, number=number)
        case StandsRow(stands):
            return line(stands)._replace(row=row)
        case HeardRow():
            return Line(HEARD, None, None, None, "", row)


def reading_body(reading: Reading) -> str:
    """A reading without its path and time."""
    if reading.context is not None:
        return _text((reading.value, reading.source_at, reading.quality, reading.context))
    if reading.quality != "good":
        return _text((reading.value, reading.source_at, reading.quality))
    if reading.source_at is not None:
        return _text((reading.value, reading.source_at))
    return _text((reading.value,))


def reading_of(path: str, at: float, body: str) -> Reading:
    """A reading from its columns."""
    kept = _kept(body)
    return Reading(path, kept.value, at, kept.source_at, kept.quality, kept.context)


def whole_reading_of(body: str | bytes) -> Reading:
    """A reading from JSON text that has all of it."""
    return _reading(body).whole()


def command_of(body: str | bytes) -> Command:
    """A command from its body."""
    return _command(body).whole()


def event_of(body: str | bytes) -> Event:
    """An event from its body."""
    return _event(body).whole()


def record_of(body: str | bytes) -> Record:
    """A record from its body."""
    return _record(body).whole()


def logged(seq: int, kind: int, at: float, about: str | None, body: str) -> Logged:
    """A line of the log from its columns."""
    row: LogRow
    if kind == READING:
        row = ReadingRow(reading_of(about or "", at, body))
    elif kind == COMMAND:
        row = CommandRow(command_of(body))
    elif kind == EVENT:
        row = EventRow(event_of(body))
    elif kind == RECORD:
        row = RecordRow(record_of(body))
    else:
        row = ThingRow(about or "", None if body == "null" else thing_of(body))
    return Logged(seq, row)


def sample(reading: Reading) -> tuple[float, float] | None:
    """A reading's place in the drive log: (time, value), by the device's own time where it tells. None for what is not
    a finite number: of such telemetry only the latest is kept."""
    value = reading.value
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    at = reading.source_at if reading.source_at is not None and math.isfinite(reading.source_at) else reading.at
    return float(at), float(value)


def _text(value: object) -> str:
    return _encode(value).decode()
