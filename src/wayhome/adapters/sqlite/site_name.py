"""What this site of the household is called. It stands in all that the site writes, so it stays as it was at first."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from wayhome.adapters.sqlite.open import connect, explain, prepare
from wayhome.core.ids import is_slug
from wayhome.errors import BadInput

USUAL = "home"


def site_name(path: Path, wanted: str) -> str:
    """The name of the site whose database is at ``path``; a fresh one is called ``wanted`` from now on (empty: "home").
    Raises BadInput for a name that can't be or is not its own, StoreError."""
    if wanted and not is_slug(wanted):
        raise BadInput(f"{wanted[:80]!r} can't be a site's name", advice="As home, car, summer-house.")
    prepare(path)
    try:
        connection = connect(path)
        try:
            row = connection.execute("SELECT value FROM meta WHERE name = 'site'").fetchone()
            (used,) = connection.execute("SELECT EXISTS(SELECT 1 FROM log)").fetchone()
            known = str(row[0]) if row is not None else USUAL if used else ""
            if row is None:
                name = known or wanted or USUAL
                connection.execute("INSERT INTO meta(name, value) VALUES ('site', ?)", (name,))
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise explain(error, path) from None
    if known and wanted and known != wanted:
        raise BadInput(f"this is the site {known}, not {wanted}", advice="Give each site a --data folder of its own.")
    return known or wanted or USUAL
