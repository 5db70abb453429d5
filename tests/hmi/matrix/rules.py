"""The rules of the glass, by their numbers in the list on docs/reference/glass.md, each as far as a machine can see.

``test_rules_bite.py`` shows each of them a page that breaks it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from playwright.async_api import Page

from tests.hmi import glass
from tests.hmi.matrix.cells import Cell
from tests.hmi.words import untranslated

JS = (Path(__file__).parent / "rules.js").read_text(encoding="utf-8").partition("({")[2]
AXE = Path(__file__).parents[3] / "web" / "node_modules" / "axe-core" / "axe.min.js"
AXE_RUN = """async (unique) => {
  // What lies outside the screen is drawn only now: what fades in then is looked at when it has.
  const all = new CSSStyleSheet();
  all.replaceSync("* { content-visibility: visible !important; transition: none !important }");
  document.adoptedStyleSheets.push(all);
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const rules = { "landmark-unique": { enabled: unique } };
  const { violations } = await axe.run(document, { resultTypes: ["violations"], rules });
  document.adoptedStyleSheets.pop();
  const at = (node) => `${node.target.join(" ")} ${node.any[0]?.message ?? ""}`;
  return violations.map((one) => `${one.id}: ${one.nodes.slice(0, 3).map(at).join(", ")}`);
}"""
ITEMS, TEXT, TILES = 6, 120, 6
STEPS = 8
"""How many stops of the keyboard are looked at on a page."""
SCROLLS = """
window.scrolledByItself = [];
addEventListener("scroll", ({ target }) => {
  const room = target === document ? document.scrollingElement : target;
  if (room.scrollTop > 0 || room.scrollLeft > 0) window.scrolledByItself.push(`${room.tagName} ${room.className}`);
}, { capture: true, passive: true });
"""
"""Put into each page before it loads: notes what scrolls while nobody touches it."""

RULES: Mapping[str, str] = {
    "1 targets": "each target owns a square of 80 px on the car's glass, 44 px in the hand; none lies over another",
    "1 text": "text on the car's glass is 24 px or larger",
    "1 contrast": "text has 4.5:1 to what is really painted behind it",
    "2 length": "for whoever drives, a text has at most 120 characters, a tile's name 20 or an end that is seen",
    "2 tiles": "the car's glass shows at most six tiles",
    "2 taps": "every place of the bar is one tap from where one is",
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
    "11 empty": "the car's face of who has put nothing on it has no tile",
    "12 watch": "the watch shows one thing and one action, and its round glass cuts no text off",
    "12 whole": "no text is cut off without a sign of it, none lies over another",
    "13 words": "no key, no place holder, no word of another language",
}


class Known(NamedTuple):
    """What the test knows of the household: ``names`` that people gave; on the home view, a thing that does not answer
    (``gone``) and one that was asked for what it has not done yet (``asked``); the ``bar`` of this face."""

    names: Sequence[str] = ()
    gone: str = ""
    asked: str = ""
    bar: Sequence[str] = ()


NOTHING = Known()


async def look(page: Page, what: str, given: Any = None) -> list[str]:
    """What one function of rules.js finds."""
    found: list[str] = await page.evaluate(
        f"(given) => {{ const rules = ({{{JS.rstrip()}; return rules.{what}(given) }}", given
    )
    return found


async def looks(page: Page, asked: dict[str, Any]) -> dict[str, list[str]]:
    """What several of them find, at once."""
    found: dict[str, list[str]] = await page.evaluate(
        f"(given) => {{ const rules = ({{{JS.rstrip()}; return rules.seen(given) }}", [*asked.items()]
    )
    return found


class Findings:
    """What breaks the rules on one page; ``checked``: the rules that were looked at."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.checked: list[str] = []
        self.broken: list[str] = []
        self.rules: list[str] = []
        """Those that are broken."""

    def note(self, rule: str, found: list[str]) -> None:
        assert rule in RULES, rule
        self.checked.append(rule)
        if found:
            self.rules.append(rule)
            self.broken.append(f"{self.where}: {rule}: {'; '.join(found[:6])}")


ONE: Mapping[str, str] = {
    "long": "2 length",
    "typing": "4 typing",
    "lists": "4 lists",
    "bar": "2 taps",
    "tiles": "2 tiles",
    "fresh": "6 fresh",
    "wishes": "6 apart",
    "alerts": "7 alerts",
    "motion": "7 motion",
    "colours": "8 colours",
    "driving": "9 driving",
    "risky": "10 held",
}
"""The looks of rules.js that are a rule each."""


async def check(page: Page, cell: Cell, where: str, known: Known = NOTHING, *, whole: bool = True) -> Findings:
    """Look at what is open on a page by every rule that holds in this cell. ``whole``: it is a panel, not a sheet over
    one."""
    face, situation, look_ = cell
    car, watch, chinese = face.kind == "car", face.kind == "watch", look_.locale == "zh-CN"
    found = Findings(f"{where or 'home'} @ {cell.name}")
    asked: dict[str, Any] = {"scrolled": None, "cut": None, "laid": None, "leaks": None}
    asked |= {"fresh": known.gone, "wishes": known.asked, "alerts": None, "motion": 300}
    asked |= {"colours": None, "driving": None, "risky": None}
    if car and not where.startswith("gallery"):  # which shows all tiles there are
        asked |= {"tiles": TILES} | ({"rolls": None} if where == "" else {})
    if situation.driver and situation.state != "parked":
        asked |= {"long": TEXT, "typing": None, "lists": ITEMS}
    if whole and known.bar and not watch:
        asked["bar"] = known.bar
    if chinese:
        asked["foreign"] = [untranslated(), [*known.names]]
    if watch:
        asked["round"] = None
    # First: the next looks scroll by themselves.
    seen: dict[str, list[str]] = await looks(page, asked)
    measured = await glass.seen(page, {"small": face.least, "nameless": None, "texts": None})
    for what, rule in ONE.items():
        if what in seen:
            found.note(rule, seen[what])
    found.note("4 by itself", seen["scrolled"])
    found.note("12 whole", [*seen["cut"], *seen["laid"]])
    found.note("13 words", [*seen["leaks"], *seen.get("foreign", ())])
    found.note("1 targets", measured["small"])
    found.note("8 names", measured["nameless"])
    if car:
        found.note("1 text", [t["text"] for t in measured["texts"] if t["size"] < 23.9])
    if watch:
        count = await page.get_by_role("button").count()
        found.note("12 watch", [*([f"{count} buttons"] if count > 1 else []), *seen["round"]])
    wide, high = await glass.overflow(page)
    over = [f"{wide} px too wide"] if wide > 0 else []
    over += [f"{high} px too high"] if (car or watch) and high > 0 else []
    found.note("2 scrolling", [*over, *seen.get("rolls", ())])
    faint = await glass.faint(page, measured["texts"])
    if faint:
        # What changed between two looks (a switch that just went off) is no fault; what is faint stays so.
        await page.wait_for_timeout(500)
        faint = await glass.faint(page)
    found.note("1 contrast", faint)
    return found


def shows(found: Findings, declared: str, nothing: bool) -> None:
    """Rule 5: a panel that declares "nothing" for a driving state shows nothing in it, and only that one does."""
    wrong = (declared == "nothing") != nothing
    said = f"declared {declared}, {'nothing' if nothing else 'something'} is shown"
    found.note("5 shows", [said] if wrong else [])


async def keyboard(page: Page, found: Findings) -> None:
    """Rule 8 where the car is parked: every control can be reached, and each stop shows that it is one."""
    lost = await look(page, "unreachable")
    for _ in range(STEPS):
        await page.keyboard.press("Tab")
        lost += [f"no focus seen: {one}" for one in await look(page, "focus")]
    await page.evaluate("document.activeElement?.blur()")
    found.note("8 keyboard", lost)


AT_REST = """() => {
  const ends = (one) => Number.isFinite(one.effect.getComputedTiming().endTime);
  document.getAnimations().filter(ends).forEach((one) => one.finish());
}"""


async def axe(page: Page, found: Findings, *, twice: bool = False) -> None:
    """axe-core, all its rules. It is given to the page as a person's tool would be. ``twice``: the page shows one part
    several times, as the gallery does, so that places are called the same."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE.read_text(encoding="utf-8"))
    # What was said a moment ago may still be coming in, half seen.
    await page.evaluate(AT_REST)
    report = await page.evaluate(AXE_RUN, not twice)
    found.note("8 axe", report)
