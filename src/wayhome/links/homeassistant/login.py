"""Signing in at Home Assistant: its own OAuth (IndieAuth), or a long-lived token that a person pastes.

Facts from Home Assistant 2026.2.3, ``components/auth``: ``/auth/authorize`` with client_id, redirect_uri and state;
``/auth/token`` with authorization_code and refresh_token; ``/auth/revoke``. The client_id is a URL whose scheme and
host match the redirect's. An access token lives 30 min, a refresh token until it is revoked or 90 days unused.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import msgspec

from wayhome.errors import AuthNeeded, BadInput, LinkError, Refused, Unreachable
from wayhome.hub.link import Begun, Joined, LinkHost
from wayhome.links.homeassistant.address import fetched, find

EARLY = 60.0
"""An access token is renewed this long before its end, in s."""


class Tokens(msgspec.Struct, frozen=True):
    """What Home Assistant gave for a code or a refresh token."""

    access: str
    expires_in: float
    refresh: str | None = None


def client_id(back: str) -> str:
    """Our client id: the address at which the browser has the hub open. Raises BadInput."""
    parts = urlsplit(back)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise BadInput("the hub's own address is not a web address")
    return f"{parts.scheme}://{parts.netloc.lower()}/"


def authorize_url(base: str, client: str, back: str, state: str) -> str:
    """Where the browser goes to sign in."""
    query = {"client_id": client, "redirect_uri": back, "state": state, "response_type": "code"}
    return f"{base}/auth/authorize?{urlencode(query)}"


def tokens(status: int, body: bytes) -> Tokens:
    """The answer of ``/auth/token``. Raises AuthNeeded for a refused code or token, LinkError for nonsense."""
    try:
        answer: Any = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        answer = None
    if not isinstance(answer, dict):
        raise LinkError(f"Home Assistant's sign-in answered {status} with something that is not its protocol")
    if status in (400, 401, 403):
        words = answer.get("error_description") or answer.get("error") or answer.get("message") or "no reason given"
        raise AuthNeeded(f"Home Assistant did not take our sign-in ({str(words)[:120]})")
    access, life, refresh = answer.get("access_token"), answer.get("expires_in"), answer.get("refresh_token")
    if status != 200 or not isinstance(access, str) or not access:
        raise LinkError(f"Home Assistant's sign-in answered {status} with something that is not its protocol")
    seconds = float(life) if isinstance(life, int | float) and not isinstance(life, bool) and 0 < life < 1e9 else 60.0
    return Tokens(access, seconds, refresh if isinstance(refresh, str) and refresh else None)


class Login:
    """Signing in at Home Assistant's own page, see ``hub.link.SignIn``. ``token`` makes an unguessable text."""

    def __init__(self, token: Callable[[], str]) -> None:
        self._token = token

    async def begin(self, url: str, back: str) -> Begun:
        """Find the Home Assistant at ``url`` as typed; where the browser has to go. Raises BadInput, Unreachable."""
        client = client_id(back)
        async with httpx.AsyncClient(trust_env=False) as http:
            base = await find(url, http)
        state = self._token()
        return Begun(authorize_url(base, client, back, state), state, {"url": base, "client_id": client})

    async def finish(self, kept: dict[str, Any], answer: dict[str, str]) -> Joined:
        """The browser came back. Raises AuthNeeded, Unreachable."""
        code = answer.get("code", "")
        if not 0 < len(code) <= 512:
            raise AuthNeeded("Home Assistant sent no code back", advice="Begin to sign in again.")
        base, client = str(kept["url"]), str(kept["client_id"])
        form = {"grant_type": "authorization_code", "code": code, "client_id": client}
        async with httpx.AsyncClient(trust_env=False) as http:
            got = await _ask(http, f"{base}/auth/token", form)
            if got.refresh is None:
                raise LinkError("Home Assistant gave no lasting sign-in")
            name = await _name(http, base, got.access)
        return Joined(name, {"url": base, "client_id": client}, {"refresh_token": got.refresh})


async def _name(http: httpx.AsyncClient, base: str, access: str) -> str:
    """What Home Assistant calls this home."""
    try:
        _, _, body = await fetched(http, "GET", f"{base}/api/config", headers={"Authorization": f"Bearer {access}"})
        found: Any = msgspec.json.decode(body)
    except (LinkError, msgspec.DecodeError, RecursionError):
        found = None  # signed in all the same
    name = found.get("location_name") if isinstance(found, dict) else None
    return name.strip()[:80] if isinstance(name, str) and name.strip() else "Home Assistant"


async def _ask(http: httpx.AsyncClient, url: str, form: dict[str, str]) -> Tokens:
    status, _, body = await fetched(http, "POST", url, data=form)
    if 300 <= status < 400:
        raise Unreachable("Home Assistant has moved to another address", advice="Sign in there anew.")
    return tokens(status, body)


class Access:
    """The sign-in of a running link: gives a token that is good now. Secrets ``token`` (a long-lived one) or
    ``refresh_token`` (of a login)."""

    def __init__(self, host: LinkHost, url: str, client: str | None, http: httpx.AsyncClient) -> None:
        self._host = host
        self._url = url
        self._client = client
        self._http = http
        self._access: Tokens | None = None
        self._until = 0.0

    async def token(self) -> str:
        """Raises AuthNeeded when there is none or it is no longer taken, Unreachable."""
        if self._access is not None and self._host.now() < self._until - EARLY:
            return self._access.access
        pasted = await self._host.secret("token")
        refresh = await self._host.secret("refresh_token")
        if refresh:
            try:
                return await self._renew(refresh)
            except AuthNeeded:
                if not pasted:
                    raise  # else the person has pasted a token since the login ended
        if pasted:
            return pasted.strip()
        raise AuthNeeded("nobody has signed in to Home Assistant yet")

    async def _renew(self, refresh: str) -> str:
        form = {"grant_type": "refresh_token", "refresh_token": refresh}
        if self._client is not None:
            form["client_id"] = self._client
        self._access = await _ask(self._http, f"{self._url}/auth/token", form)
        self._until = self._host.now() + self._access.expires_in
        if self._access.refresh is not None and self._access.refresh != refresh:
            await self._host.keep_secret("refresh_token", self._access.refresh)
        return self._access.access

    def forget(self) -> None:
        """The token was refused: ask for a new one next time."""
        self._access = None

    async def revoke(self) -> None:
        """Give the login back, so that Home Assistant no longer lists us. A pasted token is the person's own."""
        refresh = await self._host.secret("refresh_token")
        if refresh:
            status, _, _ = await fetched(self._http, "POST", f"{self._url}/auth/revoke", data={"token": refresh})
            if status != 200:
                raise Refused(f"Home Assistant answered {status} when we signed out")
            await self._host.keep_secret("refresh_token", None)
