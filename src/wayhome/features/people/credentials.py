"""How people prove who they are: their password's hash and their passkeys, both in the vault.

Not in records: those are shown on screens, synced between sites and exported. A vault is none of that.
"""

from __future__ import annotations

import hashlib

import msgspec

from wayhome.errors import Conflict, NotFound, TooMany
from wayhome.features.people.passkeys import Passkey
from wayhome.features.people.ports import Ports

MAX_PASSKEYS = 20


class Credentials:
    """Password hashes and passkeys by person."""

    def __init__(self, ports: Ports) -> None:
        self._vault = ports.vault
        self.there = False
        """Whether anybody has, or had since the start, a way to sign in."""

    async def open(self) -> None:
        """See what the vault holds. To be awaited once, before anybody knocks."""
        self.there = any(name.startswith("credential/") for name in await self._vault.names())

    async def refresh(self) -> None:
        """See what the vault holds by now."""
        self.there = self.there or any(name.startswith("credential/") for name in await self._vault.names())

    async def password(self, person: str) -> str | None:
        """The person's password hash, if they have one."""
        kept = await self._vault.secret(f"credential/{person}/password")
        return kept.decode() if kept is not None else None

    async def keep_password(self, person: str, hashed: str) -> None:
        self.there = True
        await self._vault.keep(f"credential/{person}/password", hashed.encode())

    async def passkeys(self, person: str) -> list[Passkey]:
        kept = await self._vault.secret(f"credential/{person}/passkeys")
        return msgspec.json.decode(kept, type=list[Passkey]) if kept is not None else []

    async def keep_passkey(self, person: str, key: Passkey) -> None:
        """Add a passkey, or write the counter of one. Raises TooMany."""
        keys = [known for known in await self.passkeys(person) if known.id != key.id]
        if len(keys) >= MAX_PASSKEYS:
            raise TooMany(f"a person has at most {MAX_PASSKEYS} passkeys", advice="Remove one first.")
        await self._write(person, [*keys, key])

    async def remove_passkey(self, person: str, short: str) -> Passkey:
        """Take one away. Raises NotFound; Conflict for the only way in."""
        keys = await self.passkeys(person)
        gone = next((key for key in keys if short_id(key) == short), None)
        if gone is None:
            raise NotFound(f"there is no passkey {short[:40]!r}")
        if len(keys) == 1 and await self.password(person) is None:
            raise Conflict("this is your only way to sign in", advice="Add another passkey or a password first.")
        await self._write(person, [key for key in keys if key is not gone])
        return gone

    async def find(self, id: str) -> tuple[str, Passkey] | None:
        """Whose passkey this is, and the passkey."""
        for name in await self._vault.names():
            root, _, rest = name.partition("/")
            person, _, kind = rest.partition("/")
            if root == "credential" and kind == "passkeys":
                for key in await self.passkeys(person):
                    if key.id == id:
                        return person, key
        return None

    async def forget(self, person: str) -> None:
        """The person has no way to sign in any more."""
        await self._vault.forget(f"credential/{person}/password")
        await self._vault.forget(f"credential/{person}/passkeys")

    async def _write(self, person: str, keys: list[Passkey]) -> None:
        self.there = True
        await self._vault.keep(f"credential/{person}/passkeys", msgspec.json.encode(keys))


def short_id(key: Passkey) -> str:
    """A passkey's short name, for lists."""
    return hashlib.sha256(key.id.encode()).hexdigest()[:16]
