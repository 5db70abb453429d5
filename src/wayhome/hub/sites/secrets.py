"""Secrets that are the household's, not one site's: by what devices and people come in. Whoever was let in at one site
comes in at the other.

They are hashes (of tokens, of passwords) and public keys: nobody can come in with what lies here. They never are
records, for those are shown and exported (docs/adr/0024); they go from vault to vault, between the household's own
hubs. The newest of each name counts.
"""

from __future__ import annotations

import asyncio
import math
import re
from collections.abc import Callable
from zlib import crc32

import msgspec

from wayhome.core.clock import SITES_AHEAD_MS
from wayhome.hub.ports import Clock, Vault

SHARED = ("device/", "credential/")
MAP = "sites/secrets/"
PARTS = 16
"""When each was written stands in so many secrets: one alone has no room for all of a large household."""
GONE_AT_MOST = 2_000
"""So many forgotten ones are remembered, the newest."""
MOST = 8_000
"""So many are taken from another site."""
AHEAD = SITES_AHEAD_MS / 1000
"""So far ahead, in s, a time counts as it is; what is further was written while a clock was wrong, or is a lie."""
KEPT = 60 * 86_400.0
"""So long, in s, it is remembered that a secret was forgotten."""
MAX_BYTES = 65_536
_DEVICE = re.compile(r"device/[a-z0-9-]{1,64}")
_CREDENTIAL = re.compile(r"credential/[a-z0-9-]{1,64}/(?:password|passkeys)")
_DIGEST = re.compile(rb"[0-9a-f]{64}")

type Entry = tuple[str, float, bytes | None]
"""A name, when it was written (s since 1970), and the secret; None: it is forgotten."""


class SharedVault:
    """A vault that tells others of what is shared. ``then`` is told what was written here."""

    def __init__(self, own: Vault, clock: Clock, then: Callable[[list[Entry]], None]) -> None:
        self._own = own
        self._clock = clock
        self._then = then
        self._written: dict[str, float] = {}
        self._one_at_a_time = asyncio.Lock()
        """A secret and when it was written belong together: nobody is told one of them with the other of before."""

    async def open(self) -> None:
        """Read when each of them was written."""
        for part in range(PARTS):
            kept = await self._own.secret(f"{MAP}{part}")
            self._written |= msgspec.json.decode(kept, type=dict[str, float]) if kept is not None else {}

    async def keep(self, name: str, secret: bytes) -> None:
        if not _shared(name):
            await self._own.keep(name, secret)
            return
        async with self._one_at_a_time:
            await self._now(name)
            await self._own.keep(name, secret)
            self._then([(name, self._written[name], secret)])

    async def secret(self, name: str) -> bytes | None:
        return await self._own.secret(name)

    async def forget(self, name: str) -> None:
        if not _shared(name):
            await self._own.forget(name)
            return
        async with self._one_at_a_time:
            known = await self._own.secret(name) is not None
            if known:
                await self._now(name)
            await self._own.forget(name)
            if known:
                self._then([(name, self._written[name], None)])

    async def names(self) -> list[str]:
        return await self._own.names()

    async def shared(self) -> list[Entry]:
        """All that another site may have to know."""
        async with self._one_at_a_time:
            return await self._all()

    async def _all(self) -> list[Entry]:
        now = self._clock.now()
        for name in [name for name, at in self._written.items() if at > now + AHEAD]:
            self._written[name] = now  # this hub's own clock was wrong: nobody else has taken it by that time
            await self._keep_map(name)
        there = [name for name in await self._own.names() if _shared(name)]
        gone = [name for name in self._written if name not in there]
        found: list[Entry] = [(name, self._written.get(name, 0.0), await self._own.secret(name)) for name in there]
        return [*found, *((name, self._written[name], None) for name in gone)]

    async def take(self, entries: list[Entry]) -> list[Entry]:
        """Take in what another site wrote; what of it is newer than what was here. A clock that runs ahead does not win
        for ever: what is written after that was seen is later still, on every site alike."""
        async with self._one_at_a_time:
            return await self._take(entries)

    async def _take(self, entries: list[Entry]) -> list[Entry]:
        newer: list[Entry] = []
        for name, at, secret in entries:
            if not math.isfinite(at) or not _sound(name, secret):
                continue
            at = min(at, self._clock.now() + AHEAD)
            mine = await self._own.secret(name)
            known = self._written.get(name, 0.0 if mine is not None else -1.0)
            if at <= known or (name not in self._written and len(self._written) >= MOST):
                continue
            self._written[name] = at
            await self._keep_map(name)
            if secret is None:
                await self._own.forget(name)
            else:
                await self._own.keep(name, secret)
            newer.append((name, at, secret))
        return newer

    async def _now(self, name: str) -> None:
        # First when, then what: a crash in between passes on what there was before, as the newest.
        self._written[name] = max(self._clock.now(), self._written.get(name, 0.0) + 0.001)
        await self._keep_map(name)

    async def _keep_map(self, changed: str) -> None:
        there = set(await self._own.names())
        limit = self._clock.now() - KEPT
        gone = sorted((at, name) for name, at in self._written.items() if name not in there and name != changed)
        for at, name in gone:
            if at <= limit or len(gone) > GONE_AT_MOST:
                del self._written[name]
                gone = gone[1:]
        part = _part(changed)
        mine = {name: at for name, at in self._written.items() if _part(name) == part}
        await self._own.keep(f"{MAP}{part}", msgspec.json.encode(mine))


def _part(name: str) -> int:
    return crc32(name.encode()) % PARTS


def _shared(name: str) -> bool:
    return name.startswith(SHARED)


def _sound(name: str, secret: bytes | None) -> bool:
    """Whether another site's secret is one that this hub can read."""
    if _DEVICE.fullmatch(name):
        return secret is None or _DIGEST.fullmatch(secret) is not None
    if not _CREDENTIAL.fullmatch(name) or len(secret or b"") > MAX_BYTES:
        return False
    try:
        if name.endswith("/passkeys") and secret is not None:
            return isinstance(msgspec.json.decode(secret), list)
        return secret is None or secret.decode().startswith("$argon2")
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return False
