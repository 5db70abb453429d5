"""What is read from the file: all that stands, the log, one command."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping

from wayhome.adapters.sqlite.log_name import name
from wayhome.adapters.sqlite.rows import KINDS, command_of, logged, reading_of, record_of, thing_of
from wayhome.core.command import Command
from wayhome.core.value import Reading
from wayhome.errors import BadInput
from wayhome.hub.ports import Logged, Portion, ReadingRow, Saved

MOST = 10_000
"""Lines of the log at once."""


def last_seq(connection: sqlite3.Connection) -> int:
    """The greatest seq ever given, 0 when none was."""
    (last,) = connection.execute("SELECT coalesce(max(seq), 0) FROM log").fetchone()
    floor = connection.execute("SELECT value FROM meta WHERE name = 'floor'").fetchone()
    return max(int(last), int(floor[0]) if floor else 0)


def saved(connection: sqlite3.Connection) -> Saved:
    """Everything that stands."""
    things = [thing_of(body) for (body,) in connection.execute("SELECT body FROM thing ORDER BY id")]
    signals = {thing.id: thing.signals for thing in things}
    rows = connection.execute(
        "SELECT path.path, reading.at, reading.body FROM reading JOIN path ON path.id = reading.path ORDER BY path.path"
    )
    commands = connection.execute("SELECT body FROM command WHERE open ORDER BY at, key")
    called, before = name(connection)
    return Saved(
        seq=last_seq(connection),
        things=things,
        readings=[reading for row in rows if _belongs(reading := reading_of(*row), signals)],
        records=[record_of(body) for (body,) in connection.execute("SELECT body FROM record ORDER BY path")],
        open_commands=[command_of(body) for (body,) in commands],
        keys=dict(connection.execute("SELECT key, at FROM command ORDER BY at, key").fetchall()),
        log=called,
        before=before,
        heard={site: (log, number) for site, log, number in connection.execute("SELECT site, log, number FROM heard")},
    )


def _belongs(reading: Reading, signals: Mapping[str, Mapping[str, object]]) -> bool:
    """Not so: a reading of a signal that its thing has lost; retention deletes it later."""
    thing, _, signal = reading.path.partition("/")
    return thing not in signals or signal in signals[thing]


def command(connection: sqlite3.Connection, key: str) -> Command | None:
    """The newest state of a command."""
    row = connection.execute("SELECT body FROM command WHERE key = ?", (key,)).fetchone()
    return None if row is None else command_of(row[0])


def log(
    connection: sqlite3.Connection,
    since: int,
    limit: int,
    kinds: Iterable[str],
    about: str | None,
    newest_first: bool,
    context: str | None,
) -> list[Logged]:
    """Lines of the log after ``since``, see ``Store.log``. Raises BadInput for a kind that there is not."""
    where, values = ["log.seq > ?"], [since]
    parameters: list[object] = list(values)
    wanted = list(kinds)
    if wanted:
        unknown = next((kind for kind in wanted if kind not in KINDS), None)
        if unknown is not None:
            raise BadInput(f"the log has no kind {unknown[:40]!r}", advice=f"Its kinds are {', '.join(KINDS)}.")
        where.append(f"log.kind IN ({','.join('?' * len(wanted))})")
        parameters += [KINDS[kind] for kind in wanted]
    if context is not None:
        where.append("log.context = ?")
        parameters.append(context)
    if about is not None:
        # "0" comes right after "/": everything below the thing, the branch or the collection.
        where.append("log.path IN (SELECT id FROM path WHERE path = ? OR (path >= ? AND path < ?))")
        parameters += [about, f"{about}/", f"{about}0"]
    order = "DESC" if newest_first else "ASC"
    found = connection.execute(
        "SELECT log.seq, log.kind, log.at, path.path, log.body FROM log LEFT JOIN path ON path.id = log.path"  # noqa: S608
        f" WHERE {' AND '.join(where)} ORDER BY log.seq {order} LIMIT ?",
        (*parameters, max(0, min(limit, MOST))),
    ).fetchall()
    return [logged(*row) for row in found]


def own(connection: sqlite3.Connection, since: int, limit: int) -> Portion:
    """Lines that this site wrote itself, see ``Store.own``."""
    # Each by itself: asked for together they are looked for in the whole table.
    first, last = connection.execute("SELECT (SELECT min(seq) FROM log), (SELECT max(seq) FROM log)").fetchone()
    if first is None:
        return Portion(since, since, [], since)
    after = max(since, first - 1)
    found = connection.execute(
        "SELECT log.seq, log.kind, log.at, path.path, log.body FROM log LEFT JOIN path ON path.id = log.path"
        " WHERE log.seq > ? AND log.seq <= ? AND log.site IS NULL ORDER BY log.seq LIMIT ?",
        (after, last, max(1, min(limit, MOST))),
    ).fetchall()
    upto = found[-1][0] if len(found) == limit else max(after, last)
    return Portion(after, upto, [logged(*row) for row in found], last)


def history(connection: sqlite3.Connection, path: str, start: float, end: float, limit: int) -> list[Reading]:
    """The changes of one path in [start, end), oldest first; of more than ``limit`` the newest."""
    found = connection.execute(
        "SELECT log.seq, log.kind, log.at, path.path, log.body FROM log JOIN path ON path.id = log.path"
        " WHERE path.path = ? AND log.kind = ? AND log.at >= ? AND log.at < ? ORDER BY log.seq DESC LIMIT ?",
        (path, KINDS["reading"], start, end, limit),
    ).fetchall()
    rows = (logged(*row).row for row in reversed(found))
    return [row.reading for row in rows if isinstance(row, ReadingRow)]
