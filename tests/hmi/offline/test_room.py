"""A browser that has no room, keeps nothing, or hangs: the screen works, and says so only where one asks."""

from __future__ import annotations

import pytest
from playwright.async_api import Page, expect

from tests.hmi.offline.conftest import Screen, is_forgotten, is_kept, kept
from tests.peers.hub import RunningHub

pytestmark = pytest.mark.anyio

FORBIDDEN = "Object.defineProperty(window, 'indexedDB', { get() { throw new DOMException('no', 'SecurityError') } })"
HUNG = "IDBFactory.prototype.open = () => new EventTarget()"
BROKEN = """(() => {
  const open = IDBFactory.prototype.open;
  const end = () => { throw new DOMException("broken", "UnknownError") };
  IDBFactory.prototype.open = function (...all) { return window.mended ? open.apply(this, all) : end(); };
})()"""


async def look(page: Page) -> None:
    await page.goto(f"{page.url.split('#')[0]}#/settings/look")
    await expect(page.get_by_role("region", name="On this device")).to_be_visible()


@pytest.mark.parametrize("how", [FORBIDDEN, HUNG, BROKEN])
async def test_a_browser_that_keeps_nothing_still_works(screen: Screen, hub: RunningHub, how: str) -> None:
    page = await screen(who="anna", wait=".tile")
    await page.context.add_init_script(how)
    await page.reload()
    await expect(page.locator(".tile:not(.old)").first).to_be_visible(timeout=30_000)
    lamp = page.locator(".tile", has_text="Floor lamp").first.locator(".main")
    was = await lamp.get_attribute("aria-pressed")
    await lamp.click()
    await expect(lamp).not_to_have_attribute("aria-pressed", was or "")
    await expect(page.locator(".toast")).to_have_count(0)
    await look(page)
    await expect(page.get_by_text("This browser lets nothing be kept")).to_be_visible(timeout=30_000)


@pytest.mark.long
async def test_a_browser_without_room_keeps_what_it_had_and_works(screen: Screen, hub: RunningHub) -> None:
    page = await screen()
    before = await is_kept(page)
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("Storage.overrideQuotaForOrigin", {"origin": hub.url, "quotaSize": 1})
    assert (await devtools.send("Storage.getUsageAndQuota", {"origin": hub.url}))["quota"] == 1
    lamp = page.locator(".tile", has_text="Floor lamp").first.locator(".main")
    was = await lamp.get_attribute("aria-pressed")
    await lamp.click()
    await expect(lamp).not_to_have_attribute("aria-pressed", was or "")
    await look(page)
    # The browser reckons anew only now and then how much room there is.
    await expect(page.get_by_text("This browser has no room left")).to_be_visible(timeout=90_000)
    await expect(page.locator(".toast")).to_have_count(0)
    after = await kept(page)
    assert after["label"] and len(after["texts"]) == len(before["texts"])
    # What lies there is whole: it is shown at the next start, and goes on from there.
    await page.goto(f"{hub.url}/")
    await expect(page.locator(".tile:not(.old)").first).to_be_visible(timeout=30_000)


async def test_what_is_kept_is_told_and_forgotten_on_demand(screen: Screen) -> None:
    page = await screen()
    await is_kept(page)
    await look(page)
    await expect(page.get_by_text("things, ").filter(has_text="kB")).to_be_visible(timeout=30_000)
    await page.get_by_role("button", name="Forget it").click()
    await expect(page.get_by_text("Nothing is kept here.")).to_be_visible()
    await is_forgotten(page)
    await page.reload()
    await expect(page.get_by_text("Nothing is kept here.")).to_be_visible()
    await page.wait_for_timeout(3_000)
    assert await kept(page) in (None, {"label": None, "texts": []})
    await page.get_by_role("button", name="Keep it again").click()
    await is_kept(page)


async def test_a_screen_of_a_car_asks_its_browser_to_let_it_be(screen: Screen) -> None:
    asks = "navigator.storage.persist = () => { window.asked = true; return Promise.resolve(true) }"
    page = await screen((1280, 720))
    await page.context.add_init_script(asks)
    await page.reload()
    await page.wait_for_function("() => window.asked === true")
    phone = await screen()
    await phone.context.add_init_script(asks)
    await phone.reload()
    await expect(phone.locator(".tile:not(.old)").first).to_be_visible()
    await phone.wait_for_timeout(500)
    assert await phone.evaluate("window.asked === undefined")
