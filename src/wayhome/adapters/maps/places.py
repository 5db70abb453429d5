"""Searching a region's places: what is typed to spots, the best first; and what lies at a point."""

from __future__ import annotations

import json
import math
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import batched, islice
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote

import msgspec

from wayhome.adapters.maps import places_schema, spot_kinds
from wayhome.adapters.maps.fitting import DEGREE, away, of_kind, scored
from wayhome.adapters.maps.writing import around, kind, query, wider, words
from wayhome.errors import StoreError
from wayhome.hub.maps import Bounds, Connector, Point, Spot, SpotKind, Station

FIRST = 60
"""So many that fit are looked at in the order of how well known they are, and as many of those close by."""
MOST_OF_A_KIND = 400
"""So many of a kind are looked at for the nearest."""
BESIDE = 150.0
"""Metres from an address at which one still is there."""
ANEW = "Make the map anew: `wayhome map add`."
_COLUMNS = "id, kind, name, folded, english, chinese, street, number, town, about, latitude, longitude"


class Row(NamedTuple):
    """A spot as it lies in the file."""

    id: int
    kind: SpotKind
    name: str
    folded: str
    english: str | None
    chinese: str | None
    street: str | None
    number: str | None
    town: str | None
    about: str | None
    latitude: float
    longitude: float


class Places:
    """One region's file. Its calls take about a millisecond, and may come from any thread. Raises StoreError where it
    can't be read."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._users = 0
        self._retired = False
        try:
            self._base = sqlite3.connect(
                f"file:{quote(str(path))}?mode=ro&immutable=1", uri=True, check_same_thread=False
            )
        except sqlite3.Error as error:
            raise _unreadable(error) from None
        version = self._ask("SELECT value FROM about WHERE name = 'version'")
        if version != [(str(places_schema.VERSION),)]:
            self._base.close()
            raise StoreError("these places were written by another version", advice=ANEW)

    @contextmanager
    def held(self) -> Iterator[None]:
        """For whoever is about to ask, on the loop's own thread: it stays open as long."""
        self._users += 1
        try:
            yield
        finally:
            self._users -= 1
            self._close()

    def retire(self) -> None:
        """Let go of the file, once nobody asks it any more."""
        self._retired = True
        self._close()

    def _close(self) -> None:
        if self._retired and not self._users:
            with self._lock:
                self._base.close()

    def _ask(self, question: str, values: Sequence[object] = ()) -> list[Any]:
        with self._lock:
            try:
                return self._base.execute(question, values).fetchall()
            except sqlite3.Error as error:
                raise _unreadable(error) from None

    def search(self, text: str, near: Point | None, language: str, limit: int) -> list[tuple[float, Spot]]:
        """What is called so, or is what was typed, with how badly it fits: the smallest first."""
        named = self._named(text, near, language, limit)
        kinds = spot_kinds.meant(words(text))
        if not kinds:
            return named
        every = sorted((*named, *self._of_kinds(kinds, near, language, limit)), key=lambda one: one[0])
        best: dict[int | None, tuple[float, Spot]] = {}
        for one in every:
            best.setdefault(one[1].id, one)
        return list(best.values())[:limit]

    def _of_kinds(
        self, kinds: Mapping[str, bool], near: Point | None, language: str, limit: int
    ) -> list[tuple[float, Spot]]:
        """The nearest that are of one of these kinds; without a place the best known."""
        asked = "(" + " OR ".join(f'"{kind(about)}"' for about in kinds) + ")"
        found: dict[int, tuple[str, float, float]] = {}
        for place in (*(wider(*near) if near else ()), None):
            rows = self._ask(
                "SELECT id, about, latitude, longitude FROM spot WHERE id IN"
                " (SELECT rowid FROM word WHERE word MATCH ? LIMIT ?)",
                (f"{place} AND {asked}" if place else asked, MOST_OF_A_KIND),
            )
            # Of too many further away the nearest ones may be left out: those that were found before stay.
            found |= {id: (about, latitude, longitude) for id, about, latitude, longitude in rows}
            if len(found) >= limit:
                break
        scored = ((of_kind(kinds[about], near, *at), id) for id, (about, *at) in found.items())
        best = sorted(scored)[:limit]
        read = {row.id: row for row in self._rows([id for _, id in best])}
        return [(badly, spot(read[id], near, language)) for badly, id in best]

    def _named(self, text: str, near: Point | None, language: str, limit: int) -> list[tuple[float, Spot]]:
        asked = query(text)
        if asked is None:
            return []
        score = scored(words(text), near)
        rows = self._fitting(asked)
        if not rows and (street := query(" ".join(word for word in words(text) if not word[0].isdigit()))):
            asked = street  # a number that the map does not have: the street, then
            rows = self._fitting(asked)
        if len(rows) == FIRST and near is not None:
            rows = list({row[0]: row for row in (*rows, *self._fitting(f"{around(*near)} AND {asked}"))}.values())
        best = sorted((score(*row[1:]), row[0]) for row in rows)[: 3 * limit]
        found: dict[tuple[str, str | None, str], tuple[float, Row]] = {}
        for some in batched(best, limit + limit // 2):
            read = {row.id: row for row in self._rows([id for _, id in some])}
            for badly, id in some:
                # A house with three doors, a stop with two sides: one is enough.
                found.setdefault((read[id].name, read[id].town, read[id].kind), (badly, read[id]))
            if len(found) >= limit:
                break
        return [(badly, spot(row, near, language)) for badly, row in islice(found.values(), limit)]

    def _fitting(self, asked: str) -> list[tuple[Any, ...]]:
        """Of what fits the best known: only what is needed to put them in order."""
        return self._ask(
            "SELECT id, kind, folded, number, latitude, longitude FROM spot WHERE id IN"
            " (SELECT rowid FROM word WHERE word MATCH ? LIMIT ?)",
            (asked, FIRST),
        )

    def _rows(self, ids: list[int]) -> list[Row]:
        marks = ",".join("?" * len(ids))
        return [Row(*row) for row in self._ask(f"SELECT {_COLUMNS} FROM spot WHERE id IN ({marks})", ids)]  # noqa: S608

    def at(self, point: Point, language: str) -> tuple[float, Spot] | None:
        """The address or street there, with its distance in m."""
        wide = BESIDE / DEGREE
        across = wide / max(0.05, math.cos(math.radians(point.latitude)))
        found = self._ask(
            f"SELECT {_COLUMNS} FROM spot WHERE kind IN ('address', 'point', 'station') AND id IN"  # noqa: S608
            " (SELECT id FROM near WHERE west >= ? AND east <= ? AND south >= ? AND north <= ?)",
            (point.longitude - across, point.longitude + across, point.latitude - wide, point.latitude + wide),
        )
        rows = [Row(*row) for row in found]
        if not rows:
            return None
        # An address says where one is; the name of a shop only if one stands right in it.
        best = min(
            rows, key=lambda row: away(point, row.latitude, row.longitude) + (0.0 if row.kind == "address" else 40.0)
        )
        return away(point, best.latitude, best.longitude), spot(best, point, language)

    def stations(self, bounds: Bounds, power: float, limit: int) -> list[Station]:
        """Charging stations in a rectangle, the strongest first."""
        rows = self._ask(
            "SELECT id, name, latitude, longitude, operator, power, fee, connectors FROM station WHERE"
            " latitude BETWEEN ? AND ? AND longitude BETWEEN ? AND ? AND coalesce(power, 0) >= ?"
            " ORDER BY coalesce(power, 0) DESC, id LIMIT ?",
            (bounds.south, bounds.north, bounds.west, bounds.east, power, limit),
        )
        return [_station(row) for row in rows]


def _unreadable(error: sqlite3.Error) -> StoreError:
    return StoreError(f"the places of a map can't be read: {error}", advice=ANEW)


def spot(row: Row, near: Point | None, language: str) -> Spot:
    """A row as a spot, in a language where the map has it."""
    called = (row.chinese if language.startswith("zh") else row.english if language.startswith("en") else None) or (
        row.name or spot_kinds.name(row.about, language)
    )
    line = " ".join(part for part in (row.street, row.number) if part) if row.kind != "address" else None
    place = ", ".join(part for part in (line, row.town) if part and part != row.name) or None
    far = round(away(near, row.latitude, row.longitude)) if near is not None else None
    local = row.name if row.name and called != row.name else None
    return Spot(row.kind, called, row.latitude, row.longitude, local, place, far, row.about, row.id)


def _station(row: tuple[Any, ...]) -> Station:
    id, name, latitude, longitude, operator, power, fee, told = row
    found = msgspec.convert(json.loads(told), tuple[Connector, ...])
    return Station(id, name, latitude, longitude, operator, found, power, None if fee is None else bool(fee))
