"""A home's hub and a car's hub through bad hours: the road between them loses, holds up, and breaks, either of them
crashes, their clocks are wrong. In the end both know the same, and no wish was fulfilled after its time."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Any

import msgspec

from tests.bad_days.disk import CrashingStore, Platter
from tests.bad_days.simulator import SkewedClock, Wrong
from tests.world import CAR, MemoryBlobs, MemoryVault, PuppetConfig, SeededIds, car, lamp
from wayhome.core.catalog import Catalog
from wayhome.core.command import Command
from wayhome.core.traits import SIGNALS
from wayhome.core.value import Context, Fact, Value
from wayhome.errors import HubError, NotFound, StoreError, Unreachable
from wayhome.hub.link import Link, LinkHost, Picture
from wayhome.hub.ports import ForeignRow, ReadingRow, Row
from wayhome.hub.running import Hub, Ports
from wayhome.hub.session import Identity
from wayhome.hub.sites.conversation import Conversation

CATALOG = Catalog((*SIGNALS, *CAR))
CONTEXT = Context("c", "test")
LOCK = "su7/Vehicle.Cabin.Door.Row1.DriverSide.IsLocked"
WARM = "su7/Vehicle.Cabin.HVAC.Station.Row1.Driver.Temperature"
OWN = {"home": ("lamp/light.on", "lamp/light.brightness"), "car": (LOCK, WARM)}
ANNA = Identity("person:anna", "owner", "anna", "phone")


class Device:
    """The link of one site: its devices keep their state through the hub's crashes, and notice what comes late."""

    def __init__(self, host: LinkHost, site: Place) -> None:
        self.host = host
        self._site = site

    async def run(self) -> None:
        site = self._site
        self.host.announce([lamp() if site.name == "home" else car("su7")])
        self.host.online(list(self.host.things()), True)
        self.host.report([Fact(path, value) for path, value in site.state.items()])
        site.device = self
        self.host.ready()
        await asyncio.Event().wait()

    async def execute(self, command: Command) -> None:
        self._site.fulfil(command)
        self.host.report([Fact(command.path, command.target)])

    async def picture(self, thing_id: str) -> Picture:
        raise NotFound("no camera here")


class Place:
    """One site: what outlives its hub, and the hub of the moment."""

    device_kind: type[Device] = Device

    def __init__(self, name: str, seed: int, wrong: list[str], asked: dict[str, float]) -> None:
        self.name = name
        self.clock = SkewedClock()
        self.platter = Platter()
        self.vault = MemoryVault()
        self.blobs = MemoryBlobs()
        self.state: dict[str, Value] = {path: 20.0 if path in (WARM, OWN["home"][1]) else True for path in OWN[name]}
        self.hub: Hub | None = None
        self.device: Device | None = None
        self.tasks: set[asyncio.Task[Any]] = set()
        self.done: list[str] = []
        self._seed = seed
        self._starts = 0
        self._dead: list[CrashingStore] = []
        self._wrong = wrong
        self._asked = asked
        self.store: CrashingStore

    async def start(self) -> None:
        self._starts += 1
        number = self._seed * 1_000 + self._starts + (500 if self.name == "car" else 0)
        self.store = CrashingStore(self.platter, random.Random(number))
        self.store.name = f"log-{self.name}"
        ports = Ports(self.store, self.blobs, self.vault, self.clock, SeededIds(number))
        kinds = {"puppet": Link("puppet", "Puppet", PuppetConfig, lambda host, config: self.device_kind(host, self))}
        hub = Hub(CATALOG, ports, {}, kinds, node=self.name)
        before = set(asyncio.all_tasks())
        await hub.__aenter__()
        hub.sites.who = lambda device: ANNA if "anna" in hub.household.records("person") else None
        if "puppet" not in hub.links.instances:
            await hub.links.add("puppet", "Puppet", {}, {}, CONTEXT)
        self.hub = hub
        self.tasks = set(asyncio.all_tasks()) - before

    async def crash(self) -> None:
        """kill -9."""
        if self.hub is None:
            return
        self.store.crash()
        self._dead.append(self.store)
        hub, self.hub, self.device = self.hub, None, None
        left = {*self.tasks, *hub._tasks, *hub.links._carrying, *hub.sites.judging._tasks}
        left |= {one.task for one in hub.links.instances.values() if one.task is not None}
        left.discard(asyncio.current_task())  # type: ignore[arg-type]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def fulfil(self, command: Command) -> None:
        """A device does as it is told."""
        until = self._asked.get(command.key)
        now = asyncio.get_running_loop().time()
        if until is not None and now > until + 0.001:
            self._wrong.append(f"{command.key} was fulfilled {now - until:.1f} s after its time")
        if command.key in self.done and command.path == LOCK:
            self._wrong.append(f"{command.key} was fulfilled twice")
        self.done.append(command.key)
        self.state[command.path] = command.target

    def changes(self, path: str, value: Value) -> None:
        self.state[path] = value
        if self.device is not None and self.hub is not None:
            self.device.host.report([Fact(path, value)])


class End:
    """One end of the road."""

    def __init__(self, road: Road) -> None:
        self.road = road
        self.queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.other: End

    async def send(self, data: bytes) -> None:
        await asyncio.sleep(0)
        if self.road.cut:
            raise Unreachable("cut")
        self.other.queue.put_nowait(data)

    async def receive(self) -> bytes:
        data = await self.queue.get()
        # What is on the way is held up together, and comes in order.
        while self.road.frozen_until > (now := asyncio.get_running_loop().time()) and not self.road.cut:
            # Never less than the loop can tell apart: its time would stand.
            await asyncio.sleep(max(0.001, min(0.5, self.road.frozen_until - now)))
        if data is None or self.road.cut:
            raise Unreachable("cut")
        return data


class Road:
    """One connection."""

    def __init__(self) -> None:
        self.cut = False
        self.frozen_until = 0.0
        self.ends = End(self), End(self)
        self.ends[0].other, self.ends[1].other = self.ends[1], self.ends[0]

    def breaks(self) -> None:
        self.cut = True
        for end in self.ends:
            end.queue.put_nowait(None)


class TwoHubs:
    """One seed."""

    place_kind: type[Place] = Place

    def __init__(self, seed: int, spoil: Callable[[Hub], None] | None = None) -> None:
        self.chance = random.Random(seed)
        self.wrong: list[str] = []
        self.asked: dict[str, float] = {}
        self.places = {name: self.place_kind(name, seed, self.wrong, self.asked) for name in ("home", "car")}
        self.road: Road | None = None
        self._talks: list[asyncio.Task[None]] = []
        self._asks: set[asyncio.Task[None]] = set()
        self._count = 0
        self._spoil = spoil

    async def live(self, steps: int) -> None:
        """Bad hours, then calm ones."""
        chance = self.chance
        for place in self.places.values():
            place.clock.off = chance.uniform(-20.0, 20.0)
            await self._start(place)
        home = self.places["home"].hub
        assert home is not None
        await home.household.write("person", "anna", {"name": "Anna", "role": "owner"}, CONTEXT)
        for name in self.places:
            await home.household.write("site", name, {"name": name}, CONTEXT)
        await self._meet()
        for _ in range(steps):
            await self._step()
            if self.wrong:
                raise Wrong("; ".join(self.wrong[:3]))
            await asyncio.sleep(chance.choice((0.0, 0.01, 0.1, 0.5)))
        await self._calm()

    async def _start(self, place: Place) -> None:
        await place.start()
        if self._spoil is not None and place.hub is not None:
            self._spoil(place.hub)

    async def _step(self) -> None:
        chance, loop = self.chance, asyncio.get_running_loop()
        place = chance.choice(list(self.places.values()))
        match chance.randint(0, 99):
            case luck if luck < 25:
                path = chance.choice(OWN[place.name])
                place.changes(path, chance.random() < 0.5 if path in (LOCK, "lamp/light.on") else chance.randint(0, 50))
            case luck if luck < 45:
                self._wish(place)
            case luck if luck < 60:
                self._count += 1
                self._write(
                    place, chance.choice("ab"), {chance.choice(("title", "text")): f"{place.name} {self._count}"}
                )
            case luck if luck < 70:
                await self._part()
                await asyncio.sleep(chance.choice((0.0, 0.3, 8.0, 60.0)))
                await self._meet()
            case luck if luck < 78:
                if self.road is not None:
                    self.road.frozen_until = loop.time() + chance.choice((0.2, 3.0, 12.0, 40.0))
            case luck if luck < 84:
                place.store.stalled_until = loop.time() + chance.choice((0.1, 1.0, 6.0))
            case luck if luck < 88:
                place.store.full_until = loop.time() + chance.choice((0.1, 1.0))
            case luck if luck < 92:
                await self._clock_jumps(place)
            case luck if luck < 97:
                await self._part()
                await place.crash()
                await asyncio.sleep(chance.choice((0.0, 0.5, 10.0)))
                await self._start(place)
                await self._meet()
            case _:
                # A second connection while the first one seems to stand.
                await self._meet()

    async def _clock_jumps(self, place: Place) -> None:
        """By a little, for good; or by years, until the network says what time it is."""
        chance = self.chance
        if chance.random() < 0.7:
            place.clock.off += chance.choice((-30.0, -5.0, 5.0, 30.0))
            return
        years = chance.choice((-50.0, 0.01, 3.0)) * 365 * 86_400
        place.clock.off += years
        self._count += 1
        self._write(place, chance.choice("ab"), {chance.choice(("title", "text")): f"{place.name} {self._count}"})
        await asyncio.sleep(chance.choice((0.0, 0.1, 2.0, 10.0)))
        place.clock.off -= years
        await self._part()
        await self._meet()

    def _wish(self, place: Place) -> None:
        chance = self.chance
        other = "car" if place.name == "home" else "home"
        path = chance.choice(OWN[other])
        target: Value = chance.random() < 0.5 if path in (LOCK, "lamp/light.on") else float(chance.randint(16, 25))
        ttl = chance.choice((1.0, 5.0, 30.0))
        self._count += 1
        task = asyncio.create_task(self._ask(place, path, target, f"wish-{self._count:04}", ttl))
        self._asks.add(task)
        task.add_done_callback(self._asks.discard)
        if chance.random() < 0.4:
            moved = self._again(
                self.places[other], path, target, f"wish-{self._count:04}", chance.choice((0.0, 0.2, 4.0))
            )
            task = asyncio.create_task(moved)
            self._asks.add(task)
            task.add_done_callback(self._asks.discard)

    async def _again(self, place: Place, path: str, target: Value, key: str, later: float) -> None:
        """The screen that wished has moved to the other hub, and brings its wish along, for what is left of it."""
        await asyncio.sleep(later)
        left = self.asked.get(key, 0.0) - asyncio.get_running_loop().time()
        if left > 0:
            await self._ask(place, path, target, key, left)

    async def _ask(self, place: Place, path: str, target: Value, key: str, ttl: float) -> None:
        if place.hub is None:
            return
        self.asked.setdefault(key, asyncio.get_running_loop().time() + ttl)
        try:
            await place.hub.open_session(ANNA).act(path, target, key=key, ttl=ttl, held=True)
        except HubError:
            return

    def _write(self, place: Place, item: str, values: dict[str, Value]) -> None:
        async def write() -> None:
            try:
                assert place.hub is not None
                await place.hub.household.write("place", item, values, CONTEXT)
            except StoreError:
                return

        if place.hub is not None:
            task = asyncio.create_task(write())
            place.tasks.add(task)

    # The road

    async def _meet(self) -> None:
        home, away = self.places["home"], self.places["car"]
        if home.hub is None or away.hub is None:
            return
        self.road = road = Road()
        for place, other, end in ((home, "car", road.ends[0]), (away, "home", road.ends[1])):
            self._talks.append(asyncio.create_task(self._talk(place.hub, other, end, road)))

    async def _talk(self, hub: Any, other: str, end: End, road: Road) -> None:
        try:
            await Conversation(hub.sites, other, end).run()
        except HubError:
            road.breaks()

    async def _part(self) -> None:
        for task in self._talks:
            task.cancel()
        await asyncio.gather(*self._talks, return_exceptions=True)
        self._talks.clear()
        self.road = None

    # In the end

    async def _calm(self) -> None:
        await self._part()
        for place in self.places.values():
            place.store.stalled_until = place.store.full_until = 0.0
            if place.hub is None:
                await self._start(place)
        await asyncio.sleep(40)
        await self._meet()
        await asyncio.sleep(20)
        self._same()
        await self._part()
        for place in self.places.values():
            assert place.hub is not None
            await place.hub.__aexit__()
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def _same(self) -> None:
        home, away = self.places["home"].hub, self.places["car"].hub
        assert home is not None and away is not None
        for name, paths in OWN.items():
            for path in paths:
                shown = [hub.household.house.readings[path].value for hub in (home, away)]
                if shown[0] != shown[1] or shown[0] != self.places[name].state[path]:
                    self.wrong.append(f"{path} is {self.places[name].state[path]}, shown as {shown}")
        records = [
            {path: msgspec.to_builtins(r) for path, r in hub.household.house.records.get("place", {}).items()}
            for hub in (home, away)
        ]
        if records[0] != records[1]:
            self.wrong.append(f"the records differ: {records}")
        for name, other in (("home", "car"), ("car", "home")):
            wrote = [(n, _key(row)) for n, row in enumerate(self.places[name].platter.rows, 1) if _told(row)]
            kept = [(r.number, _key(r.row)) for r in _foreign(self.places[other].platter.rows) if _told(r.row)]
            if wrote != kept:
                gone, more = [one for one in wrote if one not in kept], [one for one in kept if one not in wrote]
                self.wrong.append(f"{other} kept another log of {name}: without {gone[:3]}, but {more[:3]}")
        for hub in (home, away):
            if hub.household.house.open:
                self.wrong.append(f"wishes stay open: {list(hub.household.house.open)}")
        if self.wrong:
            raise Wrong("; ".join(self.wrong[:3]))


def _foreign(rows: Any) -> list[ForeignRow]:
    found: list[Row] = list(rows)
    return [row for row in found if isinstance(row, ForeignRow)]


def _told(row: Any) -> bool:
    return isinstance(row, ReadingRow)


def _key(row: Any) -> tuple[str, object]:
    return row.reading.path, row.reading.value
