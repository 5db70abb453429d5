"""Each panel on each face in each driving state, for who drives and who rides along, by every rule that a machine can
check. The list of panels is the page's own, so that none is forgotten. In CI each face and situation comes in one look,
chosen pairwise; the long run takes all of them."""

from __future__ import annotations

import os
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.hmi.matrix import rules
from tests.hmi.matrix.cells import Cell, every, pairwise
from tests.hmi.matrix.conftest import Household
from tests.hmi.matrix.report import Report

pytestmark = pytest.mark.anyio

SOAK = os.environ.get("WAYHOME_SOAK") == "1"
CELLS = sorted(every() if SOAK else pairwise(), key=lambda cell: cell.situation)
UNDER_WAY = ".skeleton, main [aria-busy=true]"
LATER = ".later"
NOT_FOR_A_FACE = ("links",)
"""Where other sites send the browser back to: no page to look at."""


async def panels(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await page.evaluate("window.wayhome.panels")
    assert len(found) >= 5, "the page does not say what panels it has"
    return [one for one in found if one["name"] not in NOT_FOR_A_FACE]


async def go(page: Page, panel: str) -> None:
    await page.evaluate(f"location.hash = '/{panel}'")
    await page.locator("main").first.wait_for()
    await expect(page.locator(UNDER_WAY)).to_have_count(0)
    # What has just come in is still on its way to its place.
    await page.wait_for_timeout(300)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
async def test_the_rules_of_the_glass(cell: Cell, household: Household, report: Report) -> None:
    page = await household.open(cell)
    broken: list[str] = []
    watch = cell.face.kind == "watch"
    for panel in await panels(page):
        if watch and panel["name"]:
            continue  # a watch has one view
        await go(page, panel["name"])
        found = await rules.check(page, cell, panel["name"])
        if not watch:
            declared = panel["shows"][cell.situation.state] if cell.situation.driver else "all"
            kept = await page.locator(LATER).count()
            wrong = (declared == "nothing") != (kept == 1)
            found.note(
                "5 shows", [f"declared {declared}, {'nothing' if kept else 'something'} is shown"] if wrong else []
            )
        if cell.situation.state == "parked" and not watch:
            await rules.keyboard(page, found)
        if cell.situation.state in ("parked", "moving") and cell.situation.driver:
            await rules.axe(page, found)
        report.add(cell, panel["name"], found)
        broken += found.broken
    await page.context.close()
    assert broken == [], "\n" + "\n".join(broken)
