"""What is drawn on the map of real streets, in a real browser: a kept drive, read from the line and from its charts,
and how far the charge reaches, with stations to go to. Neither is for a child."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.async_api import Page, expect

from tests.hmi.matrix import rules
from tests.hmi.matrix.cells import FACES, Cell, Look, Situation
from tests.journeys.screens import CAR, PHONE, address, screen
from tests.peers.hub import RunningHub
from tests.peers.maps import extract

pytestmark = [pytest.mark.anyio, pytest.mark.real]
MADE = 90_000
ENDS = 200_000
STATE = "wayhome.look"
DRAWN = "() => window.wayhome.map?.isStyleLoaded() && window.wayhome.map.areTilesLoaded()"
NAMES = ["Wayhome", "Demo household", "Helsinki", "Home", "Work", "School", "Aurora", "OpenStreetMap contributors"]
ON_LINE = """() => {
  const { map } = window.wayhome, box = map.getCanvas().getBoundingClientRect();
  const lines = map.queryRenderedFeatures({ layers: ["course:line"] }).map((one) => one.geometry);
  const found = lines.flatMap(({ type, coordinates }) => (type === "LineString" ? coordinates : []));
  const at = map.project(found[Math.floor(found.length / 3)]);
  return { x: box.x + at.x, y: box.y + at.y };
}"""
"""A point of the page on which the course is drawn."""
WIDE = """(source) => {
  const { features } = window.wayhome.map.getStyle().sources[source].data;
  const all = features.flatMap((one) => one.geometry.coordinates[0].map(([x]) => x));
  return Math.max(...all) - Math.min(...all);
}"""
"""The degrees from west to east that an area on the map has."""
STRONG = """(least) => {
  const { features } = window.wayhome.map.getStyle().sources["stations:all"].data;
  return features.every((one) => one.properties.power >= least);
}"""
COLOURS = "() => JSON.stringify(window.wayhome.map.getPaintProperty('course:line', 'line-color'))"


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    """A demo whose household lives in Helsinki."""
    folder = tmp_path_factory.mktemp("layers")
    running = RunningHub(folder / "hub", "--demo", "--no-sites", "--language", "en", "--map", str(extract("helsinki")))
    running.start()
    yield running
    running.stop()


@pytest.fixture
async def page(hub: RunningHub, tmp_path: Path) -> AsyncIterator[Page]:
    async with screen(tmp_path / "screen", hub, CAR, maps=True) as page:
        await ask(page, hub, "door/demo", person="anna")
        yield page


async def ask(page: Page, hub: RunningHub, operation: str, **data: Any) -> Any:
    origin = {"Origin": address(hub).rstrip("/")}
    answer = await page.context.request.post(address(hub, f"api/{operation}"), data=data, headers=origin)
    assert answer.ok, await answer.text()
    return await answer.json()


async def steer(page: Page, hub: RunningHub, **orders: Any) -> None:
    await ask(page, hub, "links/steer", id="demo", orders=orders)


async def drives(page: Page, hub: RunningHub) -> list[Any]:
    answer = await page.context.request.get(address(hub, "api/drives/list"))
    assert answer.ok, await answer.text()
    found: list[Any] = (await answer.json())["drives"]
    return found


async def rolled(page: Page, hub: RunningHub) -> None:
    """Some hundred metres on the map's streets. That it was a drive the hub knows half a minute later."""
    await page.goto(address(hub, "#/drives"))
    await steer(page, hub, clear=True, time_factor=5, speed=60)
    await page.wait_for_function(
        "() => [...document.querySelectorAll('section dd')].some(e => parseFloat(e.textContent) >= 0.3)", timeout=ENDS
    )
    await steer(page, hub, time_factor=1, park=True)


async def driven(page: Page, hub: RunningHub) -> str:
    """A drive that has ended: the one of the test before, else one is made."""
    await page.goto(address(hub, "#/drives"))
    rows = page.locator("ol[aria-label] > li")
    # Either it stands there already, or it ends soon.
    if not await drives(page, hub) and not await page.get_by_role("region", name="Under way").count():
        await rolled(page, hub)
    await expect(rows).not_to_have_count(0, timeout=ENDS)
    return str((await drives(page, hub))[0]["id"])


async def drawn(page: Page) -> None:
    """Wait until the map is drawn, and see that it is."""
    room = page.locator(".map[data-ready]")
    await room.wait_for(timeout=MADE)
    for _ in range(3):
        await page.wait_for_function(DRAWN, timeout=60_000)
        await page.wait_for_timeout(400)
        picture = Image.open(io.BytesIO(await room.screenshot())).convert("RGB")
        if len(picture.resize((200, 120), Image.Resampling.NEAREST).getcolors(1 << 24) or []) > 20:
            return
    pytest.fail("nothing is drawn on the map")


async def judged(page: Page, face: str, situation: Situation, look: Look) -> None:
    """By the rules of the glass."""
    cell = Cell(next(one for one in FACES if one.name == face), situation, look)
    found = await rules.check(page, cell, "map", rules.Known(names=NAMES))
    await rules.axe(page, found)
    assert found.broken == [], found.broken


PARKED = Situation("parked", driver=False)


async def test_how_far_the_charge_reaches_and_where_one_charges(page: Page, hub: RunningHub, tmp_path: Path) -> None:
    await rolled(page, hub)
    # A percent over the reserve: rings that end within the map.
    await steer(page, hub, clear=True, park=True, soc=11)
    await page.goto(address(hub, "#/map"))
    await drawn(page)
    await page.get_by_role("button", name="Range").click()
    card = page.get_by_role("region", name="Range")
    await expect(card).to_contain_text(re.compile(r"There and back.*mi.*One way.*mi", re.DOTALL))
    await expect(card).to_contain_text("From a charge of 11%; 10% stay in the battery.")
    await page.wait_for_function(
        "() => window.wayhome.map.queryRenderedFeatures({ layers: ['reach:back'] }).length > 0"
    )
    there, back = [await page.evaluate(WIDE, f"reach:{one}") for one in ("there", "back")]
    assert 0 < back < there
    await drawn(page)
    await judged(page, "car", PARKED, Look("dark", "en-GB"))
    await page.screenshot(path=tmp_path / "range.png")
    # Stations by their power; one is picked, with its connectors, and a way there asked for.
    stations = card.get_by_role("list", name="Charging stations in sight")
    await expect(stations.get_by_role("button").first).to_be_visible()
    await card.get_by_role("radio", name="150 kW").click()
    await page.wait_for_function(STRONG, arg=150)
    await card.get_by_role("radio", name="All").click()
    await stations.get_by_role("button").first.click()
    await page.get_by_role("button", name="Go there").click()
    await expect(page.get_by_role("radiogroup", name=re.compile("^Ways to")).get_by_role("radio").first).to_be_visible()
    await page.get_by_role("button", name="Close", exact=True).click()
    # For a child there is no range.
    await ask(page, hub, "door/demo", person="leo")
    await page.reload()
    await drawn(page)
    await expect(page.get_by_role("button", name="Range")).to_have_count(0)


@pytest.mark.long  # a drive has ended only some time after the car stands
@pytest.mark.timeout(400)
async def test_a_drive_is_read_on_the_map_and_in_its_charts(page: Page, hub: RunningHub, tmp_path: Path) -> None:
    one = await driven(page, hub)
    await page.goto(address(hub, f"#/drives/{one}"))
    await drawn(page)
    await judged(page, "car", PARKED, Look("dark", "en-GB"))
    await expect(page.locator("canvas.maplibregl-canvas")).to_have_attribute("aria-label", re.compile("by speed"))
    by_speed = await page.evaluate(COLOURS)
    # A touch of the line moves the cursor of the charts, and the arrow keys move the mark on the map.
    moment = page.get_by_role("slider", name="Moment of the drive")
    await expect(moment).to_have_attribute("aria-valuetext", "Touch a chart to read it")
    await expect(page.locator(".mark.found")).to_have_count(0)
    at = await page.evaluate(ON_LINE)
    await page.mouse.click(at["x"], at["y"])
    await expect(moment).to_have_attribute("aria-valuetext", re.compile("mph"))
    mark = page.locator(".mark.found")
    await expect(mark).to_be_visible()
    before = await mark.bounding_box()
    await moment.focus()
    await page.keyboard.press("End")
    await page.wait_for_function(
        "([x, y]) => { const at = document.querySelector('.mark.found').getBoundingClientRect();"
        " return Math.hypot(at.x - x, at.y - y) > 1 }",
        arg=before and [before["x"], before["y"]],
    )
    await page.screenshot(path=tmp_path / "drive.png")
    await page.get_by_role("radio", name="Power").click()
    await page.wait_for_function(f"(before) => ({COLOURS})() !== before", arg=by_speed)
    await expect(page.get_by_role("list", name="Power")).to_contain_text("kW")
    await page.evaluate(f"localStorage['{STATE}'] = JSON.stringify({{ theme: 'day', language: 'zh' }})")
    await page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    await page.reload()
    await drawn(page)
    await judged(page, "phone", PARKED, Look("light", "zh-CN"))
    await page.screenshot(path=tmp_path / "drive-phone.png", full_page=True)
    # A child sees neither the drive nor a line.
    await ask(page, hub, "door/demo", person="leo")
    await page.reload()
    await expect(page.get_by_role("heading", name="行程仅供成年人查看")).to_be_visible()
    assert (await page.context.request.get(address(hub, f"api/drives/show?id={one}"))).status == 403
    await expect(page.locator(".map")).to_have_count(0)
