"""Places for what takes room in memory while it comes or goes: few at once, and shared among those who want one."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from wayhome.errors import TooMany


class _Waiting:
    def __init__(self, person: str, device: str) -> None:
        self.person = person
        self.device = device
        self.turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()


class Places:
    """``most``: places in all; ``person``, ``device``: of them for one. ``waiting``: so many of one device wait for
    theirs. Whose turn it is: whoever's person has the fewest, then whose device has, then who waits longest."""

    def __init__(self, most: int, person: int, device: int, waiting: int) -> None:
        self._most = most
        self._person = person
        self._device = device
        self._wait = waiting
        self._people: Counter[str] = Counter()
        self._devices: Counter[str] = Counter()
        self._waiting: list[_Waiting] = []

    @property
    def taken(self) -> int:
        return self._people.total()

    @asynccontextmanager
    async def place(self, person: str, device: str) -> AsyncIterator[None]:
        """Hold one, when it is one's turn. Raises TooMany where too many of the device wait already."""
        mine = _Waiting(person, device)
        self._waiting.append(mine)
        self._next()
        if mine in self._waiting and sum(one.device == device for one in self._waiting) > self._wait:
            self._waiting.remove(mine)
            raise TooMany("too many pieces are on their way at once")
        try:
            await mine.turn
        except asyncio.CancelledError:
            if mine in self._waiting:
                self._waiting.remove(mine)
            else:
                self._leave(mine)
            raise
        try:
            yield
        finally:
            self._leave(mine)

    def _leave(self, one: _Waiting) -> None:
        for of, name in ((self._people, one.person), (self._devices, one.device)):
            of[name] -= 1
            if not of[name]:
                del of[name]
        self._next()

    def _next(self) -> None:
        while self.taken < self._most:
            free = [
                one
                for one in self._waiting
                if not one.turn.done()  # else its request has just ended
                and self._people[one.person] < self._person
                and self._devices[one.device] < self._device
            ]
            if not free:
                return
            first = min(free, key=lambda one: (self._people[one.person], self._devices[one.device]))
            self._waiting.remove(first)
            self._people[first.person] += 1
            self._devices[first.device] += 1
            first.turn.set_result(None)
