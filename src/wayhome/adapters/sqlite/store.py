"""The household's data in one SQLite file: ``wayhome.hub.ports.Store``."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from wayhome.adapters.durable_file import shred
from wayhome.adapters.sqlite import check, drive_log, log_name, read, retention
from wayhome.adapters.sqlite.checkpoints import Checkpoints
from wayhome.adapters.sqlite.copy import copy_to
from wayhome.adapters.sqlite.open import Connect, connect, explain, prepare
from wayhome.adapters.sqlite.readers import Readers, closed
from wayhome.adapters.sqlite.retention import Retention
from wayhome.adapters.sqlite.samples import minute_of
from wayhome.adapters.sqlite.writer import Writer
from wayhome.core.command import Command
from wayhome.core.value import Reading
from wayhome.errors import StoreError
from wayhome.hub.ports import Logged, Portion, Row, Saved

ROOM = 20_000
"""Queued rows from which on writers should wait."""
NO_ROOM = 200_000
"""Queued rows from which on appends fail: the disk is far too slow, and memory must not pay for it."""

SLOW = "Use a faster disk, or look for what keeps it busy; some links may report too often."


class SqliteStore:
    """Keeps a household at ``path``. ``now``: the time (s since 1970) of log lines that have none of their own, as
    things announced. ``connect`` opens the writing connections (tests put a failing disk there).

    The folder's lock (``DataDir``) must be held: two writers would give the same seq twice.
    """

    def __init__(
        self,
        path: Path,
        keep: Retention | None = None,
        *,
        now: Callable[[], float] = time.time,
        connect: Connect = connect,
    ) -> None:
        self.path = path
        self._keep = keep or Retention()
        self._now = now
        self._connect = connect
        self._writer: Writer | None = None
        self._readers: Readers | None = None
        self._checkpoints: Checkpoints | None = None

    async def load(self) -> Saved:
        """Open the file, make or migrate it when that is needed, and return everything that stands. Raises
        StoreError that says what is wrong with the file and what to do."""
        return await asyncio.to_thread(self._open, asyncio.get_running_loop())

    def _open(self, loop: asyncio.AbstractEventLoop) -> Saved:
        prepare(self.path)
        try:
            self._readers = Readers(self.path)
            connection = connect(self.path)
            try:
                if not log_name.name(connection)[0]:
                    log_name.rename(connection, 0)
                saved = read.saved(connection)
            finally:
                connection.close()
            self._checkpoints = Checkpoints(self.path, self._connect)
            self._writer = Writer(self.path, self._connect, loop, saved.seq, self._now, self._checkpoints)
        except Exception as error:
            self._shut()
            raise explain(error, self.path) from None
        return saved

    def append(self, rows: Sequence[Row]) -> asyncio.Future[None]:
        """Queue rows; see the port."""
        writer = self._writer
        if writer is not None and rows and writer.queued < NO_ROOM:
            return writer.append(rows)
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if writer is None:
            future.set_exception(closed())
        elif rows:
            future.set_exception(StoreError("the disk can't follow: too much waits to be written", advice=SLOW))
        else:
            future.set_result(None)
        return future

    @property
    def room(self) -> bool:
        return self._writer is not None and self._writer.queued < ROOM

    async def command(self, key: str) -> Command | None:
        return await self.read(lambda connection: read.command(connection, key))

    async def log(
        self,
        *,
        since: int = 0,
        limit: int = 1000,
        kinds: Iterable[str] = (),
        about: str | None = None,
        newest_first: bool = False,
        context: str | None = None,
    ) -> list[Logged]:
        """See the port. At most 10,000 lines at once."""
        wanted = tuple(kinds)
        return await self.read(
            lambda connection: read.log(connection, since, limit, wanted, about, newest_first, context)
        )

    async def own(self, since: int, limit: int) -> Portion:
        return await self.read(lambda connection: read.own(connection, since, limit))

    async def history(self, path: str, start: float, end: float, limit: int) -> list[Reading]:
        return await self.read(lambda connection: read.history(connection, path, start, end, limit))

    async def samples(self, path: str, start: float, end: float, limit: int = 1_000_000) -> list[tuple[float, float]]:
        return await self.read(lambda connection: drive_log.read(connection, path, start, end, limit))

    async def prune(self, now: float) -> int:
        """Let go what is older than the retention says, in small transactions; the number of rows. A clock that
        jumped ahead costs one day of history per call, not all of it."""
        writer = self._writing()
        counted: float = await writer.run(lambda connection: retention.moment(connection, now))
        total = 0
        while gone := await writer.run(lambda connection: retention.step(connection, self._keep, counted)):
            total += gone
        while await writer.run(lambda connection: drive_log.seal(connection, minute_of(counted))):
            pass
        return total

    async def backup(self, to: str) -> None:
        """A consistent copy of the database as the single file ``to``, while writing goes on. ``wayhome.adapters.
        archive`` makes a whole backup of it. Raises StoreError."""
        await self.read(lambda connection: copy_to(connection, Path(to)))

    async def check(self) -> list[StoreError]:
        """What is wrong with the data, for `wayhome doctor`; none: it is sound."""
        return await self.read(lambda connection: check.faults(connection, self.path))

    async def read[T](self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Call ``work`` in a thread with a connection that can only read; an export needs one view of everything."""
        if self._readers is None:
            raise closed()
        return await self._readers.read(work)

    async def erase(self) -> None:
        """Overwrite and delete the database; what is queued fails. The store is empty and open afterwards."""
        self._writing()
        loop = asyncio.get_running_loop()
        await asyncio.to_thread(self._shut)
        for file in ("", "-wal", "-shm", "-journal"):
            await asyncio.to_thread(shred, self.path.with_name(self.path.name + file))
        await asyncio.to_thread(self._open, loop)

    async def close(self) -> None:
        """Write what is queued, then close. Closing twice is fine."""
        await asyncio.to_thread(self._shut)

    def _shut(self) -> None:
        writer, readers, checkpoints = self._writer, self._readers, self._checkpoints
        self._writer = self._readers = self._checkpoints = None
        if writer is not None:
            writer.stop()
        if checkpoints is not None:
            checkpoints.stop()
        if readers is not None:
            readers.close()

    def _writing(self) -> Writer:
        if self._writer is None:
            raise closed()
        return self._writer
