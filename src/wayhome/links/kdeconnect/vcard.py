"""vCards as phones write them (2.1, 3.0, 4.0): the name and the telephone numbers of one contact. Pure.

Lenient: what makes no sense is passed over. Pictures, addresses and all else are not looked at.
"""

from __future__ import annotations

import quopri
import re
from collections.abc import Iterator

from wayhome.core.ids import legible
from wayhome.hub.telephony import Contact

MOST = 400_000
"""Letters of a card that are read: a picture may stand in it."""
NUMBERS, NUMBER, NAME = 10, 40, 80
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_PARTS = re.compile(r"(?<!\\);")


def contact(text: str) -> Contact | None:
    """Who a card is of; None: it has no name or no number."""
    name = spare = ""
    numbers: dict[str, None] = {}
    for what, value in _lines(text[:MOST]):
        if what == "FN":
            name = name or _plain(value)
        elif what == "N":
            family, given, *_ = [*_PARTS.split(value), "", ""]
            spare = spare or " ".join(filter(None, (_plain(given), _plain(family))))
        elif what == "ORG":
            spare = spare or _plain(_PARTS.split(value)[0])
        elif what == "TEL" and len(numbers) < NUMBERS:
            number = _plain(value.removeprefix("tel:"))[:NUMBER]
            if any(sign.isdigit() for sign in number):
                numbers[number] = None
    name = (name or spare)[:NAME]
    return Contact(name, tuple(numbers)) if name and numbers else None


def _lines(text: str) -> Iterator[tuple[str, str]]:
    """Each property's name, and its value as it is meant. A value goes on in a line that begins with a space, or, where
    it is quoted-printable, after a line that ends in ``=``."""
    whole: list[str] = []
    for line in text.splitlines():
        soft = bool(whole) and whole[-1].endswith("=") and "QUOTED-PRINTABLE" in whole[-1].partition(":")[0].upper()
        if soft:
            whole[-1] = whole[-1][:-1] + line
        elif whole and line[:1] in (" ", "\t"):
            whole[-1] += line[1:]
        else:
            whole.append(line)
    for line in whole:
        head, colon, value = line.partition(":")
        name, *hints = head.upper().split(";")
        if colon:
            yield name.rpartition(".")[2], _decoded(value, hints)


def _decoded(value: str, hints: list[str]) -> str:
    if not any(one.endswith("QUOTED-PRINTABLE") for one in hints):
        return value
    return quopri.decodestring(value.encode("utf-8", "replace")).decode("utf-8", "replace")


def _plain(value: str) -> str:
    return legible(_ESCAPED.sub(lambda found: " " if found[1] in "nN" else found[1], value))
