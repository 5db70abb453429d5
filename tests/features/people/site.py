"""A hub's doors on a real port with the household's own certificate, for tests from outside."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import msgspec
import uvicorn
from cryptography.hazmat.primitives import serialization
from litestar import Litestar, MediaType, Response, get
from litestar.handlers import BaseRouteHandler

from tests.features.people.house import World
from wayhome.adapters.authority import Authority
from wayhome.adapters.certificates import Certificates
from wayhome.adapters.listener import BothDoors
from wayhome.errors import HubError
from wayhome.web import api, auth
from wayhome.web.install import Install
from wayhome.web.transport import Transport

NAME = "wayhome.local"
PAGE = """<!doctype html><title>hub</title><p id="it">the hub</p>"""
WORKER = """self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', event => event.waitUntil(clients.claim()));"""


@get("/", media_type=MediaType.HTML)
async def home() -> str:
    return PAGE


@get("/worker.js")
async def worker() -> Response[str]:
    return Response(WORKER, media_type="text/javascript")


class Site(msgspec.Struct):
    """Where it is, and what is behind it."""

    world: World
    house: Authority
    certificates: Certificates
    transport: Transport
    port: int

    @property
    def https(self) -> str:
        return f"https://{NAME}:{self.port}"

    @property
    def http(self) -> str:
        return f"http://{NAME}:{self.port}"

    @property
    def root(self) -> bytes:
        return self.house.certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cadata=self.root.decode())


def application(world: World) -> Any:
    """The doors as an ASGI application, without the rest of a hub."""
    handlers: list[BaseRouteHandler] = [
        home,
        worker,
        *auth.routes(
            world.door,
            world.clock,
            lambda: "Linden 7",
            lambda: False,
            lambda identity: True,
            "run-1",
            lambda device: device not in world.last,
        ),
    ]
    return Litestar(handlers, exception_handlers={HubError: lambda _, error: api.problem(error)}, openapi_config=None)


@asynccontextmanager
async def site(names: tuple[str, ...] = (NAME,), **options: Any) -> AsyncIterator[Site]:
    """Serve a fresh household's doors on a free loopback port, for https and http."""
    world = World()
    world.clock.time = time.time()
    await world.door.open()
    house = Authority(world.vault, world.clock, names, "Linden 7")
    await house.open()
    kept = Certificates(house, world.vault, world.clock, [*names, "localhost", "127.0.0.1"])
    await kept.open()
    install = Install(lambda: house.certificate, lambda: "Linden 7", lambda: f"{NAME}:8300")
    transport = Transport(application(world), lambda: names, install=install, **options)
    listening = socket.create_server(("127.0.0.1", 0))
    # Without TLS's "lifespan": Litestar has nothing to open here.
    server = BothDoors(
        uvicorn.Config(transport, lifespan="off", log_level="warning", proxy_headers=False), [listening], kept.context
    )
    running = asyncio.create_task(server._serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield Site(world, house, kept, transport, listening.getsockname()[1])
    finally:
        server.should_exit = True
        await running
