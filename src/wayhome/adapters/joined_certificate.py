"""The certificate that a hub has of the household that it joined, beside its own: screens that trust the home trust it
then, too. Which of the two a connection is shown, the name that it asks for decides."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Sequence
from datetime import timedelta

import anyio.to_thread
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec

from wayhome import log
from wayhome.adapters.authority import Pair, ip, leaf, private
from wayhome.adapters.certificates import check, load, names_of, server_context
from wayhome.adapters.site_certificate import below, made, may_have, sound
from wayhome.errors import HubError
from wayhome.hub.ports import Clock, Vault
from wayhome.hub.reach import Reach

VAULT = "tls/joined"
FRESH = timedelta(days=30)
"""From that age on it is renewed whenever the two sites meet: a car that leaves has more than eleven months left."""
LOOK, PAUSE = 2.0, 10.0
"""s until the next look; and after one that was given."""
RETRY, LONGEST = 60.0, 3_600.0
"""... and after one that was not, or that is no good here: doubled each time."""


class Kept(msgspec.Struct, frozen=True):
    """``asked``: the names that it was asked for; those that are not in it were not given. ``by``: of which joining it
    is: who is taken out and in again is vouched for anew."""

    pair: Pair
    authority: str
    asked: list[str]
    by: str


class JoinedCertificate:
    """``names``: what this hub is called, as others in the house may call it, its usual name first. ``changed`` is
    called when the certificate is another, or none any more."""

    def __init__(
        self, reach: Reach, vault: Vault, clock: Clock, names: Callable[[], Sequence[str]], changed: Callable[[], None]
    ) -> None:
        self._reach = reach
        self._vault = vault
        self._clock = clock
        self._wanted = names
        self._changed = changed
        self._kept: Kept | None = None
        self._context: ssl.SSLContext | None = None
        self._was_good = False
        self._named: list[str] = []

    # What there is

    async def open(self) -> None:
        """Take the kept one into use, while it is good."""
        kept = await self._vault.secret(VAULT)
        if kept is None:
            return
        try:
            found = msgspec.msgpack.decode(kept, type=Kept)
            check(found.pair)
            await self._use(found)
        except (msgspec.DecodeError, ValueError, ssl.SSLError):
            log.get("tls").warning("the household's certificate for this hub can't be read; asking for a new one")

    def names(self) -> list[str]:
        """The names that the household vouches for now; none while there is no certificate that is good."""
        return self._named if self._kept is not None and self._clock.now() < self._until() else []

    @property
    def authority(self) -> str | None:
        """Who vouches for these names, as PEM."""
        return self._kept.authority if self._kept is not None and self.names() else None

    def until(self) -> float | None:
        """Until when (s since 1970), whether that is over or not; None: there never was one."""
        return self._until() if self._kept is not None else None

    def choose(self, name: str | None) -> ssl.SSLContext | None:
        """What a connection is shown that asks for ``name`` (None: it asked for an address): the household's
        certificate where it is for that, else None."""
        named = self.names()
        fits = name.lower() in named if name is not None else any(ip(one) is not None for one in named)
        return self._context if fits else None

    def over(self) -> str | None:
        """What is said once the certificate has ended; None: it has not, or there was none."""
        if self._kept is None or self.names():
            return None
        return "The household's certificate for this hub has ended: screens of the home do not come in here."

    def _until(self) -> float:
        assert self._kept is not None
        return leaf(self._kept.pair.chain).not_valid_after_utc.timestamp()

    # Getting it

    def due(self) -> bool:
        """Whether another one is wanted, and can be asked for."""
        joined = self._reach.joined()
        if joined is None or not joined.here:
            return False
        if self._kept is None or (self._kept.authority, self._kept.by) != (joined.authority, joined.by):
            return True
        current = leaf(self._kept.pair.chain)
        begins = current.not_valid_before_utc.timestamp()
        now = self._clock.now()
        new = set(self._fitting(joined.authority)) - set(self._kept.asked)
        return bool(new) or not begins <= now < begins + FRESH.total_seconds() + 86_400

    def _fitting(self, authority: str) -> list[str]:
        root = leaf(authority.encode())
        return [name for name in dict.fromkeys(self._wanted()) if may_have(root, name)]

    async def renew(self) -> None:
        """Ask the household. Raises HubError; what there was stays in use then."""
        joined = self._reach.joined()
        assert joined is not None
        asked = self._fitting(joined.authority)
        key = ec.generate_private_key(ec.SECP256R1())
        chain = await self._reach.request(made(key, asked))
        sound(chain, key, joined.authority)
        kept = Kept(Pair(chain, private(key)), joined.authority, asked, joined.by)
        await self._vault.keep(VAULT, msgspec.msgpack.encode(kept))
        await self._use(kept)
        log.get("tls").info("the household vouches for this hub", names=self._named, until=self.until())

    async def forget(self) -> None:
        """This hub belongs to that household no more: its key goes."""
        self._kept = self._context = None
        self._named = []
        await self._vault.forget(VAULT)

    async def run(self) -> None:
        """See to it, until cancelled."""
        wait, refused = LOOK, RETRY
        while True:
            await asyncio.sleep(wait)
            wait = LOOK
            try:
                if self._reach.joined() is None and self._kept is not None:
                    await self.forget()
                elif self.due():
                    await self.renew()
                    if self.due():  # clocks that differ by days: another one would not be better
                        wait, refused = refused, min(LONGEST, 2 * refused)
                    else:
                        wait, refused = PAUSE, RETRY
            except HubError as error:
                wait, refused = refused, min(LONGEST, 2 * refused)
                log.get("tls").warning("the household does not vouch for this hub", detail=error.detail)
            except Exception:
                log.get("tls").exception("asking the household for a certificate crashed")
                wait = RETRY
            good = bool(self.names())
            if good != self._was_good:
                self._was_good = good
                self._changed()

    async def _use(self, kept: Kept) -> None:
        context = server_context()
        await anyio.to_thread.run_sync(load, context, kept.pair)
        self._kept, self._context = kept, context
        self._named = names_of(leaf(kept.pair.chain))
        self._was_good = bool(self.names())
        self._changed()


def called(site: str, bases: Sequence[str], configured: Sequence[str], addresses: Sequence[str]) -> list[str]:
    """What a hub that has joined is called: below the home's name, as its owner set it, by its addresses."""
    return [*below(site, bases[:1]), *(name for name in configured if name.startswith(f"{site}.")), *addresses]
