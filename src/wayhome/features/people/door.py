"""The household's door: who comes in, and how, whatever the transport."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import msgspec

from wayhome import log
from wayhome.core.value import Context
from wayhome.features.people import rules, signing
from wayhome.features.people.credentials import Credentials
from wayhome.features.people.devices import Devices
from wayhome.features.people.founding import Founding
from wayhome.features.people.joining import Joining
from wayhome.features.people.members import Members
from wayhome.features.people.model import Person, Visitor
from wayhome.features.people.passwords import Passwords
from wayhome.features.people.ports import Ports, Records
from wayhome.features.people.rules import Actor
from wayhome.features.people.sign_in import Proof, SignIn
from wayhome.hub.ports import Clock, Ids, Vault
from wayhome.hub.session import Identity

SWEEP = 60.0
type Later = Callable[[Coroutine[Any, Any, None]], None]


class Door:
    """Everything about coming in, in five rooms: ``founding``, ``sign_in``, ``joining``, ``devices``, ``members``.

    ``later`` runs work in the background that nobody waits for.
    """

    def __init__(self, household: Records, vault: Vault, clock: Clock, ids: Ids, later: Later) -> None:
        ports = Ports(household, vault, clock, ids)
        self._ports = ports
        self._later = later
        self.address = "http://localhost:8300"
        """The hub's own address, for the links of invitations. Set by who serves it."""
        self.credentials = Credentials(ports)
        self.devices = Devices(ports)
        passwords = Passwords()
        self.sign_in = SignIn(ports, self.devices, self.credentials, passwords)
        self.founding = Founding(ports, self.sign_in, self.credentials, passwords)
        self.joining = Joining(ports, self.devices)
        self.members = Members(ports, self.devices, self.credentials)

    async def open(self) -> None:
        """Read what the vault holds. To be awaited once, before anybody knocks."""
        await self.devices.open()
        await self.founding.open()

    async def refresh(self) -> None:
        """The vault holds what another site wrote: read it anew."""
        await self.devices.refresh()
        await self.credentials.refresh()

    async def run(self) -> None:
        """Sign devices out whose time is over, until cancelled."""
        while True:
            await asyncio.sleep(SWEEP)
            try:
                await self.devices.sweep()
            except Exception:
                log.get("door").exception("cannot sign devices out whose time is over")  # the next round tries again

    @property
    def setup_code(self) -> str | None:
        """What the first owner must type, unless they sit at the hub's own machine; None: there is an owner."""
        return self.founding.code

    def identify(self, token: str) -> Identity | None:
        """Who comes with this token; None: nobody that is (still) let in."""
        device = self.devices.find(token)
        if device is None:
            return None
        identity = self.devices.identity(device)
        if identity is not None and self.devices.unseen(device):
            self._later(self.devices.seen(device))
        return identity

    def who(self, device: str) -> Identity | None:
        """Who is signed in on a device that another site of the household vouches for; None: nobody (any more)."""
        found = self.devices.all().get(device)
        if found is None or not rules.valid(found, self._ports.clock.now()):
            return None
        return self.devices.identity(found)

    def proves(self, device: str, nonce: str, origin: str, signature: str) -> str | None:
        """The key by which a device that is signed in has signed what the door ``origin`` asked; None: by none."""
        found = self.devices.all().get(device)
        key = found.key if found is not None else None
        return key if key is not None and signing.is_signed(key, signature, signing.said(nonce, origin)) else None

    def by_key(self, device: str, key: str) -> Identity | None:
        """Who is signed in on a device that came in by its key; None once its record names another. It has never just
        signed in: what asks for that is done at the page's own door."""
        found = self.devices.all().get(device)
        identity = self.who(device)
        if found is None or identity is None or found.key != key:
            return None
        return msgspec.structs.replace(identity, key=key, signed_in_at=0.0)

    async def out(self, token: str, visitor: Visitor) -> None:
        """Sign the device of this token out. A token that is void already is no error."""
        device = self.devices.find(token)
        if device is not None:
            context = self._ports.context(f"person:{device.person}")
            await self.devices.sign_out(device, context)
            self.joining.withdraw(device.id)
            await self._ports.tell("SignedOut", context, f"@device/{device.id}", address=visitor.address)

    async def revoke(self, actor: Actor, device: str, context: Context) -> None:
        """Sign a device out, at once, and with it what it began and nobody used yet. Raises NotFound."""
        await self.members.revoke(actor, device, context)
        self.joining.withdraw(device)

    async def remove_passkey(self, person: Person, short: str, context: Context) -> None:
        """Take one of a person's passkeys away. Raises NotFound, Conflict for the only way in."""
        gone = await self.credentials.remove_passkey(person.id, short)
        await self._ports.tell("PasskeyRemoved", context, f"@person/{person.id}", name=gone.name)

    async def add_passkey(self, visitor: Visitor, person: Person, name: str, proof: Proof) -> None:
        """Give a signed-in person another passkey. Raises BadInput, SignInNeeded, TooMany, Conflict."""
        await self.sign_in.add_passkey(visitor, person, name, proof, self._ports.context(f"person:{person.id}"))
