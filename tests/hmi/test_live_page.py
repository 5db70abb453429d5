"""What people do on the page, against a living hub."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.hmi.conftest import Opens, steer, steered
from tests.hmi.hands import ready, until

pytestmark = pytest.mark.anyio

CAR, PHONE, TABLET = (1280, 720), (390, 844), (1024, 768)
TILE = ".tile"


async def test_a_tap_switches_and_every_screen_shows_it(open_page: Opens) -> None:
    car = await open_page(CAR, wait=TILE)
    phone = await open_page(PHONE, who="mei", wait=TILE)
    tile = car.get_by_role("button", name="Floor lamp,")
    was = await tile.get_attribute("aria-pressed")
    await tile.click()
    now = "false" if was == "true" else "true"
    await expect(tile).to_have_attribute("aria-pressed", now)
    await expect(phone.get_by_role("button", name="Floor lamp,")).to_have_attribute("aria-pressed", now)


async def test_the_hub_is_listened_to_once_and_only_by_who_is_signed_in(open_page: Opens) -> None:
    page = await open_page(PHONE, who="")
    lines: list[str] = []
    page.on("websocket", lambda line: lines.append(line.url))
    await page.reload()
    await page.get_by_role("button", name="Anna").wait_for()
    await page.wait_for_timeout(500)
    assert lines == []
    await page.get_by_role("button", name="Anna").click()
    await page.locator(TILE).first.wait_for()
    assert len(lines) == 1
    # In another language it is the same connection; opened again, one more.
    await page.evaluate("location.hash = '#/settings'")
    await page.get_by_role("link", name="Appearance").click()
    await page.get_by_role("radio", name="中文").click()
    await expect(page.get_by_role("heading", name="外观").first).to_be_visible()
    assert len(lines) == 1
    async with page.expect_websocket():
        await page.reload()
    await expect(page.get_by_role("heading", name="外观").first).to_be_visible()
    assert len(lines) == 2


async def test_a_tap_answers_with_the_next_picture(open_page: Opens) -> None:
    """Before anything came back from the hub: how long a picture takes is the machine's."""
    page = await open_page(CAR, wait=TILE)
    pictures = await page.evaluate(
        """() => new Promise(done => {
          const tile = document.querySelector('.tile');
          let drawn = 0;
          requestAnimationFrame(function count() { drawn += 1; requestAnimationFrame(count); });
          new MutationObserver(() => done(drawn)).observe(tile, { attributes: true });
          tile.querySelector('.main').dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }));
        })"""
    )
    assert pictures <= 1


async def test_fact_and_wish_stand_apart(open_page: Opens) -> None:
    page = await open_page(CAR, wait=TILE)
    async with steered(page, {"fault": {"thing": "living-tv", "kind": "slow", "seconds": 600}}):
        tile = page.locator(TILE, has_text="Television")
        button = tile.get_by_role("button", name="Television,")
        fact = (await button.get_attribute("aria-label") or "").partition(". ")[0]
        await page.get_by_role("button", name="More about Television").click()
        await page.get_by_role("switch", name="On", exact=True).click()
        await page.keyboard.press("Escape")
        await expect(tile.locator(".wish, .wishing").first).to_be_visible()
        said = await button.get_attribute("aria-label") or ""
        assert said.startswith(f"{fact} → On."), "the fact changed before the device said so"
    await expect(tile.locator(".wishing")).to_have_count(0, timeout=30_000)


async def test_what_does_not_answer_says_so_with_its_age(open_page: Opens) -> None:
    page = await open_page(CAR, wait=TILE)
    async with steered(page, {"fault": {"thing": "living-climate", "kind": "unreachable"}}):
        tile = page.locator(TILE, has_text="Living room climate")
        await expect(tile).to_contain_text("Does not answer")
        await expect(tile).to_have_class(re.compile("gone"))
    await expect(page.locator(TILE, has_text="Living room climate")).to_contain_text("°")


async def test_a_refusal_says_what_happened_and_what_to_do(open_page: Opens) -> None:
    page = await open_page(PHONE, wait=TILE)
    async with steered(page, {"fault": {"thing": "living-lamp", "kind": "refusing"}}):
        await page.get_by_role("button", name="Floor lamp,").click()
        toast = page.locator(".toast")
        await expect(toast).to_contain_text("Floor lamp: The device said no")
        await expect(toast).to_contain_text("Look at the device")


async def test_unlocking_asks_to_press_and_hold(open_page: Opens) -> None:
    page = await open_page(PHONE, wait=TILE)
    tile = page.locator(TILE, has_text="Front door")
    hold = tile.get_by_role("button", name="Front door: Unlock")
    await hold.scroll_into_view_if_needed()
    await hold.click()
    await page.wait_for_timeout(1_000)
    await expect(tile).to_contain_text("Locked")
    await hold.click(delay=900)
    await expect(tile).to_contain_text("Unlocked", timeout=30_000)
    await tile.get_by_role("button", name="Front door: Lock").click(delay=900)
    await expect(tile.get_by_role("button", name="Front door: Unlock")).to_be_visible(timeout=30_000)


async def test_a_keyboard_is_enough(open_page: Opens) -> None:
    page = await open_page(TABLET, wait=TILE)
    for _ in range(12):
        await page.keyboard.press("Tab")
        if "Floor lamp," in (await page.evaluate("document.activeElement.ariaLabel") or ""):
            break
    focused = page.locator(":focus")
    assert await focused.evaluate("e => parseFloat(getComputedStyle(e).outlineWidth)") >= 2
    was = await focused.get_attribute("aria-pressed")
    await page.keyboard.press("Enter")
    await expect(focused).not_to_have_attribute("aria-pressed", was or "")


async def test_a_moving_driver_gets_no_settings_and_no_keyboard(open_page: Opens) -> None:
    page = await open_page(CAR, "#/settings/links", look={"seat": "driver"})
    await steer(page, {"on_the_road": 0.3})
    await expect(page.get_by_text("Settings are for when the car is parked.")).to_be_visible()
    await expect(page.locator("input")).to_have_count(0)
    passenger = await open_page(CAR, "#/settings/links", look={"seat": "passenger"})
    await expect(passenger.get_by_label("Address of your Home Assistant")).to_be_visible()


async def test_chinese_from_the_first_day(open_page: Opens) -> None:
    page = await open_page(PHONE, locale="zh-CN", wait=TILE)
    await expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    await expect(page.get_by_role("link", name="设置")).to_be_visible()
    await page.get_by_role("link", name="设置").click()
    await page.get_by_role("link", name="外观").click()
    await page.get_by_role("radio", name="English").click()
    await expect(page.get_by_role("link", name="Settings")).to_be_visible()


async def test_the_shell_opens_without_the_hub_and_says_so(open_page: Opens) -> None:
    # This screen was told to keep nothing but its shell.
    page = await open_page(PHONE, wait=TILE, service_workers="allow", look={"keep": False})
    await page.evaluate("navigator.serviceWorker.ready")
    await page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    await page.context.set_offline(True)
    await page.reload()
    await expect(page.get_by_text("The hub does not answer")).to_be_visible()
    await page.context.set_offline(False)
    await expect(page.locator(TILE).first).to_be_visible(timeout=30_000)


async def test_what_was_turned_last_counts_for_who_closes_the_page(open_page: Opens) -> None:
    page = await open_page(PHONE, wait=TILE)
    await ready(page, {"living-climate/climate.target_temperature": 21.0})
    await page.locator(TILE, has_text="Living room climate").first.locator(".main").click()
    more = page.get_by_role("dialog").get_by_role("button", name="Target: More")
    await more.click()
    await more.click()
    await page.reload()
    await until(page, "living-climate/climate.target_temperature", lambda target: target == 22.0)


async def test_who_switched_it_and_why(open_page: Opens) -> None:
    page = await open_page(TABLET, wait=TILE)
    await ready(page, {"kitchen-lights/light.on": False})
    tile = page.get_by_role("button", name="Kitchen lights, Off.")
    await tile.click()
    await until(page, "kitchen-lights/light.on", lambda on: on is True)
    await page.get_by_role("link", name="Activity").click()
    line = page.locator("li", has_text="Kitchen lights →").first
    await expect(line).to_contain_text("Anna")
