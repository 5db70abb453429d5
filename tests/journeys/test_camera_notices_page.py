"""What a camera notices on the glass: who rings is shown beside the word, the film is a tap away, and it turns while it
is held. A real camera, IPyCam's turning, a real hub, a real Chromium."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from tests.journeys.screens import PHONE, TABLET, found, go, screen
from tests.peers.camera import Camera
from tests.peers.hub import RunningHub
from tests.peers.onvif import Onvif

pytestmark = [pytest.mark.anyio, pytest.mark.real]

VISITOR, PEOPLE = "tns1:RuleEngine/MyRuleDetector/Visitor", "tns1:RuleEngine/MyRuleDetector/PeopleDetect"


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Onvif]:
    camera = Camera(tmp_path / "camera", user="ada", password="right")
    camera.up()
    peer = Onvif(tmp_path / "onvif", camera, "ada", "right", rings=True)
    peer.up()
    yield peer
    peer.kill()
    camera.kill()


async def ask(hub: RunningHub, path: str, data: dict[str, Any]) -> Any:
    with hub.api() as api:
        answer = await asyncio.to_thread(api.post, f"/api/{path}", json=data)
    assert answer.is_success, answer.text
    return answer.json()


async def join(hub: RunningHub, service: Onvif) -> None:
    config = {"url": service.url, "user": "ada", "area": "Drive", "open": "always"}
    await ask(hub, "links/add", {"link": "rtsp", "name": "Gate", "config": config, "secrets": {"password": "right"}})
    end = time.monotonic() + 45
    while service.control("counts")["counts"].get("PullMessages", 0) == 0:
        assert time.monotonic() < end
        await asyncio.sleep(0.1)


async def fits(page: Page) -> None:
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def drawn(still: Locator) -> None:
    await expect(still).to_be_visible(timeout=30_000)
    await expect(still).not_to_have_js_property("naturalWidth", 0)


async def test_who_rings_is_seen_and_the_camera_turns(hub: RunningHub, service: Onvif, tmp_path: Path) -> None:
    async with screen(tmp_path / "tablet", hub, TABLET, touch=True) as page:
        await found(page, hub)
        await join(hub, service)
        await go(page, hub, "home")
        service.say(VISITOR, {"State": "true"}, {"Source": "000"})
        toast = page.get_by_role("status").filter(has_text="Somebody at the door")
        still = toast.locator("img")
        await drawn(still)
        await fits(page)
        await page.screenshot(path=tmp_path / "ring-tablet.png")
        await toast.get_by_role("button", name="Show the camera").click()
        glass = page.get_by_role("dialog").get_by_role("img", name="Live picture of Gate")
        await expect(glass).to_be_visible()
        # It rang before the first picture had come.
        await expect(page.get_by_role("dialog").get_by_text("Live", exact=True)).to_be_visible(timeout=30_000)
        for name, size in (("phone", PHONE), ("tablet", TABLET)):
            await page.set_viewport_size({"width": size[0], "height": size[1]})
            await asyncio.sleep(0.3)
            await fits(page)
            await page.screenshot(path=tmp_path / f"turning-{name}.png")
        # It turns while it is held, by touch and by key.
        turning = page.get_by_role("group", name="Turn the camera")
        await expect(turning).to_be_visible()
        before = service.control("counts")["ptz"]
        box = await turning.get_by_role("button", name="Right: hold").bounding_box()
        assert box is not None and min(box["width"], box["height"]) >= 44
        await page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        await page.mouse.down()
        await moves(service)
        await until(lambda: service.control("counts")["ptz"]["pan"] > before["pan"] + 0.4)
        await page.mouse.up()
        await stands(service)
        await page.keyboard.down("ArrowUp")
        await moves(service)
        await page.keyboard.up("ArrowUp")
        await stands(service)
        await turning.get_by_role("combobox", name="Turn to").select_option("Home")
        await until(lambda: service.control("counts")["ptz"]["pan"] == 0)
        # The screen goes away while it is held.
        await page.mouse.down()
        await moves(service)
        await page.context.set_offline(True)
        await stands(service)
        await page.context.set_offline(False)
        await page.mouse.up()
        await page.keyboard.press("Escape")
        # What moves is told where somebody wants it, and is shown as well.
        await go(page, hub, "settings/notices")
        telling = page.get_by_role("radiogroup", name="Gate")
        await telling.get_by_role("radio", name="Always").click()
        await expect(telling.get_by_role("radio", name="Always")).to_be_checked()
        await page.screenshot(path=tmp_path / "settings-tablet.png", full_page=True)
        await go(page, hub, "notices")
        service.say(PEOPLE, {"State": "true"}, {"Source": "000"})
        row = page.locator("li", has_text="Something moves").first
        await expect(row).to_contain_text("Somebody", timeout=30_000)
        await drawn(row.locator("img"))
        await page.screenshot(path=tmp_path / "list-tablet.png")
        await page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        await asyncio.sleep(0.5)
        await fits(page)
        await page.screenshot(path=tmp_path / "list-phone.png")
        await page.evaluate("localStorage['wayhome.look'] = JSON.stringify({ language: 'zh', theme: 'day' })")
        await go(page, hub, "settings/notices")
        await page.reload()
        await expect(page.get_by_text("摄像头前的动静")).to_be_visible()
        await fits(page)
        await page.screenshot(path=tmp_path / "zh-settings-phone.png", full_page=True)


async def until(fits: Any, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not fits():
        assert time.monotonic() < end
        await asyncio.sleep(0.05)


async def moves(service: Onvif) -> None:
    await until(lambda: service.control("counts")["ptz"]["moving"])


async def stands(service: Onvif) -> None:
    """It does not turn any more."""
    await until(lambda: not service.control("counts")["ptz"]["moving"])
