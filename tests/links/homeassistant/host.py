"""A small household for one link: the real rules and catalogue, no hub around them."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import time
from collections.abc import AsyncIterator, Callable, Iterable

from wayhome.adapters.catalog_files import load_catalog
from wayhome.core import decide
from wayhome.core.command import Command, time_to_live
from wayhome.core.house import Commanded, House, Reported, evolve
from wayhome.core.thing import Thing
from wayhome.core.value import Context, Fact, Reading, Value
from wayhome.errors import HubError
from wayhome.hub.playing import Addresses
from wayhome.links.homeassistant.run import HomeAssistantRun, open_run
from wayhome.links.homeassistant.settings import Settings


class Host:
    """A LinkHost on a real House: what the household would refuse is refused here."""

    def __init__(self, id: str = "home", **secrets: str) -> None:
        self.house = House(load_catalog(), "home")
        self.secrets: dict[str, str] = dict(secrets)
        self.codes: dict[str, str] = {}
        self.config: dict[str, Value] = {}
        self.events: list[str] = []
        self.refused: list[str] = []
        self.causes: dict[str, str | None] = {}
        self.answers: dict[str, bool] = {}
        self.facts = 0
        self.is_ready = asyncio.Event()
        self.ready_at = 0.0
        self.noted = ""
        self.played_at = Addresses()
        self.ended: list[Command] = []
        self._id = id
        self._count = itertools.count()

    @property
    def id(self) -> str:
        return self._id

    def announce(self, things: Iterable[Thing]) -> None:
        for thing in things:
            for change in decide.announce(self.house, self._id, thing):
                evolve(self.house, change)

    def withdraw(self, thing_ids: Iterable[str]) -> None:
        for thing_id in thing_ids:
            for change in decide.withdraw(self.house, self._id, thing_id, self.now()):
                evolve(self.house, change)

    def things(self) -> dict[str, Thing]:
        return {thing.id: thing for thing in self.house.things.values() if thing.link == self._id}

    def taken(self) -> set[str]:
        return set(self.house.things)

    def online(self, thing_ids: Iterable[str], online: bool) -> None:
        for thing_id in thing_ids:
            assert thing_id in self.house.things, thing_id
            self.answers[thing_id] = online

    def report(self, facts: Iterable[Fact], cause: str | None = None) -> list[str]:
        refused = []
        for fact in facts:
            self.facts += 1
            try:
                changes = decide.report(self.house, self._id, fact, self.now(), None)
            except HubError as error:
                refused.append(error.detail)
                continue
            for change in changes:
                evolve(self.house, change)
                if isinstance(change, Reported):
                    self.causes[fact.path] = cause
                    if change.reading.quality == "bad":
                        self.refused.append(f"{fact.path} = {fact.value!r} is bad")
                if isinstance(change, Commanded):
                    self.ended.append(change.command)
        self.refused += refused
        return refused

    def ready(self) -> None:
        self.ready_at = time.monotonic()
        self.is_ready.set()

    def note(self, text: str) -> None:
        self.noted = text

    def happened(self, name: str, about: str | None = None, data: dict[str, Value] | None = None) -> None:
        self.events.append(name)

    async def secret(self, name: str) -> str | None:
        return self.secrets.get(name)

    async def keep_secret(self, name: str, value: str | None) -> None:
        if value is None:
            self.secrets.pop(name, None)
        else:
            self.secrets[name] = value

    def playable(self, url: str) -> str | None:
        return self.played_at.mark(url)

    def played(self, mark: str) -> str | None:
        return self.played_at.find(mark)

    def code(self, key: str) -> str | None:
        return self.codes.get(key)

    async def remember(self, config: dict[str, Value]) -> None:
        for change in decide.write(self.house, "link", self._id, {"config": {**self.config, **config}}, self.now()):
            evolve(self.house, change)
        self.config |= config

    def now(self) -> float:
        return time.time()

    # What tests look at

    def reading(self, path: str) -> Reading:
        return self.house.readings[path]

    def value(self, path: str) -> Value:
        found = self.house.readings.get(path)
        return None if found is None else found.value

    async def until(self, true: Callable[[], object], within: float = 45.0, what: str = "") -> None:
        """Wait until something is so; fail with what is then."""
        async with asyncio.timeout(within + 1):
            end = time.monotonic() + within
            while not true():
                assert time.monotonic() < end, what or "it did not come to be"
                await asyncio.sleep(0.005)

    async def ask(self, run: HomeAssistantRun, path: str, target: Value, *, ttl: float | None = None) -> str:
        """Ask as the household does: checked, then given to the link. The command's key."""
        key = f"key-{next(self._count)}"
        signal = self.house.signal(path)
        command = Command(key, path, target, self.now(), ttl or time_to_live(signal), Context(f"c{key}", "person:ada"))
        for change in decide.ask(self.house, command):
            evolve(self.house, change)
        for change in decide.sent(self.house, key):
            evolve(self.house, change)
        try:
            await run.execute(command)
        except HubError as error:
            for change in decide.fail(self.house, key, self.now(), error.code, error.detail):
                evolve(self.house, change)
            raise
        for change in decide.took(self.house, key, self.now()):
            evolve(self.house, change)
        return key

    async def fulfilled(self, run: HomeAssistantRun, path: str, target: Value, within: float = 45.0) -> str:
        """Ask, and wait until the device's own report fits."""
        key = await self.ask(run, path, target)
        await self.until(
            lambda: key not in self.house.open, within, f"{path} is {self.value(path)!r}, wanted {target!r}"
        )
        return key


@contextlib.asynccontextmanager
async def running(host: Host, settings: Settings, within: float = 60.0) -> AsyncIterator[HomeAssistantRun]:
    """A run, connected and in step."""
    run = open_run(host, settings)
    task = asyncio.create_task(run.run())
    ready = asyncio.create_task(host.is_ready.wait())
    try:
        done, _ = await asyncio.wait([task, ready], timeout=within, return_when=asyncio.FIRST_COMPLETED)
        if task in done:
            await task
        assert ready in done, "not in step in time"
        yield run
    finally:
        ready.cancel()
        task.cancel()
        await asyncio.gather(task, ready, return_exceptions=True)
