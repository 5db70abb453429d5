"""Opening the database file, and saying in plain words why that or anything else with it went wrong."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

import msgspec

from wayhome.errors import StoreError

SCHEMA = 2
"""The schema that this version of Wayhome reads and writes; the file's ``user_version``."""
WRITER_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA fullfsync = ON",
    "PRAGMA checkpoint_fullfsync = ON",
    "PRAGMA wal_autocheckpoint = 0",
    "PRAGMA journal_size_limit = 67108864",
    "PRAGMA secure_delete = FAST",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA cache_size = -16000",
)
"""What the writer's connection is set to. Checkpoints are made beside the writer, see ``checkpoint.py``."""
FROM_BACKUP = "Stop Wayhome and restore the last backup with `wayhome restore`; keep the damaged folder for a look."


class Cursor(Protocol):
    """What a statement gives back."""

    def fetchone(self) -> Any: ...

    def fetchall(self) -> Any: ...

    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """As much of a database connection as is needed here, so that a test can put a failing disk under it."""

    def execute(self, sql: str, parameters: Sequence[Any] = (), /) -> Cursor: ...

    def close(self) -> None: ...


class Connect(Protocol):
    """Opens a connection in autocommit mode, usable from any one thread at a time."""

    def __call__(self, path: Path, /) -> Connection: ...


def connect(path: Path) -> sqlite3.Connection:
    """A connection through the standard library, nothing set on it yet."""
    return sqlite3.connect(path, timeout=5, isolation_level=None, check_same_thread=False, cached_statements=256)


def for_writing(open_one: Connect, path: Path) -> Connection:
    """A connection set up as the writer's."""
    connection = open_one(path)
    try:
        for pragma in WRITER_PRAGMAS:
            connection.execute(pragma).fetchall()
    except BaseException:
        connection.close()
        raise
    return connection


def for_reading(path: Path) -> sqlite3.Connection:
    """A connection that can't change anything."""
    connection = connect(path)
    connection.execute("PRAGMA query_only = ON")
    connection.execute("PRAGMA cache_size = -4000")
    return connection


def prepare(path: Path) -> None:
    """Make the database, or bring it to the present schema. Raises StoreError that says what to do."""
    try:
        connection = connect(path)
        try:
            (found,) = connection.execute("PRAGMA user_version").fetchone()
            if found == SCHEMA:
                return
            if found > SCHEMA:
                raise StoreError(
                    f"{path} was written by a newer Wayhome (schema {found}, this one knows {SCHEMA})",
                    advice="Install the newest Wayhome, or restore a backup made by this version.",
                )
            path.chmod(0o600)
            connection.execute("PRAGMA journal_mode = WAL").fetchall()
            from wayhome.adapters.sqlite.migrate import migrate  # costs 0.3 s, see there

            migrate(connection, SCHEMA)
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise explain(error, path) from None


def code_of(error: BaseException) -> int:
    """SQLite's primary result code, 0 for what is not of SQLite. The standard library's and apsw's errors have it."""
    code = getattr(error, "sqlite_errorcode", None) or getattr(error, "result", None)
    return code & 0xFF if isinstance(code, int) else 0


FULL, READONLY, IOERR, CORRUPT, CANTOPEN, NOTADB, BUSY, LOCKED, PERM, NOMEM = 13, 8, 10, 11, 14, 26, 5, 6, 3, 7
ERROR = 1
OF_THE_DISK = frozenset({FULL, READONLY, IOERR, CORRUPT, CANTOPEN, NOTADB, BUSY, LOCKED, PERM, NOMEM})
"""Errors that have nothing to do with what was to be written: trying its parts alone would not help."""


def explain(error: BaseException, path: Path) -> StoreError:
    """What went wrong with the file, in plain words and with advice. Values never stand in it."""
    code = code_of(error)
    if code == FULL:
        return StoreError(f"the disk that holds {path} is full")
    if code in (READONLY, CANTOPEN, PERM):
        return StoreError(
            f"{path} can't be written",
            advice="Give the user that runs Wayhome the right to write to it and its folder.",
        )
    if code in (CORRUPT, NOTADB):
        return StoreError(f"{path} is damaged", advice=FROM_BACKUP)
    if code == IOERR:
        return StoreError(
            f"the disk that holds {path} reports errors",
            advice="Make a backup elsewhere, then check or replace the disk.",
        )
    if code in (BUSY, LOCKED):
        return StoreError(
            f"another program holds {path}", advice="Close what else has the file open, a database browser for example."
        )
    if code == ERROR and str(error).startswith("no such "):
        return StoreError(f"{path} is not whole: a part of it is missing", advice=FROM_BACKUP)
    if isinstance(error, msgspec.MsgspecError):  # what was written is whole; a disk that tears makes it so
        return StoreError(f"{path} is damaged: something in it is unreadable", advice=FROM_BACKUP)
    return StoreError(
        f"{path}: {type(error).__name__}: {error}"[:300],
        advice="This is a fault of Wayhome: please report it with this text.",
    )
