"""Whether a database file is sound: for `wayhome doctor`, and before a backup is put in place."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from wayhome.adapters.sqlite.open import FROM_BACKUP, SCHEMA, explain, for_reading
from wayhome.adapters.sqlite.read import saved
from wayhome.adapters.sqlite.samples import unpack
from wayhome.errors import StoreError


def check(path: Path) -> list[str]:
    """What is wrong with the file, in sentences; none: it is sound. Reads all of it: a minute for some GB."""
    try:
        connection = for_reading(path)
    except sqlite3.Error as error:
        return [_sentence(explain(error, path))]
    try:
        return faults(connection, path)
    except sqlite3.Error as error:
        return [_sentence(explain(error, path))]
    finally:
        connection.close()


def faults(connection: sqlite3.Connection, path: Path) -> list[str]:
    """As ``check``, on a connection that is open."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version != SCHEMA:
        return [f"{path} has schema {version}, this Wayhome knows {SCHEMA}. Start Wayhome once to bring it up to date."]
    broken = [text for (text,) in connection.execute("PRAGMA quick_check(5)") if text != "ok"]
    if broken:
        return [f"{path} is damaged ({broken[0][:120]}). {FROM_BACKUP}"]
    found: list[str] = []
    count, first, last = connection.execute("SELECT count(*), min(seq), max(seq) FROM log").fetchone()
    if count and count != last - first + 1:
        found.append(f"The log of {path} has a gap: {last - first + 1 - count} lines are missing. {FROM_BACKUP}")
    floor = connection.execute("SELECT value FROM meta WHERE name = 'floor'").fetchone()
    if floor is not None and int(floor[0]) > (last or 0):
        found.append(f"The newest lines of the log of {path} are missing. {FROM_BACKUP}")
    try:
        saved(connection)
    except ValueError as error:
        found.append(f"{path} holds something unreadable ({error}). {FROM_BACKUP}"[:400])
    try:
        for (body,) in connection.execute("SELECT body FROM chunk"):
            unpack(body)
    except StoreError as error:
        found.append(f"{path}: {error.detail}. The rest is not touched by that; a backup has the whole drive log.")
    return found


def _sentence(error: StoreError) -> str:
    return f"{error.detail}. {error.hint}"
