"""Ways for frames out to a client of the live socket."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from wayhome.hub.frames import Frame

type Scope = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
type Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

LET_GO = 10.0
"""A socket that does not even take its close is cut off after so many s."""


class WireOutlet:
    """Writes ready frames straight to the transport."""

    __slots__ = ("_close", "_closed", "_transport", "backlog")

    def __init__(self, transport: asyncio.Transport, close: Callable[[int, str], None]) -> None:
        self._transport = transport
        self._close = close
        self._closed = False
        self.backlog: Callable[[], int] = transport.get_write_buffer_size

    def write(self, frame: Frame) -> None:
        if not self._closed and not self._transport.is_closing():
            self._transport.write(frame.wire)

    def close(self, code: int, reason: str) -> None:
        if not self._closed:
            self._closed = True
            self._close(code, reason)

    def cut(self) -> None:
        """Whoever takes nothing any more must not hold the socket: what they were told has some s, then it ends."""
        asyncio.get_running_loop().call_later(LET_GO, self._transport.abort)

    def abort(self) -> None:
        """End it now; what waits is dropped."""
        self._transport.abort()


class QueueOutlet:
    """For servers that don't show their transport: a queue, sent by a task of its own."""

    def __init__(self, send: Send, close: Callable[[int, str], None]) -> None:
        self._send = send
        self._close = close
        self._frames: asyncio.Queue[Frame | None] = asyncio.Queue()
        self._bytes = 0
        self.task = asyncio.create_task(self._run())

    def write(self, frame: Frame) -> None:
        self._bytes += len(frame.payload)
        self._frames.put_nowait(frame)

    def backlog(self) -> int:
        return self._bytes

    def close(self, code: int, reason: str) -> None:
        self._frames.put_nowait(None)
        self._close(code, reason)

    async def _run(self) -> None:
        # That a socket broke is its reader's to notice; what is still queued for it goes nowhere.
        with contextlib.suppress(Exception):
            while (frame := await self._frames.get()) is not None:
                message: dict[str, Any] = {"type": "websocket.send"}
                message |= {"bytes": frame.payload} if frame.binary else {"text": frame.payload.decode()}
                await self._send(message)
                self._bytes -= len(frame.payload)
