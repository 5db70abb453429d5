"""The start of the page on bad lines: answers that come late, in another order, or not at all."""

from __future__ import annotations

import asyncio

import pytest
from playwright.async_api import Page, Route, WebSocketRoute, expect

from tests.hmi.conftest import Opens

pytestmark = pytest.mark.anyio

PHONE, WATCH = (390, 844), (384, 384)
ME = "**/api/people/me"
LATE = 2.5
"""s"""


async def first_me(page: Page, *, lost: bool = False) -> tuple[asyncio.Event, asyncio.Event]:
    """The first answer to who is here comes when the first event is set, or late and ``lost``; the next ones come as
    they do. The second event: it has come."""
    asked, go, came = 0, asyncio.Event(), asyncio.Event()

    async def answers(route: Route) -> None:
        nonlocal asked
        asked += 1
        if asked > 1:
            await route.continue_()
        elif lost:
            await asyncio.sleep(LATE)
            await route.abort()
        else:
            answer = await route.fetch()
            await go.wait()
            await route.fulfill(response=answer)
            came.set()

    await page.route(ME, answers)
    return go, came


async def untold(page: Page) -> None:
    """The hub's first word on the household does not come; what changes in it does."""

    def take(wire: WebSocketRoute) -> None:
        hub = wire.connect_to_server()
        hub.on_message(lambda said: wire.send(said) if '"t":"snap"' not in str(said) else None)

    await page.route_web_socket("**/api/live", take)


async def test_who_the_hub_talks_to_is_not_left_at_the_door(open_page: Opens) -> None:
    page = await open_page(PHONE, wait=".tile", look={"keep": False})
    await first_me(page, lost=True)
    await page.reload()
    await expect(page.locator(".tile").first).to_be_visible()
    await page.wait_for_timeout(2_000 * LATE)
    await expect(page.locator(".tile").first).to_be_visible()
    await page.get_by_role("link", name="Settings").click()
    await expect(page.get_by_text("Anna").first).to_be_visible()  # it was asked for again


async def test_who_signs_in_before_an_old_answer_comes_stays_in(open_page: Opens) -> None:
    page = await open_page(PHONE, who="")
    await page.evaluate("localStorage['wayhome.here'] = ''")
    go, came = await first_me(page)
    await page.reload()
    await expect(page.get_by_text("This device was signed out")).to_be_visible()
    await page.get_by_role("button", name="Mei").click()
    await expect(page.locator(".tile").first).to_be_visible()
    go.set()
    await came.wait()
    await page.wait_for_timeout(1_000)
    await expect(page.locator(".tile").first).to_be_visible()


async def test_nothing_is_said_of_what_the_hub_has_not_told_yet(open_page: Opens) -> None:
    for size, wrong in ((PHONE, "Offline"), (WATCH, "No car")):
        page = await open_page(size, wait=".tile" if size == PHONE else "strong", look={"keep": False})
        await untold(page)
        await page.reload()
        await expect(page.get_by_text("Connecting to the hub")).to_be_visible(timeout=30_000)
        await page.wait_for_timeout(1_000)
        await expect(page.get_by_text("Connecting to the hub")).to_be_visible()
        await expect(page.get_by_text(wrong)).to_have_count(0)


async def test_a_page_at_the_door_goes_in_with_the_other_one(open_page: Opens) -> None:
    page = await open_page(PHONE, who="")
    other = await page.context.new_page()
    await other.goto(page.url)
    await other.get_by_role("button", name="Anna").click()
    await expect(other.locator(".tile").first).to_be_visible()
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await expect(page.locator(".tile").first).to_be_visible()
