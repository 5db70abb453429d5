"""A consistent copy of the database while it is being written."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

from wayhome.adapters.durable_file import refused, sync_folder
from wayhome.adapters.sqlite.open import connect, explain


def copy_to(connection: sqlite3.Connection, to: Path) -> None:
    """Copy the whole database, as of one moment, to the file ``to``: there entirely or not at all. In WAL the writer
    goes on meanwhile. Raises StoreError."""
    temporary = to.with_name(f".{to.name}.new")
    try:
        temporary.unlink(missing_ok=True)
        os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600))
        copy = connect(temporary)
        try:
            connection.backup(copy, pages=-1)
            copy.execute("PRAGMA journal_mode = DELETE").fetchall()  # one file, without a write-ahead log beside it
        finally:
            copy.close()
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(to)
        sync_folder(to.parent)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise refused(to, error) from None
    except sqlite3.Error as error:
        temporary.unlink(missing_ok=True)
        raise explain(error, to) from None
