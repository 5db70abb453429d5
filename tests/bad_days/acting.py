"""A hub on virtual time with a link that a test acts."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from tests.bad_days import virtual_time
from tests.bad_days.simulator import SkewedClock
from tests.world import CAR, MemoryBlobs, MemoryStore, MemoryVault, PuppetConfig, SeededIds, car, lamp
from wayhome.core.catalog import Catalog
from wayhome.core.command import Command
from wayhome.core.traits import SIGNALS
from wayhome.core.value import Context
from wayhome.errors import NotFound, Unreachable
from wayhome.hub.link import Link, LinkHost, Picture
from wayhome.hub.running import Hub, Ports
from wayhome.hub.session import Identity, Session

CATALOG = Catalog((*SIGNALS, *CAR))


class Unspeakable(Exception):
    """One that can't even be turned into text."""

    def __str__(self) -> str:
        raise RuntimeError("no words")


class Actor:
    """A link that does what the test says, as often as it is started."""

    def __init__(self, host: LinkHost) -> None:
        self.host = host
        self.starts = 0
        self.plays: Callable[[Actor], Awaitable[None]] = Actor.stay
        self.executes: Callable[[Command], Awaitable[None]] | None = None
        self.executed: list[Command] = []

    async def run(self) -> None:
        self.starts += 1
        await self.plays(self)

    async def stay(self) -> None:
        self.host.announce([lamp(link=self.host.id), car(link=self.host.id)])
        self.host.ready()
        await asyncio.Event().wait()

    async def execute(self, command: Command) -> None:
        self.executed.append(command)
        if self.executes is not None:
            await self.executes(command)

    async def picture(self, thing_id: str) -> Picture:
        raise NotFound("no camera here")


class House:
    """A hub on virtual time with one or more such links."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.clock = SkewedClock()
        kinds = {"actor": Link("actor", "Actor", PuppetConfig, lambda host, config: Actor(host))}
        ports = Ports(self.store, MemoryBlobs(), MemoryVault(), self.clock, SeededIds())
        self.hub = Hub(CATALOG, ports, {}, kinds)

    async def __aenter__(self) -> House:
        await self.hub.__aenter__()
        await self.hub.household.write("person", "anna", {"name": "Anna", "role": "owner"}, Context("c", "test"))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.hub.__aexit__()

    async def link(self, plays: Callable[[Actor], Awaitable[None]] = Actor.stay, name: str = "Puppet") -> Actor:
        instance = await self.hub.links.add("actor", name, {}, {}, Context("c", "test"))
        actor = instance.run
        assert isinstance(actor, Actor)
        actor.plays = plays
        await asyncio.sleep(0)
        return actor

    def status(self, id: str = "puppet") -> Any:
        return self.hub.links.find(id).status

    def owner(self) -> Session:
        return self.hub.open_session(Identity("person:anna", "owner", "anna"))


def play(story: Callable[[House], Awaitable[None]]) -> None:
    """Run a story in a house of its own."""

    async def whole() -> None:
        async with House() as house:
            await story(house)

    virtual_time.run(whole())


ENDS: dict[str, Callable[[], BaseException]] = {
    "a bug": lambda: ZeroDivisionError("division by zero"),
    "an exit": lambda: SystemExit(3),
    "a cancellation that leaked": lambda: asyncio.CancelledError("inner"),
    "the end of a generator": lambda: GeneratorExit(),
    "no words": lambda: Unspeakable(),
    "half a letter": lambda: ValueError("\ud800" * 10),
    "ten megabytes": lambda: ValueError("x" * 10_000_000),
    "out of memory": lambda: MemoryError(),
    "too deep": lambda: RecursionError("too deep"),
    "several bugs": lambda: ExceptionGroup("group", [ValueError("one"), Unreachable("two")]),
    "an assertion": lambda: AssertionError(),
}


async def only_ready(actor: Actor) -> None:
    actor.host.ready()
    await asyncio.Event().wait()
