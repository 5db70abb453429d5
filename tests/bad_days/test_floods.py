"""More changes than anybody can follow: memory stays bounded, the latest state is right, screens stay alive."""

from __future__ import annotations

import asyncio
import gc
import json
import time
from pathlib import Path

import psutil
import pytest
from websockets.asyncio.client import ClientConnection

from tests.bad_days.served import screen, served
from tests.world import World, car
from wayhome.adapters.sqlite.store import SqliteStore
from wayhome.core.value import Fact

pytestmark = pytest.mark.anyio
RATE = 100_000
CARS = 50


async def test_a_hundred_thousand_changes_a_second(tmp_path: Path) -> None:
    """Offered for 2 s (what the machine can't take in that time, it takes after): telemetry of 50 cars, on a real disk,
    with one screen that conflates and one that wants every change."""
    async with served() as at:
        household = at.world.hub.household
        store = SqliteStore(tmp_path / "flood.db")
        await store.load()
        household.keeping._store = store
        host = at.world.puppet.host
        host.announce([car(f"car-{n}") for n in range(CARS)])
        paths = [f"car-{n}/Vehicle.Speed" for n in range(CARS)]
        memory = psutil.Process().memory_info
        seen: dict[str, float] = {}
        want = "*/Vehicle.Speed"
        async with screen(at, "anna", want) as calm, screen(at, "mei", want, rate=None) as eager:
            tasks = [asyncio.create_task(_follow(calm, "anna", seen)), asyncio.create_task(_follow(eager, "mei", seen))]
            gc.collect()
            before = memory().rss
            most = sent = 0
            began = time.monotonic()
            while time.monotonic() - began < 2 and sent < 2 * RATE:
                host.report([Fact(path, float((sent + n) % 200)) for n, path in enumerate(paths)] * 20)
                sent += CARS * 20
                most = max(most, memory().rss - before)
                await asyncio.sleep(0)
            for number, path in enumerate(paths):
                host.report([Fact(path, 1_000.0 + number)])
            latest = {path: 1_000.0 + number for number, path in enumerate(paths)}
            async with asyncio.timeout(90):
                while {path: seen.get(f"anna {path}") for path in paths} != latest:
                    await asyncio.sleep(0.02)
                while {path: seen.get(f"mei {path}") for path in paths} != latest:
                    await asyncio.sleep(0.02)
            for task in tasks:
                task.cancel()
        assert {path: household.house.readings[path].value for path in paths} == latest
        assert most < 300 * 1024 * 1024
        household.keeping.flush()
        household.keeping._store = household.store
        await store.close()
        kept = 0
        again = SqliteStore(tmp_path / "flood.db")
        await again.load()
        for path in paths:
            kept += len(await again.samples(path, 0, 2e9))
        await again.close()
        assert kept > 0
        assert kept + household.dropped <= sent + CARS


async def _follow(found: ClientConnection, who: str, seen: dict[str, float]) -> None:
    """What a screen does: it reads."""
    async for text in found:
        message = json.loads(text)
        rows = [(path, fact[0]) for path, fact in message.get("set", {}).items()]
        rows += [(row[0], row[1]) for row in message.get("list", ())]
        for path, value in rows:
            seen[f"{who} {path}"] = value


async def test_what_the_disk_can_not_take_is_counted_and_the_latest_state_kept() -> None:
    async with World() as world:
        household = world.hub.household
        world.puppet.host.announce([car()])
        await household.keeping.settle()
        world.store.room = False
        for number in range(5_000):
            world.puppet.host.report([Fact("car/Vehicle.Speed", float(number % 200))])
            world.puppet.host.report([Fact("car/Vehicle.Powertrain.Transmission.CurrentGear", number % 7)])
        await household.keeping.settle()
        assert household.dropped == 5_000
        assert len(household.keeping._late) == 1
        world.store.room = True
        household.every_moment()
        rows = [row.reading for row in world.store.disk if hasattr(row, "reading")]
        assert [row.value for row in rows if row.path.endswith("CurrentGear")] == [4_999 % 7]
