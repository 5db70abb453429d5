"""The household's people and what they are allowed: adding, changing, removing, granting."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from datetime import tzinfo

import msgspec

from wayhome.core import grant as grants
from wayhome.core.grant import Grant, Role
from wayhome.core.ids import slug
from wayhome.core.value import Context, Value
from wayhome.errors import BadInput, NotFound
from wayhome.features.people import model, rules
from wayhome.features.people.credentials import Credentials
from wayhome.features.people.devices import Devices
from wayhome.features.people.model import Device, Person
from wayhome.features.people.ports import Ports
from wayhome.features.people.rules import Actor

MAX_PEOPLE = 100
MAX_GRANTS = 1_000


class Members:
    """Changes to people, devices and grants. Each asks ``rules`` first and is told as an event."""

    def __init__(self, ports: Ports, devices: Devices, credentials: Credentials) -> None:
        self._ports = ports
        self._devices = devices
        self._credentials = credentials
        self._one_at_a_time = asyncio.Lock()
        """What is decided on who there is (the last owner stays) must still hold when it is done."""

    def people(self) -> dict[str, Person]:
        return model.persons(self._ports.household.records(model.PERSON))

    async def add(self, actor: Actor, name: str, role: Role, context: Context) -> Person:
        """Take a person in. They come in by a device that somebody pairs for them."""
        async with self._one_at_a_time:
            rules.may_add(actor, role)
            people = self.people()
            if len(people) >= MAX_PEOPLE:
                raise BadInput(f"a household has at most {MAX_PEOPLE} people")
            name = rules.free_name(name, people)
            person = Person(slug(name, self._ids_ever_used(), "person"), name, role, self._ports.clock.now())
            values = msgspec.to_builtins(person)
            del values["id"]
            await self._credentials.forget(person.id)  # of somebody who had this id once
            await self._ports.household.write(model.PERSON, person.id, values, context)
            await self._ports.tell("PersonAdded", context, f"@person/{person.id}", name=name, role=role)
            return person

    async def change(self, actor: Actor, id: str, changes: Mapping[str, Value], context: Context) -> Person:
        """Write fields of a person: name, language, color, role, tracker; None takes one away."""
        async with self._one_at_a_time:
            people = self.people()
            person = rules.find(people, id)
            rules.may_change(actor, person, changes, people)
            values = dict(changes)
            if "name" in values:
                values["name"] = rules.free_name(str(values["name"] or ""), people, id)
            await self._ports.household.write(model.PERSON, id, values, context)
            shown: dict[str, Value] = {"fields": list(values)}
            if "role" in values:
                shown |= {"role": values["role"], "was": person.role}
            await self._ports.tell("PersonChanged", context, f"@person/{id}", **shown)
            return self.people()[id]

    async def remove(self, actor: Actor, id: str, context: Context) -> None:
        """Take a person out: their devices are signed out at once, their ways to sign in and their grants go."""
        async with self._one_at_a_time:
            people = self.people()
            person = rules.find(people, id)
            rules.may_remove(actor, person, people)
            gone = [device for device in self._devices.all().values() if device.person == id]
            await self._ports.household.delete(model.PERSON, id, context)  # first: with it all rights are gone
            for device in gone:
                await self._devices.sign_out(device, context)
            await self._credentials.forget(id)
            targets = {f"person:{id}", *(f"device:{device.id}" for device in gone)}
            for grant in [grant for grant in self.grants() if grant.to in targets]:
                await self._ports.household.delete(model.GRANT, grant.id, context)
            await self._ports.tell("PersonRemoved", context, f"@person/{id}", name=person.name)

    def devices(self, actor: Actor) -> list[Device]:
        """The devices that the actor may see: an owner all, others their own."""
        everything = self._devices.all().values()
        return [device for device in everything if actor.role == "owner" or device.person == actor.person]

    async def revoke(self, actor: Actor, id: str, context: Context) -> None:
        """Sign a device out, at once."""
        device = self._devices.all().get(id)
        if device is None:
            raise NotFound(f"there is no device {id[:60]!r} of yours")
        rules.may_revoke(actor, device)
        await self._devices.sign_out(device, context)
        await self._ports.tell("DeviceRevoked", context, f"@device/{id}", name=device.name, person=device.person)

    async def tell_changed(self, device: Device, values: Mapping[str, Value], context: Context) -> None:
        """Tell that a device is called or sits differently now."""
        shown: dict[str, Value] = {"fields": list(values)}
        if "seat" in values:
            shown |= {"seat": values["seat"], "was": device.seat}
        await self._ports.tell("DeviceChanged", context, f"@device/{device.id}", **shown)

    def grants(self) -> list[Grant]:
        """Every grant given in this household, beyond what the roles give."""
        found = []
        for record in self._ports.household.records(model.GRANT).values():
            try:
                found.append(msgspec.convert({**record.values(), "id": record.id}, Grant))
            except msgspec.ValidationError:
                continue
        return found

    async def grant(
        self, actor: Actor, sentence: str, to: str, held: Iterable[Grant], zone: tzinfo, context: Context
    ) -> Grant:
        """Give a grant, written as a sentence. ``held``: what the actor holds now."""
        if len(self.grants()) >= MAX_GRANTS:
            raise BadInput(f"a household has at most {MAX_GRANTS} grants")
        grant = grants.parse(sentence, id=self._ports.ids.ulid().lower(), to=to, zone=zone)
        self._exists(to)
        rules.may_grant(actor, grant, held)
        # By way of JSON: a grant's days and states are tuples, a record's lists.
        values = msgspec.json.decode(msgspec.json.encode(grant))
        del values["id"]
        await self._ports.household.write(model.GRANT, grant.id, {**values, "by": actor.name}, context)
        await self._ports.tell(
            "GrantGiven", context, f"@grant/{grant.id}", to=to, sentence=grants.sentence(grant, zone)
        )
        return grant

    async def ungrant(self, actor: Actor, id: str, context: Context) -> None:
        """Take a grant back: it ends at once, on open screens too."""
        record = self._ports.household.records(model.GRANT).get(id)
        if record is None:
            raise NotFound(f"there is no grant {id[:60]!r}")
        by = record.values().get("by")
        rules.may_ungrant(actor, by if isinstance(by, str) else None)
        await self._ports.household.delete(model.GRANT, id, context)
        await self._ports.tell("GrantTaken", context, f"@grant/{id}", to=record.values().get("to"))

    def _exists(self, to: str) -> None:
        kind, _, id = to.partition(":")
        if kind == "role" and id in grants.ROLES:
            return
        if kind == "person" and id in self.people():
            return
        if kind == "device" and id in self._devices.all():
            return
        raise BadInput(f"there is no {to[:60]!r} to grant to", advice="As person:mei, role:guest or device:ID.")

    def _ids_ever_used(self) -> set[str]:
        # A new person must not come into what an old grant, credential, device or text of that name still says.
        return {*self._ports.household.ever(model.PERSON), *(grant.to.partition(":")[2] for grant in self.grants())}
