"""Five thousand devices in one household: the page opens, draws what is looked at and no more, and everything of all
can be found."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest
from playwright.async_api import Browser, Page, expect

from tests.hmi.conftest import arrange
from tests.hmi.crowd import HALL, MANY, ROOMS, SHOWN, crowded

pytestmark = pytest.mark.anyio

DEVICES = 5_000
PHONE, CAR = (390, 844), (1280, 720)
MOST = 3_500
"""Elements that may be on the page at any time; all devices at once would be a hundred thousand."""
COUNT = "document.querySelectorAll('*').length"


@pytest.fixture(scope="module")
def crowd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with crowded(tmp_path_factory.mktemp("crowd") / "data", DEVICES) as url:
        yield url


@pytest.fixture
async def phone(crowd: str, browser: Browser) -> AsyncIterator[Page]:
    async for page in opened(crowd, browser, PHONE):
        yield page


@pytest.fixture
async def glass(crowd: str, browser: Browser) -> AsyncIterator[Page]:
    async for page in opened(crowd, browser, CAR):
        yield page


async def opened(url: str, browser: Browser, size: tuple[int, int]) -> AsyncIterator[Page]:
    """Anna's page, with six of the devices on her board."""
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]}, locale="en-GB", service_workers="block"
    )
    entered = await context.request.post(f"{url}/api/door/demo", data={"person": "anna"}, headers={"Origin": url})
    assert entered.ok, await entered.text()
    await arrange(context, url, ())
    await arrange(context, url, SHOWN)
    page = await context.new_page()
    await page.goto(f"{url}/")
    await page.locator(".tile").nth(5).wait_for()
    yield page
    await context.close()


async def elements(page: Page) -> int:
    return int(await page.evaluate(COUNT))


async def test_the_phone_draws_what_is_looked_at(phone: Page) -> None:
    assert await elements(phone) < MOST
    # The rooms come as one scrolls; in each stand some, and a button to the others.
    hall = phone.get_by_role("region", name=HALL, exact=True)
    await expect(hall.get_by_role("button", name=f"Show all {MANY}")).to_be_visible()
    for _ in range(4):
        await phone.mouse.wheel(0, 4_000)
        await phone.wait_for_timeout(50)
    await expect(phone.locator(".areas section").nth(3)).to_be_attached()


async def test_every_room_is_reached_by_scrolling(phone: Page) -> None:
    last, names = phone.locator(".areas > section").last, phone.locator(".areas > section h2")
    wanted = {HALL, *(f"Room {number}" for number in range(1, ROOMS))}
    async with asyncio.timeout(120):
        while not wanted <= set(await names.all_text_contents()):
            await last.scroll_into_view_if_needed()
            await phone.wait_for_timeout(50)


async def test_a_room_of_a_thousand_shows_its_last_device(phone: Page) -> None:
    await phone.get_by_role("region", name=HALL, exact=True).get_by_role("button", name=f"Show all {MANY}").click()
    sheet = phone.get_by_role("dialog", name=HALL)
    tiles = sheet.locator(".tile")
    await expect(tiles.first).to_be_visible()
    assert await elements(phone) < 2 * MOST
    more = sheet.get_by_role("button", name="More (")
    while await more.count():
        was = await tiles.count()
        await more.click()
        await expect(tiles.nth(was)).to_be_attached()
    await expect(tiles).to_have_count(MANY)
    await tiles.last.scroll_into_view_if_needed()
    await expect(tiles.last).to_be_visible()


@pytest.mark.parametrize("name", ["Lamp 0", "Blind 2999", "Plug 4996"])
async def test_each_device_is_found_by_a_part_of_its_name(phone: Page, name: str) -> None:
    await phone.get_by_role("button", name="Arrange", exact=True).click()
    await phone.get_by_role("button", name="Add", exact=True).first.click()
    dialog = phone.get_by_role("dialog")
    await dialog.get_by_label("Search").fill(name.lower())
    choice = dialog.locator(".list > *", has_text=name).first
    await expect(choice).to_be_visible()
    assert await elements(phone) < MOST


async def test_the_cars_glass_stays_small_and_obeys(glass: Page) -> None:
    assert await elements(glass) < MOST
    tile = glass.get_by_role("button", name="Lamp 6,")
    was = await tile.get_attribute("aria-pressed")
    await tile.click()
    await expect(tile).not_to_have_attribute("aria-pressed", was or "")
    await glass.get_by_role("button", name="All rooms").click()
    await expect(glass.get_by_role("dialog", name="All rooms")).to_be_visible()
    assert await elements(glass) < MOST
    # Pages of six: the last one is a turn away, for whoever wants it.
    await expect(glass.get_by_role("dialog").locator(".tile")).to_have_count(6)
