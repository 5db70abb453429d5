"""A browser that draws the same everywhere: the page's own letters, Noto for Chinese and emoji, DejaVu for the rest."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Browser, Page, async_playwright

from tests.hmi.golden.pictures import FACE, Picture
from tests.peers.chromium import launch_options

NOW = "2026-03-02T17:30:00+01:00"
"""The moment of every picture, in a place that has it in its own time."""
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts/opentype/noto</dir>
  <dir>/usr/share/fonts/truetype/noto</dir>
  <dir>/usr/share/fonts/truetype/dejavu</dir>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""
DRAWN_ALIKE = ("--font-render-hinting=none", "--disable-lcd-text", "--force-color-profile=srgb", "--hide-scrollbars")
TALLEST = 16_000
"""Pixels that Chromium draws in one piece."""
type Take = Callable[[Picture], Awaitable[Image.Image]]


@pytest.fixture(scope="package")
async def drawing(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    home: Path = tmp_path_factory.mktemp("drawing")
    (home / "fonts.conf").write_text(FONTS.format(cache=home / "fonts"), encoding="utf-8")
    options = launch_options(home, whole=True)
    options["args"] = [*options["args"], *DRAWN_ALIKE]
    options["env"] = {**os.environ, "HOME": str(home), "FONTCONFIG_FILE": str(home / "fonts.conf")}
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**options)
        yield browser
        await browser.close()


@pytest.fixture
async def take(hub_url: str, drawing: Browser, tmp_path: Path) -> AsyncIterator[Take]:
    """Takes a picture."""
    contexts = []

    async def takes(picture: Picture) -> Image.Image:
        width, height = picture.size
        context = await drawing.new_context(
            viewport={"width": width, "height": height},
            color_scheme="light" if picture.look == "day" else "dark",
            locale="zh-CN" if picture.language == "zh" else "en-GB",
            timezone_id="Europe/Berlin",
            reduced_motion="reduce",
            service_workers="block",
        )
        contexts.append(context)
        await context.clock.set_fixed_time(NOW)
        # By itself a window as high as its page would be another face.
        kept = json.dumps({"theme": picture.look, "face": FACE[picture.size]})
        await context.add_init_script(f"localStorage['wayhome.look'] ??= '{kept}'")
        page = await context.new_page()
        if picture.at is None:
            await page.goto(hub_url)
            await page.locator("li button").first.wait_for()
        else:
            answer = await context.request.post(
                f"{hub_url}/api/door/demo", data={"person": "anna"}, headers={"Origin": hub_url}
            )
            assert answer.ok, await answer.text()
            face = FACE[picture.size]
            asked = f"bare&look={picture.look}&face={face}&language={picture.language}&direction={picture.direction}"
            await page.goto(f"{hub_url}/#/gallery/{picture.at}?{asked}")
            await page.locator("main figure, main article, main .tile, main .what, main h2").first.wait_for()
        if picture.at == "showing":
            # That its hub is not heard comes after a while, or does not: the matrix looks at it.
            await page.add_style_tag(content=".banner { visibility: hidden !important }")
        await settle(page)
        if picture.whole:
            await stretch(page, picture)
        path = tmp_path / "picture.png"
        await page.screenshot(path=path, animations="disabled", caret="hide")
        with Image.open(path) as drawn:
            return drawn.convert("RGB")

    yield takes
    for context in contexts:
        await context.close()


async def settle(page: Page) -> None:
    """Until all letters are there and nothing comes any more."""
    await page.evaluate("document.fonts.ready")
    await page.wait_for_function(
        """() => {
          const now = document.body.innerHTML.length;
          const same = window.before === now;
          window.before = now;
          return same;
        }""",
        polling=250,
    )


async def stretch(page: Page, picture: Picture) -> None:
    """Make the window as high as the page, and its letters what they are on the real one."""
    letters = await page.evaluate("getComputedStyle(document.documentElement).fontSize")
    await page.add_style_tag(content=f":root {{ font-size: {letters} !important }}")
    high = await page.evaluate("document.querySelector('main').scrollHeight")
    assert high < TALLEST, f"{picture.name} is {high} px high"
    await page.set_viewport_size({"width": picture.size[0], "height": max(picture.size[1], high)})
    await settle(page)
