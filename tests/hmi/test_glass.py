"""The rules of the glass, measured in a real browser on the real page."""

from __future__ import annotations

import gzip

import pytest
from playwright.async_api import Page

from tests.hmi import glass
from tests.hmi.conftest import Opens

pytestmark = pytest.mark.anyio

CAR, CAR_LARGE = (1280, 720), (1920, 1080)
PHONE, TABLET, TABLET_TALL, WATCH = (390, 844), (1024, 768), (820, 1180), (384, 384)
LOOKS = [("dark", "en-GB"), ("light", "en-GB"), ("dark", "zh-CN"), ("light", "zh-CN")]
SHOWN = {"dark": "night", "light": "day"}
"""On the car's glass the theme follows the light outside: here it is chosen."""
TILE = ".tile"
SHIFTS = """
window.shifts = 0;
const add = (list) => list.getEntries().forEach((one) => (window.shifts += one.value));
new PerformanceObserver(add).observe({ type: "layout-shift", buffered: true });
new MutationObserver(() => (window.stood ??= document.querySelector(".tile") ? performance.now() : undefined))
  .observe(document, { childList: true, subtree: true });
"""
SCRIPTS = """() => performance.getEntriesByType("resource")
  .filter((one) => one.name.split("?")[0].endsWith(".js") && one.startTime <= window.stood).map((one) => one.name)"""


async def home(open_page: Opens, size: tuple[int, int], **more: object) -> Page:
    return await open_page(size, wait=TILE, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("size", [CAR, CAR_LARGE])
@pytest.mark.parametrize(("theme", "locale"), LOOKS)
async def test_the_cars_home_view(open_page: Opens, size: tuple[int, int], theme: str, locale: str) -> None:
    page = await home(open_page, size, locale=locale, look={"theme": SHOWN[theme]})
    assert max(await glass.overflow(page)) <= 0, "the car's home view scrolls"
    assert await page.locator(TILE).count() <= 6
    assert await glass.small_targets(page, 80) == []
    assert await glass.nameless(page) == []
    assert await glass.faint(page) == []
    small = [t["text"] for t in await glass.texts(page) if t["size"] < 23.9]
    assert small == [], "text under 24"


@pytest.mark.parametrize("at", ["#/car", "#/settings", "#/settings/look", "#/activity"])
@pytest.mark.parametrize("theme", ["dark", "light"])
async def test_the_cars_other_views(open_page: Opens, at: str, theme: str) -> None:
    page = await open_page(CAR, at, look={"theme": SHOWN[theme]}, wait="main h2")
    assert max(await glass.overflow(page)) <= 0
    assert await glass.small_targets(page, 80) == []
    assert await glass.nameless(page) == []
    assert await glass.faint(page) == []


@pytest.mark.parametrize("size", [PHONE, TABLET, TABLET_TALL])
@pytest.mark.parametrize(("theme", "locale"), LOOKS)
async def test_phones_and_tablets(open_page: Opens, size: tuple[int, int], theme: str, locale: str) -> None:
    page = await home(open_page, size, theme=theme, locale=locale)
    assert (await glass.overflow(page))[0] <= 0, "the page is wider than the screen"
    assert await glass.small_targets(page, 44) == []
    assert await glass.nameless(page) == []
    assert await glass.faint(page) == []


async def test_a_round_watch_shows_one_thing_and_one_action(open_page: Opens) -> None:
    page = await open_page(WATCH, wait="strong")
    assert max(await glass.overflow(page)) <= 0
    assert await page.get_by_role("button").count() == 1
    outside = [
        t["text"]
        for t in await glass.texts(page)
        if any(
            (x - 192) ** 2 + (y - 192) ** 2 > 192**2
            for x in (t["x"], t["x"] + t["width"])
            for y in (t["y"], t["y"] + t["height"])
        )
    ]
    assert outside == [], "text that the round glass cuts off"


@pytest.mark.parametrize("size", [CAR, PHONE])
async def test_the_door(open_page: Opens, size: tuple[int, int]) -> None:
    page = await open_page(size, who="", wait="li button")
    assert (await glass.overflow(page))[0] <= 0
    assert await glass.small_targets(page, 80 if size == CAR else 48) == []
    assert await glass.faint(page) == []
    assert await glass.nameless(page) == []


async def test_the_first_page_is_light_stays_here_and_does_not_jump(open_page: Opens, hub_url: str) -> None:
    page = await open_page(PHONE, who="anna", wait=TILE)
    elsewhere: list[str] = []
    page.on("request", lambda r: None if r.url.startswith((hub_url, "data:", "blob:")) else elsewhere.append(r.url))
    await page.add_init_script(SHIFTS)
    await page.reload()
    await page.locator(TILE).first.wait_for()
    await page.wait_for_timeout(500)
    # What stands in the browser's cache counts as well; what is fetched for later, once the page stands, does not.
    scripts = {
        url: len(gzip.compress(await (await page.context.request.get(url)).body()))
        for url in await page.evaluate(SCRIPTS)
    }
    assert elsewhere == []
    assert any("/index-" in url for url in scripts)
    assert 90_000 < sum(scripts.values()) < 120_000, scripts
    assert await page.evaluate("window.shifts") < 0.02


async def test_motion_can_be_turned_off(open_page: Opens) -> None:
    page = await home(open_page, CAR, reduced_motion="reduce")
    lasting = await page.evaluate(
        "() => [...document.querySelectorAll('*')].filter(e => { const s = getComputedStyle(e);"
        " return Math.max(...s.transitionDuration.split(',').map(parseFloat)) > 0.001 }).length"
    )
    assert lasting == 0
