"""Recordings on the glass: turned on, made by a real sensor, seen along the day, played by a real Chromium. The clock
in the picture is read off the film that plays."""

from __future__ import annotations

import asyncio
import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Locator, Page, expect

from tests.features.recordings.yard import yard
from tests.journeys.screens import CAR, PHONE, TABLET, found, go, screen
from tests.peers.camera import Camera, clock
from tests.peers.hub import RunningHub
from tests.peers.mosquitto import Mosquitto

pytestmark = [pytest.mark.anyio, pytest.mark.real]


@pytest.fixture
def camera(tmp_path: Path) -> Iterator[Camera]:
    peer = Camera(tmp_path / "camera", fps=10, gop=10, rate=1500)
    peer.up()
    yield peer
    peer.kill()


async def read(video: Locator) -> float:
    """What the clock in the film says, s since 1970."""
    shot = Image.open(io.BytesIO(await video.screenshot())).convert("L").resize((1280, 720))
    return clock(shot.tobytes(), 1280)[0] / 1000


async def stands(video: Locator, seconds: float, at: float) -> None:
    """Let the film stand at this moment: soon the clock in it says that it is ``at``."""
    await video.evaluate(
        "(video, to) => new Promise((done) => {"
        " video.pause(); video.onseeked = () => done(); video.currentTime = to; })",
        seconds,
    )
    for _ in range(200):
        # It is there before it is drawn.
        if abs((said := await read(video)) - at) < 0.4:
            return
        await asyncio.sleep(0.1)
    raise AssertionError(f"the clock says {said}, not {at}")


async def pictures(page: Page, tmp_path: Path, name: str) -> None:
    """How it looks on each screen; nothing runs out of it."""
    for face, size in (("car", CAR), ("phone", PHONE), ("tablet", TABLET)):
        await page.set_viewport_size({"width": size[0], "height": size[1]})
        await asyncio.sleep(0.3)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await page.screenshot(path=tmp_path / f"{name}-{face}.png")


async def test_from_the_switch_to_the_film(
    hub: RunningHub, camera: Camera, mosquitto: Mosquitto, tmp_path: Path
) -> None:
    async with screen(tmp_path / "tablet", hub, TABLET, touch=True) as page:
        await found(page, hub)
        async with yard(hub, camera, mosquitto, on=False) as it:
            await go(page, hub, "recordings")
            await expect(page.get_by_text("Nothing is recorded", exact=True)).to_be_visible()
            await page.get_by_role("button", name="Choose cameras").click()
            sheet = page.get_by_role("dialog", name="What is recorded")
            await sheet.get_by_role("switch", name="Record Yard when something happens").click()
            await expect(sheet.get_by_text("Ready: it waits")).to_be_visible(timeout=30_000)
            await expect(sheet.get_by_text("Yard motion")).to_be_visible()
            await page.screenshot(path=tmp_path / "choose.png")
            await sheet.get_by_role("button", name="Close").click()
            await asyncio.sleep(2)
            await it.says("yard_motion", True)
            await expect(page.get_by_text("Yard is being recorded")).to_be_visible(timeout=30_000)
            await asyncio.sleep(2)
            await it.says("yard_motion", False)
            card = page.get_by_role("button", name=re.compile(r"Motion, Yard, .*: play"))
            await expect(card).to_be_visible(timeout=30_000)
            await expect(page.get_by_text("Yard is being recorded")).to_be_hidden()
            await expect(card.locator("img")).to_be_visible()
            [made] = await it.ended()
            await pictures(page, tmp_path, "list")
            await card.click()
            video = page.get_by_label("Recording of Yard")
            await page.wait_for_function("() => document.querySelector('video')?.currentTime > 0.3")
            assert abs(await video.evaluate("video => video.duration") - (made["end"] - made["start"])) < 0.2
            for seconds in (2.5, 0.5):
                await stands(video, seconds, made["start"] + seconds)
            await page.screenshot(path=tmp_path / "player.png")
            await page.get_by_role("button", name="Close").click()
            # On the car's glass with what can be touched there.
            await page.set_viewport_size({"width": CAR[0], "height": CAR[1]})
            await asyncio.sleep(0.4)
            await card.click()
            await page.get_by_role("button", name="Pause").click()
            await stands(video, 1.5, made["start"] + 1.5)
            await page.screenshot(path=tmp_path / "player-car.png")
            await page.set_viewport_size({"width": TABLET[0], "height": TABLET[1]})
            await asyncio.sleep(0.4)
            await card.click()
            await page.get_by_role("button", name="Let it stay").click()
            await expect(page.get_by_role("button", name="Stays")).to_be_visible()
            async with page.expect_download() as saving:
                await page.get_by_role("button", name="Save").click()
            saved = await saving.value
            assert re.fullmatch(r"yard-[\d-]+\.mp4", saved.suggested_filename)
            assert Path(await saved.path()).read_bytes() == it.film(made["id"])
            await page.get_by_role("button", name="Delete").click()
            await expect(card).to_be_hidden()
            await page.get_by_role("button", name="Undo").click()
            await expect(card).to_be_visible()
            # The camera's own page leads here, and says what becomes of its film.
            await go(page, hub, "home")
            await page.get_by_role("button", name="Yard", exact=False).first.click()
            sheet = page.get_by_role("dialog", name="Yard")
            await expect(sheet.get_by_role("switch", name="Record when something happens")).to_be_checked()
            await expect(sheet.get_by_text("Live", exact=True)).to_be_visible(timeout=30_000)
            await page.screenshot(path=tmp_path / "camera.png")
            await sheet.get_by_role("button", name="Recordings").click()
            await expect(card).to_be_visible()
            await page.evaluate("localStorage['wayhome.look'] = JSON.stringify({ language: 'zh', theme: 'day' })")
            await page.reload()
            await expect(page.get_by_role("heading", name="录像", exact=True)).to_be_visible()
            await expect(page.get_by_role("button", name=re.compile("有人移动，Yard，.*：播放"))).to_be_visible()
            await pictures(page, tmp_path, "zh")
