"""Opening an export on a fresh hub."""

from __future__ import annotations

import csv
import math
import shutil
import sqlite3
from collections.abc import Iterator
from itertools import batched
from pathlib import Path
from typing import Any

import msgspec

from wayhome.adapters.archive.export import FORMAT, NAME, TABLES, VERSION
from wayhome.adapters.archive.files import reading, staging
from wayhome.adapters.archive.tarball import ADVICE, unpack
from wayhome.adapters.data_dir import DataDir
from wayhome.adapters.durable_file import sync_tree
from wayhome.adapters.sqlite import drive_log
from wayhome.adapters.sqlite.batch import TAIL, Batch, Names
from wayhome.adapters.sqlite.open import connect, explain, prepare
from wayhome.adapters.sqlite.rows import command_of, event_of, line, record_of, thing_of, whole_reading_of
from wayhome.adapters.sqlite.samples import minute_of
from wayhome.core.ids import split_path
from wayhome.core.thing import check
from wayhome.core.value import MAX_DEPTH, is_value
from wayhome.errors import BadInput, HubError
from wayhome.hub.ports import CommandRow, EventRow, ForeignRow, LogRow, ReadingRow, RecordRow, ThingRow

AT_ONCE = 2_000
LONGEST = 4 * 1024 * 1024
"""Bytes of one line."""


class _Logged(msgspec.Struct, frozen=True):
    seq: int
    at: float
    kind: str
    what: msgspec.Raw
    about: str | None = None
    site: str | None = None
    number: int = 0


def take_in(file: Path, data: DataDir) -> list[str]:
    """Put an export into an empty folder, whose lock is held. Returns sentences on what is to be done now. Raises
    Conflict when the folder is not empty, BadInput that names the file and line that can't be taken, StoreError."""
    data.need_empty()
    with staging(data.path) as place:
        with reading(file, None) as source:
            limit = shutil.disk_usage(data.path).free
            found = unpack(source, place, FORMAT, lambda name: NAME.fullmatch(name) is not None, limit)
        if found.version != VERSION or any(name not in found.files for name in TABLES):
            raise BadInput(f"this Wayhome can't read exports of version {found.version}", advice="Install the newest.")
        for name, listed in found.files.items():
            if name.startswith("blobs/") and not name.endswith(listed.sha256):
                raise BadInput(f"{name[:80]} does not fit its name", advice=ADVICE)
        database = place / "wayhome.db"
        prepare(database)
        connection = connect(database)
        try:
            connection.execute("PRAGMA synchronous = OFF")  # only what is complete is put in place, see below
            _fill(connection, place)
            connection.execute("PRAGMA journal_mode = DELETE").fetchall()
        except sqlite3.Error as error:
            raise explain(error, database) from None
        finally:
            connection.close()
        sync_tree(place)
        for name in ("blobs", "wayhome.db"):
            if (place / name).exists():
                (place / name).rename(data.path / name)
        sync_tree(data.path)
    return ["The links and devices must sign in again: secrets are not in an export."]


def _fill(connection: sqlite3.Connection, place: Path) -> None:
    names = Names()
    before: int | None = None
    seq = 0
    for part in batched(_lines(place / "log.jsonl", _logged_row), AT_ONCE):
        for number, _, _ in part:
            if number < 1 or (before is not None and number != before + 1):
                raise BadInput(f"log.jsonl has a gap at seq {number}", advice=ADVICE)
            before = number
        batch = Batch()
        batch.add(line(row)._replace(at=when) for _, when, row in part)
        batch.only_log()
        connection.execute("BEGIN")
        seq = batch.write(connection, names, part[0][0] - 1, 0.0)
        connection.execute("COMMIT")
    for name, read in (
        ("things.jsonl", _thing),
        ("records.jsonl", _record),
        ("readings.jsonl", _reading),
        ("commands.jsonl", _command),
    ):
        for rows in batched(_lines(place / name, read), AT_ONCE):
            batch = Batch()
            batch.add(map(line, rows))
            batch.log.clear()
            connection.execute("BEGIN")
            batch.write(connection, names, seq, 0.0)
            connection.execute("COMMIT")
    _samples(connection, place / "samples.csv", names)


def _thing(body: bytes) -> ThingRow:
    thing = thing_of(body)
    check(thing)
    return ThingRow(thing.id, thing)


def _record(body: bytes) -> RecordRow:
    record = record_of(body)
    _values(record.path, record.values())  # its path raises for what is no name
    return RecordRow(record)


def _reading(body: bytes) -> ReadingRow:
    reading = whole_reading_of(body)
    split_path(reading.path)
    _values(reading.path, reading.value)
    return ReadingRow(reading)


def _command(body: bytes) -> CommandRow:
    command = command_of(body)
    split_path(command.path)
    _values(command.path, command.target)
    return CommandRow(command)


def _values(path: str, value: object) -> None:
    if not is_value(value, MAX_DEPTH + 1):
        raise BadInput(f"{path} has something that is not a plain value")


def _logged_row(body: bytes) -> tuple[int, float, LogRow | ForeignRow]:
    kept = msgspec.json.decode(body, type=_Logged)
    what = bytes(kept.what)
    row: LogRow
    if kept.kind == "reading":
        row = _reading(what)
    elif kept.kind == "command":
        row = _command(what)
    elif kept.kind == "event":
        row = EventRow(event_of(what))
    elif kept.kind == "record":
        row = _record(what)
    elif kept.kind == "thing" and kept.about is not None:
        row = ThingRow(kept.about, None if what == b"null" else thing_of(what))
    else:
        raise BadInput("it is of no kind that the log has")
    return kept.seq, kept.at, row if kept.site is None else ForeignRow(kept.site, kept.number, row)


def _lines(file: Path, read: Any) -> Iterator[Any]:
    with file.open("rb") as source:
        number = 0
        while body := source.readline(LONGEST):
            number += 1
            try:
                yield read(body.rstrip(b"\n"))
            except (msgspec.MsgspecError, HubError, ValueError, RecursionError) as error:
                why = error.detail if isinstance(error, HubError) else str(error)
                raise BadInput(f"{file.name}, line {number}: {why}"[:300], advice=ADVICE) from None


def _samples(connection: sqlite3.Connection, file: Path, names: Names) -> None:
    with file.open(newline="", encoding="utf-8") as source:
        rows = csv.reader(source)
        next(rows, None)
        try:
            for part in batched(map(_sample, rows), AT_ONCE):
                connection.execute("BEGIN")
                ids = names.of(connection, (path for path, _, _ in part))
                TAIL.write(connection, [(minute_of(at), ids[path], at, value) for path, at, value in part])
                connection.execute("COMMIT")
        except (ValueError, csv.Error, HubError) as error:
            raise BadInput(f"samples.csv, line {rows.line_num}: {error}"[:300], advice=ADVICE) from None
    sealed = drive_log.SEALED_AT_ONCE
    while sealed == drive_log.SEALED_AT_ONCE:
        connection.execute("BEGIN")
        sealed = drive_log.seal(connection, 2**60)
        connection.execute("COMMIT")


def _sample(row: list[str]) -> tuple[str, float, float]:
    path, at, value = row
    split_path(path)
    when, number = float(at), float(value)
    if not math.isfinite(when) or not math.isfinite(number) or abs(when) > 1e15:
        raise ValueError("not a finite number")
    return path, when, number
