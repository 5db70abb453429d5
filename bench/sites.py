"""Two hubs of one household that were an hour apart: how soon they are one again, and what that costs on the road.

Both are whole hubs on SQLite, in one process, joined by a real WebSocket on loopback.
"""

from __future__ import annotations

import asyncio
import json
import socket
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import uvicorn
from tests.world import MemoryVault, PuppetConfig, TestClock

from wayhome.adapters.blobs_disk import DiskBlobs
from wayhome.adapters.ids_random import RandomIds
from wayhome.adapters.sqlite.store import SqliteStore
from wayhome.core.catalog import Catalog, Refinement, Signal
from wayhome.core.command import Command
from wayhome.core.thing import Thing
from wayhome.core.traits import SIGNALS
from wayhome.core.value import Fact
from wayhome.errors import HubError, NotFound
from wayhome.features.sites.client import SocketWire, Way, call
from wayhome.hub.link import Link, LinkHost, Picture
from wayhome.hub.running import Hub, Ports
from wayhome.hub.session import Identity
from wayhome.hub.sites.conversation import Conversation
from wayhome.web.app import build
from wayhome.web.server import uvicorn_config

SIGNALS_10_HZ, CHANGES, HOUR = 100, 1_000, 3_600
FAST = tuple(Signal(f"Vehicle.Bench.S{n}", "sensor", "float", keep="telemetry") for n in range(SIGNALS_10_HZ))
CATALOG = Catalog((*SIGNALS, *FAST))
LAST, LIGHT = f"car/{FAST[-1].path}", "lamp/light.brightness"
ANNA = Identity("person:anna", "owner", "anna", "phone")


class Instant:
    """Devices that act at once."""

    def __init__(self, host: LinkHost, config: PuppetConfig) -> None:
        self.host = host

    async def run(self) -> None:
        self.host.ready()
        await asyncio.Event().wait()

    async def execute(self, command: Command) -> None:
        self.host.report([Fact(command.path, command.target)])

    async def picture(self, thing_id: str) -> Picture:
        raise NotFound("no camera here")


class Site:
    """One hub."""

    def __init__(self, name: str, folder: Path) -> None:
        self.clock = TestClock()
        ports = Ports(
            SqliteStore(folder / f"{name}.db"),
            DiskBlobs(folder / name),
            MemoryVault(),
            self.clock,
            RandomIds(self.clock),
        )
        kinds = {"bench": Link("bench", "Bench", PuppetConfig, Instant)}
        self.hub = Hub(CATALOG, ports, {}, kinds, node=name)
        self.name = name

    async def open(self) -> None:
        await self.hub.__aenter__()
        await self.hub.links.add("bench", "Bench", {}, {}, self.hub.context("bench"))
        while self.hub.links.find("bench").status.state != "connected":
            await asyncio.sleep(0.01)
        self.hub.sites.who = lambda device: ANNA
        self.hub.sites.door = lambda token: "car" if token == "bench" else None

    @property
    def host(self) -> LinkHost:
        run: Any = self.hub.links.find("bench").run
        return run.host  # type: ignore[no-any-return]

    def value(self, path: str) -> object:
        reading = self.hub.household.house.readings.get(path)
        return None if reading is None else reading.value


class Counted(SocketWire):
    """A wire that counts."""

    sent = 0
    came = 0

    async def send(self, data: bytes) -> None:
        self.sent += len(data) + 8
        await super().send(data)

    async def receive(self) -> bytes:
        data = await super().receive()
        self.came += len(data) + 4
        return data


async def meet(way: Way, car: Site) -> tuple[Counted, asyncio.Task[None]]:
    """Call; the wire and the conversation."""
    wire = Counted((await call(way)).socket)

    async def talk() -> None:
        try:
            await Conversation(car.hub.sites, "home", wire).run()
        except HubError:
            return

    return wire, asyncio.create_task(talk())


async def part(wire: Counted, talk: asyncio.Task[None], home: Site) -> None:
    talk.cancel()
    await asyncio.gather(talk, return_exceptions=True)
    wire._socket.transport.abort()
    while home.hub.sites.here("car"):
        await asyncio.sleep(0.01)


async def until(what: Any) -> float:
    began = time.perf_counter()
    while not what():
        await asyncio.sleep(0.001)
    return time.perf_counter() - began


async def apart(home: Site, car: Site, seconds: int) -> None:
    """An hour in which the car drives and the house goes on."""
    every = max(1, seconds // CHANGES)
    for second in range(seconds):
        for site in (home, car):
            site.clock.move(1)
        for tenth in range(10):
            car.host.report([Fact(f"car/{one.path}", second + tenth / 10 + n) for n, one in enumerate(FAST)])
        if second % every == 0:
            home.host.report([Fact("lamp/light.brightness", float(second // every % 100))])
        if second % 20 == 0:
            await asyncio.sleep(0.005)
    await home.hub.household.keeping.settle()
    await car.hub.household.keeping.settle()


async def measure(quick: bool) -> dict[str, Any]:
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        home, car = Site("home", Path(folder)), Site("car", Path(folder))
        await home.open()
        await car.open()
        for name in ("home", "car"):
            await home.hub.household.write("site", name, {"name": name}, home.hub.context("bench"))
        await home.hub.household.write("person", "anna", {"name": "Anna", "role": "owner"}, home.hub.context("bench"))
        lamp = {"light.on": Refinement(), "light.brightness": Refinement()}
        home.host.announce([Thing("lamp", "Lamp", "bench", "light", lamp)])
        car.host.announce([Thing("car", "Car", "bench", "car", {one.path: Refinement() for one in FAST})])
        home.host.online(["lamp"], True)
        car.host.online(["car"], True)
        home.host.report([Fact("lamp/light.on", False)])
        listening = socket.create_server(("127.0.0.1", 0))
        server = uvicorn.Server(uvicorn_config(build(home.hub, None)))  # type: ignore[arg-type]
        serving = asyncio.create_task(server.serve([listening]))
        way = Way(f"http://127.0.0.1:{listening.getsockname()[1]}", "bench")
        while not server.started:
            await asyncio.sleep(0.01)
        wire, talk = await meet(way, car)
        await until(lambda: car.value("lamp/light.on") is False and home.value(LAST) is None)
        await asyncio.sleep(1)
        for run in range(3 if quick else 1):
            await part(wire, talk, home)
            await apart(home, car, HOUR // 10 if quick else HOUR)
            wrote = [await _wrote(home, car), await _wrote(car, home)]
            began = time.perf_counter()
            wire, talk = await meet(way, car)
            await until(partial(_shown, home, car, car.value(LAST), home.value(LIGHT)))
            shown = time.perf_counter() - began
            await until(partial(_kept, home, car, wrote))
            rows.append(
                {
                    "meeting": run + 1,
                    "all values shown s": shown,
                    "logs kept too s": time.perf_counter() - began,
                    "kB on the road": (wire.sent + wire.came) / 1_000,
                }
            )
        wishes = await wished(home, car, 30 if quick else 300)
        await part(wire, talk, home)
        server.should_exit = True
        await serving
        await car.hub.__aexit__()
        await home.hub.__aexit__()
    return {
        "title": "Two sites that meet again",
        "about": (
            "A car's and a home's hub, an hour apart: 100 signals at 10 Hz there, 1,000 changes of a state here. Then a"
            " WebSocket on loopback. And a wish at the car for a lamp of the house, until the lamp's own word is shown"
            " at the car, against the same wish asked at home."
        ),
        "goal": ["converged in less than 1 s", "less than 150 kB sent"],
        "after an hour apart": rows,
        "wishes": wishes,
    }


async def _wrote(site: Site, other: Site) -> int:
    """The number of the last line that a site wrote."""
    number = other.hub.household.heard[site.name][1]
    while (portion := await site.hub.ports.store.own(number, 10_000)).upto > number:
        number = portion.upto
    return number


def _shown(home: Site, car: Site, last: object, light: object) -> bool:
    """Whether each shows what stands at the other."""
    return home.value(LAST) == last and car.value(LIGHT) == light


def _kept(home: Site, car: Site, wrote: list[int]) -> bool:
    """Whether each has kept what the other wrote."""
    heard = car.hub.household.heard["home"][1], home.hub.household.heard["car"][1]
    return heard[0] >= wrote[0] and heard[1] >= wrote[1]


def _is(site: Site, on: bool) -> bool:
    return site.value("lamp/light.on") is on


async def wished(home: Site, car: Site, count: int) -> list[dict[str, Any]]:
    rows = []
    for name, site in (("asked at home", home), ("asked at the car", car)):
        session = site.hub.open_session(ANNA)
        took = []
        for n in range(count):
            target = n % 2 == 0
            began = time.perf_counter()
            await session.act("lamp/light.on", target, held=True)
            await until(partial(_is, site, target))
            took.append((time.perf_counter() - began) * 1_000)
        took.sort()
        rows.append({"": name, "p50 ms": took[len(took) // 2], "p99 ms": took[int(len(took) * 0.99)], "wishes": count})
    return rows


if __name__ == "__main__":
    print(json.dumps(msgspec.to_builtins(asyncio.run(measure("--quick" in sys.argv)))))
