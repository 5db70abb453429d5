"""The first run: who makes the household's first owner."""

from __future__ import annotations

import secrets

import anyio
import msgspec

from wayhome.core.ids import slug
from wayhome.core.value import Value
from wayhome.errors import Conflict, NotAllowed
from wayhome.features.people import model, passkeys, rules, strength, tokens
from wayhome.features.people.credentials import Credentials
from wayhome.features.people.model import Arrival, Entered, Person, Visitor
from wayhome.features.people.passwords import Passwords
from wayhome.features.people.ports import Ports
from wayhome.features.people.sign_in import Proof, SignIn, pause
from wayhome.features.people.throttle import Throttle


class Founding:
    """There is no default secret. Whoever sits at the hub's own machine may found the household; from anywhere else
    it takes the setup code, which is new at each start and stands on the hub's console."""

    def __init__(self, ports: Ports, sign_in: SignIn, credentials: Credentials, passwords: Passwords) -> None:
        self._ports = ports
        self._sign_in = sign_in
        self._credentials = credentials
        self._passwords = passwords
        self._wrong = Throttle(5, 60.0, 900.0)
        self._one_at_a_time = anyio.Lock()
        self.code: str | None = None
        """The setup code; None once there is an owner."""

    async def open(self) -> None:
        """Make the setup code if nobody can come in as an owner yet."""
        await self._credentials.open()
        if not self.done():
            self.code = tokens.code()

    @property
    def lost(self) -> bool:
        """Whether there is an owner and nobody can come in: the household came back without its secrets (an export, a
        backup without a passphrase). Who has the setup code may then be one of the owners again."""
        record = self._ports.household.records(model.HOUSEHOLD).get(model.HOUSEHOLD)
        demo = record is not None and record.values().get("demo") is True
        return not self._credentials.there and not demo and bool(self.owners()) and self._sign_in.devices() == 0

    def owners(self) -> list[Person]:
        """The household's owners."""
        return [person for person in self._sign_in.people().values() if person.role == "owner"]

    def done(self) -> bool:
        """Whether the household has an owner who can come in."""
        return bool(self.owners()) and not self.lost

    async def options(self, visitor: Visitor, name: str, code: str | None) -> dict[str, Value]:
        """Begin making the first owner with a passkey. Raises Conflict, NotAllowed, BadInput, TooMany."""
        self.check(visitor, code)
        return self._sign_in.creation("first_owner", visitor, rules.clean_name(name), None, secrets.token_bytes(32), [])

    async def owner(
        self,
        visitor: Visitor,
        arrival: Arrival,
        name: str,
        code: str | None,
        proof: Proof,
        household: str | None = None,
    ) -> Entered:
        """Make the first owner, who comes in with it, and give the household a name.

        ``code``: the setup code; not asked for on the hub's own machine. Raises Conflict when there is an owner,
        NotAllowed, BadInput, TooMany."""
        name = rules.clean_name(name)
        async with self._one_at_a_time:
            self.check(visitor, code)
            now = self._ports.clock.now()
            lost = self.lost
            if lost:
                person = self._known(name)
            else:
                person = Person(slug(name, self._sign_in.people(), "person"), name, "owner", now)
            if proof.password is not None:
                strength.check(proof.password, [name])
                hashed = await self._passwords.hash(proof.password)
                # What is left of a household that was erased must open nothing in the new one.
                await self._credentials.forget(person.id)
                await self._credentials.keep_password(person.id, hashed)
            else:
                ceremony, credential = self._sign_in.answer(proof, "first_owner", visitor)
                key = passkeys.made(ceremony, credential, arrival.name, now)
                await self._credentials.forget(person.id)
                await self._credentials.keep_passkey(person.id, key)
            context = self._ports.context(f"person:{person.id}")
            values = msgspec.to_builtins(person)
            del values["id"]
            if household and not lost:
                named: dict[str, Value] = {"name": rules.clean_name(household)}
                await self._ports.household.write(model.HOUSEHOLD, model.HOUSEHOLD, named, context)
            await self._ports.household.write(model.PERSON, person.id, values, context)
            self.code, event = None, "OwnerReturned" if lost else "HouseholdFounded"
        await self._ports.tell(event, context, f"@person/{person.id}", address=visitor.address)
        return await self._sign_in.enter(person, arrival, visitor, "first run", context)

    def _known(self, name: str) -> Person:
        found = next((p for p in self.owners() if name.casefold() in (p.id.casefold(), p.name.casefold())), None)
        if found is None:
            raise NotAllowed("no owner of this household is called that", advice="Choose one of its owners.")
        return found

    def check(self, visitor: Visitor, code: str | None) -> None:
        """Whether this visitor may found the household, or put one back. Raises Conflict, NotAllowed, TooMany."""
        if self.done():
            raise Conflict("this household has an owner", advice="Sign in, or ask them to let you in.")
        if visitor.near:
            return
        now = self._ports.clock.steady()
        pause(self._wrong, "", now)
        self._wrong.begin("", now)
        if self.code is None or not tokens.same(tokens.read_code(code or ""), self.code):
            raise NotAllowed("the setup code is wrong", advice="It stands on the hub's console, where it was started.")
        self._wrong.passed("")
