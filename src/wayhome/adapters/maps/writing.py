"""How names are written for the search: the same way in the index and in what is typed. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from wayhome.core.ids import legible

_SIGNS = Path(__file__).parents[2] / "data" / "maps" / "simplified.txt"
CELL = 0.02
"""Degrees of a square's side."""
_SIDES = {"a": 0.005, "": CELL, "c": 0.32}
"""Of all squares in which things are looked for by what they are; the first letter of their words."""
_SQUARE = "ꙮ"
"""Begins the words of the index that are no names: nobody finds them by typing it."""
_WORD = re.compile(rf"[^\W_{_SQUARE}]+")
_WIDE = re.compile(r"([\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff])")
_SPELT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae"})
_SHORT = {"str": "strasse", "st": "sankt", "pl": "platz", "rd": "road", "ave": "avenue", "av": "avenue"}
"""What people shorten, beside what they wrote."""


@cache
def _signs() -> dict[int, int]:
    _, traditional, simple = _SIGNS.read_text("utf-8").splitlines()
    return str.maketrans(traditional, simple)


def simplified(text: str) -> str:
    """A text with the simplified signs for traditional Chinese ones."""
    return text if text.isascii() else text.translate(_signs())


def one_line(text: str) -> str:
    """A text of the map as a line that can be shown and printed: nothing in it moves a terminal's cursor, breaks the
    line or turns it round."""
    return text if text.isprintable() else legible(text)


def words(text: str) -> list[str]:
    """The words of a text, in small letters and without marks; of Chinese and Japanese each sign is one, in its simple
    form."""
    plain = _WIDE.sub(r" \1 ", simplified(text.casefold()))
    bare = "".join(c for c in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(c))
    return _WORD.findall(bare)


def written(text: str) -> Iterator[list[str]]:
    """The words of a name; and with ``ae`` for ``ä``, as some type it, where that is another."""
    yield words(text)
    spelt = text.casefold().translate(_SPELT)
    if spelt != text.casefold():
        yield words(spelt)


def indexed(*texts: str | None) -> str:
    """All words of some names, for the index."""
    found = dict.fromkeys(word for text in texts if text for way in written(text) for word in way)
    return " ".join(found)


def folded(*names: str | None) -> str:
    """Some names as the search compares them with what is typed, a line each."""
    return "\n".join(dict.fromkeys(" ".join(way) for name in names if name for way in written(name)))


def cell(latitude: float, longitude: float) -> str:
    """The square that a place lies in, as a word of the index that nobody types."""
    return _square("", *_at(latitude, longitude, CELL))


def around(latitude: float, longitude: float, side: str = "") -> str:
    """The squares around a place as a question for FTS5."""
    row, column = _at(latitude, longitude, _SIDES[side])
    near = (_square(side, row + up, column + right) for up in (-1, 0, 1) for right in (-1, 0, 1))
    return "(" + " OR ".join(f'"{one}"' for one in near) + ")"


def wider(latitude: float, longitude: float) -> Iterator[str]:
    """Questions for what is around a place, in wider and wider squares."""
    return (around(latitude, longitude, side) for side in _SIDES)


def kind(about: str) -> str:
    """What something is (``amenity=pharmacy``), as a word of the index that nobody types."""
    return _SQUARE + "".join(_WORD.findall(about))


def kind_indexed(about: str, latitude: float, longitude: float) -> str:
    """What the index has of a thing that can be looked for by what it is, beside its ``cell``."""
    squares = (_square(side, *_at(latitude, longitude, size)) for side, size in _SIDES.items() if side)
    return " ".join((kind(about), *squares))


def _at(latitude: float, longitude: float, side: float) -> tuple[int, int]:
    return int((latitude + 90) // side), int((longitude + 180) // side)


def _square(side: str, row: int, column: int) -> str:
    return f"{_SQUARE}{side}{row}x{column}"


def query(text: str, most: int = 8) -> str | None:
    """What is typed as a question for FTS5: all words, each as far as it was typed. None: no word in it."""
    typed = words(text[:200])[:most]
    if not typed:
        return None
    asked = []
    for word in typed:
        longer = _SHORT.get(word)
        # A street in German ends in what others write apart: "Haupt str" is not looked for, "hauptstr" is.
        if longer is None and word.endswith("str") and len(word) > 5:
            longer = word + "asse"
        asked.append(f'("{word}"* OR "{longer}"*)' if longer else f'"{word}"*')
    return " AND ".join(asked)
