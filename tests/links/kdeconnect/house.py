"""A hub in memory with a link to phones, at a place of its own, and what it can be asked."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any

from tests.world import MemoryBlobs, MemoryStore, MemoryVault
from wayhome.adapters.catalog_files import load_catalog
from wayhome.adapters.clock_system import SystemClock
from wayhome.adapters.ids_random import RandomIds
from wayhome.core.command import Command
from wayhome.core.event import Event
from wayhome.core.published import Shown
from wayhome.core.record import Record
from wayhome.core.value import Context, Value
from wayhome.features.clipboard import feature as clipboard
from wayhome.features.files import feature as files
from wayhome.features.home import feature as home
from wayhome.features.keys import feature as keys
from wayhome.features.links import feature as links
from wayhome.features.media import feature as media
from wayhome.features.messages import feature as messages
from wayhome.features.notices import feature as notices
from wayhome.features.notifications import feature as notifications
from wayhome.features.scenes import feature as scenes
from wayhome.hub.ports import Footage
from wayhome.hub.running import Hub, Ports
from wayhome.hub.session import Identity, Session
from wayhome.links.homeassistant import link as homeassistant
from wayhome.links.kdeconnect import link as kdeconnect
from wayhome.links.sim import link as sim


class Memory:
    """What of a hub outlasts it."""

    def __init__(self) -> None:
        self.store, self.blobs, self.vault = MemoryStore(), MemoryBlobs(), MemoryVault()


class _Watched:
    """A watcher that keeps what is wished, and what happens."""

    def __init__(self, commands: list[Command], events: list[Event]) -> None:
        self.commanded, self.happened = commands.append, events.append

    def published(self, shown: Shown, state: bool) -> None: ...
    def recorded(self, record: Record) -> None: ...


class House:
    """The hub with its owner signed in. ``link``: the link's id."""

    def __init__(self, hub: Hub, session: Session, link: str) -> None:
        self.hub, self.session, self.link = hub, session, link
        self.commands: list[Command] = []
        """Every state that a wish came to."""
        self.events: list[Event] = []
        """What has happened since."""
        hub.household.watchers.append(_Watched(self.commands, self.events))

    async def near(self) -> list[Any]:
        return (await self.call("near")).devices  # type: ignore[no-any-return]

    async def one(self, device: str) -> Any:
        """What is told of one device; None: it is not there."""
        return next((one for one in await self.near() if one.id == device), None)

    async def call(self, verb: str, device: str | None = None, **more: Value) -> Any:
        known = {} if device is None else {"device": device}
        return await self.session.call(f"links.{verb}", {"id": self.link, **known, **more})

    @property
    def identity(self) -> str:
        """Our own id among devices."""
        presence = self.hub.links.find(self.link).run._presence  # type: ignore[attr-defined]
        return presence._shown.id  # type: ignore[no-any-return]

    def value(self, path: str) -> Value:
        found = self.hub.household.house.readings.get(path)
        return None if found is None else found.value

    def online(self, thing: str) -> bool:
        return self.value(f"{thing}/thing.online") is True


@contextlib.asynccontextmanager
async def household(
    memory: Memory | None = None, disk: Footage | None = None, **settings: Value
) -> AsyncIterator[House]:
    """A hub; the same ``memory`` again: it was restarted. ``disk``: where it keeps files."""
    memory = memory or Memory()
    clock = SystemClock()
    ids = RandomIds(clock)
    ports = Ports(memory.store, memory.blobs, memory.vault, clock, ids, files=disk)
    features = {"home": home, "links": links, "keys": keys, "clipboard": clipboard, "files": files, "scenes": scenes,
                "media": media, "messages": messages, "notices": notices, "notifications": notifications}  # fmt: skip
    async with Hub(
        load_catalog(), ports, features, {"kdeconnect": kdeconnect, "sim": sim, "homeassistant": homeassistant}
    ) as hub:
        context = Context(ids.ulid(), "test")
        if "ada" not in hub.household.records("person"):
            await hub.household.write("person", "ada", {"name": "Ada", "role": "owner"}, context)
        session = hub.open_session(Identity("person:ada", "owner", "ada", signed_in_at=clock.now()))
        if not hub.links.instances:
            await session.call("links.add", {"link": "kdeconnect", "name": "Car", "config": settings})
        house = House(hub, session, "car")
        await soon(lambda: hub.links.find("car").status.state == "connected")
        yield house


async def soon(true: Callable[[], object], seconds: float = 30) -> float:
    """Wait until something is so; how long that took, in s."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    while not true():
        assert loop.time() - began < seconds, "it did not come to be so in time"
        await asyncio.sleep(0.02)
    return loop.time() - began


async def until(house: House, device: str, true: Callable[[Any], bool], seconds: float = 30) -> Any:
    """Wait until what is told of a device is so; that."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    while True:
        one = await house.one(device)
        if one is not None and true(one):
            return one
        assert loop.time() - began < seconds, f"it is {one}"
        await asyncio.sleep(0.02)


async def paired(house: House, phone: Any, owner: str = "ada") -> str:
    """Pair from the glass; the thing that it becomes."""
    await until(house, phone.id, lambda one: one.online)
    await house.call("pair", phone.id, owner=owner)
    await soon(lambda: house.identity in phone.asked())
    phone.device(house.identity, "acceptPairing")
    await until(house, phone.id, lambda one: one.theirs)
    await house.call("confirm", phone.id)
    one = await until(house, phone.id, lambda one: one.state == "paired" and one.online)
    return one.thing  # type: ignore[no-any-return]
