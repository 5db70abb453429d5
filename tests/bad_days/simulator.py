"""A household through bad hours, decided by a seed: screens on bad networks, devices that lie low, a hub that crashes,
a disk that stalls and fills, clocks that jump, rights that change. The hub is the real one; only its ports are ours.

What must hold at all times is checked while it runs; what must hold in the end, after everything has calmed down.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from typing import Any

import msgspec

from tests.bad_days.devices import CATALOG, LINK, SPEED, TROUBLES, Devices, Wire
from tests.bad_days.disk import CrashingStore, Platter
from tests.bad_days.notes import NOTES
from tests.bad_days.screens import Line, Message, Screen
from tests.world import MemoryBlobs, MemoryVault, PuppetConfig, SeededIds
from wayhome.core.command import Command
from wayhome.core.event import Event
from wayhome.core.grant import Role, parse
from wayhome.core.published import Shown
from wayhome.core.record import Record
from wayhome.core.value import Reading, Value
from wayhome.errors import HubError
from wayhome.features.home import feature as home
from wayhome.hub.link import Link
from wayhome.hub.running import Hub, Ports
from wayhome.hub.session import Identity, Session

START = 1_764_025_200.0
PEOPLE: dict[str, Role] = {"anna": "owner", "mei": "member", "noor": "guest"}
GRANTS = ("read door/**", "read @note/*", "act @op/note.*", "act lamp/**", "read car/**", "act bell/** uses 2")
WANTS = (["**", "@note/*"], ["*/light.**", "*/lock.*", "@note/*"], ["**"])


class Wrong(AssertionError):
    """Something that must never be."""


class SkewedClock:
    """The hub's clock: as wrong as ``off`` says."""

    def __init__(self) -> None:
        self.off = 0.0

    def now(self) -> float:
        return START + asyncio.get_running_loop().time() + self.off

    def steady(self) -> float:
        return asyncio.get_running_loop().time()


class Simulator:
    """One seed's household. ``spoil``: called with each new hub, to put a defect in that must be found."""

    def __init__(self, seed: int, spoil: Callable[[Hub], None] | None = None) -> None:
        self.chance = random.Random(seed)
        self.clock = SkewedClock()
        self.platter = Platter()
        self.devices = Devices(random.Random(seed + 1), lambda: START + asyncio.get_running_loop().time())
        self.screens: list[Screen] = []
        self.hub: Hub | None = None
        self.store: CrashingStore
        self.vault = MemoryVault()
        self._spoil = spoil
        self._seed = seed
        self._starts = 0
        self._count = 0
        self._wires: list[Wire] = []
        self._sessions: dict[str, Line] = {}
        self._opening: Line | None = None
        self._rev = 0
        self._good: dict[str, Reading] = {}
        self._ours: set[asyncio.Task[Any]] = set()
        self.notes: dict[tuple[str, str], str] = {}

    # The hub, up and down

    async def start(self) -> None:
        self._starts += 1
        self.store = CrashingStore(self.platter, random.Random(self._seed * 1_000 + self._starts))
        ids = SeededIds(self._seed * 1_000 + self._starts)
        ports = Ports(self.store, MemoryBlobs(), self.vault, self.clock, ids)
        kinds = {LINK: Link(LINK, "House", PuppetConfig, self._wire)}
        hub = Hub(CATALOG, ports, {"home": home, "note": NOTES}, kinds)
        opened = hub.open_session

        def open_session(identity: Identity) -> Session:
            session = opened(identity)
            if self._opening is not None:
                self._opening.session = session
            return session

        hub.open_session = open_session  # type: ignore[method-assign]
        hub.household.watchers.append(self)
        self._rev, self._good = 0, {}
        if self._spoil is not None:
            self._spoil(hub)
        await hub.__aenter__()
        self.hub = hub
        if not hub.household.records("link"):
            await self._furnish(hub)

    async def _furnish(self, hub: Hub) -> None:
        context = hub.context("test")
        for person, role in PEOPLE.items():
            await hub.household.write("person", person, {"name": person, "role": role}, context)
        values = msgspec.to_builtins(parse("act @op/note.*", id="g", to="role:member"))
        values.pop("id")
        await hub.household.write("grant", "notes", values, context)
        await hub.links.add(LINK, "House", {}, {}, context)

    def _wire(self, host: Any, config: PuppetConfig) -> Wire:
        wire = Wire(host, self.devices, self.devices._chance)
        self._wires.append(wire)
        return wire

    async def crash(self) -> None:
        """kill -9: nothing that was under way goes on, nothing is put in order."""
        if self.hub is None:
            return
        self.store.crash()
        self.hub = None
        self.devices.run = None
        for wire in self._wires:
            wire.dead = True
        for screen in self.screens:
            screen.cut()
        left = [task for task in asyncio.all_tasks() if task not in self._ours]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def identify(self, token: str) -> Identity | None:
        self._opening = self._sessions.get(token)
        person = token.partition(":")[0]
        return Identity(f"person:{person}", PEOPLE[person], person)

    def join(self, screen: Screen) -> None:
        """Connect a screen, where there is a hub to connect to."""
        if self.hub is None or screen.line is not None:
            return
        self._count += 1
        token = f"{screen.person}:{self._count}"
        line = screen.connect(self.hub, self, token)
        self._sessions[token] = line

    # What must hold at any time

    def _wrong(self, text: str) -> None:
        # Not raised: the hub would take it for a failure of its own and go on.
        self.devices.wrong.append(text)

    def check(self, line: Line, message: Message) -> None:
        """A frame on its way to a screen."""
        session = line.session
        if self.hub is None or session is None:
            return
        if message["t"] in ("snap", "delta"):
            told = [*message.get("set", ()), *(row[0] for row in message.get("list", ()))]
            told += [path for path, wish in message.get("wish", {}).items() if wish is not None]
            for path in told:
                if not session.may("read", path):
                    self._wrong(f"{line.screen.name} is told of {path}")
            if message["rev"] < line.rev:
                self._wrong(f"revisions went back from {line.rev} to {message['rev']}")
            line.rev = message["rev"]
        elif message["t"] == "ok" and not line.cut:
            self._acknowledged(line.screen, line.screen.asked.get(message["id"]), message)

    def _acknowledged(self, screen: Screen, asked: Message | None, answer: Message) -> None:
        if asked is None:
            return
        data = asked["data"]
        if asked["op"] == "home.set" and asked["key"] not in self.platter.commands:
            self._wrong(f"the wish {asked['key']} is acknowledged as {answer['data']['state']}, but not durable")
        if asked["op"] == "note.write":
            for name, value in data["fields"].items():
                if (f"@note/{data['id']}", name, value) not in self.platter.written:
                    self._wrong(f"the note {data} is acknowledged, but not durable")
        if asked["op"] == "note.tell" and self.platter.events.get(data["name"]) != 1:
            self._wrong(f"{data['name']} is acknowledged, and {self.platter.events.get(data['name'])} times durable")

    def published(self, shown: Shown, state: bool) -> None:
        if shown.rev <= self._rev and shown.part != "gone":
            self._wrong("a revision was given twice")
        self._rev = max(self._rev, shown.rev)
        if shown.part == "gone":
            self._good.pop(shown.path, None)
        hub = self.hub
        if hub is None or shown.part != "fact":
            return
        reading = hub.household.house.readings.get(shown.path)
        if reading is None or reading.source_at is None or reading.quality != "good":
            return
        before = self._good.get(shown.path)
        if (
            before is not None
            and before.source_at is not None
            and reading.source_at < before.source_at <= reading.at + 60
        ):
            self._wrong(f"{shown.path} went back in its device's time")
        self._good[shown.path] = reading

    def commanded(self, command: Command) -> None:
        return

    def recorded(self, record: Record) -> None:
        if record.path.startswith("@note/"):
            for name, value in record.values().items():
                if (record.path, name, value) not in self.platter.written:
                    self._wrong(f"{record.path} is shown, but not durable")

    def happened(self, event: Event) -> None:
        if event.name not in self.platter.events:
            self._wrong(f"{event.name} is told, but not durable")

    # What happens

    async def live(self, steps: int) -> None:
        """Bad hours."""
        self._ours = set(asyncio.all_tasks())
        await self.start()
        chance = self.chance
        for number, person in enumerate(chance.choices(list(PEOPLE), k=3)):
            rate = chance.choice((None, 10.0, 2.0))
            screen = Screen(
                f"{person}-{number}", person, chance.choice(WANTS), rate, chance.choice(("json", "msgpack")),
                random.Random(self._seed * 100 + number), self.check,
            )  # fmt: skip
            self.screens.append(screen)
            self.join(screen)
        await asyncio.sleep(0.5)
        for _ in range(steps):
            await self.step()
            if self.devices.wrong:
                raise Wrong("; ".join(self.devices.wrong[:3]))
            await asyncio.sleep(chance.choice((0.0, 0.001, 0.05, 0.3)))
        await self.calm()

    async def step(self) -> None:
        chance, loop = self.chance, asyncio.get_running_loop()
        screen = chance.choice(self.screens)
        match chance.randint(0, 99):
            case luck if luck < 30:
                self._tap(screen)
            case luck if luck < 42:
                self._count += 1
                item, field = chance.choice("ab"), chance.choice(("title", "text"))
                screen.do("note.write", {"id": item, "fields": {field: f"{screen.name} {self._count}"}})
            case luck if luck < 47:
                self._count += 1
                screen.do("note.tell", {"name": f"Told{self._count}"})
            case luck if luck < 51:
                # Telemetry that waits for its tick, a state that does not, and a line that breaks in between.
                for _ in range(3):
                    self.devices.now(SPEED, round(chance.uniform(0, 60), 1))
                self.devices.now("lamp/light.on", chance.random() < 0.5)
                await asyncio.sleep(chance.choice((0.0, 0.02, 0.2)))
                if chance.random() < 0.5:
                    screen.cut()
                    self.join(screen)
            case luck if luck < 60:
                path = chance.choice(sorted(self.devices.state))
                if path in (SPEED, "heater/climate.target_temperature", "lamp/light.brightness"):
                    self.devices.change(path, round(chance.uniform(0, 60), 1))
                elif isinstance(self.devices.state[path], bool):
                    self.devices.change(path, chance.random() < 0.5)
            case luck if luck < 68:
                await self._grant()
            case luck if luck < 74:
                screen.cut()
            case luck if luck < 79:
                self.join(screen)
            case luck if luck < 81:
                screen.turn(chance.choice(WANTS))
            case luck if luck < 83:
                if self.devices.run is not None:
                    self.devices.run.fail(chance.choice(TROUBLES)())
            case luck if luck < 88:
                self.store.stalled_until = loop.time() + chance.choice((0.1, 1.0, 7.0))
            case luck if luck < 91:
                self.store.full_until = loop.time() + chance.choice((0.1, 1.0))
            case luck if luck < 94:
                self.clock.off += chance.choice((-3600.0, -5.0, -1.0, 1.0, 5.0, 7200.0))
            case 94:
                self.devices.dims = not self.devices.dims
                if self.devices.run is not None and "lamp" in self.devices.present:
                    self.devices.run.host.announce(self.devices.things())
                    self.devices.run.host.report(self.devices.all())
            case luck if luck < 96:
                thing = chance.choice(("lamp", "door"))
                self.devices.present ^= {thing}
                if self.devices.run is not None:
                    if thing in self.devices.present:
                        self.devices.run.fail(TROUBLES[0]())
                    else:
                        self.devices.run.host.withdraw([thing])
            case luck if luck < 98:
                for other in self.screens:
                    self._tap(other, ("door/lock.locked", chance.random() < 0.5))
                await asyncio.sleep(chance.choice((0.0, 0.01, 0.1, 0.3)))
                await self.crash()
                await asyncio.sleep(chance.choice((0.0, 0.5, 3.0)))
                await self.start()
                for other in self.screens:
                    self.join(other)
            case _:
                if self.hub is not None and self.devices.run is not None:
                    self.hub.links.wake(LINK)

    def _tap(self, screen: Screen, chosen: tuple[str, Value] | None = None) -> None:
        chance = self.chance
        choices: tuple[tuple[str, Value], ...] = (
            ("lamp/light.on", chance.random() < 0.5),
            ("lamp/light.brightness", float(chance.randint(0, 100))),
            ("door/lock.locked", chance.random() < 0.5),
            ("bell/button.press", True),
            ("heater/climate.target_temperature", float(chance.randint(16, 25))),
        )
        path, target = chosen or chance.choice(choices)
        self._count += 1
        ttl = chance.choice((0.05, 0.5, 5.0, 5.0))
        screen.do("home.set", {"path": path, "target": target}, f"key-{screen.name}-{self._count}", ttl)

    async def _grant(self) -> None:
        household = self.hub.household if self.hub is not None else None
        if household is None:
            return
        number = self.chance.randrange(len(GRANTS))
        try:
            if f"g{number}" in household.records("grant"):
                await household.delete("grant", f"g{number}", household_context(self.hub))
            else:
                values = msgspec.to_builtins(parse(GRANTS[number], id="g", to="person:noor"))
                values.pop("id")
                await household.write("grant", f"g{number}", values, household_context(self.hub))
        except HubError:
            pass  # the disk is full

    # What must hold in the end

    async def calm(self) -> None:
        """The bad hours are over: everything is up and stays up. Look at what came of it."""
        self.devices.calm = True
        self.store.stalled_until = self.store.full_until = 0.0
        if self.hub is None:
            await self.start()
        assert self.hub is not None
        await asyncio.sleep(8.0)
        self.hub.links.wake(LINK)
        for screen in self.screens:
            screen.speed = 1e9
            self.join(screen)
        await asyncio.sleep(10.0)
        if self.devices.run is None:
            raise Wrong(f"the link did not come back: {self.hub.links.find(LINK).status}")
        self.devices.run.host.report(self.devices.all())
        await asyncio.sleep(2.0)
        self._settled(self.hub)

    def _settled(self, hub: Hub) -> None:
        household = hub.household
        if self.devices.wrong:
            raise Wrong("; ".join(self.devices.wrong))
        if household.house.open or household.house.wishes:
            raise Wrong(f"wishes are still open: {list(household.house.open.values())}")
        for path, value in self.devices.state.items():
            reading = household.house.readings.get(path)
            if self.devices.has(path) and (reading is None or reading.value != value):
                raise Wrong(f"{path} is {value}, the house says {reading}")
        for screen in self.screens:
            self._agrees(hub, screen)

    def _agrees(self, hub: Hub, screen: Screen) -> None:
        line = screen.line
        if line is None or line.session is None:
            raise Wrong(f"{screen.name} is not connected")
        truth = line.session.read(screen.want)
        mirror = screen.mirror
        if mirror.facts != truth:
            odd = {p: (mirror.facts.get(p), truth.get(p)) for p in mirror.facts.keys() | truth.keys()}
            odd = {p: both for p, both in odd.items() if both[0] != both[1]}
            raise Wrong(f"{screen.name} (rate {screen.rate}) shows, and there is: {odd}")
        if mirror.wishes:
            raise Wrong(f"{screen.name} still shows wishes: {mirror.wishes}")
        if mirror.rev is not None and mirror.rev > hub.household.published.rev:
            raise Wrong("a revision from the future")
        for asked in screen.asked.values():
            raise Wrong(f"{screen.name} was never answered: {asked}")


def household_context(hub: Hub | None) -> Any:
    assert hub is not None
    return hub.context("person:anna")
