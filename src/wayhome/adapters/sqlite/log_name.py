"""What this site's log is called: a name of its own for each time that its numbers begin to mean something else.

A backup that is put back holds fewer lines than the log had meanwhile: its next lines get numbers that other sites
have seen already, with other lines. So the log goes on under another name, and tells what it was called before.
"""

from __future__ import annotations

import secrets
import sqlite3
from pathlib import Path

import msgspec

from wayhome.adapters.sqlite.open import connect, explain

MOST = 50
"""So many earlier names are remembered."""


def name(connection: sqlite3.Connection) -> tuple[str, list[tuple[str, int]]]:
    """What the log is called, and what it was called before, each with its last seq under that name."""
    row = connection.execute("SELECT value FROM meta WHERE name = 'log'").fetchone()
    before = connection.execute("SELECT value FROM meta WHERE name = 'logs'").fetchone()
    known = msgspec.json.decode(before[0], type=list[tuple[str, int]]) if before is not None else []
    return (row[0] if row is not None else ""), known


def name_anew(path: Path) -> None:
    """Give the log of the database at ``path`` another name: what is put back from a backup goes on as another log.
    Raises StoreError."""
    try:
        connection = connect(path)
        try:
            (last,) = connection.execute(
                "SELECT max(coalesce((SELECT max(seq) FROM log), 0),"
                " coalesce((SELECT CAST(value AS INTEGER) FROM meta WHERE name = 'floor'), 0))"
            ).fetchone()
            connection.execute("BEGIN IMMEDIATE")
            rename(connection, last)
            connection.execute("COMMIT")
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise explain(error, path) from None


def rename(connection: sqlite3.Connection, last: int) -> None:
    """From now on the log is called something else; ``last``: its last seq until now."""
    old, before = name(connection)
    if old:
        before = [*before, (old, last)][-MOST:]
    for key, value in (("log", secrets.token_hex(8)), ("logs", msgspec.json.encode(before).decode())):
        connection.execute(
            "INSERT INTO meta(name, value) VALUES (?, ?) ON CONFLICT(name) DO UPDATE SET value = excluded.value",
            (key, value),
        )
