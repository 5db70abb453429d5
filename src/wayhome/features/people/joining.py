"""Letting devices in: the pairing machine with the household's people, tokens and events."""

from __future__ import annotations

import asyncio

import anyio.to_thread
import msgspec

from wayhome.core.value import Context
from wayhome.errors import BadInput, Conflict, HubError, NotAllowed, NotFound
from wayhome.features.people import model, rules, tokens
from wayhome.features.people.devices import Devices
from wayhome.features.people.model import Arrival, Entered, Person, PublicKeys, Terms, Visitor
from wayhome.features.people.pairing import LASTS, Ask, Invitation, Pairings
from wayhome.features.people.ports import Ports
from wayhome.features.people.rules import Actor
from wayhome.features.people.throttle import Failures, address_key
from wayhome.sealing import signs as signs_of
from wayhome.sealing.keys import public


class Offer(msgspec.Struct, frozen=True):
    """What is shown to pair: a code to type, a link to scan, when it ends (s since 1970). ``key``: for the new
    device to poll with; ``signs``: to compare."""

    code: str
    link: str
    expires: float
    key: str | None = None
    signs: str | None = None


class Joining:
    """Both directions of pairing. Signed-in people act by operations, new devices by the door."""

    def __init__(self, ports: Ports, devices: Devices) -> None:
        self._ports = ports
        self._devices = devices
        self._pairings = Pairings()
        self._failures = Failures()
        self._asking = asyncio.Lock()

    # The new device's side

    async def ask(self, visitor: Visitor, arrival: Arrival, keys: PublicKeys | None = None) -> Offer:
        """A new device asks to be let in. With its keys, what people compare vouches for them. Raises TooMany,
        BadInput."""
        key = tokens.fresh(self._ports.ids)
        name = rules.clean_name(arrival.name)
        # One after the other: signs are work, and nobody is known here. Whoever asks too often causes none.
        async with self._asking:
            self._pairings.may_ask(visitor.address, self._ports.clock.steady())
            signs = tokens.signs(key) if keys is None else await _signs(keys)
            return self._asks(visitor, arrival, name, key, signs, keys)

    def _asks(
        self, visitor: Visitor, arrival: Arrival, name: str, key: str, signs: str, keys: PublicKeys | None
    ) -> Offer:
        now = self._ports.clock.steady()
        while True:
            ask = Ask(
                self._ports.ids.ulid(),
                tokens.code(),
                tokens.digest(key),
                name,
                arrival.kind,
                signs,
                visitor.address,
                now + LASTS,
                sign=keys.sign if keys is not None else None,
                open=keys.open if keys is not None else None,
            )
            try:
                self._pairings.ask(ask, now)
            except Conflict:
                continue
            break
        link = f"{visitor.origin}/#pair={ask.code}"
        return Offer(tokens.shown_code(ask.code), link, self._ports.clock.now() + LASTS, key, signs)

    async def poll(self, visitor: Visitor, key: str) -> Entered | None:
        """Whether it was let in. None: not answered yet. Raises NotFound when it is over, NotAllowed when refused."""
        found = self._pairings.poll(tokens.digest(key[: tokens.MAX_TOKEN]), self._ports.clock.steady())
        if found.state == "waiting":
            return None
        if found.terms is None or found.by is None:
            raise NotAllowed("this device was refused", advice="Begin again, and compare the signs.")
        return await self._let_in(found.terms, Arrival(found.name, found.kind), found.by, "pairing", visitor)

    async def accept(
        self, visitor: Visitor, arrival: Arrival, *, key: str | None = None, code: str | None = None
    ) -> Entered:
        """A new device uses an invitation, by its link's secret or its code. Raises NotFound, Locked."""
        # Behind a dot the link says whose device lists count: that is for the new device alone.
        key = key.partition(".")[0] if key is not None else None
        hashed = tokens.digest(key[: tokens.MAX_TOKEN]) if key is not None else None
        rules.clean_name(arrival.name)
        try:
            found = self._pairings.accept(self._ports.clock.steady(), visitor.address, code=code, key=hashed)
        except HubError:
            await self._failed(visitor.address, "door")
            raise
        return await self._let_in(found.terms, arrival, found.by, "invitation", visitor)

    # The signed-in side

    async def look(self, actor: Actor, by: str, code: str) -> Ask:
        """What the device is that shows this code. ``by``: the actor's device. Raises NotFound, Locked."""
        if actor.role not in ("owner", "member"):
            raise NotAllowed("children and guests can't let devices in")
        try:
            return self._pairings.look(code, by, self._ports.clock.steady())
        except HubError:
            await self._failed(by, actor.name)
            raise

    async def confirm(self, actor: Actor, by: str, code: str, signs: str, terms: Terms, context: Context) -> Ask:
        """Let it in. Raises NotAllowed, NotFound, Locked, Conflict."""
        await self.look(actor, by, code)
        rules.may_pair(actor, terms, self._people(), self._ports.clock.now())
        found = self._pairings.confirm(code, signs, terms, by, self._ports.clock.steady())
        await self._ports.tell(
            "PairingConfirmed", context, f"@person/{terms.person}", name=found.name, kind=found.kind,
            address=found.address,
        )  # fmt: skip
        return found

    async def refuse(self, actor: Actor, by: str, code: str, context: Context) -> None:
        """Keep it out. Raises NotAllowed, NotFound, Locked, Conflict."""
        await self.look(actor, by, code)
        found = self._pairings.refuse(code, by, self._ports.clock.steady())
        await self._ports.tell("PairingRefused", context, name=found.name, kind=found.kind, address=found.address)

    async def invite(self, actor: Actor, by: str, terms: Terms, address: str, context: Context) -> Offer:
        """Invite a new device. ``address``: the hub's own, for the link. Raises NotAllowed, NotFound, TooMany."""
        rules.may_pair(actor, terms, self._people(), self._ports.clock.now())
        now = self._ports.clock.steady()
        key = tokens.fresh(self._ports.ids)
        while True:
            invitation = Invitation(self._ports.ids.ulid(), tokens.code(), tokens.digest(key), terms, by, now + LASTS)
            try:
                self._pairings.invite(invitation, now)
            except Conflict:
                continue
            break
        await self._ports.tell("DeviceInvited", context, f"@person/{terms.person}", role=terms.role)
        # After the hash sign: browsers don't send it, so it is in nobody's log.
        link = f"{address}/#invite={key}"
        return Offer(tokens.shown_code(invitation.code), link, self._ports.clock.now() + LASTS)

    def withdraw(self, by: str) -> None:
        """What this device invited or confirmed and was not used yet no longer counts."""
        self._pairings.withdraw(by)

    # Inside

    def _people(self) -> dict[str, Person]:
        return model.persons(self._ports.household.records(model.PERSON))

    def _still_may(self, by: str, terms: Terms) -> None:
        """Whether who invited or confirmed is still somebody who may. ``by``: their device, or a program's name."""
        if by.startswith("local:"):
            return
        device = self._devices.all().get(by)
        inviter = self._people().get(device.person) if device is not None else None
        if device is None or inviter is None:
            raise NotFound("this pairing is over", advice="Ask for a new one.")
        actor = Actor(f"person:{inviter.id}", rules.lesser(inviter.role, device.role), inviter.id)
        rules.may_pair(actor, terms, self._people(), self._ports.clock.now())

    async def _let_in(self, terms: Terms, arrival: Arrival, by: str, how: str, visitor: Visitor) -> Entered:
        person = self._people().get(terms.person)
        if person is None:
            raise NotFound("this pairing is over", advice="Ask for a new one.")
        terms = msgspec.structs.replace(terms, role=rules.lesser(terms.role, person.role))
        self._still_may(by, terms)
        context = self._ports.context(f"person:{person.id}")
        old = self._devices.find(arrival.token) if arrival.token else None
        if old is not None:
            await self._devices.sign_out(old, context)
        name = rules.clean_name(arrival.name)
        token, device = await self._devices.let_in(terms, name, arrival.kind, by, context)
        await self._ports.tell(
            "DevicePaired", context, f"@device/{device.id}", by=by, how=how, name=name, person=person.id,
            address=visitor.address, role=device.role,
        )  # fmt: skip
        return Entered(token, person, device)

    async def _failed(self, key: str, actor: str) -> None:
        count = self._failures.note(address_key(key), self._ports.clock.steady())
        if count is not None:
            await self._ports.tell("PairingFailed", self._ports.context(actor), tries=count)


async def _signs(keys: PublicKeys) -> str:
    """What both screens show of them. Raises BadInput for what are none."""
    try:
        public(keys.sign), public(keys.open)
    except ValueError:
        raise BadInput("these are no points of P-256", advice="Uncompressed, in base64url.") from None
    return await anyio.to_thread.run_sync(signs_of.of_keys, keys.sign, keys.open)
