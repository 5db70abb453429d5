"""Bringing the write-ahead log into the main file, beside the writer, so that no commit waits for it."""

from __future__ import annotations

import threading
from pathlib import Path

from wayhome import log
from wayhome.adapters.sqlite.open import Connect, Connection, explain, for_writing

TOO_LONG = 16_384
"""Pages (64 MB) from which on the writer itself catches up: only then can the write-ahead log begin anew."""


class Checkpoints:
    """A thread that makes checkpoints when told to."""

    def __init__(self, path: Path, connect: Connect) -> None:
        self.behind = False
        """The write-ahead log is too long: the writer is to call ``catch_up`` between two commits."""
        self._path = path
        self._connect = connect
        self._asked = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="store-checkpoints", daemon=True)
        self._thread.start()

    def due(self) -> None:
        """Ask for a checkpoint; returns at once."""
        self._asked.set()

    def stop(self) -> None:
        """End the thread. Blocks while a checkpoint is under way."""
        self._stopping = True
        self._asked.set()
        self._thread.join()

    def catch_up(self, connection: Connection) -> None:
        """A checkpoint on the writer's own connection, between two transactions."""
        self._make(connection)

    def _run(self) -> None:
        connection: Connection | None = None
        while self._asked.wait() and not self._stopping:
            self._asked.clear()
            try:
                connection = connection or for_writing(self._connect, self._path)
            except Exception as error:
                log.get("store").warning("no checkpoint", detail=explain(error, self._path).detail)
            else:
                self.behind = self._make(connection) > TOO_LONG
        if connection is not None:
            connection.close()

    def _make(self, connection: Connection) -> int:
        """Pages in the write-ahead log."""
        try:
            _, pages, _ = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        except Exception as error:
            # Nothing is lost: the write-ahead log stays as it is, and the next checkpoint takes it in.
            log.get("store").warning("no checkpoint", detail=explain(error, self._path).detail)
            return 0
        return int(pages)
