"""What each kind of thing can do, done once by touch and once by keyboard on its own sheet, until the device's own
report says so. The sheet is opened by a long press on the thing's tile."""

from __future__ import annotations

import re
from functools import partial
from operator import eq

import pytest
from playwright.async_api import expect

from tests.hmi.conftest import Opens, steer, steered
from tests.hmi.hands import Finger, fact, open_sheet, ready, until
from tests.hmi.uses import USES, Use, named

pytestmark = pytest.mark.anyio

CAR, PHONE = (1280, 720), (390, 844)


@pytest.mark.parametrize("use", USES, ids=named)
async def test_touch_and_keyboard_do_the_same(open_page: Opens, use: Use) -> None:
    thing = use.path.partition("/")[0]
    page = await open_page(PHONE, wait=".tile", board=[thing], has_touch=True)
    finger = await Finger.on(page)
    name = (await fact(page, f"{thing}/thing.info"))["name"]
    await steer(page, {"time_factor": 2})
    await ready(page, use.first)
    sheet = await open_sheet(page, finger, name)
    await use.touch(sheet, finger)
    await until(page, use.path, use.touched)
    await ready(page, use.first)
    await use.keyboard(sheet, finger)
    await until(page, use.path, use.typed)
    await steer(page, {"time_factor": 1})


async def test_a_lamps_colour_is_picked_on_the_field_and_moved_by_keys(open_page: Opens) -> None:
    page = await open_page(PHONE, wait=".tile", board=["living-lamp"], has_touch=True)
    finger = await Finger.on(page)
    await ready(page, {"living-lamp/light.color_temp": 2_700.0})
    sheet = await open_sheet(page, finger, "Floor lamp")
    await finger.tap(sheet.get_by_role("tab", name="Colour"))
    field = sheet.get_by_role("slider", name="Colour")
    await finger.drag(field, (0.5, 0.2), at=(0.1, 0.9))
    assert 175 <= await until(page, "living-lamp/light.hue", lambda v: v is not None and v > 150) <= 185
    assert 75 <= await until(page, "living-lamp/light.saturation", lambda v: v is not None and v > 70) <= 85
    await finger.tap(sheet.get_by_role("button", name="Red"))
    await until(page, "living-lamp/light.hue", lambda v: v == 0)
    await until(page, "living-lamp/light.saturation", lambda v: v == 100)
    await expect(sheet.get_by_role("button", name="Red")).to_have_attribute("aria-pressed", "true")
    await field.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        await page.keyboard.press(key)
    await until(page, "living-lamp/light.hue", lambda v: v == 10)
    await until(page, "living-lamp/light.saturation", lambda v: v == 95)


async def test_a_scene_says_that_it_ran_and_offers_no_way_back(open_page: Opens) -> None:
    page = await open_page(PHONE, wait=".tile", board=["good-night"], has_touch=True)
    finger = await Finger.on(page)
    await ready(page, {"hall-switch/switch.on": True})
    sheet = await open_sheet(page, finger, "Good night")
    await finger.tap(sheet.get_by_role("button", name="Run"))
    await until(page, "hall-switch/switch.on", lambda v: v is False)
    await expect(sheet.get_by_text("Done,")).to_be_visible()
    await expect(sheet.get_by_role("button", name="Undo")).to_have_count(0)
    await ready(page, {"hall-switch/switch.on": True})
    await sheet.get_by_role("button", name="Run").press("Enter")
    await until(page, "hall-switch/switch.on", lambda v: v is False)


async def test_a_short_press_on_the_lock_does_nothing(open_page: Opens) -> None:
    page = await open_page(PHONE, wait=".tile", board=["front-door"], has_touch=True)
    finger = await Finger.on(page)
    await ready(page, {"front-door/lock.locked": True})
    sheet = await open_sheet(page, finger, "Front door")
    await finger.tap(sheet.get_by_role("button", name="Unlock. Press and hold"))
    await page.wait_for_timeout(1_000)
    assert await fact(page, "front-door/lock.locked") is True


async def test_sensors_show_their_past_and_take_nothing(open_page: Opens) -> None:
    page = await open_page(PHONE, wait=".tile", board=["outdoor-temperature", "bedroom-window"], has_touch=True)
    finger = await Finger.on(page)
    for outside in (4, 9):
        await steer(page, {"outside": outside})
        await until(page, "outdoor-temperature/sensor.value", partial(eq, outside))
    sheet = await open_sheet(page, finger, "Outdoor temperature")
    curve = sheet.get_by_role("img", name=re.compile("from .* to "))
    await expect(curve).to_be_visible()
    await expect(sheet.get_by_text("9 °C").first).to_be_visible()
    controls = sheet.locator("button, input, [role=slider]")
    assert [await one.get_attribute("aria-label") for one in await controls.all()] == [
        "Take off my board",
        "Who, and why",
        "Close",
    ]
    await steer(page, {"outside": None})
    await ready(page, {"alarm/alarm.mode": "disarmed"})
    await page.keyboard.press("Escape")
    await steer(page, {"windows": {"bedroom-window": True}})
    await steer(page, {"windows": {"bedroom-window": False}})
    sheet = await open_sheet(page, finger, "Bedroom window")
    await expect(sheet.get_by_role("img", name=re.compile(r"Open: \d+ ×"))).to_be_visible()


async def test_what_does_not_answer_is_drained_of_colour_and_says_since_when(open_page: Opens) -> None:
    page = await open_page(PHONE, wait=".tile", board=["living-lamp", "doorbell"], has_touch=True)
    finger = await Finger.on(page)
    await ready(page, {"living-lamp/light.brightness": 70.0})
    async with steered(page, {"fault": {"thing": "living-lamp", "kind": "unreachable"}}):
        sheet = await open_sheet(page, finger, "Floor lamp")
        await expect(sheet.get_by_text("Does not answer")).to_be_visible()
        await expect(sheet.get_by_text(re.compile("as of (now|.* ago)"))).to_be_visible()
        await expect(sheet.locator(".upright")).to_have_class(re.compile("old"))
        await expect(sheet.locator(".upright output")).to_have_text("70%")
        await sheet.get_by_role("switch", name="On").tap()
        await expect(page.locator(".toast")).to_contain_text("Floor lamp: No answer")
    await expect(sheet.locator(".upright")).not_to_have_class(re.compile("old"))


async def test_a_picture_has_its_age_and_one_that_does_not_come_can_be_tried_again(open_page: Opens) -> None:
    page = await open_page(PHONE, wait=".tile", board=["doorbell"], has_touch=True)
    finger = await Finger.on(page)
    sheet = await open_sheet(page, finger, "Doorbell")
    picture = sheet.get_by_role("img", name="Picture of Doorbell")
    await expect(picture).to_be_visible()
    first = await picture.get_attribute("src")
    await expect(picture).not_to_have_attribute("src", first or "", timeout=30_000)
    async with steered(page, {"fault": {"thing": "doorbell", "kind": "unreachable"}}):
        await expect(sheet.get_by_text("No new picture comes")).to_be_visible(timeout=30_000)
        await expect(sheet.get_by_text(re.compile(r"\d+ sec\S* ago")).first).to_be_visible(timeout=30_000)
        async with page.expect_response(lambda answer: "home/picture" in answer.url and answer.status != 200):
            await finger.tap(sheet.get_by_role("button", name="Try again"))
    await expect(sheet.get_by_text("No new picture comes")).to_have_count(0, timeout=30_000)


async def test_who_drives_gets_one_picture_when_asked_for(open_page: Opens) -> None:
    page = await open_page(CAR, wait=".tile", board=["doorbell"], has_touch=True, look={"seat": "driver"})
    finger = await Finger.on(page)
    await steer(page, {"on_the_road": 0.3, "speed": 50})
    try:
        await expect(page.locator("html")).to_have_attribute("data-state", "moving")
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url) if "home/picture" in request.url else None)
        sheet = await open_sheet(page, finger, "Doorbell")
        await page.wait_for_timeout(6_000)
        assert asked == []
        await finger.tap(sheet.get_by_role("button", name="Show a picture"))
        await expect(sheet.get_by_role("img", name="Picture of Doorbell")).to_be_visible()
        await page.wait_for_timeout(6_000)
        assert len(asked) == 1
    finally:
        await steer(page, {"park": True})
