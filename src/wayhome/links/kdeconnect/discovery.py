"""Being found and finding: datagrams on UDP port 1716, to everybody in the home's networks or to one address."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
from collections.abc import Callable, Iterable

import ifaddr

from wayhome.errors import Unreachable
from wayhome.links.kdeconnect import wire
from wayhome.links.kdeconnect.wire import Identity

HEARD_EVERY = 0.5
"""The datagrams of one device are heard once in so many s."""
MOST_SPEAKERS = 200
MAX_DATAGRAM = wire.MAX_IDENTITY


class Pace:
    """Lets each of many through once in so many s. Pure. Of more than ``most`` at a time, none new."""

    def __init__(self, every: float, most: int = MOST_SPEAKERS) -> None:
        self._every, self._most = every, most
        self._last: dict[str, float] = {}

    def may(self, who: str, now: float) -> bool:
        """``now``: by a clock that only goes on, in s."""
        last = self._last.get(who)
        if last is not None and now - last < self._every:
            return False
        if last is None and len(self._last) >= self._most:
            self._last = {one: at for one, at in self._last.items() if now - at < self._every}
            if len(self._last) >= self._most:
                return False
        self._last[who] = now
        return True


class Ears(asyncio.DatagramProtocol):
    """Hears datagrams, and sends ours. ``heard`` gets who it was, and from which address."""

    def __init__(self, own: str, heard: Callable[[Identity, str], None]) -> None:
        self._own = own
        self._heard = heard
        self._pace = Pace(HEARD_EVERY)
        self._addresses = Pace(HEARD_EVERY / 10)
        self._transport: asyncio.DatagramTransport | None = None

    async def open(self) -> None:
        """Begin. Raises Unreachable where the port is somebody else's."""
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            made.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            made.setblocking(False)
            made.bind(("", wire.PORT))
        except OSError as error:
            made.close()
            raise Unreachable(
                f"UDP port {wire.PORT} of this machine can't be used: {error.strerror}",
                advice="End the other program that speaks KDE Connect on this machine.",
            ) from None
        await asyncio.get_running_loop().create_datagram_endpoint(lambda: self, sock=made)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self._transport = transport

    def error_received(self, exc: Exception) -> None:
        """That nobody listens at an address that we called: as ever."""

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        now = asyncio.get_running_loop().time()
        if len(data) > MAX_DATAGRAM or not near(addr[0]) or not self._addresses.may(addr[0], now):
            return
        who = wire.identity(wire.decode(data))
        if who is None or who.id == self._own or not self._pace.may(who.id, now):
            return
        self._heard(who, addr[0])

    def send(self, datagram: bytes, addresses: Iterable[str]) -> None:
        """Send to these addresses; networks that are down don't matter."""
        for address in addresses:
            if self._transport is not None and not self._transport.is_closing():
                with contextlib.suppress(OSError):
                    self._transport.sendto(datagram, (address, wire.PORT))


def near(address: str) -> bool:
    """Whether an address is of a home's network, or of a tunnel to it: the apps speak with no other."""
    try:
        return not ipaddress.ip_address(address).is_global
    except ValueError:
        return False


def addresses() -> set[str]:
    """This machine's own addresses in its networks."""
    found = {one.ip for adapter in ifaddr.get_adapters() for one in adapter.ips if isinstance(one.ip, str)}
    return {address for address in found if near(address) and not ipaddress.ip_address(address).is_loopback}


def broadcasts() -> set[str]:
    """The addresses of everybody in each network of this machine."""
    found = set()
    for adapter in ifaddr.get_adapters():
        for one in adapter.ips:
            if isinstance(one.ip, str) and one.network_prefix < 31:
                network = ipaddress.ip_network(f"{one.ip}/{one.network_prefix}", strict=False)
                if not network.is_loopback and near(one.ip):
                    found.add(str(network.broadcast_address))
    return found
