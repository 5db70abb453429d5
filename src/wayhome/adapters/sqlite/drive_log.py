"""The drive log in the file: sealing the tail into chunks, and reading both back."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from wayhome.adapters.sqlite.open import Connection
from wayhome.adapters.sqlite.samples import Sample, merge, minute_of, pack, unpack

SEALED_AT_ONCE = 16
"""Chunks made in one transaction: some ms, so that nobody who waits for a commit notices."""


def seal(connection: Connection, before: int, most: int = SEALED_AT_ONCE) -> int:
    """Pack samples of minutes before ``before`` into chunks, within the running transaction; how many chunks.

    Samples that come late join the chunk that is there.
    """
    found = connection.execute(
        "SELECT DISTINCT minute, path FROM tail WHERE minute < ? ORDER BY minute, path LIMIT ?", (before, most)
    ).fetchall()
    for minute, path in found:
        which = (minute, path)
        fresh = connection.execute(
            "SELECT at, value FROM tail WHERE minute = ? AND path = ? ORDER BY at", which
        ).fetchall()
        old = connection.execute("SELECT body FROM chunk WHERE minute = ? AND path = ?", which).fetchone()
        both = merge(unpack(old[0]), fresh) if old is not None else fresh
        connection.execute(
            "INSERT INTO chunk(path, minute, body) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET body = excluded.body",
            (path, minute, pack(both)),
        )
        connection.execute("DELETE FROM tail WHERE minute = ? AND path = ?", which)
    return len(found)


def read(connection: sqlite3.Connection, path: str, start: float, end: float, limit: int) -> list[Sample]:
    """The samples of a path in [start, end), in order of time, the first ``limit``: more are never unpacked."""
    number = connection.execute("SELECT id FROM path WHERE path = ?", (path,)).fetchone()
    if number is None or not start < end:
        return []
    bounds = (number[0], _minute(start), _minute(end))
    connection.execute("BEGIN")  # both tables as of one moment, or a chunk sealed in between would be missed
    try:
        sealed: list[Sample] = []
        for (body,) in connection.execute(
            "SELECT body FROM chunk WHERE path = ? AND minute BETWEEN ? AND ? ORDER BY minute", bounds
        ):
            sealed += [sample for sample in unpack(body) if start <= sample[0] < end]
            if len(sealed) >= limit:
                break
        fresh = connection.execute(
            "SELECT at, value FROM tail WHERE path = ? AND minute BETWEEN ? AND ? AND at >= ? AND at < ?"
            " ORDER BY minute, at LIMIT ?",
            (*bounds, start, end, limit),
        ).fetchall()
    finally:
        connection.execute("COMMIT")
    return merge(sealed, fresh)[:limit]


def everything(connection: sqlite3.Connection) -> Iterator[tuple[str, float, float]]:
    """All samples as (path, time, value), path by path in order of time, within the running transaction."""
    for path, number in connection.execute("SELECT path, id FROM path ORDER BY path").fetchall():
        minutes = connection.execute(
            "SELECT minute FROM chunk WHERE path = ? UNION SELECT minute FROM tail WHERE path = ? ORDER BY 1",
            (number, number),
        ).fetchall()
        for (minute,) in minutes:
            which = (number, minute)
            sealed = connection.execute("SELECT body FROM chunk WHERE path = ? AND minute = ?", which).fetchone()
            fresh = connection.execute("SELECT at, value FROM tail WHERE path = ? AND minute = ?", which).fetchall()
            for at, value in merge(unpack(sealed[0]) if sealed else [], fresh):
                yield path, at, value


def _minute(time: float) -> int:
    """``minute_of`` for any float a caller may give, within what the file holds."""
    return minute_of(min(max(time, -1e15), 1e15))
