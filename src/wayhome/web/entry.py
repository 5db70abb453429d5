"""Who is knocking: from a request's headers to an identity. Used by every door (HTTP, live socket)."""

from __future__ import annotations

from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie
from typing import Protocol
from urllib.parse import urlsplit

import msgspec

from wayhome.errors import NotAllowed
from wayhome.hub.session import Identity

COOKIE = "wayhome"


class Doorkeeper(Protocol):
    """Knows tokens."""

    def identify(self, token: str) -> Identity | None:
        """Whose device token this is; None for unknown and revoked ones. Constant time in the token."""

    def proves(self, device: str, nonce: str, origin: str, signature: str) -> str | None:
        """The key by which a device has signed what the door ``origin`` asked; None: it has not."""

    def by_key(self, device: str, key: str) -> Identity | None:
        """Who is signed in on a device that came in by its key; None: nobody (any more)."""


class Caller(msgspec.Struct, frozen=True):
    """A request, as far as signing in is concerned. ``peer``: the address it came from."""

    scheme: str
    host: str
    origin: str | None
    cookie: str | None
    bearer: str | None
    peer: str | None

    @property
    def token(self) -> str | None:
        return self.bearer or self.cookie


def caller(scheme: str, headers: Iterable[tuple[bytes, bytes]], client: tuple[str, int] | None) -> Caller:
    """Read a caller from an ASGI scope's parts. A broken cookie counts as none."""
    found: dict[bytes, str] = {}
    for name, value in headers:
        found.setdefault(name.lower(), value.decode("latin-1"))
    cookie = _cookie(found.get(b"cookie", ""))
    kind, _, credentials = found.get(b"authorization", "").partition(" ")
    bearer = credentials.strip() if kind.lower() == "bearer" else None
    secure = scheme in ("https", "wss")
    return Caller(
        "https" if secure else "http",
        found.get(b"host", ""),
        found.get(b"origin"),
        cookie,
        bearer or None,
        client[0] if client else None,
    )


def _cookie(sent: str) -> str | None:
    """The token in a cookie. Two that differ are none: another hub of the household has a name below this one's
    (``car.wayhome.local``), whose pages can set cookies for this one, too, and it may be in somebody else's hands."""
    named = {value for name, _, value in (part.strip().partition("=") for part in sent.split(";")) if name == COOKIE}
    if len(named) != 1:
        return None
    try:
        morsel = SimpleCookie(f"{COOKIE}={named.pop()}").get(COOKIE)
    except CookieError:
        return None
    return morsel.value if morsel is not None else None


def same_origin(caller: Caller) -> bool:
    """Whether the page that sent this is ours. Only browsers send Origin; programs bring a bearer token."""
    if caller.origin is None:
        return True
    try:
        origin = urlsplit(caller.origin)
    except ValueError:
        return False  # no address at all: no page of ours said it
    return origin.scheme == caller.scheme and origin.netloc.lower() == caller.host.lower()


def check_origin(caller: Caller) -> None:
    """Other people's pages must not act with our cookie. Raises NotAllowed."""
    if caller.bearer is None and not same_origin(caller):
        raise NotAllowed("this request came from another site's page", advice="Open the hub's own address.")
