"""Keeping: the way to the store. What somebody waits for goes at once; what nobody waits for (readings, samples, ended
wishes) gathers for some ms, or rides with the former."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial

from wayhome import log
from wayhome.errors import StoreError
from wayhome.hub.ports import (
    CommandRow,
    EventRow,
    ForeignRow,
    HeardRow,
    ReadingRow,
    RecordRow,
    Row,
    SampleRow,
    StandsRow,
    Store,
    ThingRow,
)

AT_ONCE = 10_000
"""So many rows that gathered go at once."""
GATHER = 0.010
"""How long rows that nobody waits for may gather, in s. Handing each of them over alone costs more than keeping it."""


class Keeping:
    """The queue to the store. ``dropped``: telemetry samples that were not kept because the disk
    could not follow. ``fault``: why the store fails, while it does."""

    def __init__(self, store: Store) -> None:
        self.dropped = 0
        self.fault: str | None = None
        self._store = store
        self._gathered: list[Row] = []
        self._timer: asyncio.TimerHandle | None = None
        self._late: dict[str, tuple[int, Row]] = {}
        """Rows for when there is room, by what they are about, each with the number of the batch it came of."""
        self._batch = 0
        self._last: asyncio.Future[None] | None = None

    def append(self, rows: Sequence[Row]) -> asyncio.Future[None]:
        """Keep rows that somebody waits for, after all that gathered. See ``Store.append``."""
        self.flush()
        return self._store.append(rows)

    def durable(self, rows: Sequence[Row], then: Callable[[BaseException | None], None]) -> asyncio.Future[None]:
        """Keep rows that somebody waits for; ``then`` is called once with what came of it (None: they are on the
        disk), before those who wait for the future. Raises StoreError. To be awaited under a shield: that who asked
        has gone (a socket broke) takes nothing back."""
        try:
            stored = self.append(rows)
        except StoreError as error:
            then(error)
            raise

        def ended(stored: asyncio.Future[None]) -> None:
            then(asyncio.CancelledError() if stored.cancelled() else stored.exception())

        if stored.done():
            ended(stored)
        else:
            stored.add_done_callback(ended)
        return stored

    def keep(self, rows: Sequence[Row]) -> None:
        """Keep rows that nobody waits for."""
        self._gathered += rows
        if len(self._gathered) >= AT_ONCE:
            self.flush()
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(GATHER, self._due)

    def _due(self) -> None:
        self._timer = None
        self.flush()

    def flush(self) -> None:
        """Hand over what gathered. When the disk can't follow, telemetry is dropped and of each state the latest is
        kept for when there is room."""
        if not self._gathered:
            return
        rows, self._gathered = self._gathered, []
        if self._store.room:
            # What is late comes first: it must not cover what is newer.
            rows, self._late = [*(row for _, row in self._late.values()), *rows], {}
        else:
            kept: list[Row] = []
            for row in rows:
                if isinstance(row, SampleRow):
                    self.dropped += 1
                elif isinstance(row, ReadingRow | StandsRow):
                    self._late[_subject(row)] = (self._batch, row)
                else:
                    kept.append(row)
            rows = kept
        self._hand_over(rows)

    def _hand_over(self, rows: list[Row]) -> None:
        if rows:
            self._batch += 1
            try:
                self._last = self._store.append(rows)
                self._last.add_done_callback(partial(self._kept, self._batch, rows))
            except StoreError as error:
                self._failed(error.detail, self._batch, rows)

    async def settle(self) -> None:
        """Until what was kept so far is on the disk (or has failed): who asks what happened is told the newest."""
        self.flush()
        if self._last is not None and not self._last.done():
            await asyncio.wait((self._last,))

    def finish(self) -> None:
        """Hand over everything, also what is late: the hub stops, and the store writes what it has got."""
        late: list[Row] = [row for _, row in self._late.values()]
        self._late.clear()
        self._hand_over(late)
        self.flush()

    def every_moment(self) -> None:
        """Keep what came late, when there is room again."""
        if self._late and self._store.room:
            late: list[Row] = [row for _, row in self._late.values()]
            self._late.clear()
            self._hand_over(late)

    def _kept(self, batch: int, rows: list[Row], future: asyncio.Future[None]) -> None:
        if future.cancelled():
            return
        error = future.exception()
        if error is not None:
            self._failed(str(error), batch, rows)
            return
        for row in rows if self._late else ():
            # What of it came to grief before this is no longer the latest.
            if self._late.get(_subject(row), (batch,))[0] < batch:
                del self._late[_subject(row)]
        if self.fault is not None:
            self.fault = None
            log.get("household").info("store recovered")

    def _failed(self, text: str, batch: int, rows: list[Row]) -> None:
        # Of each subject the latest is tried again: what stands must be on the disk once there is room.
        for row in reversed(rows):
            if isinstance(row, SampleRow):
                self.dropped += 1
            else:
                self._late.setdefault(_subject(row), (batch, row))
        if self.fault != text:
            log.get("household").error("store failed", detail=text)
        self.fault = text


def _subject(row: Row) -> str:
    """What a row is about: a later one of the same subject takes its place."""
    match row:
        case ReadingRow(reading) | SampleRow(reading):
            return reading.path
        case CommandRow(command):
            return f"wish {command.key}"
        case ThingRow(id):
            return f"thing {id}"
        case RecordRow(record):
            return record.path
        case EventRow(event):
            return f"event {event.context.id}"
        case StandsRow(row):
            return _subject(row)
        case ForeignRow(site, number):
            return f"line {number} of {site}"
        case HeardRow(site):
            return f"log of {site}"
