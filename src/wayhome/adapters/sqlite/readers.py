"""Reading connections, used in threads of their own: neither the loop nor the writer waits for them."""

from __future__ import annotations

import asyncio
import queue
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from wayhome.adapters.sqlite.open import explain, for_reading
from wayhome.errors import StoreError

READERS = 2


class Readers:
    """A few connections that can't change anything."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._pool = ThreadPoolExecutor(READERS, thread_name_prefix="store-reader")
        self._idle: queue.SimpleQueue[sqlite3.Connection] = queue.SimpleQueue()
        for _ in range(READERS):
            self._idle.put(for_reading(path))

    async def read[T](self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Call ``work`` with a connection. Raises StoreError for what SQLite raises, and for rows that a damaged
        file holds torn."""
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._call, work)

    def _call[T](self, work: Callable[[sqlite3.Connection], T]) -> T:
        connection = self._idle.get()
        try:
            return work(connection)
        except (sqlite3.Error, msgspec.MsgspecError) as error:
            raise explain(error, self._path) from None
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            self._idle.put(connection)

    def close(self) -> None:
        """Wait for what is being read, then close. Blocks."""
        self._pool.shutdown()
        for _ in range(READERS):
            self._idle.get().close()


def closed() -> StoreError:
    """The error of a store that is not open."""
    return StoreError("the store is closed", advice="Start Wayhome again.")
