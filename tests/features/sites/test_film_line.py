"""Both ends of a film's line against a peer that reads nothing: what waits for it is bounded."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve

from wayhome.errors import Unreachable
from wayhome.features.sites.film_line import SocketLine
from wayhome.hub.frames import Frame
from wayhome.hub.sites.line import MOST
from wayhome.web.live_socket import TRANSPORT
from wayhome.web.site_film_socket import SiteFilmSocket

pytestmark = pytest.mark.anyio
PIECE = Frame(bytes(2**20), binary=True)


async def test_the_hub_that_calls_cuts_a_line_that_nobody_reads() -> None:
    over = asyncio.Event()

    async def deaf(socket: Any) -> None:
        await over.wait()
        socket.transport.abort()

    server = await serve(deaf, "127.0.0.1", 0, max_queue=1)
    try:
        socket = await connect(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}", compression=None)
        line = SocketLine(socket, False)
        most = 0
        for _ in range(3 * MOST // 2**20):
            line.write(PIECE)
            most = max(most, line.backlog())
            await asyncio.sleep(0)
        assert 2**20 < most <= MOST
        async with asyncio.timeout(20):
            with pytest.raises(Unreachable):
                await line.receive()
        line.write(PIECE)
        assert line.backlog() == 0
        line.close()
    finally:
        over.set()
        server.close()
        await server.wait_closed()


async def test_the_hub_that_is_called_does_too() -> None:
    """Its server's transport is a real one; the other end of it reads nothing."""
    ends: asyncio.Future[asyncio.StreamWriter] = asyncio.get_running_loop().create_future()
    server = await asyncio.start_server(lambda _, writer: ends.set_result(writer), "127.0.0.1", 0)
    _, writer = await asyncio.open_connection(*server.sockets[0].getsockname()[:2])
    writer.transport.pause_reading()  # type: ignore[attr-defined]
    ours = await ends
    gone = asyncio.Event()
    said: asyncio.Queue[Any] = asyncio.Queue()
    said.put_nowait({"type": "websocket.connect"})
    most = 0

    async def come(site: str, line: Any) -> None:
        nonlocal most
        for _ in range(3 * MOST // 2**20):
            line.write(PIECE)
            most = max(most, line.backlog())
            await asyncio.sleep(0)
        gone.set()

    async def sent(message: Any) -> None:
        return

    films = SimpleNamespace(come=come)
    hub: Any = SimpleNamespace(sites=SimpleNamespace(films=films, door=lambda token: "car"))
    scope = {"scheme": "ws", "headers": [(b"authorization", b"Bearer its")], "client": ("::1", 1)}
    line = SiteFilmSocket(hub, {**scope, "extensions": {TRANSPORT: ours.transport}}, said.get, sent)
    task = asyncio.create_task(line.run())
    async with asyncio.timeout(20):
        await gone.wait()
        assert 2**20 < most <= MOST + 1_000
        assert ours.transport.is_closing(), "it is cut at once, and its server says so to who receives"
        await task
    writer.close()
    server.close()
