"""A stream through a relay: two connections, and the bytes between them. A slow end slows the other one down; the
relay holds at most some 64 kB each way."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

from wayhome.relay.limits import Bucket

PIECE = 32 * 1024
"""So many bytes are taken from an end at once."""
HIGH = 32 * 1024
"""When more bytes wait for one end the other is read no more."""
FLUSH = 10.0
"""What waits for an end when the other one is gone has so many s to get there."""
FULL, DEAR, EARLY = 1, 2, 4
"""Why an end is not read: the other end is full, the household has had its share, the other end is not there yet."""


_piece = memoryview(bytearray(PIECE))
"""Where every end reads into: what came is passed on before anything else is read."""


class End(asyncio.BufferedProtocol):
    """One end of a stream. ``other`` is the end that its bytes go to."""

    __slots__ = ("_held", "_loop", "bucket", "ended", "gone", "other", "transport")

    def __init__(self, transport: asyncio.Transport, bucket: Bucket, gone: Callable[[End], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._held = 0
        self.transport = transport
        self.bucket = bucket
        self.gone = gone
        self.other: End | None = None
        self.ended = False
        """It will say no more."""

    # Reading it, or not

    def hold(self, why: int) -> None:
        """Read it no more, for one more reason."""
        if not self._held and not self.transport.is_closing():
            self.transport.pause_reading()
        self._held |= why

    def release(self, why: int) -> None:
        """This reason is over."""
        if not self._held & why:
            return
        self._held &= ~why
        if not self._held and not self.transport.is_closing():
            self.transport.resume_reading()

    # As a protocol

    def get_buffer(self, sizehint: int) -> memoryview:
        return _piece

    def buffer_updated(self, nbytes: int) -> None:
        self.passes(bytes(_piece[:nbytes]))

    def passes(self, data: bytes) -> None:
        """These bytes came from here."""
        other = self.other
        if other is None or other.transport.is_closing():
            return
        other.transport.write(data)
        wait = self.bucket.take(len(data), self._loop.time())
        if wait > 0:
            self.hold(DEAR)
            self._loop.call_later(wait, self.release, DEAR)

    def pause_writing(self) -> None:
        if self.other is not None:
            self.other.hold(FULL)

    def resume_writing(self) -> None:
        if self.other is not None:
            self.other.release(FULL)

    def eof_received(self) -> bool:
        other, self.ended = self.other, True
        if other is None or other.ended:
            return False
        if not other.transport.is_closing() and other.transport.can_write_eof():
            other.transport.write_eof()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        other, self.other = self.other, None
        self.gone(self)
        if other is not None:
            other.finish()

    def finish(self) -> None:
        """The other end is gone: what waits still gets there, if it does not take long."""
        self.other = None
        self.transport.close()
        self._loop.call_later(FLUSH, self.transport.abort)


def prepare(transport: asyncio.BaseTransport) -> None:
    """Small frames are sent at once; who is silent for minutes is asked by the kernel whether it is still there."""
    connection = transport.get_extra_info("socket")
    if connection is None:
        return
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for name, value in (("TCP_KEEPIDLE", 120), ("TCP_KEEPINTVL", 30), ("TCP_KEEPCNT", 4)):
        if hasattr(socket, name):
            connection.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def join(one: End, two: End, first: bytes) -> None:
    """Let two ends be one stream. ``first``: what ``one`` said already."""
    one.other, two.other = two, one
    for end in (one, two):
        end.transport.set_write_buffer_limits(high=HIGH)
    if first:
        two.transport.write(first)
    one.release(EARLY)
