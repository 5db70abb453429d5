"""Searching cameras in the home's network (WS-Discovery): a question to all, and whoever answers within a moment."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import socket
import uuid

import ifaddr
import msgspec

from wayhome.core.value import Value
from wayhome.links.rtsp import onvif

GROUP, PORT = "239.255.255.250", 3702
LISTEN = 3.0
AGAIN = 1.0
"""Asked a second time after so long, in s: datagrams get lost."""
MOST = 100


class _Ears(asyncio.DatagramProtocol):
    def __init__(self) -> None:
        self.found: dict[str, onvif.Match] = {}

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        with contextlib.suppress(onvif.Strange):
            match = onvif.match(onvif.read(data), addr[0])
            if match is not None and len(self.found) < MOST:
                self.found.setdefault(match.url, match)


async def search() -> list[dict[str, Value]]:
    """The cameras that answer: ``url``, ``name``, ``model``, in the order of their addresses."""
    ears = _Ears()
    loop = asyncio.get_running_loop()
    mouths: list[asyncio.DatagramTransport] = []
    for address in sorted(_addresses()):
        with contextlib.suppress(OSError):
            mouth, _ = await loop.create_datagram_endpoint(lambda: ears, sock=_mouth(address))
            mouths.append(mouth)
    try:
        for wait in (AGAIN, LISTEN - AGAIN):
            for mouth in mouths:
                with contextlib.suppress(OSError):
                    mouth.sendto(onvif.probe(str(uuid.uuid4())), (GROUP, PORT))
            await asyncio.sleep(wait)
    finally:
        for mouth in mouths:
            mouth.close()
    return [msgspec.to_builtins(ears.found[url]) for url in sorted(ears.found)]


def _addresses() -> set[str]:
    """This machine's own addresses in its networks."""
    found = {ip.ip for adapter in ifaddr.get_adapters() for ip in adapter.ips if isinstance(ip.ip, str)}
    return {address for address in found if ipaddress.ip_address(address).version == 4}


def _mouth(address: str) -> socket.socket:
    """A socket that asks in the network of one address."""
    mouth = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    mouth.setblocking(False)
    mouth.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton(address))
    mouth.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_TTL, 1)
    mouth.bind((address, 0))
    return mouth
