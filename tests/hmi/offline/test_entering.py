"""A screen is entered: what was known last is there at once with its age, and turns fresh without flicker."""

from __future__ import annotations

import asyncio
import re
import time
from functools import partial
from typing import Any

import msgspec
import pytest
from playwright.async_api import Page, WebSocket, expect

from tests.hmi.offline.conftest import WATCH, Screen, is_kept
from tests.hmi.offline.tunnel import Tunnel
from tests.hmi.seats import pair, post
from tests.peers.hub import RunningHub

pytestmark = pytest.mark.anyio

CAR, PHONE, TABLET = (1280, 720), (390, 844), (1024, 768)
OLD = re.compile(r"\bold\b")
DAY = 86_400.0
DOORS = """() => {
  window.doors = 0;
  new MutationObserver(() => window.doors += document.querySelectorAll(".door ul, .door form").length)
    .observe(document.body, { childList: true, subtree: true });
}"""
"""Counts what asks who one is."""


async def entered(page: Page, url: str, *, clock: float | None = None) -> Page:
    """A new page of the same browser, as when one comes back. ``clock``: what the device's clock says by then."""
    await page.close()
    fresh = await page.context.new_page()
    if clock is not None:
        await fresh.clock.install(time=clock)
    await fresh.goto(url)
    return fresh


@pytest.mark.parametrize("size", [CAR, PHONE, TABLET])
async def test_what_was_known_is_there_with_its_age_before_the_hub_says_a_word(
    screen: Screen, tunnel: Tunnel, size: tuple[int, int]
) -> None:
    page = await screen(size, url=tunnel.url)
    await is_kept(page)
    tunnel.shut()
    page = await entered(page, tunnel.url, clock=time.time() + 600)
    # The hub can't say a word, and the page's clock stands still. How long it takes is told by bench/glass_start.
    await expect(page.locator(".tile").first).to_be_visible(timeout=30_000)
    lamp = page.locator(".tile", has_text="Floor lamp").first
    await expect(lamp).to_have_class(OLD)
    await expect(lamp).to_contain_text(re.compile("1[01] min ago"))
    car = page.get_by_role("region", name="Aurora").first
    await expect(car).to_have_class(OLD)
    await expect(car).to_contain_text(re.compile("1[01] min ago"))
    await page.clock.run_for(2_500)
    await expect(page.get_by_text(re.compile("^ ?Offline( · |. This is what was last known, )1"))).to_be_visible()
    await page.evaluate(WATCH)
    await page.evaluate("document.querySelectorAll('.tile').forEach(one => one.known = true)")
    tunnel.open()
    await page.clock.run_for(16_000)
    await expect(lamp).not_to_have_class(OLD, timeout=30_000)
    await expect(page.get_by_text("Offline.")).to_have_count(0)
    await expect(page.get_by_text("min ago")).to_have_count(0)
    assert await page.evaluate("[...document.querySelectorAll('.tile')].every(one => one.known)")
    seen = await page.evaluate("window.seen")
    assert seen["gone"] == 0 and seen["blank"] == 0 and seen["shifts"] < 0.01, seen


async def test_a_start_without_the_hub_shows_the_house_and_not_the_door(screen: Screen, hub: RunningHub) -> None:
    page = await screen()
    await is_kept(page)
    hub.kill()
    page = await entered(page, hub.url)
    await expect(page.locator(".tile").first).to_be_visible()
    await expect(page.get_by_text("The hub does not answer")).to_have_count(0)
    await page.goto(f"{hub.url}/#/settings")
    await expect(page.get_by_text("This needs the hub")).to_be_visible(timeout=30_000)
    hub.start()
    await expect(page.get_by_text("This needs the hub")).to_have_count(0, timeout=30_000)


async def test_who_is_signed_in_sees_no_door_when_the_hub_comes_back(screen: Screen, hub: RunningHub) -> None:
    page = await screen(look='{"keep":false}')
    await page.evaluate("navigator.serviceWorker.ready")
    await page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    await page.wait_for_timeout(2_000)
    # So that the door is who notices first.
    await page.evaluate("localStorage.removeItem('wayhome.here')")
    hub.kill()
    page = await entered(page, hub.url)
    await expect(page.get_by_text("The hub does not answer")).to_be_visible(timeout=30_000)
    await page.evaluate(DOORS)
    hub.start()
    await expect(page.locator(".tile").first).to_be_visible(timeout=30_000)
    assert await page.evaluate("window.doors") == 0


async def test_a_page_that_is_opened_again_is_told_what_changed_and_no_more(screen: Screen, hub: RunningHub) -> None:
    page = await screen()
    await is_kept(page)
    said: list[dict[str, Any]] = []

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", lambda frame: said.append(msgspec.json.decode(frame)))
        socket.on("framereceived", lambda frame: said.append(msgspec.json.decode(frame)))

    page.on("websocket", listen)
    await page.reload()
    await expect(page.locator(".tile:not(.old)").first).to_be_visible(timeout=30_000)
    await page.wait_for_timeout(500)
    hello = next(one for one in said if one["t"] == "hello")
    assert "epoch" in hello and hello["rev"] > 0
    assert next(one["t"] for one in said if one["t"] in ("snap", "delta")) == "delta"


async def test_a_hub_that_is_killed_and_starts_again_is_hardly_seen(screen: Screen, hub: RunningHub) -> None:
    page = await screen(CAR)
    await is_kept(page)
    await page.evaluate("document.querySelectorAll('.tile, main, .road section').forEach(one => one.known = true)")
    await page.evaluate(WATCH)
    hub.kill()
    await expect(page.locator(".tile.old").first).to_be_visible(timeout=30_000)
    hub.start()
    await expect(page.locator(".tile.old")).to_have_count(0, timeout=30_000)
    assert await page.evaluate("[...document.querySelectorAll('.tile, main, .road section')].every(one => one.known)")
    seen = await page.evaluate("window.seen")
    assert seen["gone"] == 0 and seen["blank"] == 0 and seen["shifts"] < 0.01, seen


async def test_a_screen_that_may_be_at_the_wheel_stays_so_without_the_hub(screen: Screen, tunnel: Tunnel) -> None:
    page = await screen(CAR, url=tunnel.url)
    await post(page, "links/steer", {"id": "demo", "orders": {"park": True}})
    await pair(partial(post, page), page, kind="browser", person="mei", seat=None)
    await page.reload()
    await expect(page.locator("html")).to_have_attribute("data-state", "parked", timeout=30_000)
    await is_kept(page)
    tunnel.shut()
    page = await entered(page, tunnel.url)
    await expect(page.get_by_role("region", name="Aurora").first).to_be_visible()
    await expect(page.locator("html")).to_have_attribute("data-state", "moving", timeout=30_000)


async def test_twenty_minutes_of_tunnel(screen: Screen, tunnel: Tunnel) -> None:
    page = await screen(CAR, url=tunnel.url, look='{"seat":"driver"}')
    await page.clock.install()
    await page.reload()
    lamp = page.locator(".tile", has_text="Floor lamp").first
    await expect(lamp).not_to_have_class(OLD, timeout=30_000)
    tunnel.shut()
    await page.clock.fast_forward(60_000)
    await page.clock.run_for(12_000)
    await page.clock.fast_forward(19 * 60_000)
    await page.clock.run_for(5_000)
    await expect(lamp).to_have_class(OLD)
    await expect(lamp).to_contain_text(re.compile("(19|20|21) min ago"))
    # Nobody can say what the car does now: the driver's screen is as strict as in motion.
    assert await page.evaluate("document.documentElement.dataset.state") == "moving"
    await page.goto(f"{tunnel.url}/#/settings")
    await expect(page.get_by_text("Settings are for when the car is parked.")).to_be_visible()
    await page.goto(f"{tunnel.url}/#/")
    tunnel.open()
    await page.clock.run_for(30_000)
    await expect(lamp).not_to_have_class(OLD, timeout=30_000)
    await expect(page.get_by_text("min ago")).to_have_count(0)


@pytest.mark.parametrize("off", [DAY, -DAY])
async def test_a_clock_that_is_a_day_off_makes_nothing_older_or_younger(
    screen: Screen, tunnel: Tunnel, off: float
) -> None:
    page = await screen(url=tunnel.url)
    page = await entered(page, tunnel.url, clock=time.time() + off)
    lamp = page.locator(".tile", has_text="Floor lamp").first
    await expect(lamp).not_to_have_class(OLD, timeout=30_000)
    await page.clock.run_for(20_000)
    async with asyncio.timeout(45):
        # What the screen kept before its clock was moved stands until the next keeping.
        while abs((picture := await is_kept(page))["label"]["offset"] / 1000 + off) >= 60:
            await asyncio.sleep(0.2)
    assert abs(picture["label"]["heard"] - time.time()) < 60
    tunnel.shut()
    page = await entered(page, tunnel.url, clock=time.time() + off + 600)
    lamp = page.locator(".tile", has_text="Floor lamp").first
    await expect(lamp).to_have_class(OLD)
    await expect(lamp).to_contain_text(re.compile("(9|1[01]) min ago"))


async def test_a_drivers_screen_takes_no_leave_from_what_was_kept(screen: Screen, tunnel: Tunnel) -> None:
    page = await screen(CAR, url=tunnel.url, look='{"seat":"driver"}')
    await is_kept(page)
    tunnel.shut()
    page = await entered(page, f"{tunnel.url}/#/settings", clock=time.time() + 600)
    await expect(page.get_by_role("region", name="Aurora").first).to_be_visible()
    await page.clock.run_for(2_500)
    await expect(page.get_by_text("Settings are for when the car is parked.")).to_be_visible()
    assert await page.evaluate("document.documentElement.dataset.state") == "moving"
