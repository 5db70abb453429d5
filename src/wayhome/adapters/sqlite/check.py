"""Whether a database file is sound: for `wayhome doctor`, and before a backup is put in place."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from wayhome.adapters.sqlite.open import FROM_BACKUP, SCHEMA, explain, for_reading
from wayhome.adapters.sqlite.read import saved
from wayhome.adapters.sqlite.samples import unpack
from wayhome.errors import StoreError


def check(path: Path) -> list[StoreError]:
    """What is wrong with the file, and what to do about each; none: it is sound. Reads all of it: a minute for some
    GB."""
    try:
        connection = for_reading(path)
    except sqlite3.Error as error:
        return [explain(error, path)]
    try:
        return faults(connection, path)
    except sqlite3.Error as error:
        return [explain(error, path)]
    finally:
        connection.close()


def faults(connection: sqlite3.Connection, path: Path) -> list[StoreError]:
    """As ``check``, on a connection that is open."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version != SCHEMA:
        text = f"{path} has schema {version}, this Wayhome knows {SCHEMA}"
        if version > SCHEMA:
            return [StoreError(text, advice="Install the newest Wayhome, or restore a backup made by this version.")]
        return [StoreError(text, advice="Start Wayhome once to bring it up to date.")]
    if any(text != "ok" for (text,) in connection.execute("PRAGMA quick_check(1)")):
        return [StoreError(f"{path} is damaged", advice=FROM_BACKUP)]
    found: list[StoreError] = []
    count, first, last = connection.execute("SELECT count(*), min(seq), max(seq) FROM log").fetchone()
    if count and count != last - first + 1:
        text = f"the log of {path} has a gap: {last - first + 1 - count} lines are missing"
        found.append(StoreError(text, advice=FROM_BACKUP))
    floor = connection.execute("SELECT value FROM meta WHERE name = 'floor'").fetchone()
    if floor is not None and int(floor[0]) > (last or 0):
        found.append(StoreError(f"the newest lines of the log of {path} are missing", advice=FROM_BACKUP))
    try:
        saved(connection)
    except ValueError as error:
        found.append(StoreError(f"{path} holds something unreadable: {error}"[:300], advice=FROM_BACKUP))
    try:
        for (body,) in connection.execute("SELECT body FROM chunk"):
            unpack(body)
    except StoreError as error:
        advice = "The rest is not touched by that; a backup has the whole drive log."
        found.append(StoreError(f"{path}: {error.detail}", advice=advice))
    return found
