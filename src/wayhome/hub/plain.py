"""What rows hold, as it is read back from JSON or msgpack: the core's values with ``Any`` where a value stands, for
msgspec can't decode a type that is recursive, as ``Value`` is."""

from __future__ import annotations

from typing import Any

import msgspec

from wayhome.core.clock import Stamp
from wayhome.core.command import Command, State
from wayhome.core.event import Event
from wayhome.core.record import Field, Record
from wayhome.core.value import Context, Quality, Reading


class PlainReading(msgspec.Struct, frozen=True):
    """A reading."""

    path: str
    value: Any
    at: float
    source_at: float | None = None
    quality: Quality = "good"
    context: Context | None = None

    def whole(self) -> Reading:
        return Reading(**msgspec.structs.asdict(self))


class PlainCommand(msgspec.Struct, frozen=True):
    """A command."""

    key: str
    path: str
    target: Any
    at: float
    ttl: float
    context: Context
    state: State = "asked"
    why: str | None = None
    code: str | None = None
    ended: float | None = None
    taken: float | None = None
    until: float | None = None

    def whole(self) -> Command:
        return Command(**msgspec.structs.asdict(self))


class PlainEvent(msgspec.Struct, frozen=True):
    """An event."""

    name: str
    at: float
    context: Context
    about: str | None = None
    data: dict[str, Any] = {}

    def whole(self) -> Event:
        return Event(**msgspec.structs.asdict(self))


class _Field(msgspec.Struct, frozen=True, array_like=True):
    value: Any
    stamp: Stamp


class PlainRecord(msgspec.Struct, frozen=True):
    """A record."""

    collection: str
    id: str
    fields: dict[str, _Field]
    deleted: Stamp | None = None

    def whole(self) -> Record:
        fields = {name: Field(field.value, field.stamp) for name, field in self.fields.items()}
        return Record(self.collection, self.id, fields, self.deleted)
