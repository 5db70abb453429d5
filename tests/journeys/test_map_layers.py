"""What is drawn on the map of real streets, in a real browser: how far the charge reaches, with stations to go to. It
is not for a child."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.hmi.matrix.cells import Look
from tests.journeys.screens import CAR, address, screen
from tests.journeys.streets import PARKED, ask, drawn, helsinki, judged, steer
from tests.peers.hub import RunningHub

pytestmark = [pytest.mark.anyio, pytest.mark.real]
ENDS = 90_000
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
    with helsinki(tmp_path_factory.mktemp("layers")) as running:
        yield running


@pytest.fixture
async def page(hub: RunningHub, tmp_path: Path) -> AsyncIterator[Page]:
    async with screen(tmp_path / "screen", hub, CAR, maps=True) as page:
        await ask(page, hub, "door/demo", person="anna")
        yield page


async def rolled(page: Page, hub: RunningHub) -> None:
    """Some hundred metres on the map's streets. That it was a drive the hub knows half a minute later."""
    await page.goto(address(hub, "#/drives"))
    await steer(page, hub, clear=True, time_factor=5, speed=60)
    await page.wait_for_function(
        "() => [...document.querySelectorAll('section dd')].some(e => parseFloat(e.textContent) >= 0.3)", timeout=ENDS
    )
    await steer(page, hub, time_factor=1, park=True)


async def test_how_far_the_charge_reaches_and_where_one_charges(page: Page, hub: RunningHub, tmp_path: Path) -> None:
    await rolled(page, hub)
    # A little over the reserve: rings that end within the map.
    await steer(page, hub, clear=True, park=True, soc=10.2)
    await page.goto(address(hub, "#/map"))
    await drawn(page)
    await page.get_by_role("button", name="Range").click()
    card = page.get_by_role("region", name="Range")
    await expect(card).to_contain_text(re.compile(r"There and back.*mi.*One way.*mi", re.DOTALL))
    await expect(card).to_contain_text("From a charge of 10%; 10% stay in the battery.")
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
