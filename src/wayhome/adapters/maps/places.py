"""Searching a region's places: what is typed to spots, the best first; and what lies at a point."""

from __future__ import annotations

import json
import math
import re
import sqlite3
import threading
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from wayhome.adapters.maps.writing import around, query, words
from wayhome.hub.maps import Bounds, Connector, Point, Spot, SpotKind, Station

FIRST = 150
"""So many that fit are looked at in the order of how well known they are, and as many of those close by."""
DEGREE = 111_195.0
"""Metres of a degree of latitude."""
BESIDE = 150.0
"""Metres from an address at which one still is there."""
_COLUMNS = "id, kind, name, folded, english, chinese, street, number, town, about, latitude, longitude"
_KINDS = {"place": 0.0, "street": 0.6, "station": 1.0, "point": 1.0, "parking": 1.2, "address": 1.6}
_DIGITS = re.compile(r"\d+")



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
    """One region's file. Its calls take about a millisecond, and may come from any thread."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._base = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True, check_same_thread=False)

    def search(self, text: str, near: Point | None, language: str, limit: int) -> list[tuple[float, Spot]]:
        """What is called so, with how badly it fits: the smallest first."""
        asked = query(text)
        if asked is None:
            return []
        with self._lock:
            rows = self._rows(asked, near)
        typed = words(text)
        scored = sorted((_score(row, typed, near), row.id, row) for row in rows)
        found: dict[tuple[str, str | None, str], tuple[float, Spot]] = {}
        for score, _, row in scored:
            # A house with three doors, a stop with two sides: one is enough.
            found.setdefault((row.name, row.town, row.kind), (score, spot(row, near, language)))
            if len(found) == limit:
                break
        return list(found.values())

    def _rows(self, asked: str, near: Point | None) -> list[Row]:
        some = f"SELECT {_COLUMNS} FROM spot WHERE id IN (SELECT rowid FROM word WHERE word MATCH ? LIMIT ?)"
        rows = [Row(*row) for row in self._base.execute(some, (asked, FIRST))]
        if len(rows) < FIRST or near is None:
            return rows
        close = [Row(*row) for row in self._base.execute(some, (f"{asked} AND {around(*near)}", FIRST))]
        return list({row.id: row for row in [*rows, *close]}.values())

    def at(self, point: Point, language: str) -> tuple[float, Spot] | None:
        """The address or street there, with its distance in m."""
        wide = BESIDE / DEGREE
        across = wide / max(0.05, math.cos(math.radians(point.latitude)))
        with self._lock:
            found = self._base.execute(
                f"SELECT {_COLUMNS} FROM spot WHERE kind IN ('address', 'point', 'station') AND id IN"
                " (SELECT id FROM near WHERE west >= ? AND east <= ? AND south >= ? AND north <= ?)",
                (
                    point.longitude - across, point.longitude + across, point.latitude - wide, point.latitude + wide,
                ),
            ).fetchall()  # fmt: skip
        rows = [Row(*row) for row in found]
        if not rows:
            return None
        # An address says where one is; the name of a shop only if one stands right in it.
        best = min(rows, key=lambda row: away(point, row.latitude, row.longitude) + (0.0 if row.kind == "address" else 40.0))
        return away(point, best.latitude, best.longitude), spot(best, point, language)

    def stations(self, bounds: Bounds, power: float, limit: int) -> list[Station]:
        """Charging stations in a rectangle, the strongest first."""
        with self._lock:
            rows = self._base.execute(
                "SELECT id, name, latitude, longitude, operator, power, fee, connectors FROM station WHERE"
                " latitude BETWEEN ? AND ? AND longitude BETWEEN ? AND ? AND coalesce(power, 0) >= ?"
                " ORDER BY coalesce(power, 0) DESC, id LIMIT ?",
                (bounds.south, bounds.north, bounds.west, bounds.east, power, limit),
            ).fetchall()
        return [_station(row) for row in rows]

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._base.close()


def away(point: Point, latitude: float, longitude: float) -> float:
    """Metres between two points that are not far apart."""
    east = math.cos(math.radians((point.latitude + latitude) / 2))
    return DEGREE * math.hypot(latitude - point.latitude, (longitude - point.longitude) * east)


def spot(row: Row, near: Point | None, language: str) -> Spot:
    """A row as a spot, in a language where the map has it."""
    called = (row.chinese if language.startswith("zh") else row.english if language.startswith("en") else None) or row.name
    line = " ".join(part for part in (row.street, row.number) if part) if row.kind != "address" else None
    place = ", ".join(part for part in (line, row.town) if part and part != row.name) or None
    far = round(away(near, row.latitude, row.longitude)) if near is not None else None
    local = row.name if called != row.name else None
    return Spot(row.kind, called, row.latitude, row.longitude, local, place, far, row.about, row.id)


def _score(row: Row, typed: list[str], near: Point | None) -> float:
    """How badly a spot fits: what is called just so first, then what is well known and close."""
    line, best = " ".join(typed), 3.0
    for own in row.folded.split("\n"):
        if own == line:
            best = 0.0
            break
        if own.startswith(line):
            # A whole word is better than the beginning of one.
            best = min(best, 0.7 if own[len(line)] == " " else 1.0)
        elif best > 1.5 and all(word in own for word in typed):
            best = 1.5
    score = best + _KINDS.get(row.kind, 1.0)
    if row.kind == "address":
        score += _number(row.number, typed)
    if near is not None:
        score += math.log10(1 + away(near, row.latitude, row.longitude) / 300.0)
    return score


def _number(number: str | None, typed: list[str]) -> float:
    """How badly a house number fits what was typed: 3, 3a, 31 for a 3; and none was asked for without one."""
    wanted = next((word for word in reversed(typed) if word[0].isdigit()), None)
    if wanted is None:
        return 1.5
    own = words(number or "")
    if own and own[0] == wanted or "".join(own) == wanted:
        return -2.0
    digits = _DIGITS.match(own[0]) if own else None
    asked = _DIGITS.match(wanted)
    same = digits is not None and asked is not None and digits[0] == asked[0]
    return -1.0 if same else 0.5 + 0.01 * len(number or "")


def _station(row: tuple[Any, ...]) -> Station:
    id, name, latitude, longitude, operator, power, fee, told = row
    found = msgspec.convert(json.loads(told), tuple[Connector, ...])
    return Station(id, name, latitude, longitude, operator, found, power, None if fee is None else bool(fee))
