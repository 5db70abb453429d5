"""Each panel on each face in each driving state, for who drives and who rides along, by every rule that a machine can
check. The list of panels is the page's own, so that none is forgotten. In CI each face and situation comes in one look,
chosen pairwise, and what opens over a panel in some of them; the long run takes all of them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.hmi.conftest import BOARD, arrange
from tests.hmi.matrix import rules
from tests.hmi.matrix.cells import FACES, LOOKS, SITUATIONS, Cell, every, pairwise
from tests.hmi.matrix.conftest import ASKED, GONE, Household
from tests.hmi.matrix.report import Report
from tests.hmi.matrix.rules import Known
from tests.hmi.matrix.sheets import SHEETS, close_sheet, due, open_sheet, settled

pytestmark = pytest.mark.anyio

SOAK = os.environ.get("WAYHOME_SOAK") == "1"
SELDOM = [
    one
    for one in pairwise()
    if one.face.name in ("car-large", "car-tall", "tablet-tall", "phone-low")
    and one.situation.name in ("idling-driver", "moving-driver", "moving-passenger")
]
"""What another size of a glass has of its own is its layout, which these do not change: in the long run only."""
CELLS = sorted(every() if SOAK else [one for one in pairwise() if one not in SELDOM], key=lambda cell: cell.situation)
UNDER_WAY = ".skeleton, main [aria-busy=true]:not(.tile *, dialog *)"
LATER = ".later"
NOT_FOR_A_FACE = ("links",)
"""Where other sites send the browser back to: no page to look at."""
IN_THE_HAND = ("gallery/cars",)
"""Pages of what the car's glass shows otherwise."""
BACK_TO_TOP = """async () => {
  for (const e of document.querySelectorAll("*")) if (e.scrollTop || e.scrollLeft) e.scrollTo(0, 0);
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  window.scrolledByItself = [];
  window.stoodScrolled = false;
}"""
"""What the looks before have scrolled does not count."""


STILL = "() => { window.scrolledByItself = []; window.stoodScrolled = true }"
"""Whoever presses something may have had to scroll to it."""


async def panels(page: Page) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = await page.evaluate("window.wayhome.panels")
    assert len(found) >= 5, "the page does not say what panels it has"
    return [one for one in found if one["name"] not in NOT_FOR_A_FACE]


async def go(page: Page, at: str) -> None:
    await page.evaluate(BACK_TO_TOP)
    await page.evaluate(f"location.hash = '/{at}'")
    await page.locator("main").first.wait_for()
    await page.wait_for_function("document.querySelector('main').innerText.trim() !== ''")
    # The gallery shows what is under way, on purpose.
    if not at.startswith("gallery/"):
        await expect(page.locator(UNDER_WAY)).to_have_count(0)
    await settled(page)


async def beneath(page: Page, panel: str) -> list[str]:
    """The addresses that a panel leads to under its own."""
    leads = await page.locator(f"a[href^='#/{panel}/']").evaluate_all("all => all.map(e => e.getAttribute('href'))")
    found = {str(one).removeprefix("#/").partition("?")[0] for one in leads}
    # What leads to a place within one of these pages is no page.
    return sorted(one for one in found if one.rpartition("/")[0] not in found)


def turn(addresses: Sequence[str], cell: Cell) -> list[str]:
    """Which of a panel's pages are looked at in a cell: in CI each of them on each face, once."""
    if SOAK:
        return list(addresses)
    free = [one for one in SITUATIONS if not one.driver or one.state == "parked"]
    if cell.situation not in free:
        return []
    mine = free.index(cell.situation) + FACES.index(cell.face)
    return [one for n, one in enumerate(addresses) if (n + mine) % len(free) == 0]


async def look(page: Page, cell: Cell, where: str, household: Household, report: Report, **how: Any) -> list[str]:
    """Look at what is open by all rules; what breaks them."""
    home = where == ""
    known = Known(
        names=[*household.names, "Wayhome"],
        gone=GONE[1] if home else "",
        asked=ASKED[1] if home else "",
        bar=[one["name"] for one in await panels(page) if cell.face.kind in one["bar"]] if how.get("bar") else [],
    )
    found = await rules.check(page, cell, where, known, whole=how.get("whole", True))
    if "declared" in how:
        rules.shows(found, how["declared"], await page.locator(LATER).count() == 1)
    if cell.situation.state == "parked" and cell.face.kind != "watch":
        await rules.keyboard(page, found)
    await rules.axe(page, found, twice=where.startswith("gallery"))
    report.add(cell, where, found)
    return found.broken


@pytest.mark.timeout(900)
@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
async def test_the_rules_of_the_glass(cell: Cell, household: Household, report: Report) -> None:
    page = await household.open(cell)
    locale = cell.look.locale
    broken: list[str] = []
    watch = cell.face.kind == "watch"
    for panel in await panels(page):
        name = panel["name"]
        if watch:
            if name == "":
                broken += await look(page, cell, name, household, report)
            continue  # a watch has one view
        await go(page, name)
        declared = panel["shows"][cell.situation.state] if cell.situation.driver else "all"
        broken += await look(page, cell, name, household, report, declared=declared, bar=not panel["whole"])
        if declared == "all" and name:
            for at in turn(await beneath(page, name), cell):
                if cell.face.kind == "car" and at in IN_THE_HAND:
                    continue
                await go(page, at)
                broken += await look(page, cell, at, household, report)
    for sheet in SHEETS:
        if due(sheet, cell, full=SOAK):
            if sheet.ring:
                await household.ring()
            await go(page, sheet.at)
            await open_sheet(page, sheet, locale)
            await settled(page)
            await page.evaluate(STILL)
            broken += await look(page, cell, f"{sheet.at or 'home'}: {sheet.name}", household, report, whole=False)
            await close_sheet(page, sheet, locale)
    await page.context.close()
    assert broken == [], "\n" + "\n".join(broken)


@pytest.mark.parametrize("face", [one for one in FACES if one.kind == "car"], ids=lambda face: face.name)
async def test_the_cars_face_begins_empty(face: Any, household: Household, report: Report) -> None:
    """Rule 11: it is a person who puts things on it."""
    cell = Cell(face, SITUATIONS[0], LOOKS[0])
    page = await household.open(cell)
    await arrange(page.context, household.url, ())
    await page.locator(".first").wait_for()
    found = rules.Findings(f"home @ {cell.name}")
    found.note("11 empty", await rules.look(page, "tiles", 0))
    await settled(page)
    empty = await look(page, cell, "home: empty", household, report)
    report.add(cell, "home: empty", found)
    await arrange(page.context, household.url, BOARD)
    await page.locator(".tile").first.wait_for()
    await page.context.close()
    assert found.broken + empty == []
