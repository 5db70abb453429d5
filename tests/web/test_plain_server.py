"""The live socket on a server that does not show its transport: hypercorn, with nothing of uvicorn's."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import hypercorn
import hypercorn.asyncio
import msgspec
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.world import World, lamp
from wayhome.core.catalog import Refinement
from wayhome.core.value import Fact
from wayhome.hub import live
from wayhome.hub.session import Identity
from wayhome.web import live_socket
from wayhome.web.app import build

pytestmark = pytest.mark.anyio


class OneOwner:
    """Knows one token."""

    def identify(self, token: str) -> Identity | None:
        return Identity("person:anna", "owner", "anna") if token == "anna's" else None


@asynccontextmanager
async def served() -> AsyncIterator[tuple[World, str]]:
    """A world behind hypercorn, and where its live socket is."""
    async with World() as world:
        await world.person("anna", "owner")
        world.puppet.host.announce([lamp(**{"light.effect": Refinement()})])
        world.puppet.host.report([Fact("lamp/light.on", False)])
        settings = hypercorn.Config()
        listening = socket.create_server(("127.0.0.1", 0))  # a free port that nobody takes meanwhile
        port = listening.getsockname()[1]
        settings.bind = [f"fd://{listening.detach()}"]
        settings.loglevel = "ERROR"
        ended = asyncio.Event()
        app: Any = build(world.hub, OneOwner())
        server = asyncio.create_task(hypercorn.asyncio.serve(app, settings, shutdown_trigger=ended.wait))
        try:
            yield world, f"ws://127.0.0.1:{port}/api/live"
        finally:
            ended.set()
            await server


@asynccontextmanager
async def screen(url: str, **hello: Any) -> AsyncIterator[ClientConnection]:
    """A client that has said what it wants."""
    for attempt in range(100):
        try:
            socket = await connect(url, additional_headers={"Authorization": "Bearer anna's"}, proxy=None)
            break
        except OSError:
            assert attempt < 99, "the server does not come up"
            await asyncio.sleep(0.05)
    async with socket:
        await socket.send(json.dumps({"t": "hello", "want": ["lamp/light.**"], "rate": 10, **hello}))
        yield socket


async def heard(socket: ClientConnection) -> dict[str, Any]:
    message = await asyncio.wait_for(socket.recv(), 45)
    found: dict[str, Any] = msgspec.msgpack.decode(message) if isinstance(message, bytes) else json.loads(message)
    return found


async def test_a_wish_its_answer_and_the_fact() -> None:
    async with served() as (world, url), screen(url) as socket:
        assert (await heard(socket))["set"]["lamp/light.on"][0] is False
        order = {"t": "do", "id": 1, "op": "none.such"}
        await socket.send(json.dumps(order))
        assert (await heard(socket))["code"] == "not_found"
        world.puppet.host.report([Fact("lamp/light.on", True)])
        assert (await heard(socket))["set"]["lamp/light.on"][0] is True


async def test_msgpack_goes_in_binary_frames() -> None:
    async with served() as (_, url), screen(url, format="msgpack") as socket:
        message = await asyncio.wait_for(socket.recv(), 45)
        assert isinstance(message, bytes)
        assert msgspec.msgpack.decode(message)["t"] == "snap"


async def test_the_reason_comes_before_the_close(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live_socket, "LAST_WORDS", 45.0)
    async with served() as (world, url), screen(url) as socket:
        await heard(socket)
        for number in range(200):
            world.puppet.host.report([Fact("lamp/light.effect", f"{number} " + "x" * 4_000)])
            await asyncio.sleep(0)
        await world.hub.household.delete("person", "anna", world.context())
        said = [await heard(socket)]
        while said[-1]["t"] != "bye":
            said.append(await heard(socket))
        assert said[-1]["code"] == "sign_in_needed"
        with pytest.raises(ConnectionClosed):
            await socket.recv()
        assert socket.close_code == 4401


async def test_a_slow_client_is_skipped_and_then_has_the_newest() -> None:
    # A server whose network takes nothing: spoken to in plain ASGI, as no real one can be held up to the byte.
    async with World() as world:
        await world.person("anna", "owner")
        world.puppet.host.announce([lamp(**{"light.effect": Refinement()})])
        hello = json.dumps({"t": "hello", "want": ["lamp/light.effect"], "rate": 10})
        coming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        for message in ({"type": "websocket.connect"}, {"type": "websocket.receive", "text": hello}):
            coming.put_nowait(message)
        flows = asyncio.Event()
        flows.set()
        sent: list[dict[str, Any]] = []

        async def send(message: Any) -> None:
            await flows.wait()
            if message["type"] == "websocket.send":
                sent.append(json.loads(message["text"]))

        headers = [(b"authorization", b"Bearer anna's"), (b"host", b"hub")]
        scope = {"type": "websocket", "path": "/api/live", "scheme": "ws", "headers": headers, "client": ("::1", 1)}
        serving = asyncio.create_task(build(world.hub, OneOwner())(scope, coming.get, send))
        while not sent:
            await asyncio.sleep(0)
        flows.clear()
        changes = 2 * live.HIGH // 4_000
        for number in range(changes):
            world.puppet.host.report([Fact("lamp/light.effect", f"{number} " + "x" * 4_000)])
            await asyncio.sleep(0)
        world.puppet.host.report([Fact("lamp/light.effect", "the last")])
        flows.set()
        async with asyncio.timeout(20):
            while sent[-1]["set"].get("lamp/light.effect", [""])[0] != "the last":
                await asyncio.sleep(0.01)
        assert len(sent) < changes * 0.6
        coming.put_nowait({"type": "websocket.disconnect"})
        await serving
        assert len(world.hub.live) == 0


async def test_a_socket_that_breaks_leaves_nothing_behind() -> None:
    async with served() as (world, url):
        async with screen(url) as socket:
            await heard(socket)
            socket.transport.abort()
        for _ in range(100):
            world.puppet.host.report([Fact("lamp/light.effect", "x" * 4_000), Fact("lamp/light.effect", "y")])
            await asyncio.sleep(0.02)
            if len(world.hub.live) == 0:
                break
        assert len(world.hub.live) == 0
        assert len(world.hub.sessions) == 0
