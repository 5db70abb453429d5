"""Car screens that are lower than most, or that stand: what opens on them is whole without scrolling."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import Page, expect

from tests.hmi.conftest import Opens

pytestmark = pytest.mark.anyio

LOW, TALL = (1180, 600), (768, 1024)
OVER = "e => [e.scrollWidth - e.clientWidth, e.scrollHeight - e.clientHeight]"
FACES = [(LOW, "en-GB"), (LOW, "zh-CN"), (TALL, "en-GB"), (TALL, "zh-CN")]
STRIP = """() => {
  const strip = document.querySelector("main > .road").getBoundingClientRect();
  const sheet = document.querySelector("dialog").getBoundingClientRect();
  const shade = getComputedStyle(document.querySelector("dialog"), "::backdrop").clipPath;
  return [strip.bottom, sheet.top, shade];
}"""


async def opened(open_page: Opens, size: tuple[int, int], locale: str, at: str = "", **more: str) -> Page:
    return await open_page(size, at, locale=locale, look={"face": "car"}, board=("living-lamp",), **more)


@pytest.mark.parametrize(("size", "locale"), FACES)
async def test_a_person_of_any_role_is_changed_without_scrolling(
    open_page: Opens, size: tuple[int, int], locale: str
) -> None:
    page = await opened(open_page, size, locale, "#/settings/people")
    await page.get_by_role("button", name=re.compile("Change Mei|更改Mei")).first.click()
    sheet = page.get_by_role("dialog")
    roles = sheet.get_by_role("radiogroup").last.get_by_role("radio")
    await expect(roles).to_have_count(4)
    for at in range(4):
        await roles.nth(at).click()
        assert await sheet.evaluate(OVER) == [0, 0], at


@pytest.mark.parametrize(("size", "locale"), FACES)
async def test_the_colours_of_a_lamp_are_all_there(open_page: Opens, size: tuple[int, int], locale: str) -> None:
    page = await opened(open_page, size, locale, wait=".tile")
    await page.locator(".tile .main").first.click(delay=900)
    sheet = page.get_by_role("dialog")
    await sheet.get_by_role("tab").nth(1).click()
    colours = sheet.get_by_role("group", name=re.compile("^(Colours|颜色|常用颜色)$")).get_by_role("button")
    await expect(colours).to_have_count(7)
    assert await sheet.evaluate(OVER) == [0, 0]
    rows = {round((await one.bounding_box() or {"y": 0})["y"]) for one in await colours.all()}
    assert len(rows) == (1 if size == LOW else 2)


async def test_a_sheet_leaves_a_standing_screens_strip_whole_and_lit(open_page: Opens) -> None:
    page = await opened(open_page, TALL, "en-GB", wait=".tile")
    await page.get_by_role("button", name=re.compile("^Climate (on|off)$")).first.click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    strip, sheet, shade = await page.evaluate(STRIP)
    assert sheet >= strip
    assert shade.startswith("inset(") and float(shade.removeprefix("inset(").partition("px")[0]) >= strip


async def test_a_room_without_a_name_is_called_by_what_is_in_it(open_page: Opens) -> None:
    page = await opened(open_page, TALL, "en-GB", wait=".tile")
    await page.get_by_role("button", name="All rooms").click()
    every = page.get_by_role("dialog").locator(".tile .name")
    await every.first.wait_for()
    names = await every.all_inner_texts()
    assert len(names) > 3 and all(names), names
