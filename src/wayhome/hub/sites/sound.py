"""What another site wrote, before it is kept: as strict as what is written here. All raise BadInput."""

from __future__ import annotations

import math

import msgspec

from wayhome.core.clock import Stamp
from wayhome.core.command import MAX_TTL, Command
from wayhome.core.decide import MAX_FIELDS, MAX_RECORD_BYTES
from wayhome.core.event import Event
from wayhome.core.ids import MAX_PATH, split_path
from wayhome.core.record import Record
from wayhome.core.value import Reading, is_text, is_value
from wayhome.errors import BadInput

LONGEST = 2.0**53
MAX_DATA = 65_536


def reading(told: Reading) -> Reading:
    """A line of a state's history."""
    split_path(told.path)
    _times(told.at, told.source_at)
    _plain(told.value)
    return told


def command(told: Command) -> Command:
    """A line of what was wished."""
    split_path(told.path)
    _times(told.at, told.ended, told.taken)
    _plain(told.target)
    if not 0 < told.ttl <= MAX_TTL or not 1 <= len(told.key) <= 64 or not is_text(told.key):
        raise BadInput("this is no wish")
    return told


def event(told: Event) -> Event:
    """A line of what happened."""
    _times(told.at)
    _plain(told.data)
    if not 1 <= len(told.name) <= 80 or len(told.about or "") > MAX_PATH or not is_text(told.name + (told.about or "")):
        raise BadInput("this is no event")
    return told


def record(told: Record) -> Record:
    """A record, or what was written of it."""
    _ = told.path
    stamps = [field.stamp for field in told.fields.values()] + ([told.deleted] if told.deleted is not None else [])
    if len(told.fields) > MAX_FIELDS or not all(map(_is_stamp, stamps)):
        raise BadInput(f"{told.path} is no record")
    for name, field in told.fields.items():
        if not name.isidentifier() or len(name) > 64 or not is_value(field.value):
            raise BadInput(f"a field of {told.path} holds no plain value")
    if len(msgspec.json.encode(told)) > MAX_RECORD_BYTES:
        raise BadInput(f"{told.path} has more than {MAX_RECORD_BYTES} bytes")
    return told


def _is_stamp(stamp: Stamp) -> bool:
    return 0 <= stamp.wall < LONGEST and 0 <= stamp.count < LONGEST and len(stamp.node) <= 64 and is_text(stamp.node)


def _times(*times: float | None) -> None:
    if any(time is not None and not (math.isfinite(time) and abs(time) < LONGEST) for time in times):
        raise BadInput("a time is none")


def _plain(value: object) -> None:
    if not is_value(value) or len(msgspec.json.encode(value)) > MAX_DATA:
        raise BadInput("a value is none")
