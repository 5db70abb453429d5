"""The rules of the glass on every thing's sheet and tile."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.hmi import glass
from tests.hmi.conftest import Opens, steer
from tests.hmi.hands import Finger, fact, open_sheet, ready
from tests.hmi.matrix import rules
from tests.hmi.uses import PLAYS

pytestmark = pytest.mark.anyio

CAR = (1280, 720)
EVERY = (
    "living-lamp", "kitchen-lights", "hall-switch", "living-climate", "bedroom-heater", "air-purifier", "humidifier",
    "living-blinds", "front-door", "gate", "doorbell", "living-tv", "vacuum", "outdoor-temperature", "bedroom-window",
    "alarm", "good-night",
)  # fmt: skip


@pytest.mark.parametrize(
    ("size", "drives"),
    [
        (CAR, True),
        pytest.param(CAR, False, marks=pytest.mark.long),
        pytest.param((1920, 1080), False, marks=pytest.mark.long),
    ],
    ids=["driver", "parked", "large"],
)
async def test_sheets_on_the_cars_glass_keep_its_rules(open_page: Opens, size: tuple[int, int], drives: bool) -> None:
    """Nothing scrolls, targets of 80, texts of 24; who drives has at most six things to touch."""
    page = await open_page(
        size, wait=".tile", board=EVERY, has_touch=True, look={"seat": "driver" if drives else "passenger"}
    )
    finger = await Finger.on(page)
    await ready(page, PLAYS)
    if drives:
        await steer(page, {"on_the_road": 0.3, "speed": 50})
        await expect(page.locator("html")).to_have_attribute("data-state", "moving")
    wrong: list[str] = []
    for number, thing in enumerate(EVERY):
        if number and number % 6 == 0:
            await page.get_by_role("button", name="Next page").click()
        name = (await fact(page, f"{thing}/thing.info"))["name"]
        sheet = await open_sheet(page, finger, name)
        await page.wait_for_timeout(350)
        for tab in [None, *await sheet.get_by_role("tab").all()]:
            if tab is not None:
                await tab.click()
            if await sheet.evaluate("e => e.scrollHeight - e.clientHeight") > 0:
                wrong.append(f"{thing}: scrolls")
            wrong += [f"{thing}: small {one}" for one in await glass.small_targets(page, 80)]
            wrong += [f"{thing}: nameless {one}" for one in await glass.nameless(page)]
            wrong += [f"{thing}: faint {one}" for one in await glass.faint(page)]
            wrong += [
                f"{thing}: text {one['text']}" for one in await glass.texts(page) if one["size"] * 1280 / size[0] < 23.9
            ]
        if drives:
            count = await sheet.locator(".body :is(button, input, select, [role=slider])").count()
            if count > 6:
                wrong.append(f"{thing}: {count} things to touch")
            if await sheet.locator("input:not([type=range]), select").count():
                wrong.append(f"{thing}: something to type or choose from a list")
        await page.keyboard.press("Escape")
    await steer(page, {"park": True})
    assert wrong == []


@pytest.mark.long
@pytest.mark.parametrize("theme", ["dark", pytest.param("light", marks=pytest.mark.long)])
async def test_sheets_have_nothing_that_axe_finds(open_page: Opens, theme: str) -> None:
    page = await open_page((1024, 768), wait=".tile", board=EVERY, has_touch=True, theme=theme)
    finger = await Finger.on(page)
    # Nothing on the page moves by itself while a finger is on it.
    await steer(page, {"park": True})
    await ready(page, PLAYS)
    found = rules.Findings("sheets")
    for thing in EVERY:
        sheet = await open_sheet(page, finger, (await fact(page, f"{thing}/thing.info"))["name"])
        await page.wait_for_timeout(350)
        for tab in [None, *await sheet.get_by_role("tab").all()]:
            if tab is not None:
                await tab.click()
            await rules.axe(page, found)
        assert found.broken == [], thing
        await page.keyboard.press("Escape")


@pytest.mark.parametrize("at", ["#/gallery/things?face=car", "#/gallery/things?face=phone"])
async def test_names_of_any_length_and_script_stay_in_their_tiles(open_page: Opens, at: str) -> None:
    """200 letters, right to left, signs of many parts: no tile grows, and no word leaves it."""
    page = await open_page((1280, 720), at, wait=".tile")
    tiles = await page.locator(".tile").evaluate_all(
        """all => all.map(tile => {
          const box = tile.getBoundingClientRect();
          const out = [...tile.querySelectorAll(".words > *")].map(e => e.getBoundingClientRect());
          const name = tile.querySelector(".name");
          const way = getComputedStyle(name).direction;
          return { name: name.textContent, way, height: box.height,
            out: out.some(one => one.left < box.left || one.right > box.right + 0.5 || one.bottom > box.bottom + 0.5) };
        })"""
    )
    assert max(len(tile["name"]) for tile in tiles) > 150
    assert {tile["way"] for tile in tiles if "מנורת" in tile["name"]} == {"rtl"}
    assert [tile["name"] for tile in tiles if tile["out"]] == []
    assert len({round(tile["height"]) for tile in tiles if tile["name"]}) <= 2


async def test_who_drives_reads_no_long_names(open_page: Opens) -> None:
    page = await open_page(CAR, wait=".tile", board=["outdoor-temperature", "living-climate"], look={"seat": "driver"})
    await steer(page, {"on_the_road": 0.3, "speed": 50})
    try:
        await expect(page.locator("html")).to_have_attribute("data-state", "moving")
        names = await page.locator(".tile .name").all_inner_texts()
        assert all(len(name) <= 20 for name in names), names
    finally:
        await steer(page, {"park": True})
