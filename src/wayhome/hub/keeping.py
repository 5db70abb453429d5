"""Keeping what nobody waits for: readings, samples, ended wishes. They ride the store's next commit."""

from __future__ import annotations

import asyncio

from wayhome import log
from wayhome.errors import StoreError
from wayhome.hub.ports import ReadingRow, Row, SampleRow, Store


class Keeping:
    """The queue to the store that nobody waits at. ``dropped``: telemetry samples that were not kept because the disk
    could not follow. ``fault``: why the store fails, while it does."""

    def __init__(self, store: Store) -> None:
        self.dropped = 0
        self.fault: str | None = None
        self._store = store
        self._samples: list[Row] = []
        self._late: dict[str, ReadingRow] = {}

    def sample(self, row: SampleRow) -> None:
        """Keep a sample. A turn of the loop can bring hundreds of them: they go to the store together."""
        if not self._samples:
            asyncio.get_running_loop().call_soon(self._sampled)
        self._samples.append(row)

    def _sampled(self) -> None:
        samples, self._samples = self._samples, []
        self.keep(samples)

    def keep(self, rows: list[Row]) -> None:
        """Queue rows. When the disk can't follow, telemetry is dropped and of each state the latest is kept for when
        there is room."""
        if not self._store.room:
            kept: list[Row] = []
            for row in rows:
                if isinstance(row, SampleRow):
                    self.dropped += 1
                elif isinstance(row, ReadingRow):
                    self._late[row.reading.path] = row
                else:
                    kept.append(row)
            rows = kept
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
            self.keep(late)

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
