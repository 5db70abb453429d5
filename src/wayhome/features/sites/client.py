"""Calling another hub: over TLS that is tied to its household, or on this machine itself."""

from __future__ import annotations

import ssl
from urllib.parse import parse_qs, urlsplit

import httpx
import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage, InvalidStatus, InvalidURI

from wayhome.errors import AuthNeeded, BadInput, Conflict, HubError, NotFound, Refused, TooMany, Unreachable
from wayhome.features.sites.door import Entered
from wayhome.hub.sites.frames import MAX_FRAME

PATH = "/api/site"
WITHIN = 10.0
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_SAID: dict[int, type[HubError]] = {400: BadInput, 404: NotFound, 409: Conflict, 429: TooMany}


class Link(msgspec.Struct, frozen=True):
    """An invitation's link: the hub's address, the secret, and the fingerprint of the household's authority (hex) where
    it has one of its own."""

    url: str
    secret: str
    authority: str | None


class Way(msgspec.Struct, frozen=True):
    """How another site is reached. It is kept in the vault. ``chain``: the household's authority, as PEM."""

    url: str
    token: str
    chain: str | None = None


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
    return Link(f"{address.scheme}://{name}{f':{port}' if port else ''}", secret, authority)


async def chain_of(link: Link) -> str | None:
    """The household's authority that the link vouches for, as PEM; None: the usual ones are trusted. Raises
    Unreachable, Refused when it is another."""
    if link.authority is None:
        return None
    url = f"http://{link.url.partition('//')[2]}/install/wayhome.pem"
    try:
        async with httpx.AsyncClient(timeout=WITHIN, trust_env=False) as client:
            answer = await client.get(url)
        found = x509.load_pem_x509_certificate(answer.content[:65_536])
    except (httpx.HTTPError, ValueError) as error:
        raise Unreachable(f"{link.url} does not show its certificate ({type(error).__name__})") from None
    if found.fingerprint(hashes.SHA256()).hex() != link.authority.lower():
        raise Refused("somebody else answers at that address", advice="Get a new invitation, at the other hub itself.")
    return answer.text


async def accept(link: Link, chain: str | None, site: str, name: str) -> Entered:
    """Use an invitation up. Raises NotFound, Conflict, BadInput, TooMany, Unreachable, Refused."""
    verify: ssl.SSLContext | bool = _trust(chain) if link.url.startswith("https") else True
    try:
        async with httpx.AsyncClient(timeout=WITHIN, trust_env=False, verify=verify) as client:
            body = {"secret": link.secret, "site": site, "name": name}
            answer = await client.post(f"{link.url}/api/door/site", json=body)
    except httpx.HTTPError as error:
        raise Unreachable(f"the hub at {link.url} does not answer ({type(error).__name__})") from None
    try:
        if answer.is_success:
            return msgspec.json.decode(answer.content, type=Entered)
        said = answer.json()
        detail, advice = str(said["detail"])[:300], str(said.get("advice") or "")[:300]
    except (ValueError, KeyError, TypeError, msgspec.MsgspecError):
        raise Refused(f"what answers at {link.url} is no hub of ours") from None
    raise _SAID.get(answer.status_code, Refused)(detail, advice=advice)


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


async def call(way: Way) -> ClientConnection:
    """Connect. Raises AuthNeeded when the household does not know this hub (any more), Unreachable."""
    secure = way.url.startswith("https")
    try:
        return await _Direct(
            way.url.replace("http", "ws", 1) + PATH,
            additional_headers={"Authorization": f"Bearer {way.token}"},
            ssl=_trust(way.chain) if secure else None,
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


def _trust(chain: str | None) -> ssl.SSLContext:
    return ssl.create_default_context() if chain is None else ssl.create_default_context(cadata=chain)
