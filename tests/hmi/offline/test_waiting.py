"""A tap while the hub is away waits, says until when, can be taken back, and is sent once."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.hmi.offline.conftest import Screen, is_kept, stops
from tests.hmi.offline.tunnel import Tunnel
from tests.peers.hub import RunningHub

pytestmark = pytest.mark.anyio

WAITS = re.compile(r"waits, \d+ s left")
LAMP = "living-lamp/light.on"
TOLD = """() => {
  window.told = [];
  new MutationObserver(() => {
    const said = document.querySelector(".toast strong")?.textContent;
    if (said && said !== window.told.at(-1)) window.told.push(said);
  }).observe(document.body, { childList: true, subtree: true });
}"""


def wished(hub: RunningHub, path: str, since: float) -> set[str]:
    """The wishes for a path that reached the hub since then: each is asked once, however often it is told of."""
    with hub.api() as api:
        lines = api.get("/api/home/audit", params={"about": path, "kinds": "command", "limit": 100}).json()["lines"]
    return {line["context"] for line in lines if line["what"] == "wished" and line["at"] >= since}


def lamp(page: Page) -> Any:
    return page.locator(".tile", has_text="Floor lamp").first


async def tap(page: Page) -> None:
    await lamp(page).locator(".main").click()


async def test_a_tap_says_that_it_waits_and_can_be_taken_back(screen: Screen, hub: RunningHub) -> None:
    page = await screen()
    hub.kill()
    began = time.time()
    await expect(lamp(page)).to_have_class(re.compile("old"), timeout=30_000)
    await tap(page)
    await expect(lamp(page)).to_contain_text(WAITS)
    await expect(page.get_by_text("1 wish waits for the hub")).to_be_visible()
    await tap(page)
    await expect(lamp(page)).not_to_contain_text(WAITS)
    await tap(page)
    await page.locator(".tile", has_text="Kitchen lights").first.locator(".main").click()
    await expect(page.get_by_text("2 wishes wait for the hub")).to_be_visible()
    await page.get_by_role("button", name="Show").click()
    sheet = page.get_by_role("dialog", name="Waiting for the hub")
    await expect(sheet.get_by_role("listitem")).to_have_count(2)
    await expect(sheet.get_by_text(re.compile(r"^\d+ s left")).first).to_be_visible()
    for _ in range(2):
        await sheet.get_by_role("button", name="Take back").first.click()
    await expect(sheet).to_have_count(0)
    hub.start()
    await expect(page.locator(".tile.old")).to_have_count(0, timeout=30_000)
    await page.wait_for_timeout(500)
    assert wished(hub, LAMP, began) == set()


async def test_a_tap_that_is_not_in_time_is_dropped_and_says_so(screen: Screen, hub: RunningHub) -> None:
    page = await screen()
    await page.clock.install()
    hub.kill()
    began = time.time()
    await expect(lamp(page)).to_have_class(re.compile("old"), timeout=30_000)
    await tap(page)
    await expect(lamp(page)).to_contain_text(WAITS)
    await page.clock.fast_forward(31_000)
    await expect(page.locator(".toast")).to_contain_text("Floor lamp: Not done in time")
    await expect(lamp(page)).not_to_contain_text(WAITS)
    hub.start()
    await page.clock.run_for(20_000)
    await expect(page.locator(".tile.old")).to_have_count(0, timeout=30_000)
    assert wished(hub, LAMP, began) == set()


async def test_an_unlock_that_the_network_held_up_does_not_happen_late(
    screen: Screen, hub: RunningHub, tunnel: Tunnel
) -> None:
    page = await screen(url=tunnel.url)
    lock = page.locator(".tile", has_text="Front door").first
    await expect(lock).to_contain_text("Locked")
    unlock = page.get_by_role("button", name="Front door: Unlock. Press and hold")
    await unlock.scroll_into_view_if_needed()
    tunnel.shut()
    began = time.time()
    await unlock.click(delay=2_000)
    # It went out: that it never came to the hub is only known once that has said so.
    await expect(page.locator(".toast")).to_contain_text("Front door: Nobody knows whether it was done", timeout=30_000)
    tunnel.open(lost=False)
    await expect(page.locator(".toast")).to_contain_text("Front door: Not done in time", timeout=30_000)
    await expect(page.locator(".tile.old")).to_have_count(0, timeout=30_000)
    await page.wait_for_timeout(3_000)
    await expect(lock).to_contain_text("Locked")
    assert wished(hub, "front-door", began) == set()


@pytest.mark.parametrize("breaks", [False, True])
async def test_an_unlock_whose_answer_got_lost_is_not_said_to_be_undone(
    screen: Screen, hub: RunningHub, tunnel: Tunnel, breaks: bool
) -> None:
    page = await screen(url=tunnel.url)
    lock = page.locator(".tile", has_text="Front door").first
    await expect(lock).to_contain_text("Locked")
    await page.evaluate(TOLD)
    unlock = page.get_by_role("button", name="Front door: Unlock. Press and hold")
    await unlock.scroll_into_view_if_needed()
    tunnel.hold_answers()
    began = time.time()
    await unlock.click(delay=2_000)
    if breaks:
        tunnel.cut()
    toast = page.locator(".toast")
    await expect(toast).to_contain_text("Front door: Nobody knows whether it was done", timeout=30_000)
    assert len(wished(hub, "front-door", began)) == 1
    # It is seen to be so once the line is back: the old one breaks, on the new one the hub is asked.
    tunnel.open()
    await expect(toast).to_contain_text("Front door: It was done", timeout=30_000)
    await expect(lock).to_contain_text("Unlocked")
    await page.wait_for_timeout(2_000)
    said = await page.evaluate("window.told")
    assert len(said) == 2, said
    assert len(wished(hub, "front-door", began)) == 1
    await page.get_by_role("button", name=re.compile("Front door: Lock")).click(delay=2_000)
    await expect(lock).to_contain_text("Locked", timeout=30_000)


async def still(screen: Screen, tunnel: Tunnel) -> Page:
    """A page that hears the hub, and whose clock the machine does not move."""
    page = await screen(url=tunnel.url)
    await page.clock.install()
    await page.reload()
    await expect(page.locator(".tile:not(.old)").first).to_be_visible(timeout=30_000)
    await stops(page)
    return page


async def test_a_line_that_falls_silent_is_said_though_nobody_closed_it(screen: Screen, tunnel: Tunnel) -> None:
    page = await still(screen, tunnel)
    tunnel.shut()
    # It asks after 6 s, and gives the answer 6 s at the most, where answers take long.
    await page.clock.run_for(12_100)
    await expect(lamp(page)).to_have_class(re.compile("old"))
    await expect(page.get_by_text(re.compile("Offline"))).to_be_visible()
    await page.clock.resume()
    tunnel.open(lost=False)
    await expect(page.locator(".tile.old")).to_have_count(0, timeout=30_000)


async def test_a_tap_without_an_answer_makes_one_ask(screen: Screen, tunnel: Tunnel) -> None:
    page = await still(screen, tunnel)
    tunnel.shut()
    await tap(page)
    # It asks after 1.5 s, and gives the answer 6 s at the most; by itself it would not do so before 8.5 s have passed.
    await page.clock.run_for(7_600)
    await expect(page.get_by_text("1 wish waits for the hub")).to_be_visible()
    await page.clock.resume()
    tunnel.open(lost=False)
    await expect(page.locator(".tile.old")).to_have_count(0, timeout=30_000)


async def test_what_waits_outlives_a_page_that_is_loaded_anew_and_is_sent_once(screen: Screen, hub: RunningHub) -> None:
    page = await screen()
    await is_kept(page)
    hub.kill()
    began = time.time()
    await expect(lamp(page)).to_have_class(re.compile("old"), timeout=30_000)
    was = await lamp(page).locator(".main").get_attribute("aria-pressed")
    await tap(page)
    await expect(lamp(page)).to_contain_text(WAITS)
    key = await page.evaluate("JSON.parse(sessionStorage['wayhome.wishes']).wishes[0].key")
    await page.reload()
    await expect(lamp(page)).to_contain_text(WAITS)
    assert await page.evaluate("JSON.parse(sessionStorage['wayhome.wishes']).wishes[0].key") == key
    hub.start()
    await expect(lamp(page).locator(".main")).not_to_have_attribute("aria-pressed", was or "", timeout=30_000)
    await expect(page.get_by_text("waits for the hub")).to_have_count(0)
    await page.wait_for_timeout(500)
    assert len(wished(hub, LAMP, began)) == 1
    assert await page.evaluate("sessionStorage['wayhome.wishes'] ?? null") is None


async def test_nothing_is_unlocked_by_a_page_that_is_loaded_anew(screen: Screen, hub: RunningHub) -> None:
    page = await screen()
    await is_kept(page)
    hub.kill()
    began = time.time()
    door = page.locator(".tile", has_text="Front door").first
    await expect(door).to_have_class(re.compile("old"), timeout=30_000)
    await door.scroll_into_view_if_needed()
    await door.get_by_role("button", name=re.compile("Front door: (Unl|L)ock")).click(delay=900)
    await expect(door).to_contain_text(re.compile(r"waits, \d s left"))
    await page.reload()
    await expect(door).to_be_visible()
    await expect(door).not_to_contain_text("waits")
    hub.start()
    await expect(page.locator(".tile.old")).to_have_count(0, timeout=30_000)
    await page.wait_for_timeout(500)
    assert wished(hub, "front-door/lock.locked", began) == set()
