"""The guided car step on the page, with the car of a real Home Assistant: confirmed row by row, it stands on the home
view; its lock really locks; its mapping can be changed and taken back."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.journeys.screens import PHONE, address, found, go, join_by_token, screen
from tests.peers.homeassistant import HomeAssistant
from tests.peers.hub import RunningHub

pytestmark = [pytest.mark.anyio, pytest.mark.real]
LOCK = "lock.family_car_doors"


async def becomes(page: Page, peer: HomeAssistant, state: str) -> None:
    """The real lock's own state, as Home Assistant has it."""
    for _ in range(900):
        if peer.state(LOCK)["state"] == state:
            return
        await page.wait_for_timeout(50)
    raise AssertionError(f"{LOCK} is {peer.state(LOCK)['state']}, not {state}")


async def test_a_car_is_confirmed_locked_changed_and_taken_out(
    hub: RunningHub, homeassistant: HomeAssistant, tmp_path: Path
) -> None:
    homeassistant.car(battery=64, range=287, locked=True, awake=True, refuse=False, plugged=True, charging=False)
    async with screen(tmp_path / "glass", hub) as page:
        await found(page, hub)
        await join_by_token(page, hub, homeassistant)

        step = page.get_by_role("region", name="Family car", exact=True)
        await expect(step.get_by_role("heading")).to_have_text("Cars your home knows: Family car")
        rows = step.get_by_role("listitem")
        await expect(rows.filter(has_text="Charge").filter(has_text="64%").first).to_be_visible()
        await expect(rows.filter(has_text=re.compile("^ ?Range")).first).to_contain_text("mi")
        await page.screenshot(path=tmp_path / "step.png")
        await step.get_by_role("button", name="This is my car").click()
        await expect(page.locator(".toast")).to_contain_text("Family car is here now")
        await expect(page.get_by_role("region", name="Car: Family car")).to_be_visible()

        await go(page, hub, "")
        road = page.locator("main > .road")
        await expect(road).to_contain_text("64%")
        await expect(road).to_contain_text("178")  # 287 km, in miles for en-GB
        await page.screenshot(path=tmp_path / "home.png")
        homeassistant.car(battery=65)
        await expect(road).to_contain_text("65%")

        # Nobody said yet where this screen stands: it asks, before anything is put on it.
        where = page.get_by_role("region", name="Where is this screen?")
        await expect(where).to_be_visible()
        await page.wait_for_timeout(500)
        await page.screenshot(path=tmp_path / "where.png")
        await where.get_by_role("button", name="Driver's seat").click()
        await expect(where).to_have_count(0)
        await page.get_by_role("button", name=re.compile("^Take these")).click()
        me = await (await page.context.request.get(address(hub) + "api/people/me")).json()
        assert me["seat"] == "driver"

        await go(page, hub, "car")
        lock = page.get_by_role("button", name="Unlock. Press and hold")
        await lock.click()  # a tap is not enough
        await page.wait_for_timeout(800)
        assert homeassistant.state(LOCK)["state"] == "locked"
        await lock.click(delay=900)
        await becomes(page, homeassistant, "unlocked")
        lock = page.get_by_role("button", name="Lock. Press and hold")
        await expect(lock).to_be_visible()
        await lock.click(delay=900)
        await becomes(page, homeassistant, "locked")
        await expect(page.get_by_role("button", name="Unlock. Press and hold")).to_be_visible()
        await page.screenshot(path=tmp_path / "car.png")

        await arrival(page, hub, homeassistant, tmp_path)
        await change(page, hub)
        await take_out(page, hub)


async def arrival(page: Page, hub: RunningHub, peer: HomeAssistant, shots: Path) -> None:
    """Home Assistant is told where the car is led, as somebody chooses, and not before."""
    entity = "sensor.wayhome_family_car_arrival"
    with pytest.raises(KeyError):
        peer.state(entity)
    await go(page, hub, "settings/links")
    shown = page.get_by_role("region", name="Show in Home Assistant")
    await expect(shown).to_contain_text("Off by default")
    car = shown.get_by_role("switch", name="Family car")
    await car.click()
    await expect(car).to_have_attribute("aria-checked", "true", timeout=30_000)
    await expect(car).to_be_enabled(timeout=30_000)
    await shown.scroll_into_view_if_needed()
    await page.screenshot(path=shots / "arrival.png")
    for _ in range(900):
        with contextlib.suppress(KeyError):
            assert peer.state(entity)["state"] == "unknown"
            break
        await page.wait_for_timeout(50)
    else:
        raise AssertionError("Home Assistant was told nothing")


async def change(page: Page, hub: RunningHub) -> None:
    """Another name, one row less."""
    await go(page, hub, "settings/links")
    mapped = page.get_by_role("region", name="Car: Family car")
    await mapped.get_by_role("button", name="Change").click()
    await mapped.get_by_label("What it is called").fill("Blue car")
    await mapped.get_by_role("checkbox", name=re.compile("^Travelled")).uncheck()
    await mapped.get_by_role("button", name="Save").click()
    await expect(page.locator(".toast")).to_contain_text("Blue car is changed")
    await go(page, hub, "car")
    await expect(page.get_by_role("heading", name="Blue car").first).to_be_visible()
    await expect(page.get_by_text("Travelled")).to_have_count(0)
    await expect(page.get_by_text("65%").first).to_be_visible()


async def take_out(page: Page, hub: RunningHub) -> None:
    """The mapping goes; Home Assistant's parts of the car are tiles again, and the step proposes it anew."""
    await go(page, hub, "settings/links")
    mapped = page.get_by_role("region", name="Car: Blue car")
    await mapped.get_by_role("button", name="Take the car out").click()
    await mapped.get_by_role("button", name="Remove").click()
    await expect(mapped).to_have_count(0)
    await expect(page.get_by_role("button", name="This is my car")).to_be_visible()
    await go(page, hub, "")
    await expect(page.get_by_text("No car yet")).to_be_visible()


async def test_a_row_comes_from_elsewhere_on_a_phone(
    hub: RunningHub, homeassistant: HomeAssistant, tmp_path: Path
) -> None:
    homeassistant.car(battery=64, awake=True, refuse=False)
    async with screen(tmp_path / "phone", hub, PHONE) as page:
        await found(page, hub)
        await join_by_token(page, hub, homeassistant)
        step = page.get_by_role("region", name="Family car", exact=True)
        await step.get_by_role("button", name="Choose where each row comes from").click()
        choice = step.get_by_label("Outside comes from")
        inside = await choice.locator("option", has_text="inside").first.get_attribute("value")
        await choice.select_option(inside)
        await page.screenshot(path=tmp_path / "choosing.png")
        await step.get_by_role("button", name="This is my car").click()
        await expect(page.get_by_role("region", name="Car: Family car")).to_be_visible()
        await go(page, hub, "car")
        outside = page.locator("dl div", has_text="Outside")
        await expect(outside).to_contain_text("°")
        homeassistant.car(inside_temperature=17.5, outside_temperature=3.0)
        await expect(outside).to_contain_text("17.5°")
