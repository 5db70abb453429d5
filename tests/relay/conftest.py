"""A relay in this process, so that its limits are set by the test."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from wayhome.relay.door import Greeting
from wayhome.relay.limits import Limits
from wayhome.relay.relay import Relay

type Running = Callable[..., Awaitable[tuple[Relay, int]]]


@pytest.fixture
async def run() -> AsyncIterator[Running]:
    servers: list[asyncio.Server] = []

    async def start(admits: Callable[[str], bool] = lambda id: True, **limits: float) -> tuple[Relay, int]:
        # All of a test come from one address.
        relay = Relay(Limits(**{"share": 1.0, **limits}), admits)  # type: ignore[arg-type]
        server = await asyncio.get_running_loop().create_server(lambda: Greeting(relay), "127.0.0.1", 0)
        servers.append(server)
        return relay, server.sockets[0].getsockname()[1]

    yield start
    for server in servers:
        server.close()
        # Whoever is still connected is let go now, not by the collector in some other test.
        if sys.version_info >= (3, 13):
            server.abort_clients()
    await asyncio.sleep(0.01)


async def until(what: Callable[[], bool], within: float = 45.0) -> None:
    async with asyncio.timeout(within):
        while not what():
            await asyncio.sleep(0.01)
