"""A tiny WebSocket server for the bad days that a real Home Assistant never makes."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from websockets.asyncio.server import ServerConnection, serve

type Script = Callable[[ServerConnection], Awaitable[None]]

STATES = {"light.a": {"s": "on", "a": {"supported_color_modes": ["brightness"], "brightness": 100}, "c": "x", "lc": 1}}
RESULTS: dict[str, Any] = {
    "auth/current_user": {"id": "u1"},
    "get_config": {"state": "RUNNING", "unit_system": {"temperature": "°C"}},
    "config/area_registry/list": [],
    "config/device_registry/list": [],
    "config/entity_registry/list": [],
    "call_service": {"context": {"id": "c1"}},
}


async def polite(socket: ServerConnection, results: dict[str, Any] | None = None) -> None:
    """Behave like Home Assistant, as far as a client in step needs it. Ends when the other side does."""
    answers = {**RESULTS, **(results or {})}
    await socket.send(json.dumps({"type": "auth_required", "ha_version": "2026.2.3"}))
    await socket.recv()
    await socket.send(json.dumps({"type": "auth_ok", "ha_version": "2026.2.3"}))
    async for data in socket:
        asked = json.loads(data)
        if asked["type"] == "ping":
            await socket.send(json.dumps({"id": asked["id"], "type": "pong"}))
            continue
        result = answers.get(asked["type"])
        await socket.send(json.dumps({"id": asked["id"], "type": "result", "success": True, "result": result}))
        if asked["type"] == "subscribe_entities":
            await socket.send(json.dumps({"id": asked["id"], "type": "event", "event": {"a": STATES}}))
            socket.subscription = asked["id"]  # type: ignore[attr-defined]


@contextlib.asynccontextmanager
async def serving(script: Script) -> AsyncIterator[str]:
    """The address of a server that follows ``script`` for each connection."""

    async def follow(socket: ServerConnection) -> None:
        with contextlib.suppress(Exception):
            await script(socket)

    async with serve(follow, "127.0.0.1", 0, max_size=None, close_timeout=0.2) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        yield f"http://127.0.0.1:{port}"


@contextlib.asynccontextmanager
async def talking(answer: Callable[[bytes], bytes]) -> AsyncIterator[str]:
    """The address of a bare TCP server that answers each first packet as told."""

    async def follow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            writer.write(answer(await reader.read(65_536)))
            await writer.drain()
            writer.close()

    server = await asyncio.start_server(follow, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
