"""Where another hub of the household calls with the line of a film: ``/api/site/film``, spoken as
``wayhome.hub.sites.film_frames`` says. A socket of its own, beside the conversation of the two."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from wayhome.errors import Unreachable
from wayhome.hub.frames import Frame
from wayhome.hub.reach import RELAYED
from wayhome.hub.running import Hub
from wayhome.hub.sites.line import MOST
from wayhome.web.entry import caller
from wayhome.web.live_socket import TRANSPORT
from wayhome.web.outlets import LET_GO, QueueOutlet, Receive, Scope, Send, WireOutlet

SITE_FILM = "/api/site/film"
LAST_WORDS = 2.0


class SiteFilmSocket:
    """One line. It comes with the other hub's token, never with a cookie: no page can make it."""

    def __init__(self, hub: Hub, scope: Scope, receive: Receive, send: Send) -> None:
        self._hub = hub
        self._scope = scope
        self._receive = receive
        self._send = send
        self._outlet: WireOutlet | QueueOutlet
        self._closed = asyncio.Event()
        self.relayed = False

    async def run(self) -> None:
        """Serve until either side ends."""
        who = caller(self._scope["scheme"], self._scope["headers"], self._scope.get("client"))
        if (await self._receive())["type"] != "websocket.connect":
            return
        site = self._hub.sites.door(who.bearer or "")
        if site is None or who.origin is not None:
            await self._send({"type": "websocket.close", "code": 4401})
            return
        await self._send({"type": "websocket.accept"})
        self.relayed = who.peer == RELAYED
        transport = self._scope.get("extensions", {}).get(TRANSPORT)
        self._outlet = WireOutlet(transport, _nothing) if transport is not None else QueueOutlet(self._send, _nothing)
        try:
            await self._hub.sites.films.come(site, self)
            await self._closed.wait()
        finally:
            await self._bye()

    async def _bye(self) -> None:
        if isinstance(self._outlet, QueueOutlet):
            self._outlet.close(4400, "over")
            await asyncio.wait((self._outlet.task,), timeout=LAST_WORDS)
            self._outlet.task.cancel()
        with contextlib.suppress(Exception):  # TimeoutError too
            async with asyncio.timeout(LET_GO):
                await self._send({"type": "websocket.close", "code": 4400, "reason": "over"})
        if isinstance(self._outlet, WireOutlet):
            self._outlet.cut()

    # As a line

    @property
    def backlog(self) -> Callable[[], int]:
        return self._outlet.backlog

    def write(self, frame: Frame) -> None:
        if self._closed.is_set():
            return
        if self._outlet.backlog() + len(frame.payload) > MOST:
            self._closed.set()
            if isinstance(self._outlet, WireOutlet):
                self._outlet.abort()  # who receives is told by the server that it is over
            else:
                self._outlet.task.cancel()
            return
        self._outlet.write(frame)

    async def receive(self) -> str | bytes:
        message = await self._receive()
        if message["type"] != "websocket.receive":
            raise Unreachable("the connection to the other hub ended")
        text: str | None = message.get("text")
        return text if text is not None else bytes(message.get("bytes") or b"")

    def close(self) -> None:
        self._closed.set()


def _nothing(code: int, reason: str) -> None:
    return
