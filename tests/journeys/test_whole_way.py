"""All of it in the browser, on real streets: a street is searched, the car drives there, misses a turn, is led another
way, arrives; and the trip lies on the map."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.journeys.screens import CAR, address, screen
from tests.journeys.streets import READY, ask, drawn, go, helsinki, settled, steer
from tests.peers.hub import RunningHub

pytestmark = [pytest.mark.anyio, pytest.mark.real]
ARRIVES, ENDS = 240_000, 120_000
COLOURS = "() => JSON.stringify(window.wayhome.map.getPaintProperty('course:line', 'line-color'))"
ON_LINE = """() => {
  const { map } = window.wayhome, box = map.getCanvas().getBoundingClientRect();
  const lines = map.queryRenderedFeatures({ layers: ["course:line"] }).map((one) => one.geometry);
  const found = lines.flatMap(({ type, coordinates }) => (type === "LineString" ? coordinates : []));
  const at = map.project(found[Math.floor(found.length / 3)]);
  return { x: box.x + at.x, y: box.y + at.y };
}"""
"""A point of the page on which the course is drawn."""


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[RunningHub]:
    with helsinki(tmp_path) as running:
        yield running


async def fact(page: Page, hub: RunningHub, path: str) -> Any:
    answer = await page.context.request.get(address(hub, f"api/home/get?path={path}"))
    found = (await answer.json()).get("values", {}).get(path) if answer.ok else None
    return found and found[0]


async def misses_a_turn(page: Page, hub: RunningHub) -> None:
    """As soon as there is one ahead."""
    order = {"id": "demo", "orders": {"miss": True}}
    async with asyncio.timeout(60):
        while True:
            url, origin = address(hub, "api/links/steer"), {"Origin": address(hub).rstrip("/")}
            if (await page.context.request.post(url, data=order, headers=origin)).ok:
                return
            await asyncio.sleep(0.5)


@pytest.mark.timeout(600)
async def test_there_with_a_turn_missed_and_the_trip_on_the_map(hub: RunningHub, tmp_path: Path) -> None:
    async with screen(tmp_path / "car", hub, CAR, maps=True) as page:
        await ask(page, hub, "door/demo", person="anna")
        await settled(page, hub)
        await steer(page, hub, clear=True, park=True)
        await go(page, hub, "map")
        await page.locator(READY).wait_for()
        await page.get_by_role("button", name="Search the map").click()
        await page.get_by_role("searchbox", name="Search the map").press_sequentially("lönnrotinkatu", delay=20)
        found = page.get_by_role("region", name="What was found")
        await found.get_by_role("button", name=re.compile("^Lönnrotinkatu")).first.click()
        await page.get_by_role("button", name="Go there").click()
        await page.get_by_role("button", name="Start").click()
        led = page.get_by_role("region", name="What comes next")
        await expect(led).to_contain_text(re.compile(r"\d+ (m|km|yd|mi)\b"))
        way = (await fact(page, hub, "car/navigation.now"))["way"]
        await steer(page, hub, time_factor=4)

        await misses_a_turn(page, hub)
        async with asyncio.timeout(60):
            while (await fact(page, hub, "car/navigation.now")).get("way") == way:
                await asyncio.sleep(0.2)
        await page.screenshot(path=tmp_path / "another-way.png")
        await expect(led).to_contain_text("You are there", timeout=ARRIVES)
        await drawn(page)
        await page.screenshot(path=tmp_path / "there.png")

        # The trip, once the car has been left for a while.
        await go(page, hub, "drives")
        trip = page.locator("ol[aria-label] > li").first.get_by_role("link")
        await expect(trip.first).to_be_visible(timeout=ENDS)
        await trip.first.click()
        await drawn(page)
        await expect(page.locator("canvas.maplibregl-canvas")).to_have_attribute("aria-label", re.compile("by speed"))
        by_speed = await page.evaluate(COLOURS)
        # A touch of the line is that moment in the charts, too.
        moment = page.get_by_role("slider", name="Moment of the drive")
        at = await page.evaluate(ON_LINE)
        await page.mouse.click(at["x"], at["y"])
        await expect(moment).to_have_attribute("aria-valuetext", re.compile("mph|km/h"))
        await expect(page.locator(".mark.found")).to_be_visible()
        await page.get_by_role("radio", name="Power").click()
        await page.wait_for_function(f"(before) => ({COLOURS})() !== before", arg=by_speed)
        await page.screenshot(path=tmp_path / "trip.png")
