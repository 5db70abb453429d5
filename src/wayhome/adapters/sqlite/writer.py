"""The one writer: a thread that takes whatever is queued and commits it at once.

Who waits for a commit shares it with all that came meanwhile, so the disk's waiting time is paid once for all of them.
What nobody waits for (readings, samples, ended commands) rides along: it waits up to 20 ms for a commit that somebody
needs anyway.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from wayhome import log
from wayhome.adapters.sqlite import drive_log
from wayhome.adapters.sqlite.batch import Batch, Names
from wayhome.adapters.sqlite.checkpoints import Checkpoints
from wayhome.adapters.sqlite.open import OF_THE_DISK, Connect, Connection, code_of, explain, for_writing
from wayhome.adapters.sqlite.rows import Line, line
from wayhome.errors import HubError
from wayhome.hub.ports import CommandRow, EventRow, ReadingRow, RecordRow, Row, SampleRow, StandsRow

RIDE = 0.020
"""How long a row that nobody waits for may wait for company, in s."""
CROWD = 512
"""Queued rows that are enough to go at once."""
MOST = 4_096
"""Rows in one transaction, at least those of one append."""
CHECKPOINT_ROWS, CHECKPOINT_COMMITS = 5_000, 250
"""So many, and the write-ahead log is some MB long: time to bring it into the main file."""

type Job = Callable[[Connection], Any]


class Entry:
    """One append, or one job that has the writer's connection for itself."""

    __slots__ = ("durable", "future", "job", "rows")

    def __init__(self, rows: Sequence[Row], future: asyncio.Future[Any], durable: bool, job: Job | None) -> None:
        self.rows = rows
        self.future = future
        self.durable = durable
        self.job = job


def waited_for(row: Row) -> bool:
    """Whether somebody waits until this row is on the disk."""
    return isinstance(row, EventRow | RecordRow) or (isinstance(row, CommandRow) and row.command.open)


def _sync(row: Row) -> bool:
    """Whether a power cut must not cost it: what another site shows of a reading, it shows again."""
    return not isinstance(row, SampleRow) and not (isinstance(row, StandsRow) and isinstance(row.row, ReadingRow))


class Writer:
    """The thread, its queue and its connection."""

    def __init__(
        self,
        path: Path,
        connect: Connect,
        loop: asyncio.AbstractEventLoop,
        seq: int,
        now: Callable[[], float],
        checkpoints: Checkpoints,
    ) -> None:
        self.queued = 0
        """Rows that wait."""
        self._path = path
        self._connect = connect
        self._loop = loop
        self._seq = seq
        self._now = now
        self._checkpoints = checkpoints
        self._since_checkpoint = [0, 0]
        self._queue: deque[Entry] = deque()
        self._bell: queue.SimpleQueue[bool] = queue.SimpleQueue()
        self._rung = self._hurried = False
        self._connection: Connection | None = for_writing(connect, path)
        self._full_sync = True
        self._names = Names()
        self._newest_minute = self._sealed = -(2**62)
        self._fault: str | None = None
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    # On the loop

    def append(self, rows: Sequence[Row]) -> asyncio.Future[None]:
        """See ``Store.append``."""
        future: asyncio.Future[None] = self._loop.create_future()
        durable = any(map(_sync, rows))
        self._put(Entry(rows, future, durable, None), any(map(waited_for, rows)))
        return future

    def run(self, job: Job) -> asyncio.Future[Any]:
        """Have the thread call ``job`` in a transaction of its own, after what is queued."""
        future: asyncio.Future[Any] = self._loop.create_future()
        self._put(Entry((), future, True, job), True)
        return future

    def stop(self) -> None:
        """Write what is queued, close the connection and end the thread. Blocks."""
        self._stopping = True
        self._bell.put(True)
        self._thread.join()

    def _put(self, entry: Entry, hurry: bool) -> None:
        self._queue.append(entry)
        self.queued += len(entry.rows)
        if hurry or self.queued >= CROWD:
            if not self._hurried:
                self._hurried = True
                self._bell.put(True)
        elif not self._rung:
            self._rung = True
            self._bell.put(False)

    # On the thread

    def _run(self) -> None:
        while True:
            self._wait()
            while group := self._take():
                # A defect of ours must reach who waits, and those who come next must not wait for ever.
                try:
                    self._commit(group)
                except Exception as error:
                    log.get("store").exception("the writer failed")
                    fault = explain(error, self._path)
                    lost: list[tuple[Entry, object, HubError | None]] = [(entry, None, fault) for entry in group]
                    self._loop.call_soon_threadsafe(self._settle, lost, sum(len(entry.rows) for entry in group))
                try:
                    self._tidy()
                except Exception:
                    log.get("store").exception("tidying failed")
            if self._stopping:
                break
        if self._connection is not None:
            self._connection.close()

    def _wait(self) -> None:
        hurry = self._bell.get()
        until = time.monotonic() + RIDE
        while not hurry:
            try:
                hurry = self._bell.get(timeout=max(0.0, until - time.monotonic()))
            except queue.Empty:
                break
        # Before taking: what is queued after this rings anew.
        self._rung = self._hurried = False

    def _take(self) -> list[Entry]:
        """The next group: rows for one transaction, or a single job."""
        group: list[Entry] = []
        count = 0
        while self._queue and count < MOST:
            if self._queue[0].job is not None:
                return group or [self._queue.popleft()]
            entry = self._queue.popleft()
            group.append(entry)
            count += len(entry.rows)
        return group

    def _commit(self, group: list[Entry]) -> None:
        done: list[tuple[Entry, object, HubError | None]] = []
        if group[0].job is not None:
            done = self._alone(group[0], group[0].job)
        else:
            lines: list[tuple[Entry, list[Line]]] = []
            for entry in group:
                try:
                    lines.append((entry, [line(row) for row in entry.rows]))
                except Exception as error:
                    done.append((entry, None, explain(error, self._path)))
            done += self._write(lines)
        count = sum(len(entry.rows) for entry in group)
        self._since_checkpoint[0] += count
        self._since_checkpoint[1] += 1
        self._note(next((error for _, _, error in done if error is not None), None))
        try:
            self._loop.call_soon_threadsafe(self._settle, done, count)
        except RuntimeError:
            pass  # the loop is closed: nobody waits any more

    def _write(self, entries: list[tuple[Entry, list[Line]]]) -> list[tuple[Entry, object, HubError | None]]:
        """Commit these, together or, when the fault is in one of them, each alone."""
        if not entries:
            return []
        batch = Batch()
        for _, lines in entries:
            batch.add(lines)
        try:
            seq = self._transaction(
                lambda connection: batch.write(connection, self._names, self._seq, self._now()),
                any(entry.durable for entry, _ in entries),
            )
        except Exception as error:
            if len(entries) > 1 and code_of(error) not in OF_THE_DISK:
                return [outcome for one in entries for outcome in self._write([one])]
            fault = explain(error, self._path)
            return [(entry, None, fault) for entry, _ in entries]
        self._seq = seq
        if batch.samples:
            self._newest_minute = max(self._newest_minute, max(minute for minute, _, _ in batch.samples))
        return [(entry, None, None) for entry, _ in entries]

    def _alone(self, entry: Entry, job: Job) -> list[tuple[Entry, object, HubError | None]]:
        try:
            return [(entry, self._transaction(job, True), None)]
        except HubError as error:
            return [(entry, None, error)]
        except Exception as error:
            return [(entry, None, explain(error, self._path))]

    def _transaction(self, work: Job, durable: bool) -> Any:
        """All or nothing. ``durable``: on the disk when this returns."""
        if self._connection is None:
            self._connection = for_writing(self._connect, self._path)
            self._full_sync = True
        connection = self._connection
        try:
            if durable is not self._full_sync:
                connection.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
                self._full_sync = durable
            connection.execute("BEGIN IMMEDIATE")
            result = work(connection)
            connection.execute("COMMIT")
        except BaseException as error:
            self._names.forget()
            self._roll_back(connection, error)
            raise
        return result

    def _roll_back(self, connection: Connection, error: BaseException) -> None:
        try:
            connection.execute("ROLLBACK")
        except Exception:
            # SQLite has rolled back by itself, or the connection is of no use: a fresh one tells.
            self._connection = None
        if code_of(error) in OF_THE_DISK:
            self._connection = None
        if self._connection is None:
            try:
                connection.close()
            except Exception:
                log.get("store").warning("closing the database failed", file=str(self._path))

    def _tidy(self) -> None:
        """Seal minutes that are over, a few chunks at a time; ask for a checkpoint when one is due."""
        if self._newest_minute > self._sealed and self._fault is None:
            until = self._newest_minute
            try:
                made = self._transaction(lambda connection: drive_log.seal(connection, until), False)
            except Exception as error:
                self._note(error if isinstance(error, HubError) else explain(error, self._path))
                self._sealed = until  # not again before the next minute
            else:
                if made < drive_log.SEALED_AT_ONCE:
                    self._sealed = until
        rows, commits = self._since_checkpoint
        if rows > CHECKPOINT_ROWS or commits > CHECKPOINT_COMMITS:
            self._since_checkpoint = [0, 0]
            self._checkpoints.due()
        if self._checkpoints.behind and self._connection is not None:
            self._checkpoints.behind = False
            self._checkpoints.catch_up(self._connection)

    def _note(self, error: HubError | None) -> None:
        """Log a fault when it begins and when it ends, not with every row."""
        text = error.detail if error is not None else None
        if text != self._fault:
            if error is not None:
                log.get("store").error("writing failed", detail=text, advice=error.hint)
            else:
                log.get("store").info("writing works again")
        self._fault = text

    # On the loop again

    def _settle(self, done: list[tuple[Entry, object, HubError | None]], count: int) -> None:
        self.queued -= count
        for entry, result, error in done:
            if entry.future.done():
                continue
            if error is None:
                entry.future.set_result(result)
            else:
                entry.future.set_exception(error)
