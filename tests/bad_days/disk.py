"""A store whose machine can crash: what was not yet on the disk then is lost, whoever waits for it never hears."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence

from tests.world import MemoryStore
from wayhome.core.command import Command
from wayhome.errors import StoreError
from wayhome.hub.ports import CommandRow, EventRow, LogRow, RecordRow, Row, SampleRow


class Platter:
    """What survives a crash, and an index of it."""

    def __init__(self) -> None:
        self.rows: list[LogRow] = []
        self.commands: dict[str, Command] = {}
        self.events: dict[str, int] = {}
        self.written: set[tuple[str, str, object]] = set()
        """Every field value that was ever durable: (record's path, field, value)."""

    def take(self, row: LogRow) -> None:
        self.rows.append(row)
        match row:
            case CommandRow(command):
                self.commands[command.key] = command
            case EventRow(event):
                self.events[event.name] = self.events.get(event.name, 0) + 1
            case RecordRow(record):
                self.written |= {
                    (record.path, name, value) for name, value in record.values().items() if isinstance(value, str)
                }


class CrashingStore(MemoryStore):
    """The store of one run of the hub. Commits take a while, sometimes long, and may fail for a time."""

    def __init__(self, platter: Platter, chance: random.Random) -> None:
        super().__init__(platter.rows)
        self.platter = platter
        self.stalled_until = 0.0
        self.full_until = 0.0
        self.eager = False
        """A defect to be found: says "done" before it is."""
        self._chance = chance
        self._queue: list[tuple[list[Row], asyncio.Future[None]]] = []
        self._timer: asyncio.TimerHandle | None = None
        self._dead = False
        self.lost: list[tuple[list[Row], asyncio.Future[None]]] = []
        """What a crash left undone: who waited for it waits for ever."""

    def append(self, rows: Sequence[Row]) -> asyncio.Future[None]:
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        if self._dead:
            return future
        self._queue.append((list(rows), future))
        if self.eager:
            future.set_result(None)
        if self._timer is None:
            wait = self._chance.uniform(0.0, 0.02) + max(0.0, self.stalled_until - loop.time())
            self._timer = loop.call_later(wait, self._write)
        return future

    def _write(self) -> None:
        self._timer = None
        queue, self._queue = self._queue, []
        full = asyncio.get_running_loop().time() < self.full_until
        for rows, future in queue:
            if full:
                if not future.done():
                    future.set_exception(StoreError("the disk is full"))
                continue
            self._put(rows)
            if not future.done():
                future.set_result(None)

    def _put(self, rows: list[Row]) -> None:
        for row in rows:
            if not isinstance(row, SampleRow):
                self.platter.take(row)

    def crash(self) -> None:
        """The process is gone. Some of what was queued may have reached the disk, unheard."""
        self._dead = True
        if self._timer is not None:
            self._timer.cancel()
        for rows, _ in self._queue[: self._chance.randint(0, len(self._queue))]:
            self._put(rows)
        self.lost, self._queue = self._queue, []

    async def command(self, key: str) -> Command | None:
        await asyncio.sleep(0.001)
        return self.platter.commands.get(key)
