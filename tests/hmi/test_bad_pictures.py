"""A camera's picture that hangs, is missing or is rubbish: the sheet says so, what came before stays with its age, and
all else goes on. The hub is the real one; what goes wrong on the way, the browser's network does."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Page, Route, expect

from tests.hmi import glass
from tests.hmi.conftest import Opens

pytestmark = pytest.mark.anyio

PHONE, CAR = (390, 844), (1280, 720)
PICTURE = "**/api/home/picture*"


async def bell(page: Page) -> None:
    await page.get_by_role("button", name="Doorbell,").click()
    await expect(page.get_by_role("dialog", name="Doorbell")).to_be_visible()


async def whole(page: Page) -> None:
    """Nothing of the sheet is out of place."""
    assert (await glass.overflow(page))[0] <= 0
    assert await glass.small_targets(page, 44) == []
    assert await glass.faint(page) == []


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ({"status": 404, "json": {"code": "not_found", "detail": "there is no picture"}}, "There is no picture"),
        ({"status": 502, "body": "<html>Bad gateway</html>"}, "No picture came"),
        ({"status": 200, "content_type": "image/jpeg", "body": "no picture at all"}, "What it sent is no picture"),
        ({"status": 200, "content_type": "image/png", "body": ""}, "What it sent is no picture"),
    ],
    ids=["missing", "gateway", "rubbish", "empty"],
)
async def test_a_picture_that_is_none_is_said_to_be_none(
    open_page: Opens, answer: dict[str, object], says: str
) -> None:
    page = await open_page(PHONE, wait=".tile")
    await page.route(PICTURE, lambda route: route.fulfill(**answer))  # type: ignore[arg-type]
    await bell(page)
    sheet = page.get_by_role("dialog", name="Doorbell")
    await expect(sheet).to_contain_text(says)
    await expect(sheet.locator("img")).to_have_count(0)
    await whole(page)
    # It can be asked for again; when it is well, so is the sheet.
    async with page.expect_request(PICTURE):
        await sheet.get_by_role("button", name="Try again").click()
    await page.unroute(PICTURE)
    await expect(sheet.locator("img")).to_be_visible(timeout=30_000)
    await expect(sheet).not_to_contain_text(says)
    assert await sheet.locator("img").evaluate("e => e.naturalWidth") > 100


async def test_the_picture_before_stays_and_says_how_old_it_is(open_page: Opens) -> None:
    page = await open_page(PHONE, wait=".tile")
    await bell(page)
    sheet = page.get_by_role("dialog", name="Doorbell")
    await expect(sheet.locator("img")).to_be_visible()
    await page.route(PICTURE, lambda route: route.fulfill(status=200, content_type="image/jpeg", body="rubbish"))
    await expect(sheet).to_contain_text("What it sent is no picture", timeout=30_000)
    # The one before is there, and looks like one of before.
    assert await sheet.locator("img.stale").evaluate("e => e.naturalWidth") > 100
    await whole(page)


@pytest.mark.long
async def test_a_picture_that_hangs_holds_up_nothing(open_page: Opens) -> None:
    page = await open_page(PHONE, wait=".tile")
    hanging: list[Route] = []
    done = asyncio.Event()

    async def hang(route: Route) -> None:
        hanging.append(route)
        await done.wait()
        await route.abort()

    await page.route(PICTURE, hang)
    await bell(page)
    sheet = page.get_by_role("dialog", name="Doorbell")
    await expect(sheet).to_be_visible()
    await whole(page)
    await page.keyboard.press("Escape")
    lamp = page.get_by_role("button", name="Floor lamp,")
    was = await lamp.get_attribute("aria-pressed")
    await lamp.click()
    await expect(lamp).to_have_attribute("aria-pressed", "false" if was == "true" else "true")
    # It is given up, said, and asked for again.
    await bell(page)
    await expect(sheet).to_contain_text("No picture came", timeout=30_000)
    assert len(hanging) >= 2
    done.set()
