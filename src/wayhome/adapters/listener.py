"""One port for both: TLS and plain HTTP on the same address, told apart by the first byte.

People type `wayhome.local:8300` without a scheme. Without this, plain HTTP on a TLS port is a broken page; with it,
the install page answers (see web/transport), and https gives the hub.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Callable

import uvicorn
from uvicorn.server import ServerState

from wayhome import log

HANDSHAKE = 0x16
FIRST_BYTE = 10.0
"""Who says nothing for this long after connecting is cut off, in s."""
WAITING = 500
BACKLOG = 2_048


class BothDoors(uvicorn.Server):
    """A uvicorn server that takes its connections from one socket, with TLS where the client begins it.

    ``context``: the TLS context of the moment, asked for each connection, so a new certificate is in use at once.
    """

    def __init__(self, config: uvicorn.Config, listening: list[socket.socket], context: ssl.SSLContext) -> None:
        super().__init__(config)
        self._listening = listening
        self._context = context
        self._accepting: list[asyncio.Task[None]] = []
        self._greeting: set[asyncio.Task[None]] = set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to take connections."""
        await super().startup(sockets=[])
        if self.should_exit:
            return
        for listening in self._listening:
            listening.setblocking(False)
            listening.listen(BACKLOG)
            self._accepting.append(asyncio.create_task(self._accept(listening)))

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more; end those that are open as uvicorn does."""
        for task in [*self._accepting, *self._greeting]:
            task.cancel()
        await asyncio.gather(*self._accepting, *self._greeting, return_exceptions=True)
        for listening in self._listening:
            listening.close()
        await super().shutdown(sockets)

    async def _accept(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                connection, _ = await loop.sock_accept(listening)
            except OSError as error:
                # Out of file handles: the queue of the kernel waits until some are free.
                log.get("listener").warning("cannot take a connection", detail=str(error))
                await asyncio.sleep(0.5)
                continue
            if len(self._greeting) >= WAITING:
                connection.close()
                continue
            task = asyncio.create_task(self._greet(connection))
            self._greeting.add(task)
            task.add_done_callback(self._greeting.discard)

    async def take(self, connection: socket.socket, config: uvicorn.Config) -> None:
        """Serve a connection that was made another way than by calling here, over TLS, with a (loaded) ``config`` of
        its own. One that comes to nothing is closed."""
        if self.should_exit or len(self._greeting) >= WAITING:
            connection.close()
            return
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                self._protocol(config), connection, ssl=self._context, ssl_handshake_timeout=FIRST_BYTE
            )
        except (OSError, TimeoutError, ssl.SSLError):
            connection.close()
        except asyncio.CancelledError:
            connection.close()
            raise

    async def _greet(self, connection: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        try:
            connection.setblocking(False)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            async with asyncio.timeout(FIRST_BYTE):
                first = await _peek(loop, connection)
            if not first:
                connection.close()
                return
            secure = first[0] == HANDSHAKE
            await loop.connect_accepted_socket(
                self._protocol(self.config),
                connection,
                ssl=self._context if secure else None,
                ssl_handshake_timeout=FIRST_BYTE if secure else None,
            )
        except (OSError, TimeoutError, ssl.SSLError):
            # A port scan, a browser that does not trust us yet, somebody who went away.
            connection.close()
        except asyncio.CancelledError:
            connection.close()
            raise

    def _protocol(self, config: uvicorn.Config) -> Callable[[], asyncio.Protocol]:
        state, app_state = self.server_state, self.lifespan.state
        assert isinstance(state, ServerState)
        kind = config.http_protocol_class
        return lambda: kind(config=config, server_state=state, app_state=app_state)  # type: ignore[call-arg]


async def _peek(loop: asyncio.AbstractEventLoop, connection: socket.socket) -> bytes:
    """The first byte, left where it is."""
    while True:
        try:
            return connection.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            readable = loop.create_future()
            loop.add_reader(connection.fileno(), _wake, readable)
            try:
                await readable
            finally:
                loop.remove_reader(connection.fileno())


def _wake(readable: asyncio.Future[None]) -> None:
    if not readable.done():
        readable.set_result(None)
