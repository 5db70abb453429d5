"""What was read of an extract, on the disk until all of it is known: a large country does not fit into memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from itertools import batched, groupby
from pathlib import Path
from typing import Any

import msgspec

from wayhome.adapters.maps.spot_tags import Found, Piece

BATCH = 5_000
_SCHEMA = """
PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-65536; PRAGMA temp_store=FILE;
CREATE TABLE found (rank REAL NOT NULL, name TEXT NOT NULL, body BLOB NOT NULL);
CREATE TABLE piece (name TEXT NOT NULL, latitude REAL NOT NULL, longitude REAL NOT NULL, tags BLOB NOT NULL);
"""


class Staging:
    """A file of its own, thrown away at the end."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.unlink(missing_ok=True)
        self._base = sqlite3.connect(path, isolation_level=None)
        self._base.executescript(_SCHEMA)
        self._base.execute("BEGIN")
        self._found: list[tuple[float, str, bytes]] = []
        self._pieces: list[tuple[str, float, float, bytes]] = []
        self._encode = msgspec.msgpack.Encoder().encode

    def add(self, one: Found) -> None:
        """Keep a spot."""
        self._found.append((one.rank, one.name, self._encode(one)))
        if len(self._found) >= BATCH:
            self._flush()

    def add_piece(self, name: str, latitude: float, longitude: float, tags: Mapping[str, str]) -> None:
        """Keep a piece of a road."""
        self._pieces.append((name, latitude, longitude, self._encode(tags)))
        if len(self._pieces) >= BATCH:
            self._flush()

    def _flush(self) -> None:
        self._base.executemany("INSERT INTO found VALUES (?, ?, ?)", self._found)
        self._base.executemany("INSERT INTO piece VALUES (?, ?, ?, ?)", self._pieces)
        self._found.clear()
        self._pieces.clear()

    def roads(self) -> Iterator[tuple[str, list[Piece]]]:
        """The pieces of each road's name."""
        self._flush()
        decode = msgspec.msgpack.Decoder(dict[str, str]).decode
        rows = self._rows("SELECT name, latitude, longitude, tags FROM piece ORDER BY name, rowid")
        for name, pieces in groupby(rows, key=lambda row: str(row[0])):
            yield name, [(latitude, longitude, decode(tags)) for _, latitude, longitude, tags in pieces]

    def count(self) -> int:
        """How many spots there are."""
        self._flush()
        found: int = self._base.execute("SELECT count(*) FROM found").fetchone()[0]
        return found

    def every(self) -> Iterator[tuple[Found, ...]]:
        """All spots, the best known first, some at a time."""
        self._flush()
        decode = msgspec.msgpack.Decoder(Found).decode
        rows = self._rows("SELECT body FROM found ORDER BY rank, name, rowid")
        for some in batched(rows, BATCH):
            yield tuple(decode(body) for (body,) in some)

    def _rows(self, question: str) -> Iterator[tuple[Any, ...]]:
        # A cursor of its own: what is written meanwhile does not disturb it.
        return iter(self._base.cursor().execute(question))

    def close(self) -> None:
        """Throw it away."""
        self._base.close()
        self._path.unlink(missing_ok=True)
