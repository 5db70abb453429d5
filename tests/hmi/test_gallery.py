"""The gallery shows every part of the glass: none is forgotten, each can be found, and it holds in either direction."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.hmi import glass
from tests.hmi.conftest import Opens

pytestmark = pytest.mark.anyio

PARTS = Path(__file__).parents[2] / "web" / "src" / "lib" / "parts"
TABLET, PHONE, CAR = (1024, 768), (390, 844), (1280, 720)
LISTED = "main nav li a"


async def listed(page: Page) -> dict[str, str]:
    """The parts in the gallery's list, and the page that shows each."""
    found: list[list[str]] = await page.locator(LISTED).evaluate_all(
        "all => all.map(e => [e.textContent.trim(), e.getAttribute('href').split('?')[0].slice(2)])"
    )
    return {name: address.rpartition("/")[0] for name, address in found}


async def test_no_part_is_forgotten(open_page: Opens) -> None:
    page = await open_page(TABLET, "#/gallery", wait=LISTED)
    parts = await listed(page)
    assert {path.stem for path in PARTS.glob("*.svelte")} - set(parts) == set(), "show these in web/src/panels/gallery"
    for at in sorted(set(parts.values())):
        await page.evaluate(f"location.hash = '/{at}'")
        await page.locator("main figure").first.wait_for()
        shown: list[str] = await page.locator("main section:has(figure)").evaluate_all(
            "all => all.filter(e => [...e.querySelectorAll('figure > div')].every(one => one.childElementCount > 0))"
            ".flatMap(e => e.ariaLabel.split(', '))"
        )
        missing = {name for name, where in parts.items() if where == at} - set(shown)
        assert missing == set(), f"{at} shows none of {missing}"


async def test_a_part_is_found_by_its_name(open_page: Opens) -> None:
    page = await open_page(CAR, "#/gallery", wait=LISTED)
    await page.get_by_label("Find a part").fill("stepp")
    await expect(page.locator(LISTED)).to_have_text(["Stepper"])
    await page.locator(LISTED).click()
    section = page.get_by_role("region", name="Stepper")
    await expect(section).to_be_in_viewport(ratio=0.3)
    await page.get_by_role("button", name="Back").click()
    await page.get_by_label("Find a part").fill("there is no such part")
    await expect(page.get_by_text("Nothing is called that")).to_be_visible()


async def test_it_has_an_address_and_a_way_from_the_settings(open_page: Opens, hub_url: str) -> None:
    page = await open_page(PHONE, "#/settings/about", wait="main a[href='#/gallery']")
    await page.locator("main a[href='#/gallery']").click()
    await expect(page.locator(LISTED).first).to_be_visible()
    await page.goto(f"{hub_url}/gallery")
    await expect(page.locator(LISTED).first).to_be_visible()
    assert page.url == f"{hub_url}/#/gallery"


@pytest.mark.parametrize(("size", "face"), [(PHONE, "phone"), (TABLET, "tablet"), (CAR, "car")])
async def test_it_holds_from_right_to_left(open_page: Opens, size: tuple[int, int], face: str) -> None:
    page = await open_page(size, "#/gallery", wait=LISTED)
    broken: list[str] = []
    for at in sorted(set((await listed(page)).values())):
        await page.evaluate(f"location.hash = '/{at}?direction=rtl&face={face}&look=day'")
        await page.locator("main figure").first.wait_for()
        await expect(page.locator("html")).to_have_attribute("dir", "rtl")
        wide, _ = await glass.overflow(page)
        out: list[str] = await page.locator("main figure > div").evaluate_all(
            "all => all.filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.parentElement.textContent.trim())"
        )
        broken += [f"{at}: {wide} px too wide"] if wide > 0 else []
        broken += [f"{at}: {one[-40:]} is wider than its place" for one in out]
    assert broken == []
