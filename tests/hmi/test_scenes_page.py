"""Scenes as people use them on a screen: made, run, undone; by who drives, on the watch, without the hub, with names
that nobody should give."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from functools import partial
from operator import eq
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.hmi.conftest import Opens, steer
from tests.hmi.hands import Finger, fact, lingers, until
from tests.hmi.seats import pair, post

pytestmark = pytest.mark.anyio

CAR, PHONE, WATCH = (1280, 720), (390, 844), (384, 384)
LAMP = {"thing": "living-lamp", "states": {"light.on": True, "light.brightness": 20}}
DOOR = {"thing": "front-door", "states": {"lock.locked": True}}


@pytest.fixture
async def phone(open_page: Opens) -> AsyncIterator[Page]:
    """Anna's phone; the scenes that a test makes go with it."""
    page = await open_page(PHONE, wait=".tile")
    yield page
    await post(page, "door/demo", {"person": "anna"})
    answer = await page.context.request.get(f"{page.url.split('#')[0]}api/scenes/list")
    for scene in (await answer.json())["scenes"]:
        await post(page, "scenes/delete", {"scene": scene["id"]})


async def make(page: Page, name: str, *parts: dict[str, Any], icon: str = "film") -> str:
    made = await post(page, "scenes/make", {"name": name, "icon": icon, "parts": list(parts)})
    return str(made["scene"]["id"])


async def set_lamp(page: Page, percent: float) -> None:
    await post(page, "home/set", {"path": "living-lamp/light.brightness", "target": percent})
    await until(page, "living-lamp/light.brightness", partial(eq, percent))


async def test_made_from_a_proposal_changed_deleted_and_brought_back(phone: Page) -> None:
    before = await fact(phone, "living-lamp/light.on")
    await phone.evaluate("location.hash = '#/scenes'")
    await phone.get_by_role("link", name="Leaving").click()
    gate = phone.get_by_role("listitem").filter(has_text="Gate")
    await expect(gate).to_contain_text("Closed")
    await phone.get_by_role("button", name="Leave out Gate").click()
    await expect(gate).to_have_count(0)
    await phone.get_by_role("textbox", name="Name").fill("Off we go")
    await phone.get_by_role("button", name="Keep it").click()
    await expect(phone.get_by_role("heading", name="Off we go")).to_be_visible()
    assert await fact(phone, "living-lamp/light.on") == before

    await phone.get_by_role("button", name="Change Living room climate").click()
    await phone.get_by_role("button", name=re.compile("Target: more", re.IGNORECASE)).click()
    await expect(phone.get_by_role("listitem").filter(has_text="Living room climate")).to_contain_text("17.5")
    await expect(phone.locator(".toast", has_text="Off we go changed")).to_be_visible()
    await phone.get_by_role("button", name="Change", exact=True).click()
    await phone.get_by_role("button", name="Delete").click()
    await expect(phone.get_by_role("heading", name="Scenes")).to_be_visible()
    await phone.locator(".toast", has_text="Off we go deleted").get_by_role("button", name="Undo").click()
    await expect(phone.get_by_role("heading", name="Off we go")).to_be_visible()
    await expect(phone.get_by_role("listitem").filter(has_text="Living room climate")).to_contain_text("17.5")


async def test_who_drives_runs_one_holds_for_what_locks_and_makes_none(
    open_page: Opens, phone: Page, hub_url: str
) -> None:
    film = await make(phone, "Film night", LAMP)
    leave = await make(phone, "Leave", DOOR, LAMP)
    await steer(phone, {"speed": 0, "gear": "P"})
    car = await open_page(CAR, who="", wait="main")
    await pair(lambda path, data: post(phone, path, data), car, kind="car", person="anna", seat="driver", car="car")
    await car.goto(hub_url)
    await post(phone, "home/put", {"tiles": [{"kind": "scene", "item": film}, {"kind": "scene", "item": leave}]})
    await steer(phone, {"on_the_road": 0.3, "speed": 50})
    await expect(car.locator("html")).to_have_attribute("data-state", "moving", timeout=30_000)
    await set_lamp(phone, 90)
    finger = await Finger.on(car)
    await finger.tap(car.get_by_role("button", name="Film night, 1 device"))
    await until(phone, "living-lamp/light.brightness", partial(eq, 20))
    await set_lamp(phone, 90)
    # A tap on the one that locks shows what is in it; pressed and held it runs.
    await finger.hold(car.get_by_role("button", name="Leave: Run"))
    await until(phone, "living-lamp/light.brightness", partial(eq, 20))
    await expect(car.locator(".toast", has_text="Leave: done")).to_be_visible()
    await car.evaluate("location.hash = '#/scenes/new'")
    await expect(car.get_by_role("heading", name="Scenes").last).to_be_visible()
    assert await car.get_by_role("textbox").count() == 0
    await car.evaluate(f"location.hash = '#/scenes/{film}'")
    await expect(car.get_by_role("button", name="Run")).to_be_visible()
    assert await car.get_by_role("button", name=re.compile("Change|Leave out|Delete")).count() == 0
    await steer(phone, {"speed": None})


async def test_the_watch_shows_a_scene_a_swipe_on_with_one_action(open_page: Opens, phone: Page) -> None:
    await make(phone, "Film night", LAMP)
    await set_lamp(phone, 90)
    watch = await open_page(WATCH, wait="strong", has_touch=True)
    await expect(watch.locator(".dots")).to_be_visible()
    finger = await Finger.on(watch)
    await finger.drag(watch.locator("main"), (0.15, 0.5), at=(0.85, 0.5))
    await expect(watch.get_by_text("Film night")).to_be_visible()
    assert await watch.get_by_role("button").count() == 1
    await lingers(watch)
    await finger.tap(watch.get_by_role("button", name="Run"))
    await until(phone, "living-lamp/light.brightness", partial(eq, 20))
    undo = watch.locator(".toast").get_by_role("button", name="Undo")
    await finger.tap(undo)
    await until(phone, "living-lamp/light.brightness", partial(eq, 90))


@pytest.mark.long
async def test_without_the_hub_a_tap_waits_and_is_then_dropped(phone: Page) -> None:
    await make(phone, "Film night", LAMP)
    await set_lamp(phone, 90)
    tile = phone.get_by_role("button", name="Film night,")
    await expect(tile).to_be_visible()
    await phone.context.set_offline(True)
    await phone.evaluate("window.dispatchEvent(new Event('offline'))")
    await tile.click()
    await expect(tile).to_have_attribute("aria-busy", "true")
    await expect(phone.locator(".toast", has_text="Film night")).to_be_visible(timeout=40_000)
    await phone.context.set_offline(False)
    await phone.wait_for_timeout(2_500)
    assert await fact(phone, "living-lamp/light.brightness") == 90  # it came too late, and is not done any more


@pytest.mark.parametrize("size", [CAR, PHONE, WATCH])
async def test_a_hostile_name_stays_a_text_and_breaks_nothing(
    open_page: Opens, phone: Page, size: tuple[int, int]
) -> None:
    name = "<img src=x onerror=alert(1)> " + "W" * 31
    id = await make(phone, name, LAMP)
    page = await open_page(size, wait="main", board=[])
    await post(phone, "home/put", {"tiles": [{"kind": "scene", "item": id}]})
    said: list[str] = []
    page.on("dialog", lambda dialog: said.append(dialog.message))
    if size == WATCH:
        await page.locator(".dots").wait_for()
        await page.keyboard.press("ArrowRight")
    await expect(page.get_by_text("<img src=x onerro").first).to_be_visible()
    if size != WATCH:
        await page.evaluate(f"location.hash = '#/scenes/{id}'")
        await expect(page.get_by_role("heading", name="<img src=x onerro")).to_be_visible()
    wide = await page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
    assert (wide <= 0, said, await page.locator("main img[src=x]").count()) == (True, [], 0)


async def test_a_child_is_offered_what_it_may_run(open_page: Opens, phone: Page) -> None:
    await make(phone, "Film night", LAMP)
    await make(phone, "Lock up", DOOR)
    leo = await open_page(PHONE, who="leo", wait=".tile")
    row = leo.get_by_role("region", name="Scenes")
    await expect(row.get_by_role("button", name="Film night,")).to_be_visible()
    assert await row.get_by_role("button", name="Lock up,").count() == 0
    await leo.evaluate("location.hash = '#/scenes'")
    await expect(leo.get_by_text("Scenes are made by grown-ups")).to_be_visible()
    assert await leo.get_by_role("link", name="Leaving").count() == 0
