"""A camera's film on the glass: a real camera, a real hub, a real Chromium; the clock in the picture is read off it."""

from __future__ import annotations

import asyncio
import io
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Locator, Page, expect

from tests.journeys.screens import CAR, PHONE, TABLET, found, go, screen
from tests.peers.camera import Camera, clock
from tests.peers.hub import RunningHub

pytestmark = [pytest.mark.anyio, pytest.mark.real]


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[RunningHub]:
    running = RunningHub(tmp_path / "hub")
    running.start()
    yield running
    running.stop()


@pytest.fixture
def camera(tmp_path: Path) -> Iterator[Camera]:
    peer = Camera(tmp_path / "camera", user="ada", password="right")
    peer.up()
    yield peer
    peer.kill()


async def read(page: Page, glass: Locator) -> float:
    """How old what is on the glass is, in ms, from a picture of the screen."""
    canvas = glass.locator("canvas")
    shape = await canvas.evaluate("c => [c.width, c.height]")
    shot = Image.open(io.BytesIO(await glass.screenshot())).convert("L")
    now = time.time() * 1000
    ms, _ = clock(shot.resize(tuple(shape)).tobytes(), shape[0])
    return now - ms


async def test_the_clock_in_the_picture_is_of_now(hub: RunningHub, camera: Camera, tmp_path: Path) -> None:
    async with screen(tmp_path / "tablet", hub, TABLET, touch=True) as page:
        await found(page, hub)
        with hub.api() as api:
            config = {"url": camera.url, "user": "ada", "area": "Garden"}
            new = {"link": "rtsp", "name": "Yard", "config": config, "secrets": {"password": "right"}}
            assert api.post("/api/links/add", json=new).status_code < 300
        await go(page, hub, "home")
        await page.get_by_role("button", name="Yard").first.click()
        glass = page.get_by_role("img", name="Live picture of Yard")
        await expect(glass).to_be_visible()
        await expect(page.get_by_text("Live", exact=True)).to_be_visible(timeout=5_000)
        ages = [await read(page, glass) for _ in range(5)]
        assert all(0 < age < 1_000 for age in ages), ages
        await page.screenshot(path=tmp_path / "live.png")
        # It stalls: never a stuck picture that looks live.
        camera.hold_still(True)
        await expect(page.get_by_text("Live", exact=True)).to_be_hidden(timeout=5_000)
        await expect(page.get_by_text("No new picture comes")).to_be_visible(timeout=10_000)
        await page.screenshot(path=tmp_path / "stuck.png")
        camera.hold_still(False)
        await expect(page.get_by_text("Live", exact=True)).to_be_visible(timeout=30_000)
        assert 0 < await read(page, glass) < 1_000
        for name, size in (("phone", PHONE), ("car", CAR), ("car-large", (1920, 1080))):
            await page.set_viewport_size({"width": size[0], "height": size[1]})
            await asyncio.sleep(0.3)
            await page.screenshot(path=tmp_path / f"{name}.png")
