"""A demo household with a crowd in it: thousands of devices that obey at once, and a car whose facts all change as
often as a program orders. ``python -m tests.hmi.crowd FOLDER DEVICES`` prints its address and serves it until its input
ends.

The devices are those of the simulated link ``crowd``; ``links.steer`` on it takes ``{"hz": 60, "seconds": 10}``: so
many times a second ``EACH`` facts of what the car's face shows change. The answer says how many times they did.
"""

from __future__ import annotations

import asyncio
import json
import math
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, contextmanager
from pathlib import Path
from typing import Any

import msgspec
import uvloop

from wayhome.assembly import Assembled
from wayhome.cli.up import _listen
from wayhome.config import Config
from wayhome.core.catalog import Refinement
from wayhome.core.command import Command
from wayhome.core.thing import Thing
from wayhome.core.value import Fact, Value
from wayhome.demo.furnishing import furnish
from wayhome.errors import NotFound
from wayhome.hub.link import Link, LinkHost, Picture
from wayhome.links.sim.config import SimConfig
from wayhome.links.sim.world import SimWorld
from wayhome.serving import Serving

EACH = 60
CAR, CAR_NAME = "arrow", "Arrow"
ROOMS, HALL, MANY = 120, "Great hall", 1_000
"""Rooms; one of them has so many devices."""
SHOWN = ("lamp-0", "lamp-6", "lamp-12", "warmth-1", "warmth-7", "warmth-13")
"""Devices that stand well on a board: their facts change in a flood, too."""
SIGNALS: dict[str, dict[str, Refinement]] = {
    "lamp": {"light.on": Refinement(), "light.brightness": Refinement()},
    "warmth": {
        "climate.current_temperature": Refinement(fixed=True),
        "climate.target_temperature": Refinement(min=5.0, max=30.0, step=0.5),
        "climate.mode": Refinement(allowed=["off", "heat"]),
    },
    "window": {"binary_sensor.on": Refinement(device_class="window", fixed=True)},
    "meter": {"sensor.value": Refinement(unit="W", device_class="power", fixed=True)},
    "plug": {"switch.on": Refinement()},
    "blind": {"cover.position": Refinement(), "cover.open": Refinement(), "cover.close": Refinement()},
}
KINDS = {"lamp": "light", "warmth": "climate", "meter": "sensor", "plug": "switch", "blind": "cover"}
FIRST: dict[str, Value] = {
    "light.on": True, "light.brightness": 60.0, "climate.current_temperature": 20.5, "climate.target_temperature": 21.0,
    "climate.mode": "heat", "binary_sensor.on": False, "sensor.value": 40.0, "switch.on": False, "cover.position": 50.0,
}  # fmt: skip


class CrowdConfig(msgspec.Struct):
    """``devices``: how many."""

    devices: int = 5_000


def device(number: int, link: str) -> Thing:
    """One of the crowd: a sixth of them each lamps, thermostats, windows, meters, plugs, blinds."""
    kind = list(SIGNALS)[number % len(SIGNALS)]
    room = 0 if number < MANY else 1 + number % (ROOMS - 1)
    name = f"{kind.capitalize()} {number}"
    return Thing(
        f"{kind}-{number}", name, link, KINDS.get(kind, kind), SIGNALS[kind], area=f"Room {room}" if room else HALL
    )


class Crowd:
    """The devices."""

    def __init__(self, host: LinkHost, config: CrowdConfig) -> None:
        self._host = host
        self._devices = config.devices
        self._orders: asyncio.Queue[Command] = asyncio.Queue()
        vehicle = SimWorld(SimConfig(start="driving"), host.now()).devices["car"]
        self._car, self._said = vehicle, vehicle.facts()

    async def run(self) -> None:
        host = self._host
        car = Thing(CAR, CAR_NAME, host.id, "car", self._car.signals)
        host.announce([car])
        host.online([CAR], True)
        host.report(Fact(f"{CAR}/{signal}", value) for signal, value in self._said.items())
        for start in range(0, self._devices, 250):
            some = [device(number, host.id) for number in range(start, min(start + 250, self._devices))]
            host.announce(some)
            host.online([one.id for one in some], True)
            host.report(Fact(f"{t.id}/{s}", FIRST[s]) for t in some for s in t.signals if s in FIRST)
            await asyncio.sleep(0)
        host.ready()
        while True:
            command = await self._orders.get()
            self._host.report([Fact(command.path, command.target)], command.key)

    async def execute(self, command: Command) -> None:
        self._orders.put_nowait(command)

    async def picture(self, thing_id: str) -> Picture:
        raise NotFound("no camera here")

    async def steer(self, orders: dict[str, Any]) -> dict[str, Any]:
        hz, seconds = float(orders["hz"]), float(orders["seconds"])
        began, done = time.monotonic(), 0
        while (now := time.monotonic() - began) < seconds:
            self._host.report(self.flood(done))
            done += 1
            await asyncio.sleep(max(0.0, done / hz - now))
        return {"done": done, "each": len(self.flood(0))}

    def flood(self, turn: int) -> list[Fact]:
        """``EACH`` facts, each another than at the turn before, and all of them such as a car on the road says."""
        wave = math.sin(turn / 40)
        facts = [Fact(f"{CAR}/Vehicle.Speed", round(64 + 20 * wave + turn % 2 / 10, 1))]
        for one in SHOWN:
            if one.startswith("lamp"):
                facts.append(Fact(f"{one}/light.brightness", float(40 + turn % 50)))
            else:
                facts.append(Fact(f"{one}/climate.current_temperature", round(20 + turn % 50 / 10, 1)))
        for signal, value in self._said.items():
            if isinstance(value, bool) or not isinstance(value, int | float) or signal in KEPT:
                continue
            facts.append(Fact(f"{CAR}/{signal}", another(signal, value, turn)))
        number = 0
        while len(facts) < EACH:
            facts.append(Fact(f"meter-{3 + 6 * number}/sensor.value", float(turn % 900)))
            number += 1
        return facts[:EACH]


KEPT = {"Vehicle.Speed", "Vehicle.Powertrain.Transmission.CurrentGear"}
"""What a car on the road does not change all the time, or has been told already."""


def another(signal: str, value: float, turn: int) -> float:
    """A value beside a signal's first one, within what it can be."""
    if signal.endswith(("CurrentPower",)):
        return float(20_000 + turn % 60 * 100)
    if signal.endswith((".Window.Position", "HeatingCooling", "PedalPosition")):
        return turn % 2
    step = 1 if isinstance(value, int) else 0.1
    up = turn % 2 * step
    return type(value)(round(value - up if value > 10 else value + up, 2))


@contextmanager
def crowded(folder: Path, devices: int = 5_000) -> Iterator[str]:
    """Such a household in a process of its own; its address."""
    command = [sys.executable, "-m", "tests.hmi.crowd", str(folder), str(devices)]
    program = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert program.stdout is not None
        line = program.stdout.readline()
        assert line, "the crowded household did not start"
        yield str(json.loads(line)["url"])
    finally:
        assert program.stdin is not None
        program.stdin.close()
        try:
            program.wait(20)
        except subprocess.TimeoutExpired:
            program.kill()


async def serve(folder: Path, devices: int) -> None:
    """The household, served until our input ends."""
    settings = Config(listen="localhost:0")
    listening = _listen("localhost", 0)
    port = listening[0].getsockname()[1]
    async with AsyncExitStack() as stack:
        it = await stack.enter_async_context(Assembled(folder, settings))
        it.hub.links.kinds["crowd"] = Link("crowd", "Crowd", CrowdConfig, Crowd, simulated=True)
        await furnish(it.hub, "en")
        if "crowd" not in it.hub.links.instances:
            await it.hub.links.add("crowd", "Crowd", {"devices": devices}, {}, it.hub.context("hub:test"))
        serving = Serving(it, "localhost", port, listening)
        await serving.open(stack)
        ended = asyncio.create_task(asyncio.to_thread(sys.stdin.read))
        ended.add_done_callback(lambda _: it.hub.leaving.set())
        while any(one.status.state != "connected" for one in it.hub.links.instances.values()):
            await asyncio.sleep(0.01)
        await serving.run(lambda: print(json.dumps({"url": serving.url}), flush=True))


if __name__ == "__main__":
    uvloop.run(serve(Path(sys.argv[1]), int(sys.argv[2])))
