"""What has changed and is not shown yet: many changes at once are shown once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator


class Dirty[T]:
    """``every``: what changes within so many s is shown at once."""

    def __init__(self, every: float) -> None:
        self._every = every
        self._some: set[T] = set()
        self._bell = asyncio.Event()

    def add(self, one: T) -> None:
        """It has changed."""
        self._some.add(one)
        self._bell.set()

    def stir(self) -> None:
        """Something else is to be looked at with the next round."""
        self._bell.set()

    async def rounds(self) -> AsyncIterator[set[T]]:
        """What has changed, again and again, until cancelled."""
        while True:
            await self._bell.wait()
            self._bell.clear()
            some, self._some = self._some, set()
            yield some
            await asyncio.sleep(self._every)
