"""Whose number is it: telephone numbers as people and networks write them, compared. Pure.

A number has no one form: ``0170 1234567`` at home is ``+49 170 1234567`` elsewhere, and nobody says in which country
the phone is. Two are the same where the digits of the shorter one, without the zeros before it, are the end of the
longer one's, and are at least seven. Shorter ones (a bank's, an office's) and names (``DHL``) have to be equal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from wayhome.hub.telephony import Contact

TAIL = 7
_WRITTEN = re.compile(r"\+?[0-9\s()./\u2010-\u2015*#-]+")


def digits(number: str) -> str:
    """A number's digits without the zeros before them; empty: it is a name or an address."""
    return re.sub(r"\D", "", number).lstrip("0") if _WRITTEN.fullmatch(number.strip()) else ""


def same(one: str, other: str) -> bool:
    """Whether two numbers reach the same person, as far as their digits tell."""
    short, long = sorted((digits(one), digits(other)), key=len)
    if len(short) < TAIL:
        return one.strip().casefold() == other.strip().casefold() or (short != "" and short == long)
    return long.endswith(short)


class Names:
    """An address book to look names up in."""

    def __init__(self, contacts: Iterable[Contact] = ()) -> None:
        self._all: dict[str, dict[str, None]] = {}
        self._by_tail: dict[str, list[tuple[str, str]]] = {}
        for contact in contacts:
            numbers = self._all.setdefault(contact.name, {})
            for number in contact.numbers:
                numbers[number] = None
                plain = digits(number)
                self._by_tail.setdefault(plain[-TAIL:], []).append((plain, contact.name))

    def of(self, number: str) -> str:
        """Who has this number; empty: nobody that is known. The one whose number fits best, where several do."""
        plain = digits(number)
        if not plain:
            return ""
        best, found = 0, ""
        for other, name in self._by_tail.get(plain[-TAIL:], ()):
            short, long = sorted((plain, other), key=len)
            if (short == long or (len(short) >= TAIL and long.endswith(short))) and len(short) > best:
                best, found = len(short), name
        return found

    def search(self, asked: str, most: int) -> Iterator[Contact]:
        """At most so many in whose name all words of a search stand, or in one of whose numbers its digits do."""
        words = asked.casefold().split()
        plain = re.sub(r"\D", "", asked)
        for name, numbers in self._all.items():
            folded = name.casefold()
            known = bool(words) and all(word in folded for word in words)
            if known or (len(plain) > 1 and any(plain in re.sub(r"\D", "", number) for number in numbers)):
                yield Contact(name, tuple(numbers))
                most -= 1
                if most <= 0:
                    return
