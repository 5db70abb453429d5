"""Serving: uvicorn on loopback, or with TLS for the whole house."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AsyncExitStack
from socket import socket
from typing import TYPE_CHECKING, Any

import uvicorn
from litestar.handlers import BaseRouteHandler

from wayhome.config import is_loopback
from wayhome.web import callbacks, demo_door
from wayhome.web.live_socket import MAX_MESSAGE, SharedFrames

if TYPE_CHECKING:
    from wayhome.assembly import Assembled


class _Server(uvicorn.Server):
    """Says when it is ready."""

    def __init__(self, settings: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(settings)
        self._ready = ready

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()


class Serving:
    """What is served where. ``url``: for people; ``local_url``: for programs on this machine."""

    def __init__(self, url: str, local_url: str, listening: list[socket], routes: list[BaseRouteHandler]) -> None:
        self.url = url
        self.local_url = local_url
        self.routes = routes
        self.hint: str | None = None
        self.on_ready: Callable[[], None] = lambda: None
        self._listening = listening

    async def run(self, app: Any) -> None:
        """Serve until interrupted."""
        await _Server(uvicorn_config(app), self.on_ready).serve(self._listening)


def uvicorn_config(app: Any, **more: Any) -> uvicorn.Config:
    """Uvicorn as the hub needs it: shared frames, no compression, small messages, no access log."""
    return uvicorn.Config(
        app,
        ws=SharedFrames,
        ws_max_size=MAX_MESSAGE,
        ws_per_message_deflate=False,
        lifespan="off",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=3,
        loop="none",
        **more,
    )


async def prepare(it: Assembled, host: str, port: int, listening: list[socket], stack: AsyncExitStack) -> Serving:
    """Decide how to serve ``host``: plain HTTP on loopback."""
    routes = [*callbacks.routes(), *demo_door.routes(it)]
    name = "localhost" if is_loopback(host) else host
    url = f"http://{name}:{port}"
    return Serving(url, url, listening, routes)
