"""One authority for all sites: at home, what it gave to each of them; at a site that has joined, the way to ask."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import msgspec

from wayhome import log
from wayhome.errors import NotFound, TooMany
from wayhome.features.sites.client import Way
from wayhome.features.sites.door import digest
from wayhome.hub.reach import Joined
from wayhome.hub.running import Hub

SELDOM = 5.0
"""A site is given a certificate at most every so many s."""
_LOCAL = (".local", ".lan", ".home.arpa", ".internal")


class Given(msgspec.Struct, frozen=True):
    """What a site is vouched for by, and until when (s since 1970)."""

    names: list[str]
    until: float


class Vouching:
    """``ways``: the sites that this hub has joined, and how they are reached."""

    def __init__(self, hub: Hub, ways: Callable[[], Mapping[str, Way]]) -> None:
        self._hub = hub
        self._ways = ways
        self._given: dict[str, Given] = {}
        self._last: dict[str, float] = {}

    async def open(self) -> None:
        """Read what was given so far, and be there for who asks."""
        for site in self._hub.sites.all():
            kept = await self._hub.vault.secret(_given(site))
            if kept is not None:
                self._given[site] = msgspec.json.decode(kept, type=Given)
        self._hub.sites.fetching.issue = self._issue
        self._hub.sites.certified = self.until
        self._hub.reach.joined, self._hub.reach.request = self._joined, self._request

    def until(self, site: str) -> float | None:
        """Until when the household vouches for a site (s since 1970); None: it does not, or not by this hub."""
        given = self._given.get(site)
        return given.until if given is not None else None

    def trusted(self, site: str, doors: list[str]) -> list[str]:
        """Those of a site's doors that screens can trust: with a certificate that this hub gave it, of a public
        authority, or of the household that this hub has joined."""
        if site in self._ways():
            return doors
        given = self._given.get(site)
        named = given.names if given is not None and given.until > self._hub.household.clock.now() else []
        return [door for door in doors if (host := urlsplit(door).hostname or "") in named or _public(host)]

    async def forget(self, site: str) -> None:
        """It is a site of the household no more: nothing more is given to it."""
        self._given.pop(site, None)
        await self._hub.vault.forget(_given(site))

    async def _issue(self, site: str, request: str) -> bytes:
        """Vouch for a site that asks. Raises BadInput, NotFound, TooMany."""
        issue, now = self._hub.reach.issue, self._hub.household.clock.steady()
        if issue is None or site not in self._hub.sites.all():
            raise NotFound("this hub has no authority that the household trusts")
        if now - self._last.get(site, -SELDOM) < SELDOM:
            raise TooMany("a certificate was given a moment ago")
        self._last[site] = now
        issued = issue(site, request)
        self._given[site] = given = Given(issued.names, issued.until)
        # First what was given, then to whom: what is not known here is not trusted.
        await self._hub.vault.keep(_given(site), msgspec.json.encode(given))
        log.get("sites").info("vouched for a site", site=site, names=issued.names)
        return issued.chain

    def _joined(self) -> Joined | None:
        for site, way in self._ways().items():
            if way.chain is not None:
                return Joined(way.chain, self._hub.sites.here(site), digest(way.token)[:16])
        return None

    async def _request(self, request: str) -> bytes:
        """Raises Unreachable, and what the household's hub says."""
        site = next((site for site, way in self._ways().items() if way.chain is not None), None)
        if site is None:
            raise NotFound("this hub has joined nobody")
        return await self._hub.sites.fetching.certificate(site, request)


def _public(host: str) -> bool:
    """Whether a host's name means the same to everybody, so that a public authority may vouch for it."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "." in host and not host.endswith(_LOCAL)
    return False


def _given(site: str) -> str:
    return f"site/{site}/certificate"
