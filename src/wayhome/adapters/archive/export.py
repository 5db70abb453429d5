"""Export: everything of a household in open formats, for any program. See docs/reference/storage.md.

A tar file of JSON lines (``things``, ``records``, ``readings``, ``commands``, ``log``), ``samples.csv``, ``blobs/`` and
``manifest.json``. No secrets are in it.
"""

from __future__ import annotations

import asyncio
import csv
import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import msgspec

from wayhome.adapters.archive.files import staging, writing
from wayhome.adapters.archive.tarball import Writer
from wayhome.adapters.blobs_disk import DiskBlobs
from wayhome.adapters.data_dir import DataDir
from wayhome.adapters.sqlite import read
from wayhome.adapters.sqlite.drive_log import everything
from wayhome.adapters.sqlite.rows import command_of, logged
from wayhome.adapters.sqlite.store import SqliteStore
from wayhome.errors import NotFound, StoreError
from wayhome.hub.ports import CommandRow, EventRow, Logged, ReadingRow, RecordRow

FORMAT, VERSION = "wayhome-export", 1
TABLES = ("things.jsonl", "records.jsonl", "readings.jsonl", "commands.jsonl", "log.jsonl", "samples.csv")
NAME = re.compile(rf"{'|'.join(map(re.escape, TABLES))}|README\.txt|blobs/([0-9a-f]{{2}})/\1[0-9a-f]{{62}}")
README = """\
Everything that a Wayhome household has kept, in open formats (text is UTF-8, times are seconds since 1970).

things.jsonl    one thing a line, as its link described it
records.jsonl   people, places, grants, preferences...: one a line, each field with the stamp of its last write
readings.jsonl  the latest reading of each signal
commands.jsonl  commands that are open or ended within the last day
log.jsonl       everything that happened, in order: readings, commands, events, records, things
samples.csv     the drive log: path, time, value
blobs/          files, named by the SHA-256 of their content
manifest.json   the size and SHA-256 of each of these

`wayhome restore` opens it in an empty folder. Secrets are not in it: links and devices sign in again.
"""


async def export(data: DataDir, store: SqliteStore, to: Path, *, now: float) -> list[str]:
    """Write an export to the file ``to`` while the household goes on; all tables are as of one moment. Returns
    sentences on what could not be taken in. Raises StoreError."""
    blobs = DiskBlobs(data.blobs)
    with staging(data.path) as place:
        await store.read(lambda connection: _tables(connection, place))
        hashes = [hash async for hash in blobs.hashes()]

        def write() -> list[str]:
            notes: list[str] = []
            with writing(to, None) as out:
                tar = Writer(out, now)
                tar.add("README.txt", README.encode())
                for name in TABLES:
                    tar.add_file(name, place / name)
                for hash in hashes:
                    try:
                        tar.add(f"blobs/{hash[:2]}/{hash}", blobs.read(hash))
                    except NotFound:
                        continue  # deleted since
                    except StoreError as error:
                        notes.append(f"{error.detail}: it is not in the export.")
                tar.finish(FORMAT, VERSION)
            return notes

        return await asyncio.to_thread(write)


def _tables(connection: sqlite3.Connection, place: Path) -> None:
    connection.execute("BEGIN")
    saved = read.saved(connection)
    _lines(place / "things.jsonl", iter(saved.things))
    _lines(place / "records.jsonl", iter(saved.records))
    _lines(place / "readings.jsonl", iter(saved.readings))
    commands = connection.execute("SELECT body FROM command ORDER BY at, key")
    _lines(place / "commands.jsonl", (command_of(body) for (body,) in commands))
    rows = connection.execute(
        "SELECT log.seq, log.kind, log.at, path.path, log.body, log.site, log.number FROM log"
        " LEFT JOIN path ON path.id = log.path ORDER BY log.seq"
    )
    _lines(place / "log.jsonl", ({**_shown(logged(*row[:5]), row[2], row[3]), **_whose(*row[5:])} for row in rows))
    with (place / "samples.csv").open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file)
        out.writerow(("path", "time", "value"))
        out.writerows((path, repr(at), repr(value)) for path, at, value in everything(connection))
    connection.execute("COMMIT")


def _lines(to: Path, items: Iterator[object]) -> None:
    encoder = msgspec.json.Encoder()
    with to.open("wb") as file:
        for item in items:
            file.write(encoder.encode(item) + b"\n")


def _whose(site: str | None, number: int | None) -> dict[str, object]:
    """Of a line that another site wrote: whose it is, and its number there."""
    return {} if site is None else {"site": site, "number": number}


def _shown(line: Logged, at: float, about: str | None) -> dict[str, object]:
    row = line.row
    shown: dict[str, object] = {"seq": line.seq, "at": at}
    if isinstance(row, ReadingRow):
        return {**shown, "kind": "reading", "what": row.reading}
    if isinstance(row, CommandRow):
        return {**shown, "kind": "command", "what": row.command}
    if isinstance(row, EventRow):
        return {**shown, "kind": "event", "what": row.event}
    if isinstance(row, RecordRow):
        return {**shown, "kind": "record", "what": row.record}
    return {**shown, "kind": "thing", "about": about, "what": row.thing}
