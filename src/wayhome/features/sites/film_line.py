"""The line of a film, where this hub is the one that calls."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from wayhome.errors import Unreachable
from wayhome.hub.frames import Frame
from wayhome.hub.sites.line import MOST

LAST_WORDS = 2.0
"""What waits when it ends has so long, in s, to be sent."""


class SocketLine:
    """A WebSocket as a line. What the network does not take yet waits here."""

    def __init__(self, socket: ClientConnection, relayed: bool) -> None:
        self.relayed = relayed
        self._socket = socket
        self._frames: deque[Frame] = deque()
        self._bytes = 0
        self._bell = asyncio.Event()
        self._closing = False
        self._task = asyncio.create_task(self._run())

    @property
    def backlog(self) -> Callable[[], int]:
        return lambda: self._bytes

    def write(self, frame: Frame) -> None:
        if self._closing:
            return
        if self._bytes + len(frame.payload) > MOST:
            self._closing = True
            self._frames.clear()
            self._bytes = 0
            self._task.cancel()  # whoever receives is told by the socket that it is over
            return
        self._frames.append(frame)
        self._bytes += len(frame.payload)
        self._bell.set()

    async def receive(self) -> str | bytes:
        try:
            return await self._socket.recv()
        except ConnectionClosed:
            raise Unreachable("the connection to the other hub ended") from None

    def close(self) -> None:
        if not self._closing:
            self._closing = True
            self._bell.set()
            asyncio.get_running_loop().call_later(LAST_WORDS, self._task.cancel)

    async def _run(self) -> None:
        # That the connection broke is its reader's to notice; what still waits goes nowhere.
        try:
            with contextlib.suppress(ConnectionClosed):
                while self._frames or not self._closing:
                    self._bell.clear()
                    while self._frames:
                        frame = self._frames.popleft()
                        await self._socket.send(frame.payload if frame.binary else frame.payload.decode())
                        self._bytes -= len(frame.payload)
                    if not self._closing:
                        await self._bell.wait()
                await self._socket.close()
        finally:
            # A peer that hangs does not answer a close: it is not waited for.
            self._socket.transport.abort()
