"""A household in memory for the people feature's tests: records, events, vault, a clock that the test turns."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any

from wayhome.core import record as records
from wayhome.core.clock import Stamp, tick
from wayhome.core.event import Event
from wayhome.core.record import Record
from wayhome.core.value import Context, Value
from wayhome.errors import NotFound
from wayhome.features.people.door import Door
from wayhome.features.people.model import Arrival, Entered, Visitor
from wayhome.features.people.rules import Actor
from wayhome.features.people.sign_in import Proof

GOOD = "lantern orbit tulip gravel"
NEAR = Visitor("127.0.0.1", "http://localhost:8300", "localhost", near=True)
FAR = Visitor("192.168.1.20", "https://wayhome.local:8300", "wayhome.local", secure=True)
THIEF = Visitor("192.168.1.66", "https://wayhome.local:8300", "wayhome.local", secure=True)


class Clock:
    """Stands still until the test moves it."""

    def __init__(self) -> None:
        self.time = 1_764_000_000.0

    def now(self) -> float:
        return self.time

    def steady(self) -> float:
        return self.time - 1_763_990_000.0


class Ids:
    """Ids in order, so that a failure can be read."""

    def __init__(self) -> None:
        self.count = 0

    def ulid(self) -> str:
        self.count += 1
        return f"01J{self.count:023}"

    def token(self) -> str:
        self.count += 1
        return f"secret{self.count:016}"


class Vault:
    """Secrets in a dict."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    async def keep(self, name: str, secret: bytes) -> None:
        self.kept[name] = secret

    async def secret(self, name: str) -> bytes | None:
        return self.kept.get(name)

    async def forget(self, name: str) -> None:
        self.kept.pop(name, None)

    async def names(self) -> list[str]:
        return sorted(self.kept)


class House:
    """Records with the real merge rules, and every event that was told."""

    def __init__(self) -> None:
        self.all: dict[str, dict[str, Record]] = {}
        self.events: list[Event] = []
        self.stamp = Stamp(0, 0, "home")

    def records(self, collection: str) -> Mapping[str, Record]:
        return {id: record for id, record in self.all.get(collection, {}).items() if not record.gone}

    def ever(self, collection: str) -> set[str]:
        return {*self.all.get(collection, {})}

    async def write(self, collection: str, item: str, values: dict[str, Value], context: Context) -> Record:
        await asyncio.sleep(0)
        self.stamp = tick(self.stamp, self.stamp.wall)
        old = self.all.get(collection, {}).get(item)
        new = records.write(old, collection, item, values, self.stamp)
        self.all.setdefault(collection, {})[item] = new
        return new

    async def delete(self, collection: str, item: str, context: Context) -> None:
        if item not in self.records(collection):
            raise NotFound()
        self.stamp = tick(self.stamp, self.stamp.wall)
        self.all[collection][item] = records.delete(self.all[collection][item], self.stamp)

    async def tell(self, event: Event) -> None:
        self.events.append(event)

    def told(self, name: str) -> list[Event]:
        return [event for event in self.events if event.name == name]


class World:
    """A door with everything behind it."""

    def __init__(self) -> None:
        self.house, self.vault, self.clock, self.ids = House(), Vault(), Clock(), Ids()
        self.background: list[Coroutine[Any, Any, None]] = []
        self.last: set[str] = set()
        """Devices without which nobody could be let in to open what is private."""
        self.door = self.reopen()

    def reopen(self) -> Door:
        """The door after a restart of the hub: same records and vault, nothing else."""
        self.door = Door(self.house, self.vault, self.clock, self.ids, self.background.append)
        return self.door

    async def found(self, name: str = "Mei") -> Entered:
        """Open the door and make the first owner on the hub's own machine."""
        await self.door.open()
        proof = Proof(password=GOOD)
        return await self.door.founding.owner(NEAR, Arrival("Firefox on Linux"), name, None, proof)

    async def person(self, owner: Entered, name: str, role: str) -> str:
        """Another person of the household; their id."""
        added = await self.door.members.add(actor(owner), name, role, self.context())  # type: ignore[arg-type]
        return added.id

    def context(self) -> Context:
        return Context(self.ids.ulid(), "test")


def actor(entered: Entered) -> Actor:
    """Somebody who has come in, as the rules see them."""
    return Actor(f"person:{entered.person.id}", entered.device.role, entered.person.id)
