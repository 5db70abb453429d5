"""A household of the core's own rules for the link to run in, on a clock that the test moves."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import anyio
from anyio.lowlevel import checkpoint

from wayhome.core import decide
from wayhome.core.catalog import Catalog
from wayhome.core.command import Command
from wayhome.core.house import House, evolve
from wayhome.core.thing import Thing
from wayhome.core.value import Context, Fact, Value
from wayhome.errors import HubError
from wayhome.hub.maps import Maps, Point, Way
from wayhome.links.sim.config import SimConfig
from wayhome.links.sim.run import SimRun

NOON = 1_764_067_200.0
"""25 November 2025, 10:40 UTC."""


class Host:
    """What a link is given. Every fact goes through ``decide.report``, so whatever the catalogue refuses shows in
    ``refused``. ``told`` is all that was taken, in order, as (time, path, value, cause)."""

    def __init__(self, catalog: Catalog) -> None:
        self.house = House(catalog, "home")
        self.id = "demo"
        self.time = NOON
        self.others: set[str] = set()
        self.told: list[tuple[float, str, Value, str | None]] = []
        self.refused: list[str] = []
        self.events: list[tuple[str, str | None]] = []
        self.away: set[str] = set()
        self.shelf: Maps | None = None
        self.spots: dict[str, Point] = {}
        self.ways: dict[str, Way] = {}
        self.is_ready = False
        self._wishes = 0

    def announce(self, things: Iterable[Thing]) -> None:
        for thing in things:
            for change in decide.announce(self.house, self.id, thing):
                evolve(self.house, change)

    def withdraw(self, thing_ids: Iterable[str]) -> None:
        raise AssertionError("the demo never withdraws")

    def things(self) -> dict[str, Thing]:
        return dict(self.house.things)

    def taken(self) -> set[str]:
        return {*self.house.things, *self.others}

    def online(self, thing_ids: Iterable[str], online: bool) -> None:
        for thing_id in thing_ids:
            (self.away.discard if online else self.away.add)(thing_id)

    def report(self, facts: Iterable[Fact], cause: str | None = None) -> list[str]:
        wrong = []
        for fact in facts:
            try:
                changes = decide.report(self.house, self.id, fact, self.time, None)
            except HubError as error:
                wrong.append(error.detail)
                continue
            for change in changes:
                evolve(self.house, change)
            self.told.append((self.time, fact.path, fact.value, cause))
        self.refused += wrong
        return wrong

    def ready(self) -> None:
        self.is_ready = True

    def note(self, text: str) -> None: ...

    def happened(self, name: str, about: str | None = None, data: dict[str, Value] | None = None) -> None:
        self.events.append((name, about))

    async def secret(self, name: str) -> str | None:
        return None

    async def keep_secret(self, name: str, value: str | None) -> None: ...

    def code(self, key: str) -> str | None:
        return None

    async def remember(self, config: dict[str, Value]) -> None: ...

    def maps(self) -> Maps | None:
        return self.shelf

    def places(self) -> dict[str, Point]:
        return self.spots

    def led(self, thing: str) -> Way | None:
        return self.ways.get(thing)

    def now(self) -> float:
        return self.time

    def value(self, path: str) -> Value:
        """The latest reading."""
        return self.house.readings[path].value

    def command(self, path: str, target: Value) -> Command:
        """A wish that went through the core's rules; it stands as sent. Raises what they say."""
        self._wishes += 1
        context = Context(id=f"ctx{self._wishes}", actor="person:anna")
        key = f"key{self._wishes}"
        for change in decide.ask(self.house, Command(key, path, target, self.time, 600.0, context)):
            evolve(self.house, change)
        for change in decide.sent(self.house, key):
            evolve(self.house, change)
        return self.house.open[key]

    def open(self, command: Command) -> bool:
        """Whether the wish still waits for the device's report."""
        return command.key in self.house.open


class Bench:
    """A link's run in a host, whose seconds pass as fast as the machine can."""

    def __init__(self, catalog: Catalog, config: SimConfig | None = None) -> None:
        self.host = Host(catalog)
        self._left = 0.0
        self._more = anyio.Event()
        self._done = anyio.Event()
        self.run = SimRun(self.host, config or SimConfig(), steady=self.host.now, pause=self._pause)
        self.world = self.run.world

    async def _pause(self, seconds: float) -> None:
        while self._left <= 0:
            self._done.set()
            self._more = anyio.Event()
            await self._more.wait()
        step = min(seconds, self._left)
        self._left -= step
        self.host.time += step
        await checkpoint()

    async def live(self, seconds: float) -> None:
        """Let ``seconds`` pass in the running link."""
        self._done = anyio.Event()
        self._left += seconds
        self._more.set()
        await self._done.wait()

    async def set(self, path: str, target: Value) -> Command:
        """Wish something, hand it to the link; the command."""
        command = self.host.command(path, target)
        await self.run.execute(command)
        return command

    async def until(self, fits: Callable[[], bool], most: float = 60.0) -> float:
        """Live on until ``fits``; the seconds that took. Fails after ``most``."""
        start = self.host.time
        while not fits():
            assert self.host.time - start < most, "it did not come to that in time"
            await self.live(0.05)
        return self.host.time - start
