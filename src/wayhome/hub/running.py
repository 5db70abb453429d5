"""The running hub: one household with its sessions, links, features and the ports behind them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack
from datetime import UTC, tzinfo
from typing import Any

from wayhome import __version__, log
from wayhome.core import driving
from wayhome.core.catalog import Catalog
from wayhome.core.command import Command
from wayhome.core.event import Event
from wayhome.core.published import Shown
from wayhome.core.record import Record
from wayhome.core.value import Context, Value
from wayhome.hub import chosen
from wayhome.hub.drivers import Drivers
from wayhome.hub.feature import Feature
from wayhome.hub.household import Household
from wayhome.hub.link import Link
from wayhome.hub.live import Live
from wayhome.hub.maps import Maps, Way
from wayhome.hub.moves import Moves
from wayhome.hub.operations import Operation, Operations
from wayhome.hub.ports import Archive, Blobs, Clock, Finding, Footage, Ids, Served, Store, Vault
from wayhome.hub.reach import Reach
from wayhome.hub.session import Identity, Session
from wayhome.hub.sessions import Sessions
from wayhome.hub.sites.fetching import SharedBlobs
from wayhome.hub.sites.secrets import SharedVault
from wayhome.hub.sites.sites import Sites
from wayhome.hub.speech import Speech
from wayhome.hub.supervisor import Supervisor
from wayhome.hub.twins import Twins

MOMENT = 0.25
DAY = 86_400.0


class Ports:
    """What the hub stands on."""

    def __init__(
        self,
        store: Store,
        blobs: Blobs,
        vault: Vault,
        clock: Clock,
        ids: Ids,
        archive: Archive | None = None,
        footage: Footage | None = None,
        files: Footage | None = None,
        speech: Speech | None = None,
        maps: Maps | None = None,
    ) -> None:
        self.store = store
        self.blobs = blobs
        self.vault = vault
        self.clock = clock
        self.ids = ids
        self.archive = archive
        self.footage = footage
        self.files = files
        self.speech = speech
        self.maps = maps


class Hub:
    """One household, running. ``async with hub:`` opens and closes it."""

    def __init__(
        self,
        catalog: Catalog,
        ports: Ports,
        features: dict[str, Feature],
        links: dict[str, Link],
        *,
        zone: tzinfo = UTC,
        market: str = "world",
        node: str = "home",
    ) -> None:
        self.ports = ports
        self.ids = ports.ids
        self.zone = zone
        self._given = (zone, market)
        self.features = features
        self.plans: frozenset[str] = frozenset()
        self.household = Household(catalog, ports.store, ports.clock, ports.ids, node=node, market=market)
        self.operations = Operations()
        for feature in features.values():
            for operation in feature.operations:
                self.operations.add(operation)
        self.drivers = Drivers(self)
        self.sessions = Sessions(self)
        self.live = Live(self)
        self.links = Supervisor(self, links)
        self.twins = Twins(self)
        self.moves = Moves(self)
        self.sites = Sites(self)
        self.vault = SharedVault(ports.vault, ports.clock, self.sites.tell_secrets)
        self.blobs: Blobs = SharedBlobs(ports.blobs, self.sites.fetching.blob)
        self.household.wishes.carry = self._carry
        self.household.watchers += [self.sessions, self.live, self.drivers, _Reactions(self), self.moves, self.sites]
        self.leads: Callable[[str], Way | None] = lambda car: None
        """The way on which a car is led; what leads cars says it."""
        self.checks: list[Callable[[], Finding]] = []
        """What the doctor also asks: the certificate, the hub's names."""
        self.leaving = asyncio.Event()
        """Set when this hub wants to be closed and opened anew (a backup was put back): who runs it watches."""
        self.served: Callable[[], Served] | None = None
        """How the hub is reached, told by who serves it; None: nobody does."""
        self.reach = Reach()
        self.outcomes: Counter[str] = Counter(done=0, failed=0, expired=0)
        """How the wishes of this run have ended."""
        self.extra: dict[str, object] = {}
        """What a feature keeps while the hub runs, by the feature's name."""
        self._tasks: set[asyncio.Task[Any]] = set()
        self._lives = AsyncExitStack()

    async def __aenter__(self) -> Hub:
        under_way = await self.household.open()
        await self.vault.open()
        self.moves.open()
        under_way = [command for command in under_way if command.key in self.household.house.open]
        self.settle()
        await self.describe()
        self._task(self._moments())
        self._task(self._seconds())
        self._task(self._days())
        for feature in self.features.values():
            if feature.life is not None:
                await self._lives.enter_async_context(feature.life(self))
        self.sites.open()
        foreign = [one for one in under_way if self.household.house.foreign(one.path.partition("/")[0]) is not None]
        for command in foreign:
            self.sites.carry(command)
        await self.links.start([command for command in under_way if command not in foreign])
        return self

    def _carry(self, command: Command) -> None:
        """Take a durable wish to the link that owns its thing, or to its site."""
        if self.household.house.foreign(command.path.partition("/")[0]) is not None:
            self.sites.carry(command)
        else:
            self.links.carry(command)

    async def __aexit__(self, *_: object) -> None:
        self.sites.judging.close()
        await self.sites.films.close()
        await self.links.stop()
        await self._lives.aclose()
        self.live.close()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self.household.keeping.finish()
        await self.ports.store.close()

    @property
    def demo(self) -> bool:
        """Whether this household is made up. It ends with the first real link that connects."""
        record = self.household.house.record("household", "household")
        return record is not None and record.values().get("demo") is True

    async def leave_demo(self) -> None:
        """The household has become real: the simulation goes, and with it the demo's open door and the people that
        nobody is signed in as. Whoever joined the real home stays, and is its owner."""
        if not self.demo:
            return
        context = self.context("hub:demo")
        for instance in [i for i in self.links.instances.values() if i.link.simulated]:
            await self.links.remove(instance.id, context)
        owners = {id for id, r in self.household.records("person").items() if r.values().get("role") == "owner"}
        devices = self.household.records("device")
        for id, device in devices.items():
            if device.values().get("person") not in owners:
                await self.household.delete("device", id, context)
        made_up = (
            *("person", "grant", "place", "drive", "drives", "destination", "scene", "scene_part", "scene_run"),
            *("navigation", "parked", "recent", "arriving"),
        )
        for collection in made_up:
            for id in self.household.records(collection):
                if id not in owners:
                    await self.household.delete(collection, id, context)
        # Last: were the hub to stop before this, the next connection goes through all of it again.
        await self.household.write("household", "household", {"demo": None}, context)

    def settle(self) -> None:
        """Take the time zone and market that people chose, if any."""
        record = self.household.house.record("household", "household")
        self.zone, self.household.market = chosen.settled(record, *self._given)

    async def describe(self) -> None:
        """Publish what the hub is: ``hub/hub.info``."""
        household = self.household.house.record("household", "household")
        name = household.values().get("name") if household is not None else None
        info: dict[str, Value] = {"name": name, "version": __version__, "demo": self.demo}
        info["site"] = self.household.house.site
        self.household.own("hub/hub.info", info)

    def open_session(self, identity: Identity) -> Session:
        """The household as this identity sees it."""
        return self.sessions.open(identity)

    def cars(self) -> list[str]:
        """The ids of things that drive, whether they tell how fast or not."""
        return [t.id for t in self.household.house.things.values() if t.kind == "car" or driving.SPEED in t.signals]

    def plan_of(self, operation: Operation) -> str | None:
        """The bundle that an operation needs, if any."""
        feature = self.features.get(operation.name.partition(".")[0])
        return feature.plan if feature is not None else None

    def context(self, actor: str) -> Context:
        """A fresh context for what the hub itself does."""
        return Context(self.ids.ulid(), actor)

    # Time

    def soon(self, call: Callable[[], None]) -> None:
        """Call at the end of this loop turn."""
        asyncio.get_running_loop().call_soon(call)

    def soon_run(self, work: Coroutine[Any, Any, Any]) -> None:
        """Run in the background until the hub stops; a failure is logged."""
        self._task(work)

    def _task(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            log.get("hub").error("background work failed", exc_info=task.exception())

    async def _moments(self) -> None:
        while True:
            await asyncio.sleep(MOMENT)
            self._safely(self.household.every_moment)

    async def _seconds(self) -> None:
        while True:
            await asyncio.sleep(1)
            self._safely(self.sessions.tick)
            self._safely(self.sites.tick)
            self._safely(self.moves.tick)

    def _safely(self, call: Callable[[], None]) -> None:
        # Wishes must expire and rights must end, whatever happened this time.
        try:
            call()
        except Exception:
            log.get("hub").exception("what is done over and over failed")

    async def _days(self) -> None:
        """Let go of what is too old: apart, for it may take long and its disk may be full."""
        while True:
            await asyncio.sleep(1)
            self.household.published.forget(self.household.clock.now())
            try:
                await self.ports.store.prune(self.household.clock.now())
            except Exception:
                log.get("hub").exception("cannot prune")
            await asyncio.sleep(DAY / 4)


class _Reactions:
    """Tells features of events that they react to, and counts how wishes end."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def published(self, shown: Shown, state: bool) -> None:
        return

    def commanded(self, command: Command) -> None:
        if not command.open:
            self._hub.outcomes[command.state] += 1

    def recorded(self, record: Record) -> None:
        if record.collection == "household":
            self._hub.settle()
            self._hub.soon_run(self._hub.describe())

    def happened(self, event: Event) -> None:
        for feature in self._hub.features.values():
            reaction = feature.reactions.get(event.name)
            if reaction is not None:
                self._hub.soon_run(reaction(self._hub, event))
