"""A camera's film on the glass: a real camera, a real hub, a real Chromium; the clock in the picture is read off it."""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.async_api import Locator, Page, expect

from tests.hmi.seats import pair, post
from tests.journeys.screens import CAR, PHONE, TABLET, address, found, go, screen
from tests.peers.camera import Camera, clock
from tests.peers.hub import RunningHub
from tests.peers.onvif import Onvif
from wayhome.hub import following

pytestmark = [pytest.mark.anyio, pytest.mark.real]
BEHIND = 1_000 * (following.LATE + 1.0)
"""ms; the second is the camera's, the decoder's and the picture of the screen on a busy machine."""


@pytest.fixture
def camera(tmp_path: Path) -> Iterator[Camera]:
    peer = Camera(tmp_path / "camera", user="ada", password="right")
    peer.up()
    yield peer
    peer.kill()


async def read(page: Page, glass: Locator) -> float:
    """How old what is on the glass is, in ms, from a picture of the screen: when that was asked for, as taking it takes
    its time on a busy machine."""
    canvas = glass.locator("canvas")
    shape = await canvas.evaluate("c => [c.width, c.height]")
    asked = time.time() * 1000
    shot = Image.open(io.BytesIO(await glass.screenshot())).convert("L")
    taken = time.time() * 1000
    ms, _ = clock(shot.resize(tuple(shape)).tobytes(), shape[0])
    assert ms <= taken, "a picture of what is not yet"
    return max(0.0, asked - ms)


async def of_now(page: Page, glass: Locator, within: float = 1_000.0) -> None:
    """What is on the glass keeps up with the camera: what it shows is soon ``within`` so many ms, and while it says
    that it is live never older than what the hub lets a screen fall behind. How old it is on a quiet machine:
    ``bench/cameras``."""
    ages = []
    for _ in range(8):
        ages.append(await read(page, glass))
        assert ages[-1] < BEHIND, ages
        if len(ages) >= 3 and ages[-1] < within:
            return
    raise AssertionError(f"it never catches up: {ages}")


async def fits(page: Page) -> None:
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_a_camera_is_joined_and_the_clock_in_its_picture_is_of_now(
    hub: RunningHub, camera: Camera, tmp_path: Path
) -> None:
    async with screen(tmp_path / "tablet", hub, TABLET, touch=True) as page:
        await found(page, hub)
        await go(page, hub, "settings/links")
        await page.get_by_role("button", name="Join a camera").click()
        form = page.get_by_role("region", name="Security camera")
        # As other programs write it: user and password are taken out of the address.
        await form.get_by_label("Its address").fill(camera.url.replace("rtsp://", "rtsp://ada:wrong@"))
        await expect(form.get_by_label("Its address")).to_have_value(camera.url)
        await expect(form.get_by_label("User")).to_have_value("ada")
        await form.get_by_role("button", name="Test").click()
        await expect(form).to_contain_text("It does not take this user and password")
        await form.get_by_label("Password").fill("right")
        await form.get_by_label("Name").fill("Yard")
        await form.get_by_label("Room").fill("Garden")
        await form.get_by_role("button", name="Test").click()
        await expect(form).to_contain_text("It works: 1280 × 720")
        await page.screenshot(path=tmp_path / "form.png", full_page=True)
        await form.get_by_role("button", name="Connect").click()
        card = page.get_by_role("region", name="Yard", exact=True)
        await expect(card.get_by_text("Connected", exact=True)).to_be_visible(timeout=30_000)
        await fits(page)
        await page.screenshot(path=tmp_path / "card.png", full_page=True)
        await go(page, hub, "home")
        await page.get_by_role("button", name="Yard").first.click()
        glass = page.get_by_role("img", name="Live picture of Yard")
        await expect(glass).to_be_visible()
        await expect(page.get_by_role("dialog").get_by_text("Live", exact=True)).to_be_visible(timeout=30_000)
        await of_now(page, glass)
        await page.screenshot(path=tmp_path / "live.png")
        # It stalls: never a stuck picture that looks live.
        camera.hold_still(True)
        await expect(page.get_by_role("dialog").get_by_text("Live", exact=True)).to_be_hidden(timeout=30_000)
        await expect(page.get_by_text("No new picture comes")).to_be_visible(timeout=30_000)
        await page.screenshot(path=tmp_path / "stuck.png")
        camera.hold_still(False)
        await expect(page.get_by_role("dialog").get_by_text("Live", exact=True)).to_be_visible(timeout=30_000)
        await of_now(page, glass)
        await page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        await fits(page)
        await page.screenshot(path=tmp_path / "phone.png")
        # It is switched off: it is said, in both languages, and nothing looks live.
        camera.kill()
        await expect(page.get_by_role("dialog").get_by_text("Live", exact=True)).to_be_hidden(timeout=30_000)
        await page.evaluate("localStorage['wayhome.look'] = JSON.stringify({ language: 'zh', theme: 'day' })")
        await page.reload()
        await page.get_by_role("button", name="Yard").first.click()
        await expect(page.get_by_text("摄像头没有画面")).to_be_visible(timeout=30_000)
        await page.screenshot(path=tmp_path / "zh-phone.png")
        await go(page, hub, "settings/links")
        await expect(page.get_by_text("Yard没有响应")).to_be_visible(timeout=30_000)
        for name, size in (("phone", PHONE), ("tablet", TABLET), ("car", CAR)):
            await page.set_viewport_size({"width": size[0], "height": size[1]})
            await fits(page)
            await page.screenshot(path=tmp_path / f"zh-links-{name}.png", full_page=True)


@pytest.mark.long
async def test_a_camera_is_found_in_the_network(hub: RunningHub, camera: Camera, tmp_path: Path) -> None:
    peer = Onvif(tmp_path / "onvif", camera, "ada", "right", ahead=3_600)
    peer.up()
    try:
        async with screen(tmp_path / "phone", hub, PHONE, touch=True) as page:
            await found(page, hub)
            await go(page, hub, "settings/links")
            await page.get_by_role("button", name="Join a camera").click()
            form = page.get_by_role("region", name="Security camera")
            await form.get_by_role("button", name="Search the network").click()
            await form.get_by_role("radio", name=f"Yard · 127.0.0.1:{peer.port}").click(timeout=30_000)
            await expect(form.get_by_label("Its address")).to_have_value(peer.url)
            await expect(form.get_by_label("Name")).to_have_value("Yard")
            await form.get_by_label("User").fill("ada")
            await form.get_by_label("Password").fill("right")
            await fits(page)
            # It is asked once whether it is recorded: not unless somebody says so.
            record = form.get_by_role("switch", name="Record when something happens")
            await expect(record).not_to_be_checked()
            await record.click()
            await page.screenshot(path=tmp_path / "found.png", full_page=True)
            await form.get_by_role("button", name="Connect").click()
            card = page.get_by_role("region", name="Yard", exact=True)
            await expect(card.get_by_text("Connected", exact=True)).to_be_visible(timeout=30_000)
            with hub.api() as api:
                chosen = api.get("/api/recordings/camera", params={"camera": "yard"}).json()
            assert chosen["on"] is True
    finally:
        peer.kill()


async def test_on_the_cars_glass(hub: RunningHub, camera: Camera, tmp_path: Path) -> None:
    async with screen(tmp_path / "car", hub, CAR, touch=True) as page:
        await found(page, hub)
        with hub.api() as api:
            config = {"url": camera.url, "user": "ada", "area": "Garden", "open": "always"}
            new = {"link": "rtsp", "name": "Yard", "config": config, "secrets": {"password": "right"}}
            assert api.post("/api/links/add", json=new).status_code < 300
        await go(page, hub, "")
        await page.get_by_role("button", name="Take this one").click()
        await page.get_by_role("button", name="Yard").first.click()
        glass = page.get_by_role("img", name="Live picture of Yard")
        await expect(page.get_by_role("dialog").get_by_text("Live", exact=True)).to_be_visible(timeout=30_000)
        for name, theme, size in (("car", "night", CAR), ("car-large", "day", (1920, 1080))):
            await page.evaluate("theme => document.documentElement.dataset.theme = theme", theme)
            await page.set_viewport_size({"width": size[0], "height": size[1]})
            await asyncio.sleep(0.3)
            await of_now(page, glass)
            await page.screenshot(path=tmp_path / f"{name}.png")
        await page.get_by_role("button", name="Whole screen").click()
        await page.wait_for_function("() => document.fullscreenElement !== null")
        await of_now(page, glass)
        await page.screenshot(path=tmp_path / "whole.png")


@pytest.mark.parametrize(
    "extra", [pytest.param(True, marks=pytest.mark.long), False], ids=["drawn-by-the-hub", "drawn-by-the-browser"]
)
async def test_who_drives_gets_a_still_when_they_ask(camera: Camera, tmp_path: Path, extra: bool) -> None:
    hidden = tmp_path / "without"
    hidden.mkdir()
    if not extra:
        (hidden / "av.py").write_text("raise ImportError('the extra is not installed')\n")
    hub = RunningHub(tmp_path / "hub", env={"PYTHONPATH": str(hidden)})
    hub.start()

    async def ask(path: str, data: dict[str, Any]) -> Any:
        with hub.api() as api:
            answer = await asyncio.to_thread(api.post, f"/api/{path}", json=data)
        assert answer.is_success, answer.text
        return answer.json()

    try:
        async with screen(tmp_path / "phone", hub, PHONE) as owner, screen(tmp_path / "car", hub, CAR) as page:
            await found(owner, hub)
            login = {"url": camera.url, "user": "ada", "area": "Garden"}
            yard = {"link": "rtsp", "name": "Yard", "config": login, "secrets": {"password": "right"}}
            await ask("links/add", yard)
            await post(owner, "home/put", {"tiles": [{"kind": "thing", "item": "yard"}]})
            await ask("links/add", {"link": "sim", "name": "Car", "config": {"part": "car", "start": "driving"}})
            await page.goto(address(hub))
            await pair(ask, page, kind="car", person="anna", seat="driver", car="car")
            await go(page, hub, "")
            await page.reload()
            await expect(page.get_by_role("button", name="Yard").first).to_be_visible()
            await expect(page.locator(".tile canvas, .tile img")).to_have_count(0)
            await page.get_by_role("button", name="Yard").first.click()
            await expect(page.get_by_text("While you drive, one picture at a time.")).to_be_visible()
            await expect(page.get_by_role("img", name="Live picture of Yard")).to_have_count(0)
            asked = time.time() * 1000
            await page.get_by_role("button", name="Show a picture").click()
            still = page.get_by_role("img", name="Picture of Yard", exact=True)
            await expect(still).to_be_visible(timeout=30_000)
            # The next one is to be had after five seconds, and is a new one.
            more = page.get_by_role("button", name="Show a picture")
            await expect(more).to_be_disabled()
            shot = Image.open(io.BytesIO(await still.screenshot())).convert("L")
            ms, _ = clock(shot.resize((1280, 720)).tobytes(), 1280)
            assert asked - 5_000 < ms < time.time() * 1000
            await page.screenshot(path=tmp_path / "driver.png")
            await expect(more).to_be_enabled(timeout=30_000)
            await more.click()
            async with asyncio.timeout(45):
                while True:
                    shot = Image.open(io.BytesIO(await still.screenshot())).convert("L")
                    later, _ = clock(shot.resize((1280, 720)).tobytes(), 1280)
                    if later - ms > 4_000:
                        break
            await page.screenshot(path=tmp_path / "driver-again.png")
    finally:
        hub.stop()
