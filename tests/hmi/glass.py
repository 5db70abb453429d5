"""What a browser can measure of a page, for the rules of the glass. The measuring itself is ``glass.js``."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from playwright.async_api import Page

JS = (Path(__file__).parent / "glass.js").read_text(encoding="utf-8").partition("\n")[2]
WITHOUT_TEXT = """
*, *::before, *::after { color: transparent !important; transition: none !important; animation: none !important }
svg text { fill: transparent !important }
"""
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


async def faint(page: Page) -> list[str]:
    """Texts with less than 4.5:1 contrast to what is really painted behind them, gradients and all."""
    found = await texts(page)
    assert found, "a page without text"
    style = await page.add_style_tag(content=WITHOUT_TEXT)
    picture = base64.b64encode(await page.screenshot()).decode()
    await style.evaluate("e => e.remove()")
    bad: list[str] = await _measure(page, "faint", [picture, found])
    return bad


async def overflow(page: Page) -> tuple[int, int]:
    """How many pixels the page is wider and higher than its window."""
    wide, high = await page.evaluate(OVERFLOW)
    return int(wide), int(high)
