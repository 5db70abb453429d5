"""Calling another hub: over TLS that is tied to its household, straight or through a relay; or on this machine."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from typing import Any
from urllib.parse import parse_qs, urlsplit

import h11
import msgspec
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage, InvalidStatus, InvalidURI

from wayhome.errors import AuthNeeded, BadInput, Conflict, HubError, NotFound, Refused, TooMany, Unreachable
from wayhome.features.sites.door import Before, Entered
from wayhome.features.sites.trust import authority_of, trust
from wayhome.features.sites.ways import AtRelay, at_relay, dial, dial_through, first, host_and_port
from wayhome.hub.sites.frames import MAX_FRAME

PATH, FILM = "/api/site", "/api/site/film"
WITHIN = 10.0
MAX_ANSWER = 65_536
_MARK = re.compile(r"[0-9a-f]{32}")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_SAID: dict[int, type[HubError]] = {400: BadInput, 404: NotFound, 409: Conflict, 429: TooMany}


class Link(msgspec.Struct, frozen=True):
    """An invitation's link: the hub's address, the secret, the fingerprint of the household's authority (hex) where it
    has one of its own, the relays through which the hub is reached, whose device lists count: the mark of a key, and
    the hub's addresses in numbers (HOST:PORT), for machines that know no ``.local`` names."""

    url: str
    secret: str
    authority: str | None
    relays: list[AtRelay] = []
    lists: str | None = None
    addresses: list[str] = []


class Way(msgspec.Struct, frozen=True):
    """How another site is reached. It is kept in the vault. ``chain``: the household's authority, as PEM.
    ``addresses``: further ones in its house (HOST:PORT); ``relays``: through which it is reached."""

    url: str
    token: str
    chain: str | None = None
    addresses: list[str] = []
    relays: list[AtRelay] = []


def link_of(text: str) -> Link:
    """Read an invitation's link. Raises BadInput."""
    try:
        address = urlsplit(text.strip())
        said = parse_qs(address.fragment)
        secret, authority = said.get("site", [""])[0], said.get("ca", [None])[0]
        host, port = address.hostname or "", address.port
    except ValueError:
        raise BadInput("this is no link of an invitation") from None
    if not secret or not host or address.scheme not in ("https", "http"):
        raise BadInput("this is no link of an invitation", advice="As https://wayhome.local:8300/#site=…")
    if address.scheme == "http" and host not in _LOOPBACK:
        raise BadInput("another machine's hub is joined over https only", advice="Open it to the house first.")
    name = f"[{host}]" if ":" in host else host
    relays = [at_relay(one) for one in said.get("relay", [])[:4]]
    lists = said.get("lists", [None])[0]
    if lists is not None and _MARK.fullmatch(lists) is None:
        raise BadInput("this is no link of an invitation")
    numbers = said.get("at", [])[:4] if authority is not None else []
    for one in numbers:
        host_and_port(one)
    url = f"{address.scheme}://{name}{f':{port}' if port else ''}"
    return Link(url, secret, authority, relays, lists, numbers)


async def enter(link: Link, site: str, name: str, of: Before | None = None) -> tuple[Entered, Way]:
    """Use an invitation up: what the other hub says, and how it is reached from now on. ``of``: what this hub has
    joined before. Raises NotFound, Conflict, BadInput, TooMany, Unreachable, Refused."""
    through, chain = await _chain_of(link)
    said_of = {"of": of} if of is not None else {}
    body = msgspec.json.encode({"secret": link.secret, "site": site, "name": name, **said_of})
    status, content = await _post(await connected(link.url, through), link.url, chain, "/api/door/site", body)
    try:
        if 200 <= status < 300:
            entered = msgspec.json.decode(content, type=Entered)
            return entered, Way(link.url, entered.token, chain, link.addresses, link.relays)
        said: Any = msgspec.json.decode(content)
        detail, advice = str(said["detail"])[:300], str(said.get("advice") or "")[:300]
    except (ValueError, KeyError, TypeError, AttributeError, msgspec.MsgspecError):
        raise Refused(f"what answers at {link.url} is no hub of ours") from None
    raise _SAID.get(status, Refused)(detail, advice=advice)


async def _chain_of(link: Link) -> tuple[str | AtRelay | None, str | None]:
    """The way that there is, and the household's authority as the link vouches for it."""
    if link.authority is None:
        return None, None
    host, mark = urlsplit(link.url).hostname or "", link.authority

    async def look(through: str | AtRelay | None) -> tuple[str | AtRelay | None, str | None]:
        return through, await authority_of(await connected(link.url, through), host, mark)

    return await first([None, *link.addresses], link.relays, look)


async def connected(url: str, through: str | AtRelay | None) -> socket.socket:
    """A connection to a hub: at its url's own address (None), at another (HOST:PORT), or through a relay. Raises
    Unreachable, BadInput."""
    if isinstance(through, AtRelay):
        return await dial_through(through)
    if isinstance(through, str):
        return await dial(*host_and_port(through))
    address = urlsplit(url)
    return await dial(address.hostname or "", address.port or (443 if address.scheme == "https" else 80))


async def _post(connection: socket.socket, url: str, chain: str | None, path: str, body: bytes) -> tuple[int, bytes]:
    """One request. Raises Unreachable, Refused for what is no HTTP."""
    address = urlsplit(url)
    speaks = h11.Connection(h11.CLIENT)
    status, content = 0, b""
    headers = [
        ("Host", address.netloc),
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("Connection", "close"),
    ]
    try:
        async with asyncio.timeout(WITHIN):
            tls: dict[str, Any] = {}
            if address.scheme == "https":
                tls = {"ssl": trust(chain), "server_hostname": address.hostname}
            reader, writer = await asyncio.open_connection(sock=connection, **tls)
            try:
                writer.write(speaks.send(h11.Request(method="POST", target=path, headers=headers)) or b"")
                writer.write((speaks.send(h11.Data(data=body)) or b"") + (speaks.send(h11.EndOfMessage()) or b""))
                while not isinstance(event := speaks.next_event(), (h11.EndOfMessage, h11.ConnectionClosed)):
                    if event is h11.NEED_DATA:
                        speaks.receive_data(await reader.read(MAX_ANSWER))
                    elif isinstance(event, h11.Response):
                        status = event.status_code
                    elif isinstance(event, h11.Data) and len(content) < MAX_ANSWER:
                        content += bytes(event.data)
            finally:
                writer.transport.abort()
    except h11.ProtocolError:
        raise Refused(f"what answers at {url} is no hub of ours") from None
    except (OSError, TimeoutError, ssl.SSLError) as error:
        connection.close()
        raise Unreachable(f"the hub at {url} does not answer ({type(error).__name__})") from None
    return status, content


class SocketWire:
    """A WebSocket as a wire of a conversation."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket

    async def send(self, data: bytes) -> None:
        try:
            await self._socket.send(data)
        except ConnectionClosed:
            raise Unreachable("the connection ended") from None

    async def receive(self) -> bytes:
        try:
            data = await self._socket.recv()
        except ConnectionClosed as error:
            said = error.rcvd
            raise Unreachable(said.reason if said is not None and said.reason else "the connection ended") from None
        if isinstance(data, str):
            raise BadInput("a site speaks in binary frames")
        return data


class _Direct(connect):
    """A connection that follows no redirect: the token goes to the household's own hub, nowhere else."""

    def process_redirect(self, exc: Exception) -> Exception:
        return exc


class Call(msgspec.Struct, frozen=True):
    """A call that was answered: the connection, and whether a relay carries it."""

    socket: ClientConnection
    relayed: bool


async def call(way: Way, *, direct: bool = False, relayed: bool = False, path: str = PATH) -> Call:
    """Connect, the shortest way that there is; ``direct``: through no relay; ``relayed``: through one, without a look
    at the others. Raises AuthNeeded when the household does not know this hub (any more), Unreachable."""

    async def open_(through: str | AtRelay | None) -> Call:
        return Call(await _open(way, through, path), isinstance(through, AtRelay))

    if not way.url.startswith("https"):
        return await open_(None)  # on this machine, and in the clear: nowhere else
    relays = [] if direct else way.relays
    straight = [] if relayed and relays else [None, *way.addresses]
    return await first(straight, relays, open_, lambda late: late.socket.transport.abort())


async def _open(way: Way, through: str | AtRelay | None, path: str) -> ClientConnection:
    connection = await connected(way.url, through)
    try:
        return await _Direct(
            way.url.replace("http", "ws", 1) + path,
            sock=connection,
            additional_headers={"Authorization": f"Bearer {way.token}"},
            ssl=trust(way.chain) if way.url.startswith("https") else None,
            max_size=MAX_FRAME,
            open_timeout=WITHIN,
            close_timeout=2,
            ping_interval=None,
            compression=None,
            proxy=None,
        )
    except InvalidStatus as error:
        if error.response.status_code in (401, 403):
            raise AuthNeeded("the household does not know this hub any more", advice="Join it anew.") from None
        raise Unreachable(f"the hub answered {error.response.status_code}") from None
    except (OSError, TimeoutError, InvalidHandshake, InvalidMessage, InvalidURI, ConnectionClosed) as error:
        raise Unreachable(f"the hub at {way.url} does not answer ({type(error).__name__})") from None
    except BaseException:
        connection.close()
        raise
