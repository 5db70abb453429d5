"""A long press opens a sheet under the finger: letting go does nothing to what lies there."""

from __future__ import annotations

import asyncio
from functools import partial
from operator import eq

import pytest
from playwright.async_api import expect

from tests.hmi.conftest import BOARD, Opens
from tests.hmi.hands import HOLD, Finger, fact, open_sheet, ready, until

pytestmark = pytest.mark.anyio

HEAR = """() => {
  window.heard = [];
  for (const kind of ["mousedown", "input", "change", "click"])
    addEventListener(kind, (event) => event.target.closest?.("dialog") && window.heard.push(kind));
}"""
BRIGHTNESS = "living-lamp/light.brightness"


async def test_letting_go_over_a_slider_sets_nothing(open_page: Opens) -> None:
    others = [one for one in BOARD if one != "living-lamp"]
    page = await open_page((1280, 720), wait=".tile", board=["living-lamp", *others], has_touch=True)
    finger = await Finger.on(page)
    sheet = await open_sheet(page, finger, "Floor lamp")
    slider = await sheet.get_by_role("slider", name="Brightness").bounding_box()
    await page.keyboard.press("Escape")
    await expect(sheet).to_have_count(0)
    tile = page.locator(".tile", has_text="Floor lamp").locator(".main")
    place = await tile.bounding_box()
    assert slider is not None and place is not None
    # Where the slider will be: low on it, so that it would not stay as it is.
    x = max(slider["x"], place["x"]) + 20
    y = max(slider["y"], place["y"]) + 20
    assert x < min(slider["x"] + slider["width"], place["x"] + place["width"]), (slider, place)
    assert y < min(slider["y"] + slider["height"], place["y"] + place["height"]), (slider, place)
    before = await fact(page, BRIGHTNESS)
    await page.evaluate(HEAR)
    await finger.hold(tile, HOLD, at=((x - place["x"]) / place["width"], (y - place["y"]) / place["height"]))
    await expect(sheet).to_be_visible()
    await asyncio.sleep(0.5)
    assert await page.evaluate("window.heard") == []
    await expect(sheet.locator(".wish")).to_have_count(0)
    # The next touch counts again, and only for itself.
    await finger.tap(sheet.get_by_role("button", name="Close"))
    await expect(sheet).to_have_count(0)
    assert await fact(page, BRIGHTNESS) == before


BUSY = """() => addEventListener("pointerdown", () => setTimeout(() => {
  for (const until = performance.now() + 900; performance.now() < until;);
}, 300), { once: true, capture: true })"""
"""Holds the page up from 0.3 s after the next press to 1.2 s after it: so it hears of its end before its own timer."""


async def test_on_a_page_that_was_busy_what_was_held_for_long_enough_counts(open_page: Opens) -> None:
    page = await open_page((390, 844), wait=".tile", board=["front-door"])
    for locked, does in ((True, "Unlock"), (False, "Lock")):
        await ready(page, {"front-door/lock.locked": locked})
        await page.evaluate(BUSY)
        await page.get_by_role("button", name=f"Front door: {does}. Press and hold").first.click(delay=900)
        await until(page, "front-door/lock.locked", partial(eq, not locked))
    await page.evaluate(BUSY)
    await page.locator(".tile", has_text="Front door").first.locator(".main").click(delay=900)
    sheet = page.get_by_role("dialog", name="Front door")
    await page.evaluate(BUSY)
    await sheet.get_by_role("button", name="Unlock. Press and hold").click(delay=900)
    await until(page, "front-door/lock.locked", partial(eq, False))
    await ready(page, {"front-door/lock.locked": True})
