"""Coming in by password or passkey."""

from __future__ import annotations

import math
import secrets

import msgspec

from wayhome.core.value import Context, Value
from wayhome.errors import BadInput, Conflict, HubError, SignInNeeded, TooMany
from wayhome.features.people import model, passkeys, rules, strength
from wayhome.features.people.credentials import Credentials
from wayhome.features.people.devices import Devices
from wayhome.features.people.model import Arrival, Entered, Person, Terms, Visitor
from wayhome.features.people.passkeys import Ceremonies, Ceremony, Purpose
from wayhome.features.people.passwords import Passwords
from wayhome.features.people.ports import Ports
from wayhome.features.people.throttle import Failures, Throttle, address_key

WRONG = "the name or the password is wrong"


class Proof(msgspec.Struct, frozen=True):
    """What somebody shows: a password, or the answer of an authenticator to a ceremony."""

    password: str | None = None
    ceremony: str | None = None
    credential: dict[str, Value] | None = None


class SignIn:
    """Every way in for people. Guessing is slowed down per address and per name."""

    def __init__(self, ports: Ports, devices: Devices, credentials: Credentials, passwords: Passwords) -> None:
        self._ports = ports
        self._devices = devices
        self._credentials = credentials
        self._passwords = passwords
        self._ceremonies = Ceremonies()
        # Half a minute at most per name: longer, and anybody could keep an owner out by guessing wrongly.
        self._of_name = Throttle(10, 1.0, 30.0)
        self._of_address = Throttle(5, 2.0, 900.0)
        self._failures = Failures()

    def people(self) -> dict[str, Person]:
        return model.persons(self._ports.household.records(model.PERSON))

    def devices(self) -> int:
        """How many devices are signed in."""
        return self._devices.known()

    # Password

    async def password(self, visitor: Visitor, arrival: Arrival, name: str, password: str) -> Entered:
        """Come in by name and password. The answer is the same for a wrong name and a wrong password. Raises
        SignInNeeded, TooMany."""
        wanted = " ".join(name.split()).casefold()[:200]
        tries = ((self._of_name, wanted), (self._of_address, address_key(visitor.address)))
        now = self._ports.clock.steady()
        for throttle, key in tries:
            pause(throttle, key, now)
        for throttle, key in tries:
            throttle.begin(key, now)
        people = self.people()
        named = [p for p in people.values() if wanted == p.name.casefold()]
        person = people.get(wanted) or (named[0] if len(named) == 1 else None)
        kept = await self._credentials.password(person.id) if person is not None else None
        right = await self._passwords.check(kept, password)
        if person is None or kept is None or not right:
            await self._failed(visitor, "password", person)
            raise SignInNeeded(WRONG, advice="Try again, or sign in with a device that is signed in.")
        for throttle, key in tries:
            throttle.passed(key)
        if self._passwords.outdated(kept):
            await self._credentials.keep_password(person.id, await self._passwords.hash(password))
        return await self.enter(person, arrival, visitor, "password", self._ports.context(f"person:{person.id}"))

    async def set_password(self, person: Person, password: str, context: Context) -> None:
        """Give a person a (new) password. Raises BadInput for a weak one."""
        strength.check(password, [person.name])
        await self._credentials.keep_password(person.id, await self._passwords.hash(password))
        await self._ports.tell("PasswordChanged", context, f"@person/{person.id}")

    # Passkeys

    def passkey_options(self, visitor: Visitor) -> dict[str, Value]:
        """Begin coming in with a passkey. Raises BadInput where there are none, TooMany."""
        ceremony = self._begin("sign_in", visitor, None, b"")
        return {"ceremony": ceremony.id, "options": passkeys.request(ceremony)}

    async def passkey(self, visitor: Visitor, arrival: Arrival, proof: Proof) -> Entered:
        """Come in with a passkey. Raises SignInNeeded, TooMany."""
        address, now = address_key(visitor.address), self._ports.clock.steady()
        pause(self._of_address, address, now)
        self._of_address.begin(address, now)
        person: Person | None = None
        try:
            ceremony, credential = self.answer(proof, "sign_in", visitor)
            found = await self._credentials.find(passkeys.credential_id(credential))
            person = self.people().get(found[0]) if found is not None else None
            if found is None or person is None:
                raise SignInNeeded("this passkey was not accepted")
            count = passkeys.proven(ceremony, credential, found[1])
        except HubError:
            await self._failed(visitor, "passkey", person)
            raise
        self._of_address.passed(address)
        await self._credentials.keep_passkey(person.id, msgspec.structs.replace(found[1], count=count))
        return await self.enter(person, arrival, visitor, "passkey", self._ports.context(f"person:{person.id}"))

    async def new_passkey_options(self, visitor: Visitor, person: Person) -> dict[str, Value]:
        """Begin giving a signed-in person another passkey."""
        known = await self._credentials.passkeys(person.id)
        handle = known[0].handle if known else secrets.token_bytes(32)
        return self.creation("add", visitor, person.name, person.id, handle, known)

    async def add_passkey(self, visitor: Visitor, person: Person, name: str, proof: Proof, context: Context) -> None:
        """Finish it. Raises BadInput, SignInNeeded, TooMany."""
        ceremony, credential = self.answer(proof, "add", visitor)
        if ceremony.person != person.id:
            raise SignInNeeded("this passkey was begun by somebody else")
        key = passkeys.made(ceremony, credential, rules.clean_name(name), self._ports.clock.now())
        if await self._credentials.find(key.id) is not None:
            raise Conflict("this passkey is known already")
        await self._credentials.keep_passkey(person.id, key)
        await self._ports.tell("PasskeyAdded", context, f"@person/{person.id}", name=key.name)

    # Shared with the first run

    def creation(
        self,
        purpose: Purpose,
        visitor: Visitor,
        name: str,
        person: str | None,
        handle: bytes,
        known: list[passkeys.Passkey],
    ) -> dict[str, Value]:
        """The options for making a passkey, and the ceremony's id. Raises BadInput where there are none, TooMany."""
        ceremony = self._begin(purpose, visitor, person, handle)
        return {"ceremony": ceremony.id, "options": passkeys.creation(ceremony, name, known)}

    def _begin(self, purpose: Purpose, visitor: Visitor, person: str | None, handle: bytes) -> Ceremony:
        now = self._ports.clock.steady()
        ceremony = Ceremony(
            self._ports.ids.token(),
            purpose,
            secrets.token_bytes(32),
            passkeys.rp_of(visitor),
            visitor.origin,
            now + passkeys.LASTS,
            person,
            handle,
        )
        self._ceremonies.begin(ceremony, now)
        return ceremony

    def answer(self, proof: Proof, purpose: Purpose, visitor: Visitor) -> tuple[Ceremony, dict[str, Value]]:
        """What an authenticator answered, and to what; the ceremony is used up. Raises BadInput, SignInNeeded."""
        if proof.ceremony is None or proof.credential is None:
            raise BadInput("neither a password nor a passkey was sent")
        return (
            self._ceremonies.take(proof.ceremony, purpose, visitor, self._ports.clock.steady()),
            proof.credential,
        )

    async def enter(
        self,
        person: Person,
        arrival: Arrival,
        visitor: Visitor,
        by: str,
        context: Context,
        *,
        placed: bool = False,
    ) -> Entered:
        """Let a person in who has proven to be one: always with a new token, so one that somebody planted in the
        browser before is worth nothing. ``placed``: it is known that this screen is in no car."""
        known = self._devices.find(arrival.token) if arrival.token else None
        if known is not None and known.person == person.id:
            token, device = await self._devices.renew(known, context)
        else:
            terms = Terms(person.id, person.role, placed=placed)
            name, kind = rules.clean_name(arrival.name[: rules.MAX_NAME] or "browser"), arrival.kind
            if known is not None:
                # Another person on this screen. It stays where it sits: signing in anew must not make a driver's
                # screen one from elsewhere.
                terms = Terms(person.id, person.role, known.seat, known.car, placed=known.placed)
                name, kind = known.name, known.kind
                await self._devices.sign_out(known, context)
            token, device = await self._devices.let_in(terms, name, kind, context.actor, context)
        await self._ports.tell(
            "SignedIn", context, f"@device/{device.id}", by=by, address=visitor.address, person=person.id
        )
        return Entered(token, person, device)

    async def _failed(self, visitor: Visitor, by: str, person: Person | None) -> None:
        # The typed name is not told: people type passwords into the wrong field.
        count = self._failures.note(address_key(visitor.address), self._ports.clock.steady())
        if count is not None:
            about = f"@person/{person.id}" if person is not None else None
            await self._ports.tell(
                "SignInFailed", self._ports.context("door"), about, by=by, address=visitor.address, tries=count
            )


def pause(throttle: Throttle, key: str, now: float) -> None:
    """Raises TooMany, with the seconds to wait, for who guesses too fast."""
    wait = throttle.wait(key, now)
    if wait > 0:
        raise TooMany("too many wrong tries", advice=f"Wait {math.ceil(wait)} s.")
