"""What is let go in time, so that a disk never fills up by itself. What is current stays, however old."""

from __future__ import annotations

import msgspec

from wayhome.adapters.sqlite.open import Connection
from wayhome.adapters.sqlite.samples import minute_of

DAY = 86_400.0
AT_ONCE = 2_000
"""Rows deleted in one transaction, so that nobody who waits for a commit notices."""


class Retention(msgspec.Struct, frozen=True):
    """How long the past is kept."""

    log_days: float = 400
    """The log: who switched what, and why."""
    log_rows: int = 20_000_000
    """The log has at most so many lines; some 5 GB."""
    samples_days: float = 90
    """The drive log."""
    command_hours: float = 24
    """Keys of commands that ended: as long, the same key gets the same outcome."""
    tombstone_days: float = 30
    """Deleted records: as long, a device that was away learns of the deletion."""


def moment(connection: Connection, now: float) -> float:
    """The time that ages are counted from: ``now``, but at most a day after the last time. A clock that jumps ahead
    by years for an hour so costs one day of the oldest history and not all of it."""
    row = connection.execute("SELECT value FROM meta WHERE name = 'pruned'").fetchone()
    counted = now if row is None else min(now, float(row[0]) + DAY)
    _set(connection, "pruned", repr(counted))
    return counted


def step(connection: Connection, keep: Retention, now: float) -> int:
    """Let go one portion, within the running transaction; how many rows. 0: nothing is left to do."""
    return (
        _log(connection, keep, now)
        or _commands(connection, keep, now)
        or _records(connection, keep, now)
        or _samples(connection, keep, now)
        or _strays(connection)
    )


def _log(connection: Connection, keep: Retention, now: float) -> int:
    """The oldest lines, never the newest one; always a beginning of the log, so that what is left has no gap."""
    first, last = connection.execute("SELECT min(seq), max(seq) FROM log").fetchone()
    if first is None or first == last:
        return 0
    young = connection.execute(
        "SELECT seq FROM log WHERE seq < ? AND at >= ? ORDER BY seq LIMIT 1",
        (min(last, first + AT_ONCE), now - keep.log_days * DAY),
    ).fetchone()
    until = min(last, first + AT_ONCE) if young is None else young[0]
    until = max(until, min(last - keep.log_rows + 1, first + AT_ONCE, last))
    if until <= first:
        return 0
    connection.execute("DELETE FROM log WHERE seq < ?", (until,))
    _set(connection, "floor", str(last))
    return int(until - first)


def _commands(connection: Connection, keep: Retention, now: float) -> int:
    connection.execute(
        "DELETE FROM command WHERE key IN (SELECT key FROM command WHERE at < ? AND NOT open ORDER BY at LIMIT ?)",
        (now - keep.command_hours * 3600, AT_ONCE),
    )
    return _changes(connection)


def _records(connection: Connection, keep: Retention, now: float) -> int:
    connection.execute("DELETE FROM record WHERE gone < ?", (now - keep.tombstone_days * DAY,))
    return _changes(connection)


def _samples(connection: Connection, keep: Retention, now: float) -> int:
    before = minute_of(now - keep.samples_days * DAY)
    connection.execute(
        "DELETE FROM chunk WHERE (path, minute) IN (SELECT path, minute FROM chunk WHERE minute < ? LIMIT ?)",
        (before, AT_ONCE),
    )
    packed = _changes(connection)
    connection.execute("DELETE FROM tail WHERE minute < ?", (before,))
    return packed + _changes(connection)


def _strays(connection: Connection) -> int:
    """Latest readings of signals that their thing no longer has."""
    connection.execute(
        "DELETE FROM reading WHERE path IN ("
        " SELECT reading.path FROM reading JOIN path ON path.id = reading.path"
        " JOIN thing ON thing.id = substr(path.path, 1, instr(path.path, '/') - 1)"
        " WHERE NOT EXISTS (SELECT 1 FROM json_each(thing.body, '$.signals') AS had"
        "  WHERE had.key = substr(path.path, instr(path.path, '/') + 1)))"
    )
    return _changes(connection)


def _changes(connection: Connection) -> int:
    return int(connection.execute("SELECT changes()").fetchone()[0])


def _set(connection: Connection, name: str, value: str) -> None:
    connection.execute(
        "INSERT INTO meta(name, value) VALUES (?, ?) ON CONFLICT DO UPDATE SET value = excluded.value", (name, value)
    )
