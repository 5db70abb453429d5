"""The line of a film between two hubs: a connection of its own, so that no picture stands before a wish."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Protocol

from wayhome.hub.following import Outlet
from wayhome.hub.frames import Frame

SOON = 0.001
MOST = 16 * 2**20
"""A line on which so many bytes wait is cut: nobody at its other end reads. A film and its largest picture are less."""


class Line(Outlet, Protocol):
    """A way to the other hub, for one film. ``relayed``: a relay carries it."""

    relayed: bool

    async def receive(self) -> str | bytes:
        """The next frame. Raises Unreachable when there will be none."""

    def close(self) -> None:
        """End it: what waits is still sent, if that does not take long."""


class Road:
    """The road to one site, as far as films are concerned: all of them together take at most ``rate`` bytes/s of it,
    piece by piece. So a picture of 100 kB does not stand in a modem's queue before a wish."""

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self._free = 0.0

    def take(self, size: int, now: float) -> float:
        """Take so many bytes of it, by a steady clock; how long to wait, in s, before they are sent."""
        wait = max(0.0, self._free - now)
        self._free = max(self._free, now) + size / self.rate
        return wait


class Paced:
    """A line as an outlet that keeps to its road's pace."""

    def __init__(self, line: Line, road: Road) -> None:
        self._line = line
        self._road = road
        self._waiting: deque[tuple[Frame, Callable[[], None] | None]] = deque()
        self._bytes = 0
        self._task: asyncio.Task[None] | None = None

    @property
    def backlog(self) -> Callable[[], int]:
        return lambda: self._bytes + self._line.backlog()

    def write(self, frame: Frame, gone: Callable[[], None] | None = None) -> None:
        """Send it in its turn. ``gone``: called when it went out."""
        self._waiting.append((frame, gone))
        self._bytes += len(frame.payload)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            frame, gone = self._waiting[0]
            wait = self._road.take(len(frame.payload), loop.time())
            if wait > SOON:
                await asyncio.sleep(wait)
            self._waiting.popleft()
            self._bytes -= len(frame.payload)
            self._line.write(frame)
            if gone is not None:
                gone()

    def close(self) -> None:
        if self._task is not None:
            self._task.cancel()
