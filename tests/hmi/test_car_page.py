"""The car's page, in the hand and on the glass, against a living hub and its simulated car."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import Browser, Page, expect

from tests.hmi.conftest import Opens, steer, steered

pytestmark = pytest.mark.anyio

GLASS, PHONE = (1280, 720), (390, 844)
BATTERY = "Vehicle.Powertrain.TractionBattery."
CHARGING = f"car/{BATTERY}Charging.IsCharging"
SOON = 30_000


async def at_rest(page: Page, **more: Any) -> None:
    """The car parked, locked and whole, with its cable out, then what is ordered ``more``; no schedule, no hand."""
    await stand(page)
    await steer(page, {"unplug": True, "soc": 50})
    await call(page, "charging/change", {"car": "car", "on": False})
    if more:
        await steer(page, more)


async def stand(page: Page) -> None:
    """Stop the car and leave it; and hold it there, as it would set out again by itself."""
    await steer(page, {"clear": True, "tyre": 250, "park": True, "skip": 60})
    await steer(page, {"gear": "P"})


@pytest.fixture(scope="module", autouse=True)
async def goes_on(hub_url: str, browser: Browser) -> AsyncIterator[None]:
    """After all of it the car is on the road again, as it was."""
    yield
    context = await browser.new_context()
    origin = {"Origin": hub_url}
    await context.request.post(f"{hub_url}/api/door/demo", data={"person": "anna"}, headers=origin)
    orders = {"clear": True, "on_the_road": 0.15}
    answer = await context.request.post(
        f"{hub_url}/api/links/steer", data={"id": "demo", "orders": orders}, headers=origin
    )
    assert answer.ok, await answer.text()
    await context.close()


async def call(page: Page, operation: str, data: dict[str, Any]) -> Any:
    """Call an operation as who is signed in on the page."""
    origin = "/".join(page.url.split("/")[:3])
    answer = await page.context.request.post(f"{origin}/api/{operation}", data=data, headers={"Origin": origin})
    assert answer.ok, await answer.text()
    return await answer.json()


async def fact(page: Page, path: str) -> Any:
    """What the hub knows of a signal."""
    origin = "/".join(page.url.split("/")[:3])
    answer = await page.context.request.get(f"{origin}/api/home/get", params={"path": path})
    assert answer.ok, await answer.text()
    return (await answer.json())["values"][path][0]


async def test_the_schedule_is_set_up_by_touch_and_the_car_follows(open_page: Opens) -> None:
    page = await open_page(PHONE, "#/car/charging")
    await at_rest(page, plug="ac")
    await expect(page.get_by_text("Charging now")).to_be_visible(timeout=SOON)
    now = datetime.now()
    await page.get_by_label("From").wait_for(state="hidden")
    await page.get_by_role("switch", name="Charge in these hours only").click()
    await page.get_by_label("From").fill(f"{now + timedelta(hours=2):%H:%M}")
    await page.get_by_label("Until").fill(f"{now + timedelta(hours=4):%H:%M}")
    await expect(page.get_by_text(f"Waits until {now + timedelta(hours=2):%H:%M}")).to_be_visible(timeout=SOON)
    await expect(page.get_by_text("Plugged in, not charging")).to_be_visible(timeout=SOON)
    assert await fact(page, CHARGING) is False, "the simulated car was not stopped"
    await page.get_by_label("From").fill(f"{now - timedelta(hours=1):%H:%M}")
    await expect(page.get_by_text("Charges in its hours")).to_be_visible(timeout=SOON)
    await expect(page.get_by_text("Charging now")).to_be_visible(timeout=SOON)
    assert await fact(page, CHARGING) is True, "the simulated car was not started"
    plan = await call(page, "charging/change", {"car": "car", "on": False})
    assert plan["start"] == f"{now - timedelta(hours=1):%H:%M}"


async def test_days_and_the_time_to_be_ready_by_are_kept(open_page: Opens) -> None:
    page = await open_page(PHONE, "#/car/charging")
    await at_rest(page)
    await page.get_by_role("switch", name="Charge in these hours only").click()
    await page.get_by_role("button", name="Saturday").click()
    await page.get_by_role("button", name="Sunday").click()
    await page.get_by_role("switch", name="Ready by a time").click()
    await page.get_by_label("Ready by", exact=True).fill("08:15")
    await page.wait_for_function("document.querySelector('[aria-label=Sunday]').ariaPressed === 'false'")
    other = await open_page(PHONE, "#/car", who="mei")
    await expect(other.get_by_role("link", name="Schedule")).to_contain_text("Mon–Fri", timeout=SOON)
    await expect(other.get_by_role("link", name="Schedule")).to_contain_text("Ready by 08:15", timeout=SOON)
    await call(page, "charging/change", {"car": "car", "on": False, "days": [0, 1, 2, 3, 4, 5, 6], "ready": None})


async def test_what_was_turned_last_counts_for_who_leaves_at_once(open_page: Opens) -> None:
    page = await open_page(PHONE, "#/car/charging")
    await at_rest(page)
    await page.get_by_role("switch", name="Charge in these hours only").click()
    await page.get_by_label("From", exact=True).fill("23:10")
    await page.evaluate("location.hash = '#/car'")
    await expect(page.get_by_role("link", name="Schedule")).to_contain_text("23:10", timeout=SOON)
    await call(page, "charging/change", {"car": "car", "on": False, "start": "22:00"})


async def test_who_starts_it_by_hand_is_not_fought(open_page: Opens) -> None:
    page = await open_page(PHONE, "#/car/charging")
    await at_rest(page, plug="ac")
    now = datetime.now()
    shut = {"start": f"{now + timedelta(hours=2):%H:%M}", "end": f"{now + timedelta(hours=4):%H:%M}"}
    await call(page, "charging/change", {"car": "car", "on": True, **shut})
    await expect(page.get_by_text("Plugged in, not charging")).to_be_visible(timeout=SOON)
    await page.get_by_role("button", name="Start now").click()
    await expect(page.get_by_text("Charging by hand, until it is unplugged.")).to_be_visible(timeout=SOON)
    await expect(page.get_by_text("Charging now")).to_be_visible(timeout=SOON)
    await page.get_by_role("button", name="Go by the schedule again").click()
    await expect(page.get_by_text("Plugged in, not charging")).to_be_visible(timeout=SOON)
    await call(page, "charging/change", {"car": "car", "on": False})


async def test_a_car_opens_to_who_presses_and_holds(open_page: Opens) -> None:
    page = await open_page(PHONE, "#/car")
    await at_rest(page)
    lock = page.get_by_role("button", name="Lock. Press and hold", exact=True)
    if await lock.count():
        await lock.click(delay=900)
    unlock = page.get_by_role("button", name="Unlock. Press and hold", exact=True)
    await expect(unlock).to_be_visible(timeout=SOON)
    await unlock.click()
    await page.wait_for_timeout(1_000)
    assert await fact(page, "car/Vehicle.Cabin.Door.Row1.DriverSide.IsLocked") is True, "a tap unlocked the car"
    await unlock.click(delay=900)
    await expect(page.get_by_text("Unlocked", exact=True)).to_be_visible(timeout=SOON)
    assert await fact(page, "car/Vehicle.Cabin.Door.Row2.PassengerSide.IsLocked") is False
    await lock.click(delay=900)
    await expect(unlock).to_be_visible(timeout=SOON)


async def test_the_trunk_opens_and_shuts(open_page: Opens) -> None:
    page = await open_page(PHONE, "#/car")
    await at_rest(page)
    await page.get_by_role("button", name="Open trunk").click(delay=900)
    await expect(page.get_by_text("Trunk open", exact=True)).to_be_visible(timeout=SOON)
    await expect(page.locator("main svg .lid")).to_be_visible()
    await page.get_by_role("button", name="Close trunk").click(delay=900)
    await expect(page.locator("main svg .lid")).to_have_count(0, timeout=SOON)


async def test_windows_are_let_down_a_little_and_shut(open_page: Opens) -> None:
    page = await open_page(PHONE, "#/car")
    await at_rest(page)
    await page.get_by_role("button", name="Air it").click(delay=900)
    await expect(page.get_by_text("all open", exact=True)).to_be_visible(timeout=SOON)
    await page.get_by_role("button", name="Close windows").click(delay=900)
    await expect(page.get_by_role("button", name="Air it")).to_be_visible(timeout=SOON)


async def test_the_wheel_warms(open_page: Opens) -> None:
    page = await open_page(PHONE, "#/car")
    await at_rest(page)
    await page.get_by_role("button", name="Steering wheel heating: Off").click()
    await expect(page.get_by_role("button", name="Steering wheel heating: 3 of 3")).to_be_visible(timeout=SOON)
    # Until the car says so, the dots are rings: what is asked for is not yet so.
    await expect(page.locator("button.asked")).to_have_count(0, timeout=SOON)
    assert await fact(page, "car/Vehicle.Chassis.SteeringWheel.HeatingCooling") == 100


async def test_it_is_found_by_its_lights_and_horn(open_page: Opens) -> None:
    page = await open_page(PHONE, "#/car")
    await at_rest(page)
    await page.get_by_role("button", name="Flash").click()
    await expect(page.get_by_role("button", name="Stop flashing")).to_be_visible(timeout=SOON)
    await page.get_by_role("button", name="Stop flashing").click()
    await page.get_by_role("button", name="Honk").click()
    await expect(page.get_by_role("button", name="Honk")).not_to_have_attribute("aria-busy", "true", timeout=SOON)
    await expect(page.locator(".toast")).to_have_count(0)


async def test_where_it_is_opens_in_the_devices_own_maps(open_page: Opens) -> None:
    page = await open_page(PHONE, "#/car", user_agent="Mozilla/5.0 (Linux; Android 15) Chrome/140 Mobile")
    await at_rest(page)
    link = page.get_by_role("region", name="Where it is").get_by_role("link", name="Map")
    await expect(link).to_have_attribute("href", re.compile(r"^geo:4\d\.\d+,9\.\d+\?q=.*\(Aurora\)$"))
    await expect(page.get_by_text("Parked since")).to_be_visible()


async def test_a_low_tyre_and_an_open_door_are_told_in_words(open_page: Opens) -> None:
    page = await open_page(PHONE, "#/car", look={"pressure": "bar"})
    await at_rest(page, tyre=150, doors={"Row2.DriverSide": True, "Trunk.Front": True})
    state = page.get_by_role("list", name="About the car")
    await expect(state).to_contain_text(re.compile(r"Front left tyre 1\.\d bar"), timeout=SOON)
    await expect(state).to_contain_text("Rear door, driver's side open")
    await expect(state).to_contain_text("Bonnet open")
    await steer(page, {"tyre": 250, "doors": {"Row2.DriverSide": False, "Trunk.Front": False}})
    await expect(state).not_to_contain_text("Bonnet", timeout=SOON)


async def test_a_car_that_does_not_answer_never_looks_fresh(open_page: Opens) -> None:
    page = await open_page(PHONE, "#/car")
    await at_rest(page)
    async with steered(page, {"fault": {"thing": "car", "kind": "unreachable"}}):
        await expect(page.get_by_text("It does not answer. This is what it said")).to_be_visible(timeout=SOON)
        await expect(page.locator(".top").first).to_have_css("filter", "saturate(0.15)")
        await page.get_by_role("button", name="Climate off").click()
        await expect(page.locator(".toast")).to_contain_text("Aurora", timeout=SOON)
    await expect(page.get_by_text("It does not answer. This is what it said")).to_have_count(0, timeout=SOON)


async def test_a_child_sees_doors_and_opens_none(open_page: Opens) -> None:
    anna = await open_page(PHONE, "#/car")
    await at_rest(anna)
    page = await open_page(PHONE, "#/car", who="leo")
    await expect(page.get_by_text("All closed").first).to_be_visible()
    for name in ("Unlock", "Lock", "Open trunk", "Air it", "Flash", "Honk", "Start now"):
        await expect(page.get_by_role("button", name=re.compile(f"^{name}\\b"))).to_have_count(0)
    await expect(page.get_by_role("heading", name="Charging")).to_have_count(0)
    guest = await open_page(PHONE, "#/car", who="noor")
    await expect(guest.get_by_text("What this car says is not shared with you.")).to_be_visible()
    await expect(guest.get_by_role("button")).to_have_count(0)


async def test_the_glass_is_set_up_parked_and_brief_on_the_road(open_page: Opens) -> None:
    page = await open_page(GLASS, "#/car", look={"seat": "driver"})
    await at_rest(page)
    await page.get_by_role("link", name="Charging").click()
    await page.get_by_role("switch", name="Charge in these hours only").click()
    first = page.get_by_role("group", name="From").locator("output")
    was = await first.inner_text()
    await page.get_by_role("button", name="From: Later").click()
    await expect(first).not_to_have_text(was)
    await page.get_by_role("button", name="From: Earlier").click()
    await expect(first).to_have_text(was)
    await page.get_by_role("switch", name="Charge in these hours only").click()
    await page.get_by_role("link", name="Back").click()
    await expect(page.get_by_role("button", name="Open trunk")).to_be_visible()
    await steer(page, {"on_the_road": 0.3})
    await expect(page.get_by_role("button", name="Open trunk")).to_have_count(0, timeout=SOON)
    await expect(page.get_by_role("link", name="Charging")).to_have_count(0)
    await expect(page.get_by_text("All fine")).to_be_visible()
    # Who rides along is not limited, but a car on the road opens its trunk to nobody.
    rides = await open_page(PHONE, "#/car", look={"seat": "passenger"})
    await expect(rides.get_by_role("link", name="Schedule")).to_be_visible()
    await expect(rides.get_by_role("button", name="Open trunk")).to_have_count(0)
    await expect(rides.get_by_role("button", name="Flash")).to_have_count(0)


@pytest.mark.parametrize("locale", ["en-GB", "zh-CN"])
@pytest.mark.parametrize("at", ["#/car", "#/car/charging", "#/car/climate"])
async def test_nothing_of_the_cars_page_is_cut_off_on_the_glass(open_page: Opens, at: str, locale: str) -> None:
    page = await open_page(GLASS, at, locale=locale)
    await at_rest(page, plug="ac")
    await call(page, "charging/change", {"car": "car", "on": True, "ready": "07:00"})
    try:
        await page.wait_for_timeout(500)
        cut: list[str] = await page.evaluate(
            """() => [...document.querySelectorAll('.room *')].filter(e =>
                 ['auto', 'hidden'].includes(getComputedStyle(e).overflowY) && e.scrollHeight > e.clientHeight + 1
                 && !e.classList.contains('visually-hidden'))
                 .map(e => e.className + ': ' + e.textContent.slice(0, 60))"""
        )
        assert cut == []
    finally:
        await call(page, "charging/change", {"car": "car", "on": False, "ready": None})


async def test_cars_that_tell_little_look_whole(open_page: Opens) -> None:
    page = await open_page((1600, 1400), "#/gallery/cars", look={"face": "phone"}, wait="[data-car]")
    five = page.locator("[data-car=five]")
    await expect(five.get_by_text("60%")).to_be_visible()
    await expect(five.get_by_role("heading", name="About the car")).to_be_visible()
    for name in ("Climate", "Where it is", "Doors and windows", "Tyres"):
        await expect(five.get_by_role("heading", name=name)).to_have_count(0)
    await expect(page.locator("[data-car=fuel]").get_by_role("meter", name="Fuel 77%")).to_be_visible()
    await expect(page.locator("[data-car=sleeps]").get_by_text("It does not answer")).to_be_visible()
    for car in await page.locator("[data-car]").all():
        text = await car.inner_text()
        assert not re.search(r"undefined|NaN|null|–\s*$|\{\w+\}", text), text
        empty = await car.locator("section").evaluate_all("all => all.filter(e => e.children.length < 2).length")
        assert empty == 0, "a card with nothing but its heading"
