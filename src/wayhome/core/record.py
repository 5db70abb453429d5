"""Records: household data with several writers (people, grants, places, preferences), merged per field.

The merge takes for each field the write with the greater stamp. It is commutative, associative and idempotent,
so every site comes to the same record whatever the order of arrival. A deletion is a stamp too: it wins over
every field written before it, and a field written after it brings the record back.
"""

from __future__ import annotations

import msgspec

from wayhome.core.clock import Stamp
from wayhome.core.ids import record_path
from wayhome.core.value import Value


class Field(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One field of a record: its value and when that was written."""

    value: Value
    stamp: Stamp


class Record(msgspec.Struct, frozen=True, omit_defaults=True):
    """One item of a collection. ``deleted`` is the stamp of its last deletion, if it ever was deleted."""

    collection: str
    id: str
    fields: dict[str, Field]
    deleted: Stamp | None = None

    @property
    def path(self) -> str:
        return record_path(self.collection, self.id)

    @property
    def gone(self) -> bool:
        """Whether nothing was written after the last deletion."""
        return self.deleted is not None and not self.values()

    @property
    def stamp(self) -> Stamp:
        """The newest write in it; one of before all times when there is none."""
        stamps = [field.stamp for field in self.fields.values()]
        if self.deleted is not None:
            stamps.append(self.deleted)
        return max(stamps, default=Stamp(0, 0, ""))

    def values(self) -> dict[str, Value]:
        """The fields that stand, by name. A field written as None counts as absent."""
        return {
            name: field.value
            for name, field in self.fields.items()
            if field.value is not None and (self.deleted is None or field.stamp > self.deleted)
        }


def write(old: Record | None, collection: str, item: str, values: dict[str, Value], stamp: Stamp) -> Record:
    """``old`` with ``values`` written at ``stamp``; a field set to None is taken away."""
    fresh = Record(collection, item, {name: Field(value, stamp) for name, value in values.items()})
    return fresh if old is None else merge(old, fresh)


def delete(old: Record, stamp: Stamp) -> Record:
    """``old`` deleted at ``stamp``. Its values are forgotten, their stamps stay to order late arrivals."""
    return merge(old, Record(old.collection, old.id, {}, stamp))


def merge(one: Record, other: Record) -> Record:
    """Both records as one: per field the newest write. Same result in any order and however often."""
    fields = dict(one.fields)
    for name, field in other.fields.items():
        mine = fields.get(name)
        if mine is None or _key(field) > _key(mine):
            fields[name] = field
    deleted = max((s for s in (one.deleted, other.deleted) if s is not None), default=None)
    if deleted is not None:
        fields = {name: f if f.stamp > deleted else Field(None, f.stamp) for name, f in fields.items()}
    return Record(one.collection, one.id, fields, deleted)


def _key(field: Field) -> tuple[Stamp, bytes]:
    # Two writes with one stamp can't come from a sound node; the value's bytes settle it all the same.
    return field.stamp, msgspec.json.encode(field.value, order="deterministic")
