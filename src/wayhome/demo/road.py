"""The road between the demo's two hubs: whatever the car's hub says to the home's goes through here, and stands still
while the car is in the tunnel."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress

from wayhome.errors import BadInput

CHUNK = 64 * 1024
HELD = 4
"""So many calls of the car wait at the tunnel's mouth; older ones it has given up by itself."""
WITHIN = 5.0


class Road:
    """A TCP forwarder on this machine's loopback, to the home's hub at ``host`` and ``port``."""

    def __init__(self, host: str, port: int) -> None:
        self._target = host, port
        self._clear = asyncio.Event()
        self._clear.set()
        self._held: deque[asyncio.Task[None]] = deque()
        self._travels: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.port = 0

    async def open(self, port: int) -> None:
        """Take calls at this port, or at one of the system's choice where it is taken (or 0). Raises BadInput."""
        for wanted in (port, 0):
            with suppress(OSError):
                self._server = await asyncio.start_server(self._call, "127.0.0.1", wanted)
                self.port = self._server.sockets[0].getsockname()[1]
                return
        raise BadInput("this machine has no port left for the road between the hubs")

    @property
    def closed(self) -> bool:
        """Whether the car is in the tunnel."""
        return not self._clear.is_set()

    def freeze(self) -> None:
        """Into the tunnel: nothing passes any more, and nobody is told."""
        self._clear.clear()

    def thaw(self) -> None:
        """Out of it: what was on its way arrives."""
        self._held.clear()
        self._clear.set()

    async def close(self) -> None:
        """No road any more; who was on it is cut off."""
        if self._server is not None:
            self._server.close()
        for travel in self._travels:
            travel.cancel()
        await asyncio.gather(*self._travels, return_exceptions=True)

    def _call(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        travel = asyncio.create_task(self._travel(reader, writer))
        self._travels.add(travel)
        travel.add_done_callback(self._travels.discard)
        if self.closed:
            self._held.append(travel)
            if len(self._held) > HELD:
                self._held.popleft().cancel()

    async def _travel(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends = [writer]
        try:
            await self._clear.wait()
            async with asyncio.timeout(WITHIN):
                there, back = await asyncio.open_connection(*self._target)
            ends.append(back)
            ways = [asyncio.create_task(self._pass(reader, back)), asyncio.create_task(self._pass(there, writer))]
            try:
                await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for way in ways:
                    way.cancel()
                await asyncio.gather(*ways, return_exceptions=True)
        except (OSError, TimeoutError):
            return
        finally:
            for end in ends:
                end.close()  # what was written last still goes out

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One way, until its end; a farewell does not get through the tunnel either."""
        data = b"-"
        while data:
            try:
                data = await reader.read(CHUNK)
            except OSError:
                data = b""
            await self._clear.wait()
            writer.write(data)
            with suppress(OSError):
                await writer.drain()
