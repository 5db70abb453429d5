"""Writing records: decided at once, acknowledged and shown only when they are on the disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from wayhome.core import decide
from wayhome.core.clock import SITES_STAMP_AHEAD_MS
from wayhome.core.event import Event
from wayhome.core.house import Change, House, Recorded, evolve
from wayhome.core.record import Record
from wayhome.core.value import Context, Value
from wayhome.hub.keeping import Keeping
from wayhome.hub.ports import Clock, EventRow, RecordRow, Row, StandsRow


class Writing:
    """A record under way to the disk: what is there by now, how many writes are to come, and the last of them."""

    def __init__(self, durable: Record | None) -> None:
        self.durable = durable
        self.count = 0
        self.last: asyncio.Future[None] | None = None


class Records:
    """The writing side of a household's records. ``then`` hears each record that came to count, and whether that is
    because it is on the disk (True) or because a later one could not be kept (False)."""

    def __init__(self, house: House, keeping: Keeping, clock: Clock, then: Callable[[Record, bool], None]) -> None:
        self._house = house
        self._keeping = keeping
        self._clock = clock
        self._then = then
        self._writing: dict[str, Writing] = {}
        """The records that are being written, by path."""

    def durable(self) -> list[Record]:
        """All records as they are on the disk, deleted ones too. What is not there yet is told to nobody: after a power
        cut this hub would be the only one not to know it."""
        every = (record for of in self._house.records.values() for record in of.values())
        found = (self._writing[one.path].durable if one.path in self._writing else one for one in every)
        return [record for record in found if record is not None]

    async def write(self, collection: str, item: str, values: dict[str, Value], context: Context) -> Record:
        """Write fields of a record; returns it once durable. Raises BadInput, TooMany, StoreError."""
        return await self._write(decide.write(self._house, collection, item, values, self._clock.now()), context)

    async def delete(self, collection: str, item: str, context: Context) -> None:
        """Delete a record; done once durable. Raises NotFound, StoreError."""
        await self._write(decide.delete(self._house, collection, item, self._clock.now()), context)

    async def receive(self, record: Record, context: Context) -> Record:
        """Take in a record written elsewhere; returns it as merged, once durable."""
        changes = decide.receive(self._house, record, self._clock.now())
        if changes:
            return await self._write(changes, context)
        writing = self._writing.get(record.path)
        if writing is not None and writing.last is not None:
            await asyncio.shield(writing.last)  # what is in it already may not yet be on the disk
        return record

    async def hear(self, records: list[Record], rows: Sequence[Row]) -> None:
        """Take in records that another site wrote, with ``rows`` of its log, all or nothing; done once durable."""
        merged: dict[str, Record] = {}
        for record in records:
            for change in decide.receive(self._house, record, self._clock.now(), SITES_STAMP_AHEAD_MS):
                assert isinstance(change, Recorded)
                if record.path not in merged:
                    self._begin(self._house.record(record.collection, record.id), change.record)
                evolve(self._house, change)
                merged[change.record.path] = change.record
        written = [*merged.values()]
        # Where there are more than two sites, it goes on to the others, as if it were this one's own word. It ends
        # where it brings nothing new.
        on = sum(not record.gone for record in self._house.records.get("site", {}).values()) > 2
        plain = [RecordRow(record) for record in written]
        stands: list[Row] = [*plain] if on else [StandsRow(row) for row in plain]

        def ended(error: BaseException | None) -> None:
            for record in written:
                self._written(record, error)

        stored = self._keeping.durable([*stands, *rows], ended) if stands or rows else None
        under_way = [writing.last for writing in self._writing.values() if writing.last is not None]
        for record in written:
            if record.path in self._writing:
                self._writing[record.path].last = stored
        if stored is not None:
            await asyncio.shield(stored)
        elif under_way:
            await asyncio.wait(under_way)

    def _begin(self, before: Record | None, record: Record) -> None:
        self._writing.setdefault(record.path, Writing(before)).count += 1

    async def _write(self, changes: list[Change], context: Context) -> Record:
        (change,) = changes
        assert isinstance(change, Recorded)
        record = change.record
        before = self._house.record(record.collection, record.id)
        evolve(self._house, change)
        event = Event(
            "RecordDeleted" if record.gone else "RecordWritten",
            self._clock.now(),
            context,
            record.path,
            {"fields": [*sorted(n for n, f in record.fields.items() if before is None or before.fields.get(n) != f)]},
        )
        writing = self._writing.setdefault(record.path, Writing(before))
        writing.count += 1
        stored = self._keeping.durable([RecordRow(record), EventRow(event)], lambda error: self._written(record, error))
        writing.last = stored
        await asyncio.shield(stored)
        return record

    def _written(self, record: Record, error: BaseException | None) -> None:
        writing = self._writing[record.path]
        writing.count -= 1
        if error is None:
            writing.durable = record
            self._then(record, True)
        if writing.count:
            return
        del self._writing[record.path]
        durable = writing.durable
        if self._house.record(record.collection, record.id) is not durable:
            # What could not be kept must not count here either: after a restart it would be gone.
            if durable is None:
                del self._house.records[record.collection][record.id]
            else:
                evolve(self._house, Recorded(durable, self._house.clock))
            self._then(durable or Record(record.collection, record.id, {}, record.stamp), False)
