"""What is drawn on the map of real streets, in a real browser: how far the charge reaches, with stations to go to. It
is not for a child."""

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
from tests.journeys.screens import CAR, address, screen
from tests.peers.hub import RunningHub
from tests.peers.maps import extract

pytestmark = [pytest.mark.anyio, pytest.mark.real]
MADE = 90_000
ENDS = 90_000
DRAWN = "() => window.wayhome.map?.isStyleLoaded() && window.wayhome.map.areTilesLoaded()"
NAMES = ["Wayhome", "Demo household", "Helsinki", "Home", "Work", "School", "Aurora", "OpenStreetMap contributors"]
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


async def rolled(page: Page, hub: RunningHub) -> None:
    """Some hundred metres on the map's streets. That it was a drive the hub knows half a minute later."""
    await page.goto(address(hub, "#/drives"))
    await steer(page, hub, clear=True, time_factor=5, speed=60)
    await page.wait_for_function(
        "() => [...document.querySelectorAll('section dd')].some(e => parseFloat(e.textContent) >= 0.3)", timeout=ENDS
    )
    await steer(page, hub, time_factor=1, park=True)


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
