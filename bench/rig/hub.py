"""The hub under test, in a process of its own: ``python -m bench.rig.hub '{...}'`` serves until its input ends.

It is the whole hub (Session, grants, catalogue, actor, SQLite on the real disk, uvicorn) with two tokens: ``owner``
and ``source``. The source is a device that provides the readings of its own things by a ``provide`` grant. A loop-back
link stands for devices that obey at once: what it is told it reports, from a task of its own.
"""

from __future__ import annotations

import asyncio
import json
import select
import subprocess
import sys
import tempfile
from pathlib import Path

import msgspec
import uvicorn
import uvloop
from tests.world import MemoryBlobs, MemoryVault

from bench.rig.measure import SERVER, on
from wayhome.adapters.catalog_files import load_catalog
from wayhome.adapters.clock_system import SystemClock
from wayhome.adapters.ids_random import RandomIds
from wayhome.adapters.sqlite.store import SqliteStore
from wayhome.core.catalog import Catalog, Refinement
from wayhome.core.command import Command
from wayhome.core.grant import parse
from wayhome.core.thing import Thing
from wayhome.core.value import Fact
from wayhome.errors import NotFound
from wayhome.features.home import feature as home
from wayhome.hub import session as sessions
from wayhome.hub.link import Link, LinkHost, Picture
from wayhome.hub.running import Hub, Ports
from wayhome.hub.session import Identity
from wayhome.links.homeassistant import link as homeassistant
from wayhome.links.mqtt import link as mqtt
from wayhome.web.app import build
from wayhome.web.server import uvicorn_config

SOURCE = "device:source"
START_WITHIN = 120.0


class Plan(msgspec.Struct):
    """What the household holds. ``things`` of the source with ``signals`` each (telemetry of cars), ``lamps`` of the
    loop-back link; ``url`` and ``token`` of a Home Assistant to link, ``broker`` the address of one.
    ``unlimited``: lift the limit of messages that one session may send."""

    things: int = 1
    signals: int = 1
    lamps: int = 16
    unlimited: bool = False
    url: str = ""
    token: str = ""
    broker: str = ""


class LoopConfig(msgspec.Struct):
    """``lamps``: how many."""

    lamps: int = 16


class Loop:
    """Lamps that obey at once."""

    def __init__(self, host: LinkHost, config: LoopConfig) -> None:
        self._host = host
        self._lamps = config.lamps
        self._orders: asyncio.Queue[Command] = asyncio.Queue()

    async def run(self) -> None:
        signals = {"light.on": Refinement(), "light.brightness": Refinement()}
        names = [f"lamp-{number}" for number in range(self._lamps)]
        self._host.announce(Thing(name, name, self._host.id, "light", signals) for name in names)
        self._host.report(Fact(f"{name}/light.brightness", 0.0) for name in names)
        self._host.ready()
        while True:
            command = await self._orders.get()
            self._host.report([Fact(command.path, command.target)])

    async def execute(self, command: Command) -> None:
        self._orders.put_nowait(command)

    async def picture(self, thing_id: str) -> Picture:
        raise NotFound("no camera here")


class Tokens:
    """The two tokens of the rig."""

    def identify(self, token: str) -> Identity | None:
        if token == "source":
            return Identity(SOURCE, None)
        return Identity("person:anna", "owner", "anna") if token == "owner" else None


def telemetry(catalog: Catalog, count: int) -> list[str]:
    """Names of telemetry that holds any number; the first is the speed of a car only where it is the only one."""
    if count == 1:
        return ["Vehicle.Speed"]
    found = [
        signal.path
        for signal in catalog.signals().values()
        if signal.keep == "telemetry" and signal.datatype == "float" and signal.min is None and signal.max is None
    ]
    return [name for name in found if name != "Vehicle.Speed"][:count]


async def serve(folder: Path, plan: Plan) -> None:
    clock = SystemClock()
    ids = RandomIds(clock)
    if plan.unlimited:
        sessions.RATE = sessions.BURST = 1e12
    ports = Ports(SqliteStore(folder / "household.db"), MemoryBlobs(), MemoryVault(), clock, ids)
    catalog = load_catalog(None)
    loop = Link("loop", "Loop-back", LoopConfig, Loop)
    async with Hub(catalog, ports, {"home": home}, {"loop": loop, "homeassistant": homeassistant, "mqtt": mqtt}) as hub:
        await fill(hub, plan)


async def fill(hub: Hub, plan: Plan) -> None:
    """Put the plan's household into the hub and serve it."""
    context = hub.context("bench")
    await hub.household.write("person", "anna", {"name": "Anna", "role": "owner"}, context)
    grant = msgspec.to_builtins(parse("provide **", id="source", to=SOURCE))
    grant.pop("id")
    await hub.household.write("grant", "source", grant, context)
    signals = {name: Refinement() for name in telemetry(hub.household.house.catalog, plan.signals)}
    things = [Thing(f"car-{n}", f"Car {n}", SOURCE, "car", signals) for n in range(plan.things)]
    for start in range(0, len(things), 100):
        some = things[start : start + 100]
        hub.household.announce(SOURCE, some)
        hub.household.report(SOURCE, [Fact(f"{thing.id}/{name}", 0.5) for thing in some for name in signals])
        await asyncio.sleep(0.05)
    await hub.links.add("loop", "Loop", {"lamps": plan.lamps}, {}, context)
    if plan.url:
        await hub.links.add("homeassistant", "Home", {"url": plan.url}, {"token": plan.token}, context)
    if plan.broker:
        await hub.links.add("mqtt", "Broker", {"url": plan.broker}, {}, context)
    server = uvicorn.Server(uvicorn_config(build(hub, Tokens()), host="127.0.0.1", port=0))
    task = asyncio.create_task(server.serve())
    while not server.started or any(one.status.state != "connected" for one in hub.links.instances.values()):
        await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    print(json.dumps({"port": port, "signals": list(signals)}), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    server.should_exit = True
    await task


class Rig:
    """The hub's process: ``with Rig(Plan(...)) as rig``. ``at``: where its data is, the machine's disk by itself."""

    def __init__(self, plan: Plan, at: Path | None = None) -> None:
        self.plan = plan
        self._folder = tempfile.TemporaryDirectory(prefix="wayhome-bench-", dir=at)
        command = [sys.executable, "-m", "bench.rig.hub", self._folder.name, msgspec.json.encode(plan).decode()]
        with on(SERVER):
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.pid = self._process.pid
        ready = self._process.stdout
        assert ready is not None
        came, _, _ = select.select([ready], [], [], START_WITHIN)
        line = ready.readline() if came else ""
        if not line:
            self.__exit__()
            raise RuntimeError("the hub did not start")
        said = json.loads(line)
        self.port: int = said["port"]
        self.signals: list[str] = said["signals"]

    def __enter__(self) -> Rig:
        return self

    def __exit__(self, *_: object) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(15)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(5)
        self._folder.cleanup()


if __name__ == "__main__":
    uvloop.run(serve(Path(sys.argv[1]), msgspec.json.decode(sys.argv[2], type=Plan)))
