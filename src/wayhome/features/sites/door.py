"""The door for other hubs of the household: an invitation is used once, and what comes of it is a token."""

from __future__ import annotations

import asyncio
import hashlib
import hmac

import msgspec

from wayhome.core.event import Event
from wayhome.core.ids import is_slug, legible
from wayhome.core.value import Context, Value
from wayhome.errors import BadInput, Conflict, NotFound, TooMany
from wayhome.hub.running import Hub
from wayhome.hub.sites.sites import COLLECTION

LASTS = 900.0
"""An invitation is good for so many s."""
OPEN = 20
MAX_TOKEN = 200
MAX_NAME = 80
MOST = 32
"""A household has at most so many sites."""


class Invitation(msgspec.Struct, frozen=True):
    """``key``: the hash of its secret; ``by``: the actor who invites; ``until``: by the steady clock; ``site``: the one
    of the household that is to come in anew, None: a new one."""

    key: str
    by: str
    until: float
    site: str | None = None


class Before(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a hub that comes in has joined before: the other hub's site, and how its log was called; None: they never
    met."""

    site: str
    log: str | None = None


class Entered(msgspec.Struct, frozen=True):
    """Another hub has come in: its token (told this once), and what the household's own site is called."""

    token: str
    site: str
    name: str
    household: str | None = None


def digest(secret: str) -> str:
    """What is kept of a secret. It is random and long, so a plain hash can't be searched."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


class SiteDoor:
    """Tokens are kept as hashes, in the vault."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._invitations: dict[str, Invitation] = {}
        self._of_hash: dict[str, str] = {}
        self._one_at_a_time = asyncio.Lock()

    async def open(self) -> None:
        """Read the hashes of all tokens."""
        for site in self._hub.household.records(COLLECTION):
            kept = await self._hub.vault.secret(_token(site))
            if kept is not None:
                self._of_hash[kept.decode()] = site

    def identify(self, token: str) -> str | None:
        """Which site comes with this token; None: none that is (still) let in."""
        if not token or len(token) > MAX_TOKEN:
            return None
        site = self._of_hash.get(digest(token))
        return site if site is not None and site in self._hub.household.records(COLLECTION) else None

    def invite(self, by: str, site: str | None = None) -> tuple[str, float]:
        """A fresh invitation: its secret, and until when it is good (s since 1970). ``site``: for a site of the
        household that is to come in anew. Raises TooMany, NotFound."""
        if site is not None and (site == self._hub.household.house.site or site not in self._hub.sites.all()):
            raise NotFound(f"there is no other site {site[:64]!r}")
        now = self._hub.household.clock.steady()
        self._invitations = {key: one for key, one in self._invitations.items() if one.until > now}
        if len(self._invitations) >= OPEN:
            raise TooMany("too many invitations are open", advice="Wait a quarter of an hour.")
        secret = f"{self._hub.ids.token()}{self._hub.ids.token()}"
        self._invitations[digest(secret)] = Invitation(digest(secret), by, now + LASTS, site)
        return secret, self._hub.household.clock.now() + LASTS

    async def accept(self, secret: str, site: str, name: str, address: str, of: Before | None = None) -> Entered:
        """A hub uses an invitation, and is the site ``site`` from now on. ``of``: what it has joined before. Raises
        NotFound, BadInput, Conflict, TooMany."""
        async with self._one_at_a_time:
            return await self._accept(secret, site, name, address, of)

    async def _accept(self, secret: str, site: str, name: str, address: str, of: Before | None) -> Entered:
        now = self._hub.household.clock.steady()
        found = next((one for one in self._invitations.values() if hmac.compare_digest(one.key, digest(secret))), None)
        if found is None or found.until <= now:
            raise NotFound("this invitation is over", advice="Ask for a new one.")
        household = self._hub.household
        own = household.house.site
        if not is_slug(site) or not legible(name) or len(name) > MAX_NAME:
            raise BadInput("a site's id is a slug, and it has a name", advice="As --site car.")
        known = household.records(COLLECTION)
        if found.site is not None and site != found.site:
            raise Conflict(f"this invitation is for {found.site}", advice="Use it there, or make another one.")
        if site == own or (site in known and found.site is None):
            raise Conflict(f"the household has a site {site} already", advice="Start the new hub with another --site.")
        if of is not None and not self._is_mine(of):
            raise Conflict("this hub belongs to another household", advice="Erase it first: wayhome erase.")
        if found.site is None and len(known) >= MOST:
            raise TooMany(f"a household has at most {MOST} sites")
        del self._invitations[found.key]
        context = self._hub.context(found.by)
        if own not in known:
            await household.write(COLLECTION, own, {"name": self._name()}, context)
        token = f"wh_{self._hub.ids.token()}{self._hub.ids.token()}"
        await self._hub.vault.keep(_token(site), digest(token).encode())
        # Whoever was that site until now is let in no more, and shown out.
        self._of_hash = {hashed: of for hashed, of in self._of_hash.items() if of != site} | {digest(token): site}
        self._hub.sites.part(site)
        values: dict[str, Value] = {"name": legible(name), "added_at": household.clock.now(), "by": found.by}
        await household.write(COLLECTION, site, values, context)
        await self._tell("SiteJoined", site, context, address)
        return Entered(token, own, self._name(), self._household())

    def _is_mine(self, of: Before) -> bool:
        """Whether a hub that has joined may join here: two households do not become one. It knows this hub's log by a
        name of its own, or there is nobody here yet that it could be mixed up with."""
        household = self._hub.household
        known = {household.log_name, *(name for name, _ in household.log_names)}
        return of.site == household.house.site and (of.log in (None, *known) or not household.records("person"))

    async def remove(self, site: str, context: Context) -> None:
        """The site belongs to the household no more: its token is void at once, its things go. Raises NotFound,
        Conflict for this one."""
        household = self._hub.household
        if site == household.house.site:
            raise Conflict("this is the site that you are at", advice="Remove it from another one.")
        if site not in household.records(COLLECTION):
            raise NotFound(f"there is no site {site[:64]!r}")
        self._of_hash = {hashed: of for hashed, of in self._of_hash.items() if of != site}
        await self._hub.vault.forget(_token(site))
        await household.delete(COLLECTION, site, context)
        self._hub.sites.leave(site)
        await self._tell("SiteRemoved", site, context)

    async def _tell(self, name: str, site: str, context: Context, address: str | None = None) -> None:
        data: dict[str, Value] = {} if address is None else {"address": address}
        await self._hub.household.tell(
            Event(name, self._hub.household.clock.now(), context, f"@{COLLECTION}/{site}", data)
        )

    def _household(self) -> str | None:
        record = self._hub.household.house.record("household", "household")
        name = record.values().get("name") if record is not None else None
        return str(name) if name else None

    def _name(self) -> str:
        record = self._hub.household.house.record(COLLECTION, self._hub.household.house.site)
        known = record.values().get("name") if record is not None else None
        return str(known or self._hub.household.house.site.title())


def _token(site: str) -> str:
    return f"site/{site}/token"
