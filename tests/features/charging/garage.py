"""A real hub with the simulated car in its garage, on a clock that the test moves: nothing waits for real time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from tests.world import MemoryBlobs, MemoryStore, MemoryVault, SeededIds, TestClock
from wayhome.adapters.catalog_files import load_catalog
from wayhome.core.command import Command
from wayhome.core.value import Context, Value
from wayhome.features.charging import feature
from wayhome.features.charging.keeper import Keeper, keeper_of
from wayhome.features.charging.model import ACTOR, CHARGING, START_STOP
from wayhome.features.home import feature as home
from wayhome.hub.link import LinkHost
from wayhome.hub.ports import CommandRow, LogRow
from wayhome.hub.running import Hub, Ports
from wayhome.hub.session import Identity, Session
from wayhome.links.sim import link
from wayhome.links.sim.config import SimConfig
from wayhome.links.sim.run import SimRun

BERLIN = ZoneInfo("Europe/Berlin")
STEP = 60.0
"""Seconds of the household in one of the loop's steps."""


class Garage:
    """The household. ``disk`` is what survives a kill -9."""

    def __init__(self, hub: Hub, clock: TestClock, beat: asyncio.Event, disk: list[LogRow]) -> None:
        self.hub, self.clock, self.beat, self.disk = hub, clock, beat, disk

    @property
    def keeper(self) -> Keeper:
        return keeper_of(self.hub)

    @property
    def run(self) -> SimRun:
        run = self.hub.links.find("demo").run
        assert isinstance(run, SimRun)
        return run

    async def session(self, role: str = "owner", person: str = "anna") -> Session:
        values: dict[str, Value] = {"name": person.title(), "role": role}
        await self.hub.household.write("person", person, values, Context("c1", "test"))
        return self.hub.open_session(Identity(f"person:{person}", role, person))  # type: ignore[arg-type]

    async def settle(self) -> None:
        """Let everybody have their say."""
        for _ in range(6):
            for _ in range(12):
                await asyncio.sleep(0)
            await self.keeper.look()

    async def pass_minutes(self, minutes: int) -> None:
        await self.settle()  # a wish lives for seconds: its link hears of it before the clock jumps
        for _ in range(minutes):
            self.clock.at += STEP
            self.clock.passed += 1.0
            self.beat.set()
            await self.settle()

    async def until(self, text: str) -> None:
        """Let time pass until the clock on the wall shows so (``2026-11-25T22:00``)."""
        end = datetime.fromisoformat(text).replace(tzinfo=BERLIN).timestamp()
        await self.pass_minutes(round((end - self.clock.at) / STEP))

    async def steer(self, **orders: Any) -> None:
        await self.run.steer(orders)
        await self.pass_minutes(1)

    def charging(self) -> bool:
        return self.hub.household.house.readings[f"car/{CHARGING}"].value is True

    def record(self) -> dict[str, Value]:
        return self.hub.household.records("charging")["car"].values()

    def told(self) -> list[Command]:
        """What the schedule told the car, each command as it ended, oldest first."""
        self.hub.household.keeping.flush()
        found = {
            row.command.key: row.command
            for row in self.disk
            if isinstance(row, CommandRow) and row.command.context.actor == ACTOR
        }
        return [command for command in found.values() if command.path == f"car/{START_STOP}"]

    def ways(self) -> list[tuple[str, Value]]:
        return [(datetime.fromtimestamp(one.at, BERLIN).strftime("%H:%M"), one.target) for one in self.told()]


@asynccontextmanager
async def garage(
    at: str, *, disk: list[LogRow] | None = None, soc: float = 20.0, plugged: bool = False
) -> AsyncIterator[Garage]:
    """Open the household at a moment of Berlin's clock, on a disk that may hold an earlier life of it. Leaving it is a
    kill -9 as far as the disk knows: nothing is said at the end."""
    clock = TestClock(datetime.fromisoformat(at).replace(tzinfo=BERLIN).timestamp())
    rows: list[LogRow] = disk if disk is not None else []
    beat = asyncio.Event()

    async def pause(seconds: float) -> None:
        await beat.wait()
        beat.clear()

    def opens(host: LinkHost, config: SimConfig) -> SimRun:
        run = SimRun(host, config, steady=clock.steady, pause=pause)
        run.world.car.pack.soc = soc
        if not plugged:
            run.world.car.plug(None)
        return run

    demo = msgspec.structs.replace(link, open=opens)
    ports = Ports(MemoryStore(rows), MemoryBlobs(), MemoryVault(), clock, SeededIds(len(rows)))
    hub = Hub(load_catalog(), ports, {"charging": feature, "home": home}, {"sim": demo}, zone=BERLIN)
    async with hub:
        if "demo" not in hub.links.instances:
            config: dict[str, Value] = {"start": "home", "factor": STEP, "stay": 1440.0, "delay": 0.0}
            await hub.links.add("sim", "Demo", config, {}, Context("c0", "test"))
        it = Garage(hub, clock, beat, rows)
        while hub.links.find("demo").status.state != "connected":
            await asyncio.sleep(0)
        await it.pass_minutes(1)
        yield it
