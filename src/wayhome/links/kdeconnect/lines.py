"""A connection with one device: how it comes about, and packets on it.

Whoever heard of the other connects, and is the *server* of TLS; whoever was connected to is its client.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import socket
import ssl
import termios
from collections.abc import AsyncIterator, Callable, Iterator, Mapping

from wayhome.links.kdeconnect import wire
from wayhome.links.kdeconnect.identity import named
from wayhome.links.kdeconnect.wire import Identity, Packet

WITHIN = 10.0
"""A connection that is not in order after so many s is given up."""
FIRST_TO_SPEAK = 1.0
"""So long, in s, the client of TLS waits for the other's identity before it says its own: kdeconnectd gets stuck
where it comes before it looks."""
MAX_WAITING = 4 * 2**20
"""Bytes that a device has not taken: it is not there any more."""
PER_SECOND, AT_ONCE = 50.0, 300.0
"""Packets that are heard; more wait."""
IDLE, EACH, MISSED, UNSAID = 12, 5, 3, 20_000
"""Keep-alive: a silent line is asked after so many s, each so many s, and is over after so many unanswered; what is
not taken in so many ms ends it, too. A phone that left is noticed within half a minute."""
ARRIVES = 5.0
"""What nobody may believe to be done while it lies in the network has so many s to get there."""


class Strange(Exception):
    """This is no device, or not the one that it says."""


class Line:
    """A connection whose other side has shown who it is: ``identity`` is what it said within TLS, ``certificate``
    (DER) what it proved. Whether that is somebody whom we know is for others to say."""

    def __init__(
        self,
        identity: Identity,
        certificate: bytes,
        address: str,
        streams: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        lines: wire.Lines,
        waiting: list[bytes],
    ) -> None:
        self.identity = identity
        self.certificate = certificate
        self.address = address
        self._reader, self._writer = streams
        self._lines = lines
        self._waiting = waiting
        self.since = asyncio.get_running_loop().time()
        self.ahead = 0.0
        """Its clock is so many s ahead of ours, by what it said last."""

    def send(self, type: str, body: Mapping[str, object], at: float, payload: tuple[int, int] | None = None) -> bool:
        """Hand a packet over. Whether the line took it: what it carries may still be lost. ``payload``: see
        ``wire.encode``."""
        if self._writer.is_closing():
            return False
        if self._writer.transport.get_write_buffer_size() > MAX_WAITING:
            self.close()
            return False
        self._writer.write(wire.encode(type, body, at, payload))
        return True

    async def arrived(self) -> bool:
        """Whether the other side's machine has all that was sent. A line on which it does not come there in time is
        ended: it must not come after it was said to be lost."""
        loop, wait = asyncio.get_running_loop(), 0.001
        ends = loop.time() + ARRIVES
        while not self._writer.is_closing():
            if not self._on_its_way():
                return True
            if loop.time() > ends:
                self.close()
            await asyncio.sleep(wait)
            wait = min(2 * wait, 0.05)
        return False

    def _on_its_way(self) -> int:
        """How many bytes the other side's machine does not have yet, as far as we know."""
        handle = self._writer.get_extra_info("socket").fileno()
        if handle < 0:
            return 1  # it has just ended
        sent = int.from_bytes(fcntl.ioctl(handle, termios.TIOCOUTQ, b"\0\0\0\0"), "little")
        return self._writer.transport.get_write_buffer_size() + sent

    def trust(self, paired: bool) -> None:
        """How long its packets may be from now on."""
        self._lines.most = wire.MAX_PACKET if paired else wire.MAX_STRANGE

    async def packets(self) -> AsyncIterator[Packet]:
        """What comes, until the line ends. What is no packet is passed over."""
        loop = asyncio.get_running_loop()
        left, seen = AT_ONCE, loop.time()
        waiting, self._waiting = self._waiting, []
        try:
            while True:
                for line in waiting:
                    now = loop.time()
                    left, seen = min(AT_ONCE, left + (now - seen) * PER_SECOND), now
                    if left < 1:
                        await asyncio.sleep((1 - left) / PER_SECOND)
                    left -= 1
                    packet = wire.decode(line)
                    if packet is not None:
                        yield packet
                data = await self._reader.read(65_536)
                if not data:
                    return
                waiting = list(self._lines.take(data))
                cut, self._lines.cut = self._lines.cut, []
                for type in cut:
                    yield Packet(type, {}, cut=True)
        except (OSError, ssl.SSLError):
            return

    def close(self) -> None:
        """End it at once, without waiting for anybody."""
        self._writer.transport.abort()


def prepared(made: socket.socket) -> socket.socket:
    """A socket whose other side is noticed to be gone."""
    made.setblocking(False)
    for level, option, value in (
        (socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1),
        (socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, IDLE),
        (socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, EACH),
        (socket.IPPROTO_TCP, socket.TCP_KEEPCNT, MISSED),
        (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, UNSAID),
        (socket.IPPROTO_TCP, socket.TCP_NODELAY, 1),
    ):
        made.setsockopt(level, option, value)
    return made


async def accepted(
    made: socket.socket, address: str, own: Identity, context: ssl.SSLContext, now: Callable[[], float]
) -> Line:
    """A device has connected to us. Raises Strange, OSError, TimeoutError."""
    async with asyncio.timeout(WITHIN), _or_closed(made):
        packet = wire.decode(await _first(made))
        outer = wire.identity(packet)
        if packet is None or outer is None:
            raise Strange("no identity")
        if wire.for_whom(packet) not in (None, own.id):
            raise Strange("it is for another device")
        streams = await asyncio.open_connection(sock=made, ssl=context, server_hostname="")
        with _or_aborted(streams[1]):
            return await _known(outer, address, own, streams, now, speaks_first=False)


async def dialled(
    outer: Identity, address: str, own: Identity, context: ssl.SSLContext, now: Callable[[], float]
) -> Line:
    """Connect to a device whose datagram we heard, and whose certificate we know. Raises Strange, OSError,
    TimeoutError."""
    loop = asyncio.get_running_loop()
    made = prepared(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
    async with asyncio.timeout(WITHIN), _or_closed(made):
        await loop.sock_connect(made, (address, outer.port or wire.PORT))
        await loop.sock_sendall(made, wire.announcement(own, now(), outer))
        reader = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(reader)
        transport, _ = await loop.connect_accepted_socket(lambda: protocol, made, ssl=context)
        streams = reader, asyncio.StreamWriter(transport, protocol, reader, loop)
        with _or_aborted(streams[1]):
            return await _known(outer, address, own, streams, now, speaks_first=True)


async def _first(made: socket.socket) -> bytes:
    """The one line that is said in the open. Nothing may follow it before TLS."""
    loop = asyncio.get_running_loop()
    said = b""
    while b"\n" not in said:
        data = await loop.sock_recv(made, 4_096)
        said += data
        if not data or len(said) > wire.MAX_IDENTITY:
            raise Strange("no identity")
    if not said.endswith(b"\n") or said.count(b"\n") > 1:
        raise Strange("it goes on without TLS")
    return said[:-1]


async def _known(
    outer: Identity,
    address: str,
    own: Identity,
    streams: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    now: Callable[[], float],
    *,
    speaks_first: bool,
) -> Line:
    """Exchange who we are within TLS; what was said in the open only has to fit."""
    reader, writer = streams
    certificate = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    if certificate is None or named(certificate) != outer.id:
        raise Strange("its certificate is of another device")
    lines = wire.Lines(wire.MAX_STRANGE)
    if outer.version < 8:
        return Line(outer, certificate, address, streams, lines, [])
    mine = wire.announcement(own, now())
    said = speaks_first
    if speaks_first:
        writer.write(mine)
    waiting: list[bytes] = []
    while not waiting:
        try:
            async with asyncio.timeout(None if said else FIRST_TO_SPEAK):
                data = await reader.read(65_536)
        except TimeoutError:
            said = True
            writer.write(mine)
            continue
        if not data:
            raise Strange("it ended before it said who it is")
        waiting = list(lines.take(data))
    first = wire.decode(waiting[0])
    inner = wire.identity(first)
    if inner is None or inner.id != outer.id or inner.version != outer.version:
        raise Strange("it says to be another device within TLS than before")
    if not said:
        writer.write(mine)
    line = Line(inner, certificate, address, streams, lines, waiting[1:])
    if first is not None and first.at is not None:
        line.ahead = first.at - now()
    return line


@contextlib.asynccontextmanager
async def _or_closed(made: socket.socket) -> AsyncIterator[None]:
    try:
        yield
    except BaseException:
        made.close()
        raise


@contextlib.contextmanager
def _or_aborted(writer: asyncio.StreamWriter) -> Iterator[None]:
    try:
        yield
    except BaseException:
        writer.transport.abort()
        raise
