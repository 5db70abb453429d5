"""Films of whole pictures on the glass, each from a real peer: a camera of Home Assistant's, one at a broker, Motion
JPEG by RTSP and over http. The clock in the picture is read off the glass, in a browser without WebCodecs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Page, expect

from tests.hmi.seats import post
from tests.journeys.screens import TABLET, found, go, screen
from tests.journeys.test_camera_page import fits, of_now
from tests.links.mqtt.house import devices, publish
from tests.links.mqtt.test_films import described
from tests.peers.camera import Camera
from tests.peers.homeassistant import HomeAssistant
from tests.peers.hub import RunningHub
from tests.peers.mjpeg import Mjpeg
from tests.peers.mosquitto import Mosquitto

pytestmark = [pytest.mark.anyio, pytest.mark.real]

CAMERAS = ("Lane", "Door", "Yard", "Gate")


@pytest.fixture
def camera(tmp_path: Path) -> Iterator[Mjpeg]:
    peer = Mjpeg(tmp_path / "mjpeg", width=640, height=360)
    peer.up()
    yield peer
    peer.kill()


@pytest.fixture
def hub(tmp_path: Path, camera: Mjpeg, homeassistant: HomeAssistant, mosquitto: Mosquitto) -> Iterator[RunningHub]:
    """A household with a camera of each kind."""
    by_rtsp = Camera(tmp_path / "camera", codec="jpeg", width=640, height=360)
    by_rtsp.up()
    homeassistant.add("mjpeg", name="Lane", mjpeg_url=camera.url, still_image_url=camera.still_url)
    running = RunningHub(tmp_path / "hub")
    running.start()
    with running.api() as api:
        for new in (
            {"link": "homeassistant", "config": {"url": homeassistant.url}, "secrets": {"token": homeassistant.token}},
            {"link": "mqtt", "config": {"url": f"mqtt://127.0.0.1:{mosquitto.port}"}},
            {"link": "rtsp", "config": {"url": camera.url}, "name": "Yard"},
            {"link": "rtsp", "config": {"url": by_rtsp.url}, "name": "Gate"},
        ):
            assert api.post("/api/links/add", json={"name": "Home", **new}).is_success
    yield running
    running.stop()
    homeassistant.remove("mjpeg")
    by_rtsp.kill()


@asynccontextmanager
async def published(camera: Mjpeg, broker: Mosquitto) -> AsyncIterator[asyncio.Event]:
    """A camera at the broker that sends four pictures a second; not while the event is set."""
    held = asyncio.Event()

    async def send() -> None:
        while True:
            if not held.is_set():
                with suppress(httpx.TimeoutException):  # a busy machine's camera: the next one is sent
                    await client.publish("cam/door/picture", await asyncio.to_thread(camera.still))
            await asyncio.sleep(0.25)

    async with devices(broker) as client:
        await publish(client, described("door"))
        sending = asyncio.create_task(send())
        try:
            yield held
        finally:
            sending.cancel()
            with suppress(asyncio.CancelledError):
                await sending  # why it ended, where it did by itself
            await publish(client, dict.fromkeys(described("door"), ""))


async def look(page: Page, name: str) -> None:
    """Its clock is of now, and the page says that it is live."""
    await page.get_by_role("button", name=name).first.click()
    glass = page.get_by_role("img", name=f"Live picture of {name}")
    await expect(page.get_by_role("dialog").get_by_text("Live", exact=True)).to_be_visible(timeout=30_000)
    await of_now(page, glass, 1_500.0)


async def test_the_clock_of_each_is_of_now(
    hub: RunningHub, camera: Mjpeg, mosquitto: Mosquitto, tmp_path: Path
) -> None:
    async with published(camera, mosquitto) as held, screen(tmp_path / "tablet", hub, TABLET, touch=True) as page:
        await page.add_init_script("delete globalThis.VideoDecoder")
        await found(page, hub)
        tiles = [{"kind": "thing", "item": name.lower()} for name in CAMERAS]
        await post(page, "home/put", {"tiles": tiles})
        await go(page, hub, "home")
        await expect(page.get_by_role("button", name="Gate").first).to_be_visible(timeout=30_000)
        assert await page.evaluate("'VideoDecoder' in globalThis") is False
        for name in CAMERAS:
            await look(page, name)
            await page.screenshot(path=tmp_path / f"{name}.png")
            await page.keyboard.press("Escape")
        # One at a broker falls silent: it never looks live, and its age is said.
        await look(page, "Door")
        dialog = page.get_by_role("dialog")
        held.set()
        await expect(dialog.get_by_text("Live", exact=True)).to_be_hidden(timeout=30_000)
        await expect(dialog.get_by_text("as of")).to_be_visible()
        await fits(page)
        await page.screenshot(path=tmp_path / "silent.png")
