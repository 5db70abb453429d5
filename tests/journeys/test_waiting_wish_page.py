"""A wish for a thing of another site that is away, on the car's page: it is seen to wait, to be done when the road is
there again, and not to be done when its time is over. Two real hubs, a real Chromium."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.hmi.hands import Finger
from tests.journeys.screens import PASSWORD, PHONE, TABLET, go, screen
from tests.peers.two_hubs import TwoHubs, until, value

pytestmark = [pytest.mark.anyio, pytest.mark.real]

LAMP = "living-lamp/light.on"


@pytest.fixture
def two(tmp_path: Path) -> Iterator[TwoHubs]:
    two = TwoHubs(tmp_path)
    two.start()
    founding = {"name": "Anna", "password": PASSWORD, "device": {"name": "Anna's phone", "kind": "phone"}}
    with two.home.api("") as api:
        came = api.post("/api/door/owner", json=founding, headers={"Origin": two.home.url})
        assert came.is_success, came.text
    two.join()
    until(lambda: value(two.car, "front-door/lock.locked"))
    yield two
    two.stop()


async def enter(page: Page, two: TwoHubs) -> None:
    """Anna signs in at the car; what her password is checked by comes there a moment after the two have met."""
    origin = two.car.url
    me = {"name": "Anna", "password": PASSWORD, "device": {"name": "Tablet", "kind": "tablet"}}
    async with asyncio.timeout(45):
        while not (
            await page.context.request.post(f"{origin}/api/door/password", data=me, headers={"Origin": origin})
        ).ok:
            await asyncio.sleep(0.2)


async def test_a_wish_is_seen_to_wait_and_to_be_done_when_the_home_is_back(two: TwoHubs, tmp_path: Path) -> None:
    on = value(two.car, LAMP)[0]
    async with (
        screen(tmp_path / "tablet", two.car, TABLET) as page,
        screen(tmp_path / "phone", two.car, PHONE, locale="zh-CN", theme="light") as other,
    ):
        for one in (page, other):
            await enter(one, two)
            await go(one, two.car, "")
        tile = page.get_by_role("button", name="Floor lamp, ")
        theirs = other.get_by_role("button", name="Floor lamp, ")
        await expect(tile).to_be_visible()
        await expect(theirs).to_be_visible()
        two.home.kill()
        await expect(tile).to_have_accessible_name(re.compile("Does not answer"))
        await tile.click()
        await expect(tile).to_contain_text(f"→ {'Off' if on else 'On'}")
        await expect(tile).to_contain_text(re.compile(r"waits, \d+ s left"))
        await expect(tile).not_to_have_accessible_name(re.compile("Take back"))
        await page.screenshot(path=tmp_path / "tile.png")
        await page.get_by_role("button", name="More about Floor lamp").click()
        sheet = page.get_by_role("dialog", name="Floor lamp")
        await expect(sheet).to_contain_text(
            re.compile(rf"Waiting for the way to Home: {'Off' if on else 'On'} · \d+ s left")
        )
        await page.wait_for_timeout(400)
        await page.screenshot(path=tmp_path / "sheet.png")
        # Another screen of the household sees it wait, too: it is the hub's own word.
        await expect(theirs).to_contain_text(re.compile(r"等待中，还剩 \d+秒"))
        await theirs.scroll_into_view_if_needed()
        await other.screenshot(path=tmp_path / "other.png")
        two.home.start()
        await expect(sheet.locator(".now")).not_to_contain_text("Waiting", timeout=30_000)
        await asyncio.to_thread(until, lambda: value(two.home, LAMP)[0] is not on, 45)
        await page.keyboard.press("Escape")
        await expect(tile).not_to_contain_text("waits")
        await expect(tile).to_have_attribute("aria-pressed", "false" if on else "true")


@pytest.mark.long
async def test_a_wish_whose_time_is_over_is_said_not_to_be_done(two: TwoHubs, tmp_path: Path) -> None:
    async with screen(tmp_path / "tablet", two.car, TABLET, touch=True) as page:
        await enter(page, two)
        await go(page, two.car, "")
        tile = page.get_by_role("button", name="Front door, ")
        await expect(tile).to_be_visible()
        two.home.kill()
        await expect(tile).to_have_accessible_name(re.compile("Does not answer"))
        finger = await Finger.on(page)
        await finger.hold(page.get_by_role("button", name="Front door: "))
        await expect(tile).to_contain_text(re.compile(r"waits, [1-5] s left"))
        await page.screenshot(path=tmp_path / "waits.png")
        await expect(page.locator(".toast")).to_contain_text("Front door: Not done in time", timeout=30_000)
        await expect(page.locator(".toast")).to_contain_text("Home did not take it in time.")
        await expect(tile).not_to_contain_text("waits")
        await page.screenshot(path=tmp_path / "over.png")
        two.home.start()
        await expect(tile).not_to_have_accessible_name(re.compile("Does not answer"), timeout=30_000)
        assert value(two.home, "front-door/lock.locked")[0] is True
