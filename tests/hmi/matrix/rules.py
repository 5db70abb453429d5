"""The rules of the glass, by their numbers in the list on docs/reference/glass.md, each as far as a machine can see."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playwright.async_api import Page

from tests.hmi import glass
from tests.hmi.matrix.cells import Cell

JS = (Path(__file__).parent / "rules.js").read_text(encoding="utf-8").partition("({")[2]
AXE = Path(__file__).parents[3] / "web" / "node_modules" / "axe-core" / "axe.min.js"
ITEMS, TEXT, TILES = 6, 120, 6
STEPS = 8
"""How many stops of the keyboard are looked at on a page."""

RULES: Mapping[str, str] = {
    "1 targets": "each target owns a square of 80 px on the car's glass, 44 px in the hand; none lies over another",
    "1 text": "text on the car's glass is 24 px or larger",
    "1 contrast": "text has 4.5:1 to what is really painted behind it",
    "2 length": "for whoever drives, a text has at most 120 characters, a tile's name 20",
    "2 tiles": "the car's glass shows at most six tiles",
    "2 scrolling": "the car's home view does not scroll; no page is wider than its screen",
    "4 typing": "while it does not stand parked, whoever drives gets no field, no video",
    "4 lists": "while it moves, lists for whoever drives have at most six entries",
    "4 by itself": "nothing scrolls by itself",
    "5 shows": "each panel shows what it declares for the driving state, and all of itself to who rides along",
    "6 fresh": "what is old or does not answer never looks fresh, and says its age",
    "6 apart": "wish and fact stand apart",
    "7 alerts": "one alert at a time",
    "7 motion": "motion takes 300 ms or less, and there is none where people asked for none",
    "8 colours": "nothing is told by colour alone",
    "8 names": "every control has a name for who hears the screen",
    "8 keyboard": "parked, the keyboard reaches every control and shows where it is",
    "8 axe": "axe-core finds nothing",
    "9 driving": "indicators, hazards, wipers and horn are never operated from the glass",
    "10 held": "unlocking takes a press that is held",
    "12 watch": "the watch shows one thing and one action",
    "13 words": "no key, no place holder, no untranslated place",
}


async def look(page: Page, what: str, given: Any = None) -> list[str]:
    """What one function of rules.js finds."""
    found: list[str] = await page.evaluate(
        f"(given) => {{ const rules = ({{{JS.rstrip()}; return rules.{what}(given) }}", given
    )
    return found


class Findings:
    """What breaks the rules on one page; ``checked``: the rules that were looked at."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.checked: list[str] = []
        self.broken: list[str] = []

    def note(self, rule: str, found: list[str]) -> None:
        assert rule in RULES, rule
        self.checked.append(rule)
        if found:
            self.broken.append(f"{self.where}: {rule}: {'; '.join(found[:6])}")


async def check(page: Page, cell: Cell, panel: str) -> Findings:
    """Look at the panel that is open on a page by every rule that holds in this cell."""
    face, situation, _ = cell
    car, watch = face.kind == "car", face.kind == "watch"
    limited = situation.driver and situation.state != "parked"
    found = Findings(f"{panel or 'home'} @ {cell.name}")
    # First: the next look scrolls by itself.
    found.note("4 by itself", await look(page, "scrolled"))
    found.note("1 targets", await glass.small_targets(page, face.least))
    if car:
        texts = await glass.texts(page)
        found.note("1 text", [t["text"] for t in texts if t["size"] < 23.9])
        found.note("2 tiles", await look(page, "tiles", TILES))
    faint = await glass.faint(page)
    if faint:
        # What changed between two looks (a switch that just went off) is no fault; what is faint stays so.
        await page.wait_for_timeout(500)
        faint = await glass.faint(page)
    found.note("1 contrast", faint)
    wide, high = await glass.overflow(page)
    over = [f"{wide} px too wide"] if wide > 0 else []
    found.note("2 scrolling", [*over, *([f"{high} px too high"] if (car or watch) and high > 0 else [])])
    if limited:
        found.note("2 length", await look(page, "long", TEXT))
        found.note("4 typing", await look(page, "typing"))
        found.note("4 lists", await look(page, "lists", ITEMS))
    found.note("6 fresh", await look(page, "fresh"))
    found.note("6 apart", await look(page, "wishes"))
    found.note("7 alerts", await look(page, "alerts"))
    found.note("7 motion", await look(page, "motion", 300))
    found.note("8 colours", await look(page, "colours"))
    found.note("8 names", await glass.nameless(page))
    found.note("9 driving", await look(page, "driving"))
    found.note("10 held", await look(page, "risky"))
    found.note("13 words", await look(page, "leaks"))
    if watch:
        count = await page.get_by_role("button").count()
        found.note("12 watch", [f"{count} buttons"] if count > 1 else [])
    elif cell.look.locale == "zh-CN":
        found.note("13 words", await look(page, "foreign"))
    return found


async def keyboard(page: Page, found: Findings) -> None:
    """Rule 8 where the car is parked: every control can be reached, and each stop shows that it is one."""
    lost = await look(page, "unreachable")
    for _ in range(STEPS):
        await page.keyboard.press("Tab")
        lost += [f"no focus seen: {one}" for one in await look(page, "focus")]
    await page.evaluate("document.activeElement?.blur()")
    found.note("8 keyboard", lost)


async def axe(page: Page, found: Findings) -> None:
    """axe-core, all its rules. It is given to the page as a person's tool would be."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text(encoding="utf-8"))
    report = await page.evaluate(
        "axe.run(document, { resultTypes: ['violations'] }).then(r => r.violations.map(v =>"
        " `${v.id}: ${v.nodes.map(n => n.target.join(' ')).slice(0, 4).join(', ')}`))"
    )
    found.note("8 axe", report)
