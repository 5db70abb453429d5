"""What one commit writes: rows gathered by table, each path once, then put into the file with few statements.

Statements with many rows each, not ``executemany``: that gives the interpreter's lock back after every row, and on a
busy loop waits up to 5 ms to get it again (docs/adr/0010).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain

from wayhome.adapters.sqlite.open import Connection
from wayhome.adapters.sqlite.rows import COMMAND, RECORD, SAMPLE, THING, Line, sample
from wayhome.adapters.sqlite.samples import minute_of
from wayhome.hub.ports import CommandRow, ForeignRow, HeardRow, RecordRow, SampleRow, StandsRow, ThingRow

MOST = 512
"""Rows in one statement."""


class Many:
    """An INSERT of many rows at once, in powers of two, so that few different statements are ever prepared."""

    def __init__(self, into: str, columns: int, then: str = "") -> None:
        one = f"({','.join('?' * columns)})"
        self._sql = {
            1 << power: f"INSERT INTO {into} VALUES {','.join([one] * (1 << power))} {then}"  # noqa: S608 (our own names)
            for power in range(MOST.bit_length())
        }

    def write(self, to: Connection, rows: Sequence[Sequence[object]]) -> None:
        """Insert these rows, in order."""
        start, count = 0, len(rows)
        while start < count:
            size = min(MOST, 1 << ((count - start).bit_length() - 1))
            to.execute(self._sql[size], tuple(chain.from_iterable(rows[start : start + size])))
            start += size


LOG = Many("log(seq, kind, at, path, context, body, site, number)", 8)
READINGS = Many("reading(path, at, body)", 3, "ON CONFLICT(path) DO UPDATE SET at = excluded.at, body = excluded.body")
THINGS = Many("thing(id, body)", 2, "ON CONFLICT(id) DO UPDATE SET body = excluded.body")
RECORDS = Many(
    "record(path, gone, body)", 3, "ON CONFLICT(path) DO UPDATE SET gone = excluded.gone, body = excluded.body"
)
COMMANDS = Many(
    "command(key, open, at, body)",
    4,
    "ON CONFLICT(key) DO UPDATE SET open = excluded.open, at = excluded.at, body = excluded.body",
)
HEARD = Many(
    "heard(site, log, number)", 3, "ON CONFLICT(site) DO UPDATE SET log = excluded.log, number = excluded.number"
)
TAIL = Many("tail(minute, path, at, value)", 4, "ON CONFLICT DO UPDATE SET value = excluded.value")
PATHS = Many("path(id, path)", 2)


class Names:
    """The numbers of paths, remembered. ``forget`` after a transaction that did not come about."""

    MOST = 300_000

    def __init__(self) -> None:
        self._ids: dict[str, int] = {}
        self._fresh: list[str] = []

    def of(self, connection: Connection, paths: Iterable[str]) -> dict[str, int]:
        """The number of each path; new ones are given within the running transaction."""
        ids = self._ids
        self._fresh = []
        missing = [path for path in dict.fromkeys(paths) if path not in ids]
        if not missing:
            return ids
        if len(ids) > self.MOST:
            ids.clear()
            return self.of(connection, paths)
        for start in range(0, len(missing), MOST):
            part = missing[start : start + MOST]
            marks = ",".join("?" * len(part))
            found = connection.execute(f"SELECT path, id FROM path WHERE path IN ({marks})", part)  # noqa: S608
            ids.update(found.fetchall())
        new = [path for path in missing if path not in ids]
        if new:
            (last,) = connection.execute("SELECT coalesce(max(id), 0) FROM path").fetchone()
            self._fresh = new
            numbered = list(enumerate(new, last + 1))
            PATHS.write(connection, numbered)
            ids.update((path, number) for number, path in numbered)
        return ids

    def forget(self) -> None:
        """The last transaction was rolled back: its new paths have no number."""
        for path in self._fresh:
            self._ids.pop(path, None)
        self._fresh = []

    def clear(self) -> None:
        self._ids.clear()
        self._fresh = []


class Batch:
    """The rows of one transaction."""

    def __init__(self) -> None:
        self.log: list[Line] = []
        self.readings: dict[str, tuple[float, str]] = {}
        self.things: dict[str, str] = {}
        self.gone: set[str] = set()
        self.records: dict[str, tuple[float | None, str]] = {}
        self.commands: dict[str, tuple[int, float, str]] = {}
        self.samples: dict[tuple[int, str, float], float] = {}
        self.heard: dict[str, tuple[str, int]] = {}

    def add(self, lines: Iterable[Line]) -> None:
        """Take rows in, after those already here."""
        for line in lines:
            item = line.row
            if isinstance(item, HeardRow):
                self.heard[item.site] = (item.log, item.number)
                continue
            if isinstance(item, StandsRow):
                item = item.row
            elif line.kind != SAMPLE:
                self.log.append(line)
            if isinstance(item, ForeignRow):
                continue
            if line.kind <= 1:
                assert line.about is not None and line.at is not None
                self.readings[line.about] = (line.at, line.body)
                if isinstance(item, SampleRow):
                    taken = sample(item.reading)
                    if taken is not None:
                        self.samples[minute_of(taken[0]), line.about, taken[0]] = taken[1]
            elif line.kind == COMMAND:
                assert isinstance(item, CommandRow)
                self.commands[item.command.key] = (int(item.command.open), item.command.at, line.body)
            elif line.kind == RECORD:
                assert isinstance(item, RecordRow)
                gone = item.record.stamp.wall / 1000 if item.record.gone else None
                self.records[item.record.path] = (gone, line.body)
            elif line.kind == THING:
                assert isinstance(item, ThingRow)
                self._add_thing(item, line.body)

    def _add_thing(self, row: ThingRow, body: str) -> None:
        if row.thing is not None:
            self.things[row.id] = body
            return
        # It may be announced anew within the same commit: what it had before must go all the same.
        self.gone.add(row.id)
        self.things.pop(row.id, None)
        prefix = f"{row.id}/"
        for path in [path for path in self.readings if path.startswith(prefix)]:
            del self.readings[path]

    def only_log(self) -> None:
        """Write just the log's lines: what they led to is written from elsewhere."""
        for other in (self.readings, self.things, self.gone, self.records, self.commands, self.samples, self.heard):
            other.clear()

    def write(self, to: Connection, names: Names, seq: int, now: float) -> int:
        """Put everything into the running transaction. ``seq``: of the log's last line; returns what it is then.
        ``now``: the time of lines that have none of their own."""
        about = [line.about for line in self.log if line.about is not None]
        ids = names.of(to, chain(about, self.readings, (path for _, path, _ in self.samples)))
        lines: list[tuple[object, ...]] = []
        for line in self.log:
            seq += 1
            at = now if line.at is None else line.at
            if line.kind == RECORD:
                at = min(at, now)  # a stamp may be ahead of all clocks; its line lies no longer for that
            number = None if line.about is None else ids[line.about]
            lines.append((seq, line.kind, at, number, line.context, line.body, line.site, line.number))
        LOG.write(to, lines)
        for thing_id in self.gone:
            forget_thing(to, thing_id)
        THINGS.write(to, list(self.things.items()))
        READINGS.write(to, [(ids[path], *kept) for path, kept in self.readings.items()])
        RECORDS.write(to, [(path, *kept) for path, kept in self.records.items()])
        COMMANDS.write(to, [(key, *kept) for key, kept in self.commands.items()])
        HEARD.write(to, [(site, *kept) for site, kept in self.heard.items()])
        TAIL.write(to, [(minute, ids[path], when, value) for (minute, path, when), value in self.samples.items()])
        return seq


def forget_thing(to: Connection, thing_id: str) -> None:
    """A thing is gone, with its latest readings."""
    to.execute("DELETE FROM thing WHERE id = ?", (thing_id,))
    to.execute(
        "DELETE FROM reading WHERE path IN (SELECT id FROM path WHERE path >= ? AND path < ?)",
        (f"{thing_id}/", f"{thing_id}0"),  # "0" comes right after "/"
    )
