"""The ways to another hub: straight, at its own address, or through a relay."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import os
import re
import socket
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from typing import Any

import msgspec

from wayhome.errors import AuthNeeded, BadInput, HubError, Refused, Unreachable
from wayhome.relay import lines

DIAL_WITHIN = 5.0
ANSWER_WITHIN = 15.0
"""The relay waits 10 s for the hub, and then says so."""
HEAD_START = 0.7
"""So many s straight ways are tried before a relay is asked, too."""
MOST = 16
MAX_HOST = 220
"""A hub's name stands before a relay's, and no name has more than 253 signs."""
_HOST = re.compile(r"(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)*[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_WHY = {
    "unknown": "the hub is not connected to the relay",
    "busy": "the relay has no room for more of this hub",
    "late": "the hub did not answer the relay",
}


class AtRelay(msgspec.Struct, frozen=True):
    """Where a hub is reached through a relay: the relay's address, and what the hub is called there."""

    host: str
    port: int
    id: str

    def __str__(self) -> str:
        return f"{self.id}@{_joined(self.host, self.port)}"


def at_relay(text: str) -> AtRelay:
    """Read ``ID@HOST:PORT``. Raises BadInput."""
    id, _, address = text.partition("@")
    if not lines.is_id(id):
        raise BadInput("this is no way through a relay")
    return AtRelay(*host_and_port(address), id)


def host_and_port(address: str) -> tuple[str, int]:
    """Read ``HOST:PORT``; a name in other letters is told as the network knows it (xn--…). Raises BadInput."""
    host, _, port = address.rpartition(":")
    bare = host.removeprefix("[").removesuffix("]").lower()
    with suppress(UnicodeError):
        bare = bare.encode("idna").decode()
    if not _is_host(bare) or not port.isdecimal() or len(port) > 5 or not 0 < int(port) < 65_536:
        raise BadInput(f"{address[:60]!r} is not HOST:PORT", advice="As relay.example.org:8443.")
    return bare, int(port)


def _is_host(text: str) -> bool:
    """Whether it may be a host: a name, or a number."""
    with suppress(ValueError):
        ipaddress.ip_address(text)
        return True
    return len(text) <= MAX_HOST and _HOST.fullmatch(text) is not None


def _joined(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


async def dial(host: str, port: int) -> socket.socket:
    """A connection to an address. Raises Unreachable."""
    loop = asyncio.get_running_loop()
    where = _joined(host, port)
    try:
        async with asyncio.timeout(DIAL_WITHIN):
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, TimeoutError, UnicodeError):
        raise Unreachable(f"nobody knows where {where} is") from None
    why = "no address"
    for family, kind, proto, _, address in found[:4]:
        connection = socket.socket(family, kind, proto)
        try:
            connection.setblocking(False)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            async with asyncio.timeout(DIAL_WITHIN):
                await _connect(connection, address)
            return connection
        except (OSError, TimeoutError) as error:
            connection.close()
            why = type(error).__name__
        except BaseException:
            connection.close()
            raise
    raise Unreachable(f"{where} does not answer ({why})")


async def _connect(connection: socket.socket, address: Any) -> None:
    """Connect to numbers. uvloop's own way asks the resolver for them, behind all names that it waits for: where no
    name server answers nothing could be reached for many s. Raises OSError."""
    loop = asyncio.get_running_loop()
    code = connection.connect_ex(address)
    if code == errno.EINPROGRESS:
        writable = asyncio.Event()
        loop.add_writer(connection.fileno(), writable.set)
        try:
            await writable.wait()
        finally:
            loop.remove_writer(connection.fileno())
        code = connection.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    if code:
        raise OSError(code, os.strerror(code))


async def dial_through(way: AtRelay) -> socket.socket:
    """A connection to a hub, through its relay. Raises Unreachable."""
    connection = await dial(way.host, way.port)
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(ANSWER_WITHIN):
            await loop.sock_sendall(connection, lines.reach(way.id))
            line = b""
            # Byte by byte: what follows is TLS's.
            while not line.endswith(b"\n") and len(line) < lines.MAX_LINE:
                byte = await loop.sock_recv(connection, 1)
                if not byte:
                    break
                line += byte
        if line == lines.YES:
            return connection
        why = lines.why_not(line)
        raise Unreachable(_WHY.get(why or "", "the relay does not let us through"))
    except (OSError, TimeoutError) as error:
        connection.close()
        raise Unreachable(f"the relay at {way.host} does not answer ({type(error).__name__})") from None
    except BaseException:
        connection.close()
        raise


_DOOR = re.compile(r"https://[a-z0-9.-]{1,253}(:[0-9]{1,5})?")


def sound(ways: list[str]) -> tuple[list[str], list[AtRelay], list[str]]:
    """What another hub says of how it is reached: its addresses, itself at relays, its doors for browsers. What can't
    be read is left out."""
    addresses: list[str] = []
    relays: list[AtRelay] = []
    doors: list[str] = []
    for text in ways[:MOST]:
        try:
            if _DOOR.fullmatch(text):
                doors.append(text)
            elif "@" in text:
                relays.append(at_relay(text))
            else:
                host_and_port(text)
                addresses.append(text)
        except HubError:
            continue
    return addresses, relays, doors


async def first[T](
    straight: Sequence[str | None],
    relays: Sequence[AtRelay],
    attempt: Callable[[str | AtRelay | None], Coroutine[Any, Any, T]],
    drop: Callable[[T], None] = lambda late: None,
) -> T:
    """What the first way to work came to; straight ones have a head start. What comes in later is dropped. When none
    works: raises what tells most, that the hub does not know us (AuthNeeded) or is another (Refused) before that it is
    not there."""
    tasks = {asyncio.create_task(attempt(way)) for way in straight}
    waiting = list(relays)
    if not tasks:
        tasks, waiting = {asyncio.create_task(attempt(way)) for way in waiting}, []
    errors: list[HubError] = []
    try:
        while tasks or waiting:
            patience = HEAD_START if waiting else None
            done, tasks = await asyncio.wait(tasks, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                try:
                    return task.result()
                except HubError as error:
                    errors.append(error)
            if waiting and (not done or not tasks):
                tasks |= {asyncio.create_task(attempt(way)) for way in waiting}
                waiting = []
        for told in errors:
            if isinstance(told, (AuthNeeded, Refused)):
                raise told
        raise Unreachable("; ".join(dict.fromkeys(told.detail for told in errors)))
    finally:
        for task in tasks:
            task.cancel()
        for late in await asyncio.gather(*tasks, return_exceptions=True):
            if not isinstance(late, BaseException):
                drop(late)
