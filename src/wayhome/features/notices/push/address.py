"""Where push messages may go: a subscription names an address that the hub will call, so it must be one of the open
internet. Whoever could name one of the home network would make the hub knock at other machines' doors."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from urllib.parse import urlsplit

from wayhome.errors import BadInput, Unreachable

MAX_ENDPOINT = 1000
LOOK_UP = 10.0
_NAT64 = ipaddress.ip_network("64:ff9b::/96")


def checked(endpoint: str, *, private: bool = False) -> str:
    """The endpoint, if it may be one. ``private``: allow addresses of the home network, for tests. Raises BadInput,
    which never tells the endpoint: whoever knows it can send to the device."""
    if len(endpoint) > MAX_ENDPOINT or not endpoint.isascii() or any(c.isspace() or ord(c) < 33 for c in endpoint):
        raise BadInput(f"a push endpoint is an https address of at most {MAX_ENDPOINT} characters")
    try:
        parts = urlsplit(endpoint)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise BadInput("that push endpoint is no address") from None
    if parts.scheme != "https" or not host:
        raise BadInput("a push endpoint begins with https://")
    if parts.username is not None or parts.password is not None or parts.fragment or port == 0:
        raise BadInput("that push endpoint is no address of a push service")
    if not private:
        if port not in (None, 443):  # as all of them have it; with any other, people could knock at strangers' ports
            raise BadInput("a push endpoint is at the usual port of https")
        if ("." not in host and ":" not in host) or host.endswith((".local", ".localhost", ".internal", ".home.arpa")):
            raise BadInput("a push endpoint is not in the home network")
        try:
            ip = ipaddress.ip_address(host)
        except ValueError:
            return endpoint
        if not is_public(str(ip)):
            raise BadInput("a push endpoint is not in the home network")
    return endpoint


def origin(endpoint: str) -> str:
    """The push service of an endpoint: ``https://fcm.googleapis.com``."""
    parts = urlsplit(endpoint)
    return f"{parts.scheme}://{parts.netloc.lower()}"


def is_public(address: str) -> bool:
    """Whether an IP address is one of the open internet, also where it hides in another notation."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour
        if inner is None and ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if ip.teredo is not None:
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


async def resolved(host: str, port: int, *, private: bool = False) -> list[str]:
    """The IP addresses to call, the best first: looked up now and called as they are, so that a name can't turn into
    another machine between the look and the call. Raises Unreachable, BadInput."""
    try:
        async with asyncio.timeout(LOOK_UP):
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, TimeoutError, UnicodeError):
        found = []
    addresses = list(dict.fromkeys(str(info[4][0]) for info in found))
    if not addresses:
        raise Unreachable("the push service's name can't be looked up", advice="See whether the hub has internet.")
    if not private and not all(is_public(address) for address in addresses):
        raise BadInput("a push endpoint leads into the home network")
    return addresses
