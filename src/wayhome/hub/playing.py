"""What players play, by its address: one player's piece can go on at another where both can be told where it lies.

Addresses may hold a token, and are nobody's to read: on screens, in wishes and in the log there is a mark in place of
each. The hub remembers in memory which address a mark stands for.
"""

from __future__ import annotations

import hashlib
from typing import Any

NAME = "playing"
MOST = 256
MOST_LETTERS = 2_000


class Addresses:
    """The addresses by their marks, the newest last."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def mark(self, url: str) -> str | None:
        """The mark of an address; None: it is none that any player can fetch, as a file's on that machine."""
        if not url.startswith(("http://", "https://")) or len(url) > MOST_LETTERS or not url.isprintable():
            return None
        mark = hashlib.sha256(url.encode("utf-8", "replace")).hexdigest()[:16]
        self._known.pop(mark, None)
        self._known[mark] = url
        if len(self._known) > MOST:
            del self._known[next(iter(self._known))]
        return mark

    def find(self, mark: str) -> str | None:
        """The address that a mark stands for."""
        return self._known.get(mark)


def addresses(extra: dict[str, Any]) -> Addresses:
    """Those of a running hub (``hub.extra``)."""
    found: Addresses = extra.setdefault(NAME, Addresses())
    return found
