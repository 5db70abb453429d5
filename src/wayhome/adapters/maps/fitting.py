"""How badly a spot fits what was typed: what is called just so comes first, then what is well known and close. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

from wayhome.adapters.maps.writing import words
from wayhome.hub.maps import Point

DEGREE = 111_195.0
"""Metres of a degree of latitude."""
NEAR = 300.0
"""Metres that hardly count."""
EXACT, WORD, BEGUN, SOME, ELSE = 0.0, 0.7, 1.0, 1.5, 3.0
"""Just this name; its first words; how its first word begins; all that was typed is in it; it is of another field, as
the town."""
_KINDS = {"place": 0.0, "street": 0.6, "station": 1.0, "point": 1.0, "parking": 1.2, "address": 1.6}
_DIGITS = re.compile(r"\d+")

type Scored = Callable[[str, str, str | None, float, float], float]


def away(point: Point, latitude: float, longitude: float) -> float:
    """Metres between two points that are not far apart."""
    east = math.cos(math.radians((point.latitude + latitude) / 2))
    return DEGREE * math.hypot(latitude - point.latitude, (longitude - point.longitude) * east)


def scored(typed: list[str], near: Point | None) -> Scored:
    """What says of a spot's kind, names (as the search writes them, a line each), number and place how badly it fits:
    less is better."""
    line = " ".join(typed)
    wanted = next((word for word in reversed(typed) if word[0].isdigit()), None)
    east = DEGREE * math.cos(math.radians(near.latitude)) if near is not None else 0.0

    def score(kind: str, names: str, number: str | None, latitude: float, longitude: float) -> float:
        fits = _named(names, line, typed) if "\n" not in names else _best(names.split("\n"), line, typed)
        found = _KINDS.get(kind, 1.0) + fits
        if kind == "address":
            found += _number(number, wanted)
        if near is not None:
            far = math.hypot((latitude - near.latitude) * DEGREE, (longitude - near.longitude) * east)
            found += math.log10(1 + far / NEAR)
        return found

    return score


def of_kind(whole: bool, near: Point | None, latitude: float, longitude: float) -> float:
    """The same of a spot that is what was typed, all of it or its beginning, whatever it is called."""
    far = away(near, latitude, longitude) if near is not None else 0.0
    return _KINDS["point"] + (EXACT if whole else BEGUN) + math.log10(1 + far / NEAR)


def _best(names: list[str], line: str, typed: list[str]) -> float:
    return min(_named(own, line, typed) for own in names)


def _named(own: str, line: str, typed: list[str]) -> float:
    if own.startswith(line):
        rest = own[len(line) : len(line) + 1]
        return EXACT if not rest else WORD if rest == " " else BEGUN
    return SOME if all(word in own for word in typed) else ELSE


def _number(number: str | None, wanted: str | None) -> float:
    """How badly a house number fits what was typed: 3, 3a, 31 for a 3; and none was asked for without one."""
    if wanted is None:
        return 1.5
    own = words(number or "")
    if own and (own[0] == wanted or "".join(own) == wanted):
        return -2.0
    digits = _DIGITS.match(own[0]) if own else None
    asked = _DIGITS.match(wanted)
    same = digits is not None and asked is not None and digits[0] == asked[0]
    return -1.0 if same else 0.5 + 0.01 * len(number or "")
