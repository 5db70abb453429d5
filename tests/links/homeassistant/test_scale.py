"""Five thousand entities of a real Home Assistant: how long until all are here, what it costs, and that taps stay
quick. The figures are printed and stand in docs/links/homeassistant.md."""

from __future__ import annotations

import asyncio
import gc
import statistics
import time
import tracemalloc
from pathlib import Path

import httpx
import pytest

from tests.links.homeassistant.host import Host, running
from tests.peers.homeassistant import HomeAssistant
from wayhome.links.homeassistant import run as runs
from wayhome.links.homeassistant.run import open_run
from wayhome.links.homeassistant.settings import Settings

pytestmark = [pytest.mark.anyio, pytest.mark.real]

REGISTERED, POSTED = 1_000, 4_000
YAML = "template:\n  - sensor:\n" + "".join(
    f"      - {{name: Meter {n}, unique_id: meter{n}, unit_of_measurement: W, device_class: power, state: '{n}'}}\n"
    for n in range(REGISTERED)
)
LIGHT = {
    "supported_color_modes": ["color_temp", "hs"], "color_mode": "hs", "brightness": 180, "hs_color": [30.0, 60.0],
    "min_color_temp_kelvin": 2000, "max_color_temp_kelvin": 6500, "supported_features": 44,
    "effect_list": ["None", "candle", "fireplace", "colorloop"], "icon": "mdi:lightbulb",
}  # fmt: skip


async def fill(peer: HomeAssistant) -> None:
    """Entities as their integrations would post them: a third lamps, a third sensors, a third contacts."""
    headers = {"Authorization": f"Bearer {peer.token}"}
    async with httpx.AsyncClient(base_url=peer.url, headers=headers, timeout=60) as http:

        async def post(numbers: range) -> None:
            for n in numbers:
                match n % 3:
                    case 0:
                        entity, body = (
                            f"light.lamp_{n}",
                            {"state": "on", "attributes": {**LIGHT, "friendly_name": f"Lamp {n}"}},
                        )
                    case 1:
                        attributes = {
                            "unit_of_measurement": "°C",
                            "device_class": "temperature",
                            "state_class": "measurement",
                        }
                        entity, body = f"sensor.room_{n}", {"state": f"{n / 10}", "attributes": attributes}
                    case _:
                        attributes = {"device_class": "window", "friendly_name": f"Window {n}"}
                        entity, body = f"binary_sensor.window_{n}", {"state": "off", "attributes": attributes}
                (await http.post(f"/api/states/{entity}", json=body)).raise_for_status()

        await asyncio.gather(*(post(range(start, POSTED, 8)) for start in range(8)))


async def test_five_thousand_entities(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    peer = HomeAssistant(tmp_path / "ha", YAML)
    await asyncio.to_thread(peer.start)
    try:
        await fill(peer)
        host = Host(token=peer.token)
        longest = 0.0

        async def watch() -> None:
            nonlocal longest
            while True:
                before = time.thread_time()
                await asyncio.sleep(0.001)
                longest = max(longest, time.thread_time() - before)

        settings = Settings(peer.url)
        began, cpu = time.perf_counter(), time.process_time()
        async with running(host, settings, 60) as run:
            took, used = time.perf_counter() - began, time.process_time() - cpu
            things = host.things()
            print(
                f"\n{len(things)} things, {host.facts} facts: {took:.2f} s to connected and in step, {used:.2f} s CPU"
            )
            assert len(things) > REGISTERED + POSTED and not host.refused
            assert host.value("meter-999/sensor.value") == 999.0
            assert host.value("room-3997/sensor.value") == 399.7

            # A tap among all of them.
            times = []
            for n in range(60):
                before = time.perf_counter()
                await host.fulfilled(run, "kitchen-lights/light.on", n % 2 == 0)
                times.append((time.perf_counter() - before) * 1e3)
            print(f"tap to report: median {statistics.median(times):.2f} ms, worst {max(times):.2f} ms")

            # Everything again: the area of one lamp changes.
            area = await asyncio.to_thread(peer.ask, type="config/area_registry/create", name="Attic")
            before = time.perf_counter()
            watching = asyncio.create_task(watch())
            update = {
                "type": "config/entity_registry/update",
                "entity_id": "light.bed_light",
                "area_id": area["area_id"],
            }
            await asyncio.to_thread(peer.ask, **update)
            await host.until(lambda: host.things()["bed-light"].area == "Attic")
            watching.cancel()
            print(f"a moved lamp shows after {time.perf_counter() - before:.2f} s; the hub stood still {longest:.3f} s")
            assert longest < 1.5

            # A storm: 3,000 changes as fast as Home Assistant takes them, none lost.
            headers = {"Authorization": f"Bearer {peer.token}"}
            async with httpx.AsyncClient(base_url=peer.url, headers=headers, timeout=60) as http:

                async def storm(start: int) -> None:
                    for n in range(start, 3_000, 8):
                        body = {"state": "on", "attributes": {"device_class": "window", "n": n}}
                        await http.post(f"/api/states/binary_sensor.window_{n % 4000 // 3 * 3 + 2}", json=body)

                before = time.perf_counter()
                await asyncio.gather(*(storm(start) for start in range(8)))
                await host.until(lambda: host.value("window-2999/binary_sensor.on") is True)
                print(f"3,000 changes in {time.perf_counter() - before:.2f} s")
        run_again = await memory(host, settings)
        print(f"memory of the link: {run_again / 2**20:.1f} MB for {len(things)} things")
        assert run_again < 80 * 2**20
        ids = host.config["ids"]
        assert isinstance(ids, dict) and ids
    finally:
        await asyncio.to_thread(peer.kill)
    assert runs.CHUNK > 0


async def memory(host: Host, settings: Settings) -> int:
    """What the link itself holds after everything is in step, in bytes (the household's share is not in it)."""
    gc.collect()
    tracemalloc.start()
    try:
        host.is_ready.clear()
        run = open_run(host, settings)
        task = asyncio.create_task(run.run())
        await asyncio.wait_for(host.is_ready.wait(), 120)
        gc.collect()
        snapshot = tracemalloc.take_snapshot().filter_traces(
            [tracemalloc.Filter(True, "*/links/homeassistant/*", all_frames=True)]
        )
        size = sum(trace.size for trace in snapshot.traces)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return size
    finally:
        tracemalloc.stop()
