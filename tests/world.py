"""The simulated world: a household without disk, network or real time, that tests steer."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Iterable, Sequence

import msgspec

from wayhome.core.catalog import Catalog, Refinement, Signal
from wayhome.core.command import Command
from wayhome.core.event import Event
from wayhome.core.record import Record
from wayhome.core.thing import Thing
from wayhome.core.traits import SIGNALS
from wayhome.core.value import Context, Reading
from wayhome.errors import NotFound, StoreError
from wayhome.hub.feature import Feature
from wayhome.hub.link import Link, LinkHost, LinkRun, Picture
from wayhome.hub.maps import Maps
from wayhome.hub.ports import (
    CommandRow,
    EventRow,
    Footage,
    ForeignRow,
    HeardRow,
    Logged,
    LogRow,
    Portion,
    ReadingRow,
    RecordRow,
    Row,
    SampleRow,
    Saved,
    StandsRow,
    ThingRow,
)
from wayhome.hub.running import Hub, Ports
from wayhome.hub.session import Identity, Session
from wayhome.hub.speech import Speech

CAR = (
    Signal("Vehicle.Speed", "sensor", "float", "km/h", keep="telemetry"),
    Signal("Vehicle.Powertrain.Transmission.CurrentGear", "sensor", "int8"),
    Signal("Vehicle.LowVoltageSystemState", "sensor", "string"),
    Signal("Vehicle.Cabin.Door.Row1.DriverSide.IsLocked", "actuator", "boolean", risky=True),
    Signal("Vehicle.Cabin.HVAC.Station.Row1.Driver.Temperature", "actuator", "float", "Celsius"),
    Signal("Vehicle.CurrentLocation.Latitude", "sensor", "double", "degrees", -90, 90, keep="telemetry"),
)


class TestClock:
    """Time that a test moves."""

    __test__ = False

    def __init__(self, now: float = 1_764_025_200.0) -> None:
        self.at = now
        self.passed = 0.0

    def now(self) -> float:
        return self.at

    def steady(self) -> float:
        return self.passed

    def move(self, seconds: float) -> None:
        self.at += seconds
        self.passed += max(0.0, seconds)


class SeededIds:
    """Ids that a seed decides."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)
        self._count = 0

    def ulid(self) -> str:
        self._count += 1
        return f"{self._count:010d}{self._random.getrandbits(80):016X}"[:26]

    def token(self) -> str:
        return f"{self._random.getrandbits(256):064x}"

    def jitter(self) -> float:
        return self._random.random()


class MemoryStore:
    """A store whose disk a test can hold up, fill and cut off. ``disk`` is what would survive a power cut."""

    def __init__(self, disk: list[Row] | None = None) -> None:
        self.disk: list[Row] = disk if disk is not None else []
        self.samples_taken: list[SampleRow] = []
        self.full = False
        self.held: list[tuple[list[Row], asyncio.Future[None]]] | None = None
        """A list: commits wait in it until the test lets them through."""
        self.room = True
        self.name = "log-1"
        self.before: list[tuple[str, int]] = []

    async def load(self) -> Saved:
        things: dict[str, Thing] = {}
        readings: dict[str, Reading] = {}
        records: dict[str, Record] = {}
        commands: dict[str, Command] = {}
        heard: dict[str, tuple[str, int]] = {}
        for kept in self.disk:
            row: Row = kept
            if isinstance(row, StandsRow):
                row = row.row
            match row:
                case HeardRow(site, log, number):
                    heard[site] = (log, number)
                case ReadingRow(reading):
                    readings[reading.path] = reading
                case CommandRow(command):
                    commands[command.key] = command
                case RecordRow(record):
                    records[record.path] = record
                case ThingRow(id, thing):
                    things.pop(id, None)
                    if thing is not None:
                        things[id] = thing
        keys = {key: command.at for key, command in commands.items()}
        still = [command for command in commands.values() if command.open]
        return Saved(
            len(self.disk), list(things.values()), list(readings.values()), list(records.values()), still, keys,
            self.name, list(self.before), heard,
        )  # fmt: skip

    def append(self, rows: Sequence[Row]) -> asyncio.Future[None]:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        if self.held is not None:
            self.held.append((list(rows), future))
        else:
            self._commit(list(rows), future)
        return future

    def release(self, count: int | None = None) -> None:
        """Let held commits through, the oldest first."""
        assert self.held is not None
        for rows, future in self.held[:count]:
            self._commit(rows, future)
        self.held = [] if count is None else self.held[count:]

    def _commit(self, rows: list[Row], future: asyncio.Future[None]) -> None:
        if self.full:
            if not future.done():
                future.set_exception(StoreError("the disk is full"))
            return
        for row in rows:
            if isinstance(row, SampleRow):
                self.samples_taken.append(row)
            else:
                self.disk.append(row)
        if not future.done():
            future.set_result(None)

    async def command(self, key: str) -> Command | None:
        found = None
        for row in self.disk:
            if isinstance(row, CommandRow) and row.command.key == key:
                found = row.command
        return found

    async def log(
        self,
        *,
        since: int = 0,
        limit: int = 1000,
        kinds: Iterable[str] = (),
        about: str | None = None,
        newest_first: bool = False,
        context: str | None = None,
    ) -> list[Logged]:
        wanted = set(kinds)
        found = []
        for seq, kept in enumerate(self.disk, 1):
            if isinstance(kept, StandsRow | HeardRow):
                continue
            row = kept.row if isinstance(kept, ForeignRow) else kept
            kind, subject, cause = _described(row)
            if seq <= since or (wanted and kind not in wanted):
                continue
            if about is not None and subject != about and not subject.startswith(about + "/"):
                continue
            if context is not None and (cause is None or cause.id != context):
                continue
            found.append(Logged(seq, row))
        if newest_first:
            found.reverse()
        return found[:limit]

    async def own(self, since: int, limit: int) -> Portion:
        # What is heard and what stands are no lines: else two that tell each other how far they have heard never end.
        log = [(seq, row) for seq, row in enumerate(self.disk, 1) if not isinstance(row, StandsRow | HeardRow)]
        last = log[-1][0] if log else 0
        mine = [Logged(seq, row) for seq, row in log if seq > since and not isinstance(row, ForeignRow)]
        upto = mine[limit - 1].seq if len(mine) >= limit else max(since, last)
        return Portion(since, upto, mine[:limit], last)

    async def history(self, path: str, start: float, end: float, limit: int) -> list[Reading]:
        found = [r.reading for r in self.disk if isinstance(r, ReadingRow) and r.reading.path == path]
        return [reading for reading in found if start <= reading.at < end][-limit:]

    async def samples(self, path: str, start: float, end: float, limit: int = 1_000_000) -> list[tuple[float, float]]:
        found = [row.reading for row in self.samples_taken if row.reading.path == path]
        return [(r.at, float(str(r.value))) for r in found if start <= r.at < end][:limit]

    async def prune(self, now: float) -> int:
        return 0

    async def backup(self, to: str) -> None:
        raise StoreError("this store keeps nothing")

    async def erase(self) -> None:
        self.disk.clear()
        self.samples_taken.clear()

    async def close(self) -> None:
        return


def _described(row: LogRow) -> tuple[str, str, Context | None]:
    match row:
        case ReadingRow(reading):
            return "reading", reading.path, reading.context
        case CommandRow(command):
            return "command", command.path, command.context
        case EventRow(event):
            return "event", event.about or "", event.context
        case RecordRow(record):
            return "record", record.path, None
        case ThingRow(id):
            return "thing", id, None


class MemoryVault:
    """Secrets in memory."""

    def __init__(self) -> None:
        self._secrets: dict[str, bytes] = {}

    async def keep(self, name: str, secret: bytes) -> None:
        self._secrets[name] = secret

    async def secret(self, name: str) -> bytes | None:
        return self._secrets.get(name)

    async def forget(self, name: str) -> None:
        self._secrets.pop(name, None)

    async def names(self) -> list[str]:
        return list(self._secrets)


class MemoryBlobs:
    """Blobs in memory."""

    def __init__(self) -> None:
        self._blobs: dict[str, bytes] = {}

    async def put(self, content: bytes) -> str:
        from hashlib import sha256

        key = sha256(content).hexdigest()
        self._blobs[key] = content
        return key

    async def get(self, hash: str) -> bytes:
        if hash not in self._blobs:
            raise NotFound("no such blob")
        return self._blobs[hash]

    async def delete(self, hash: str) -> None:
        self._blobs.pop(hash, None)

    async def hashes(self) -> AsyncIterator[str]:
        for key in self._blobs:
            yield key


class PuppetConfig(msgspec.Struct):
    """Nothing to configure."""


class Puppet:
    """A link that a test plays: its devices do what the test says."""

    def __init__(self, host: LinkHost, config: PuppetConfig) -> None:
        self.host = host
        self.taken: list[Command] = []
        self.on_execute: list[Exception | None] = []
        self.trouble: list[Exception] = []
        self.runs = 0
        self.up = asyncio.Event()

    async def run(self) -> None:
        self.runs += 1
        if self.trouble:
            raise self.trouble.pop(0)
        self.host.ready()
        self.up.set()
        await asyncio.Event().wait()

    async def execute(self, command: Command) -> None:
        self.taken.append(command)
        if self.on_execute:
            problem = self.on_execute.pop(0)
            if problem is not None:
                raise problem

    async def picture(self, thing_id: str) -> Picture:
        raise NotFound("no camera here")


def lamp(id: str = "lamp", link: str = "puppet", **more: Refinement) -> Thing:
    """A lamp that can be switched and dimmed."""
    signals = {"light.on": Refinement(), "light.brightness": Refinement(), **more}
    return Thing(id, id.title(), link, "light", signals, area="Kitchen")


def car(id: str = "car", link: str = "puppet") -> Thing:
    """A car."""
    return Thing(id, id.title(), link, "car", {signal.path: Refinement() for signal in CAR})


class World:
    """A hub with a puppet for a link, on a clock of its own."""

    def __init__(
        self,
        *,
        disk: list[Row] | None = None,
        features: dict[str, Feature] | None = None,
        catalog: Catalog | None = None,
        site: str = "home",
        vault: MemoryVault | None = None,
        files: Footage | None = None,
        maps: Maps | None = None,
        speech: Speech | None = None,
    ) -> None:
        self.clock = TestClock()
        self.ids = SeededIds()
        self.store = MemoryStore(disk)
        self.vault = vault or MemoryVault()
        self.catalog = catalog or Catalog((*SIGNALS, *CAR))
        more = {"files": files, "speech": speech, "maps": maps}
        ports = Ports(self.store, MemoryBlobs(), self.vault, self.clock, self.ids, **more)  # type: ignore[arg-type]
        kinds = {"puppet": Link("puppet", "Puppet", PuppetConfig, _open, secrets=("token",))}
        self.hub = Hub(self.catalog, ports, features or {}, kinds, node=site)

    async def __aenter__(self) -> World:
        await self.hub.__aenter__()
        if "puppet" not in self.hub.links.instances:
            await self.hub.links.add("puppet", "Puppet", {}, {}, self.context())
        await self.puppet.up.wait()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.hub.__aexit__()

    @property
    def puppet(self) -> Puppet:
        run: LinkRun = self.hub.links.find("puppet").run
        assert isinstance(run, Puppet)
        return run

    def context(self) -> Context:
        return Context(self.ids.ulid(), "test")

    async def person(self, id: str, role: str, **more: str) -> None:
        """Somebody of the household."""
        await self.hub.household.write("person", id, {"name": id.title(), "role": role, **more}, self.context())

    async def session(self, id: str = "anna", role: str = "owner", **more: object) -> Session:
        """A session of somebody, who is added first if need be."""
        if self.hub.household.house.record("person", id) is None:
            await self.person(id, role)
        identity = Identity(f"person:{id}", role, id, **more)  # type: ignore[arg-type]
        return self.hub.open_session(identity)

    async def grant(self, to: str, sentence: str, id: str = "g1") -> None:
        """Give a grant."""
        from wayhome.core.grant import parse

        values = msgspec.to_builtins(parse(sentence, id=id, to=to))
        values.pop("id")
        await self.hub.household.write("grant", id, values, self.context())

    async def happen(self, name: str) -> None:
        await self.hub.household.tell(Event(name, self.clock.now(), self.context()))


def _open(host: LinkHost, config: PuppetConfig) -> Puppet:
    return Puppet(host, config)
