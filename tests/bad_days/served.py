"""A world behind the real doors: uvicorn with the hub's own settings, in this process, on loopback."""

from __future__ import annotations

import asyncio
import base64
import json
import socket
import struct
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import uvicorn
from websockets.asyncio.client import ClientConnection, connect

from tests.world import World, car, lamp
from wayhome.core.catalog import Refinement
from wayhome.core.thing import Thing
from wayhome.core.value import Fact
from wayhome.features.home import feature as home
from wayhome.hub.feature import Feature
from wayhome.hub.session import Identity
from wayhome.web.app import build
from wayhome.web.server import uvicorn_config
from wayhome.web.transport import Transport

ROLES = {"anna": "owner", "mei": "member", "leo": "child", "noor": "guest"}


class Tokens:
    """Knows everybody's token: ``anna-token``. ``gone``: those that were revoked."""

    def __init__(self) -> None:
        self.gone: set[str] = set()

    def identify(self, token: str) -> Identity | None:
        name = token.removesuffix("-token")
        if token in self.gone or token == name or name not in ROLES:
            return None
        return Identity(f"person:{name}", ROLES[name], name, f"{name}-phone")  # type: ignore[arg-type]


class Served:
    """Where a world is served."""

    def __init__(self, world: World, tokens: Tokens, port: int) -> None:
        self.world = world
        self.tokens = tokens
        self.port = port
        self.live = f"ws://127.0.0.1:{port}/api/live"
        self.url = f"http://127.0.0.1:{port}"


@asynccontextmanager
async def served(more: Mapping[str, Feature] | None = None) -> AsyncIterator[Served]:
    """A household of four with a lamp, a lock and a car, served. Everybody has a phone. ``more``: further features."""
    async with World(features={"home": home, **(more or {})}) as world:
        for name, role in ROLES.items():
            await world.person(name, role)
            values: dict[str, Any] = {"person": name, "role": role, "name": "Phone"}
            await world.hub.household.write("device", f"{name}-phone", values, world.context())
        host = world.puppet.host
        host.announce([lamp(**{"light.effect": Refinement()}), car()])
        host.announce([Thing("door", "Door", "puppet", "lock", {"lock.locked": Refinement()})])
        host.report([Fact("lamp/light.on", False), Fact("door/lock.locked", True), Fact("car/Vehicle.Speed", 0.0)])
        tokens = Tokens()
        listening = socket.create_server(("127.0.0.1", 0))
        port = listening.getsockname()[1]
        app = Transport(build(world.hub, tokens), lambda: {"hub.test"})
        server = uvicorn.Server(uvicorn_config(app))
        serving = asyncio.create_task(server.serve([listening]))
        while not server.started:
            await asyncio.sleep(0.005)
        try:
            yield Served(world, tokens, port)
        finally:
            server.should_exit = True
            await serving


@asynccontextmanager
async def screen(at: Served, who: str = "anna", *want: str, **hello: Any) -> AsyncIterator[ClientConnection]:
    """A live socket of somebody's, who has said what they want to see (nothing: they have said nothing yet)."""
    headers = {"Authorization": f"Bearer {who}-token"}
    async with connect(at.live, additional_headers=headers, proxy=None, max_size=None) as found:
        if want:
            await found.send(json.dumps({"t": "hello", "want": list(want), "rate": 20, **hello}))
        yield found


async def heard(found: ClientConnection, *kinds: str) -> dict[str, Any]:
    """The next message (of these kinds)."""
    while True:
        message: dict[str, Any] = json.loads(await asyncio.wait_for(found.recv(), 45))
        if not kinds or message["t"] in kinds:
            return message


# The wire itself, for what no proper client would send


def knock(host: str = "127.0.0.1", *more: str) -> bytes:
    """The request that opens a live socket."""
    key = base64.b64encode(b"0123456789abcdef").decode()
    lines = ["GET /api/live HTTP/1.1", f"Host: {host}", "Upgrade: websocket", "Connection: Upgrade"]
    lines += [f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13", *more]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def frame(payload: bytes, first: int = 0x81, mask: bytes | None = b"\1\2\3\4") -> bytes:
    """One WebSocket frame as clients send it; ``first``: its first byte; ``mask`` None: not masked."""
    size, masked = len(payload), 0 if mask is None else 0x80
    if size < 126:
        head = bytes((first, masked | size))
    elif size < 65_536:
        head = bytes((first, masked | 126)) + struct.pack("!H", size)
    else:
        head = bytes((first, masked | 127)) + struct.pack("!Q", size)
    if mask is None:
        return head + payload
    return head + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))


class Wire:
    """A raw connection that has opened a live socket."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def frame(self) -> tuple[int, bytes] | None:
        """The next frame: its opcode and payload; None at the end."""
        try:
            first, size = await asyncio.wait_for(self.reader.readexactly(2), 45)
            if size == 126:
                (size,) = struct.unpack("!H", await self.reader.readexactly(2))
            elif size == 127:
                (size,) = struct.unpack("!Q", await self.reader.readexactly(8))
            return first & 0x0F, await self.reader.readexactly(size)
        except (asyncio.IncompleteReadError, ConnectionError):
            return None

    async def rest(self) -> tuple[int | None, list[dict[str, Any]]]:
        """Everything until the end: the close code, if there was one, and the messages before it."""
        said: list[dict[str, Any]] = []
        while (found := await self.frame()) is not None:
            opcode, payload = found
            if opcode == 8:
                return (struct.unpack("!H", payload[:2])[0] if payload else 1005), said
            if opcode == 1:
                said.append(json.loads(payload))
        return None, said


@asynccontextmanager
async def wire(at: Served, who: str | None = "anna") -> AsyncIterator[Wire]:
    """A raw live socket of somebody's (None: of nobody's), open."""
    reader, writer = await asyncio.open_connection("127.0.0.1", at.port)
    more = [f"Authorization: Bearer {who}-token"] if who is not None else []
    writer.write(knock("127.0.0.1", *more))
    answer = await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 45)
    assert answer.startswith(b"HTTP/1.1 101"), answer
    try:
        yield Wire(reader, writer)
    finally:
        writer.close()
