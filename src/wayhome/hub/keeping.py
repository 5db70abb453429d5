"""Keeping: the way to the store. What somebody waits for goes at once; what nobody waits for (readings, samples, ended
wishes) gathers for some ms, or rides with the former."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from wayhome import log
from wayhome.core.record import Record
from wayhome.errors import StoreError
from wayhome.hub.ports import ReadingRow, Row, SampleRow, Store

GATHER = 0.010
"""How long rows that nobody waits for may gather, in s. Handing each of them over alone costs more than keeping it."""


class Writing:
    """A record under way to the disk: what is there by now, how many writes are to come, and the last of them."""

    def __init__(self, durable: Record | None) -> None:
        self.durable = durable
        self.count = 0
        self.last: asyncio.Future[None] | None = None


class Keeping:
    """The queue to the store. ``dropped``: telemetry samples that were not kept because the disk
    could not follow. ``fault``: why the store fails, while it does."""

    def __init__(self, store: Store) -> None:
        self.dropped = 0
        self.fault: str | None = None
        self._store = store
        self._gathered: list[Row] = []
        self._timer: asyncio.TimerHandle | None = None
        self._late: dict[str, ReadingRow] = {}

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
            rows, self._late = [*self._late.values(), *rows], {}
        else:
            kept: list[Row] = []
            for row in rows:
                if isinstance(row, SampleRow):
                    self.dropped += 1
                elif isinstance(row, ReadingRow):
                    self._late[row.reading.path] = row
                else:
                    kept.append(row)
            rows = kept
        self._hand_over(rows)

    def _hand_over(self, rows: list[Row]) -> None:
        if rows:
            try:
                self._store.append(rows).add_done_callback(self._kept)
            except StoreError as error:
                self._failed(error.detail)

    def every_moment(self) -> None:
        """Keep what came late, when there is room again."""
        if self._late and self._store.room:
            late: list[Row] = list(self._late.values())
            self._late.clear()
            self._hand_over(late)

    def _kept(self, future: asyncio.Future[None]) -> None:
        if future.cancelled():
            return
        error = future.exception()
        if error is not None:
            self._failed(str(error))
        elif self.fault is not None:
            self.fault = None
            log.get("household").info("store recovered")

    def _failed(self, text: str) -> None:
        if self.fault != text:
            log.get("household").error("store failed", detail=text)
        self.fault = text
