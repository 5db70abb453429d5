"""How long the hub waits for a request that is begun and not finished: a few thousand of those would hold all of its
sockets, and cost whoever sends them nothing."""

from __future__ import annotations

import asyncio

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol

WITHIN = 20.0
"""A request's head has so many s to come, up to twice that where it is not the connection's first; in its body there
may be no longer pause, in s."""


class Patient(H11Protocol):
    """Uvicorn's HTTP, cutting off who begins and does not go on."""

    _watch: asyncio.TimerHandle | None = None
    _came = 0
    """Bytes that came so far."""
    _seen: tuple[object, int] = (None, -1)
    """The request and the bytes at the last look."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._watch = self.loop.call_later(WITHIN, self._look)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._watch is not None:
            self._watch.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._came += len(data)
        super().data_received(data)

    def _look(self) -> None:
        if self.transport.is_closing() or self.transport.get_protocol() is not self:
            return  # it has become a live socket, which has a patience of its own
        theirs, (request, came) = self.conn.their_state, self._seen
        if theirs is h11.IDLE and request is self.cycle:
            # Not one whole head since the last look. (Who rests between two requests is uvicorn's to close, sooner.)
            self.transport.abort()
            return
        if theirs is h11.SEND_BODY and request is self.cycle and came == self._came:
            self.transport.abort()
            return
        self._seen = (self.cycle, self._came)
        self._watch = self.loop.call_later(WITHIN, self._look)
