"""What a browser can measure of a page, for the rules of the glass. The measuring itself is ``glass.js``."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from playwright.async_api import Page

JS = (Path(__file__).parent / "glass.js").read_text(encoding="utf-8").partition("\n")[2]
WITHOUT_TEXT = """
*, *::before, *::after { color: transparent !important; transition: none !important; animation: none !important }
::placeholder { color: transparent !important }
svg text { fill: transparent !important }
"""
# Taking it away lets every motion begin anew: what was at its end goes there again.
GONE = """e => {
  e.remove();
  const ends = (one) => Number.isFinite(one.effect.getComputedTiming().endTime);
  document.getAnimations().filter(ends).forEach((one) => one.finish());
}"""
OVERFLOW = """() => {
  const page = document.scrollingElement;
  return [page.scrollWidth - innerWidth, page.scrollHeight - innerHeight];
}"""


async def _measure(page: Page, what: str, given: Any = None) -> Any:
    return await page.evaluate(f"(given) => {{ const glass = {JS.strip()}; return glass.{what}(given) }}", given)


async def small_targets(page: Page, least: int) -> list[str]:
    """Targets that do not own a square of ``least`` pixels: too small, or something else lies over them."""
    found: list[str] = await _measure(page, "small", least)
    return found


async def nameless(page: Page) -> list[str]:
    """Controls without a name for screen readers."""
    found: list[str] = await _measure(page, "nameless")
    return found


async def texts(page: Page) -> list[dict[str, Any]]:
    """Every visible text: where, how large, in which colour."""
    found: list[dict[str, Any]] = await _measure(page, "texts")
    return found


async def seen(page: Page, what: dict[str, Any]) -> dict[str, Any]:
    """Several measures at once, in their order: the functions of glass.js and what each is given."""
    found: dict[str, Any] = await _measure(page, "seen", [*what.items()])
    return found


async def faint(page: Page, found: list[dict[str, Any]] | None = None) -> list[str]:
    """Texts with less than 4.5:1 contrast to what is really painted behind them, gradients and all. ``found``: the
    page's texts, if they were just looked at."""
    found = await texts(page) if found is None else found
    if not found:
        return ["no text is to be seen"]
    style = await page.add_style_tag(content=WITHOUT_TEXT)
    picture = base64.b64encode(await page.screenshot()).decode()
    await style.evaluate(GONE)
    bad: list[str] = await _measure(page, "faint", [picture, found])
    if bad:
        Path("/tmp/faint.png").write_bytes(base64.b64decode(picture))
        await page.screenshot(path="/tmp/faint-with.png")
        Path("/tmp/faint.txt").write_text(str([bad, [t for t in found if t["text"].startswith("Press and")]]))
    return bad


async def overflow(page: Page) -> tuple[int, int]:
    """How many pixels the page is wider and higher than its window."""
    wide, high = await page.evaluate(OVERFLOW)
    return int(wide), int(high)
