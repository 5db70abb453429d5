"""Waiting until wishes have ended."""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from contextlib import suppress

from wayhome.core.command import Command
from wayhome.core.event import Event
from wayhome.core.published import Shown
from wayhome.core.record import Record
from wayhome.hub.household import Household


class Ends:
    """A watcher that waits until wishes have ended."""

    def __init__(self, household: Household) -> None:
        self._household = household
        self._left: set[str] = set()
        self._over: dict[str, Command] = {}
        self._all = asyncio.Event()

    async def wait(self, keys: Collection[str], seconds: float) -> dict[str, Command]:
        """Those of the wishes that end within ``seconds``, by key."""
        self._left = {*keys} - self._over.keys()
        if self._left:
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._all.wait()
        return self._over

    def __enter__(self) -> Ends:
        self._household.watchers.append(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._household.watchers.remove(self)

    def commanded(self, command: Command) -> None:
        if command.open:
            return
        self._over[command.key] = command
        if command.key in self._left:
            self._left.remove(command.key)
            if not self._left:
                self._all.set()

    def published(self, shown: Shown, state: bool) -> None:
        return

    def recorded(self, record: Record) -> None:
        return

    def happened(self, event: Event) -> None:
        return
