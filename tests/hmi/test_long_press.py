"""A long press opens a sheet under the finger: letting go does nothing to what lies there."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import expect

from tests.hmi.conftest import BOARD, Opens
from tests.hmi.hands import HOLD, Finger, fact, open_sheet

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
