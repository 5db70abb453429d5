"""Files that go to one device one after the other, as one: it shows one progress for all of them. Pure."""

from __future__ import annotations

from collections.abc import Mapping


class Together:
    """``number``: which of them is on its way, from 1; ``of``: of how many; ``total``: the bytes of all."""

    def __init__(self) -> None:
        self.number = self.of = self.total = 0
        self._went = 0
        """Bytes of those that went through."""

    def begin(self, id: str, waiting: Mapping[str, int]) -> None:
        """This one is next. ``waiting``: the size of each that is to go, of this one, too, by its id."""
        self.number += 1
        self._count(waiting)
        self._size = waiting[id]

    def went(self) -> None:
        """It went through."""
        self._went += self._size

    def more(self, waiting: Mapping[str, int]) -> bool:
        """What is to go, with the one that is on its way, may be more than before; whether it is."""
        if self.number - 1 + len(waiting) <= self.of:
            return False  # one that has just gone through, or was taken back, is counted with the next
        self._count(waiting)
        return True

    def _count(self, waiting: Mapping[str, int]) -> None:
        self.of = self.number - 1 + len(waiting)
        self.total = self._went + sum(waiting.values())
