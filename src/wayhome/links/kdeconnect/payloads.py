"""Payloads: what a packet carries besides itself goes over a connection of its own. Whoever sends it listens, and is
the server of TLS; both show the certificates that they were paired with."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator
from typing import NamedTuple

from wayhome.errors import Unreachable
from wayhome.links.kdeconnect import identity
from wayhome.links.kdeconnect.bulk import Bulk, bulk
from wayhome.links.kdeconnect.identity import Own
from wayhome.links.kdeconnect.lines import prepared

PORTS = range(1739, 1765)
WITHIN = 10.0
"""A connection that is not there after so many s is given up."""


class Streams(NamedTuple):
    """A connection with who it is meant to be with."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter


class Offer:
    """A payload that waits to be fetched, at ``port``."""

    def __init__(self, listening: socket.socket, address: str, context: ssl.SSLContext, pin: bytes) -> None:
        self.port: int = listening.getsockname()[1]
        self._listening, self._address, self._context, self._pin = listening, address, context, pin

    async def fetched(self, within: float = WITHIN) -> Streams:
        """The phone's connection, after at most so many s. Whoever else knocks is not heard. Raises Unreachable."""
        try:
            async with asyncio.timeout(within):
                while True:
                    made = await self._knock()
                    with contextlib.suppress(OSError, ssl.SSLError):
                        return await _served(made, self._context)
        except (TimeoutError, OSError) as error:
            raise Unreachable("the phone did not fetch it") from error

    @contextlib.asynccontextmanager
    async def fetched_in_bulk(self, within: float = WITHIN) -> AsyncIterator[Bulk]:
        """As ``fetched``, for what is large."""
        try:
            async with asyncio.timeout(within):
                made = await self._knock()
            # Whether something goes is seen there; a connection that the network gives up can't be reset any more.
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 0)
        except (TimeoutError, OSError) as error:
            raise Unreachable("the phone did not fetch it") from error
        async with bulk(made, self._context, self._pin, server=True) as connected:
            yield connected

    async def _knock(self) -> socket.socket:
        loop = asyncio.get_running_loop()
        while True:
            made, (address, _) = await loop.sock_accept(self._listening)
            if address == self._address:
                return prepared(made)
            made.close()


async def _served(made: socket.socket, context: ssl.SSLContext) -> Streams:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    try:
        transport, _ = await loop.connect_accepted_socket(lambda: protocol, made, ssl=context)
    except BaseException:
        made.close()
        raise
    return Streams(reader, asyncio.StreamWriter(transport, protocol, reader, loop))


@contextlib.asynccontextmanager
async def offering(own: Own, pin: bytes, address: str) -> AsyncIterator[Offer]:
    """Wait for a phone (``pin``: its certificate, DER) at its address to fetch something. Raises Unreachable where no
    port is free."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listening.setblocking(False)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        for port in PORTS:
            try:
                listening.bind(("", port))
                listening.listen(4)
                break
            except OSError:
                continue
        else:
            raise Unreachable("too many files are on their way", advice="Try again in a moment.")
        yield Offer(listening, address, identity.server(own, pin), pin)
    finally:
        listening.close()


@contextlib.asynccontextmanager
async def fetching(own: Own, pin: bytes, address: str, port: int | None) -> AsyncIterator[Streams]:
    """Fetch what a phone offers at its address. The connection is cut at the end: nobody is waited for. Raises
    Unreachable."""
    made = await _called(address, port)
    writer = None
    try:
        try:
            async with asyncio.timeout(WITHIN):
                reader, writer = await asyncio.open_connection(sock=made, ssl=identity.client(own), server_hostname="")
        except (TimeoutError, OSError) as error:
            raise Unreachable("what the phone offers can't be fetched") from error
        if writer.get_extra_info("ssl_object").getpeercert(binary_form=True) != pin:
            raise Unreachable("another device answers at the phone's address")
        yield Streams(reader, writer)
    finally:
        if writer is not None:
            writer.transport.abort()
        else:
            made.close()


@contextlib.asynccontextmanager
async def fetching_in_bulk(own: Own, pin: bytes, address: str, port: int | None) -> AsyncIterator[Bulk]:
    """As ``fetching``, for what is large."""
    made = await _called(address, port)
    async with bulk(made, identity.client(own), pin, server=False) as connected:
        yield connected


async def _called(address: str, port: int | None) -> socket.socket:
    if port not in PORTS:  # or a phone could have us knock at any service of the house
        raise Unreachable("the phone offers nothing")
    made = prepared(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
    try:
        async with asyncio.timeout(WITHIN):
            await asyncio.get_running_loop().sock_connect(made, (address, port))
    except BaseException as error:
        made.close()
        if isinstance(error, TimeoutError | OSError):
            raise Unreachable("what the phone offers can't be fetched") from error
        raise
    return made
