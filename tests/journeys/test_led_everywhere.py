"""Who is led sees and hears what comes next on whatever page: on the car's glass, in the hand, on the wrist."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.hmi.matrix.cells import Look, Situation
from tests.journeys.screens import CAR, PHONE, screen
from tests.journeys.streets import READY, ask, go, helsinki, judged, settled, steer
from tests.peers.hub import RunningHub

pytestmark = [pytest.mark.anyio, pytest.mark.real]
WATCH = (384, 384)
HEARS = """(() => {
  window.heard = [];
  const start = AudioBufferSourceNode.prototype.start;
  AudioBufferSourceNode.prototype.start = function (...more) {
    let loud = 0;
    for (const one of this.buffer.getChannelData(0)) loud = Math.max(loud, Math.abs(one));
    window.heard.push({ long: this.buffer.duration, loud, running: this.context.state === "running" });
    return start.apply(this, more);
  };
})()"""
"""Notes what is heard on the page."""
LENGTH = re.compile(r"\d+ (m|km|yd|mi)\b")


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    with helsinki(tmp_path_factory.mktemp("led")) as running:
        yield running


async def come_in(page: Page, hub: RunningHub, seat: str = "elsewhere") -> None:
    await page.add_init_script(f"localStorage['wayhome.look'] ??= JSON.stringify({{ seat: '{seat}' }}); {HEARS}")
    await ask(page, hub, "door/demo", person="anna")


async def heard(page: Page, least: int) -> None:
    """So many times at least something was heard, and all of it was speech, not silence."""
    await page.wait_for_function(f"() => window.heard.length >= {least}")
    assert all(one["long"] > 0.5 and one["loud"] > 0.05 and one["running"] for one in await page.evaluate("heard"))


async def test_the_driver_sees_and_hears_what_comes_next_on_any_page(hub: RunningHub, tmp_path: Path) -> None:
    async with screen(tmp_path / "car", hub, CAR, maps=True) as page:
        await come_in(page, hub, "driver")
        await settled(page, hub)
        await steer(page, hub, clear=True, on_the_road=0.3, speed=15)
        await go(page, hub, "car")
        # A browser keeps a page silent that nobody has touched.
        await page.get_by_role("link", name="Car", exact=True).click()
        await ask(page, hub, "navigation/start", place="home")
        beside = page.get_by_role("link", name=re.compile("^To Home"))
        await expect(beside).to_contain_text(LENGTH)
        await heard(page, 1)
        await judged(page, "car", Situation("moving", driver=True), Look("dark", "en-GB"), "car")
        await page.screenshot(path=tmp_path / "beside.png")
        # The map has it in large, and there it is made silent; that holds.
        await beside.click()
        await page.locator(READY).wait_for()
        await expect(beside).to_have_count(0)
        await expect(page.get_by_role("region", name="What comes next")).to_contain_text(LENGTH)
        voice = page.get_by_role("button", name="Say the way aloud")
        await expect(voice).to_have_attribute("aria-pressed", "true")
        await voice.click()
        await expect(voice).to_have_attribute("aria-pressed", "false")
        await ask(page, hub, "navigation/stop")
        before = await page.evaluate("heard.length")
        await ask(page, hub, "navigation/start", place="work")
        await expect(voice).to_have_attribute("aria-pressed", "false")
        await page.wait_for_timeout(1_500)
        assert await page.evaluate("heard.length") == before
        # Once more on: what holds is heard at once.
        await voice.click()
        await heard(page, before + 1)
        await ask(page, hub, "navigation/stop")
        await steer(page, hub, clear=True, speed=None)


async def test_who_waits_sees_when_the_car_comes_and_the_watch_what_comes_next(hub: RunningHub, tmp_path: Path) -> None:
    async with screen(tmp_path / "phone", hub, PHONE) as phone, screen(tmp_path / "watch", hub, WATCH) as watch:
        for page in (phone, watch):
            await come_in(page, hub)
        await settled(phone, hub)
        await steer(phone, hub, clear=True, on_the_road=0.3, speed=10)
        asked: list[str] = []
        phone.on("request", lambda one: asked.append(one.url))
        await go(phone, hub, "")
        await go(watch, hub, "")
        await expect(watch.get_by_role("main")).to_contain_text("%")
        await ask(phone, hub, "navigation/start", place="home")
        for at in ("", "car"):
            await go(phone, hub, at)
            row = phone.get_by_role("link", name=re.compile("^To Home"))
            await expect(row).to_contain_text(re.compile(r"\d\d:\d\d"))
            await expect(row).to_contain_text(LENGTH)
        await phone.screenshot(path=tmp_path / "phone.png")
        await expect(watch.get_by_role("main")).to_contain_text(LENGTH)
        await expect(watch.get_by_role("main")).to_contain_text("Home")
        await judged(watch, "watch", Situation("moving", driver=False), Look("dark", "en-GB"), "")
        await watch.screenshot(path=tmp_path / "watch.png")
        # The car is a swipe on, as before; without a way it is what one sees.
        await watch.keyboard.press("ArrowRight")
        await expect(watch.get_by_role("main")).to_contain_text("%")
        await watch.keyboard.press("ArrowLeft")
        await ask(phone, hub, "navigation/stop")
        await expect(watch.get_by_role("main")).to_contain_text("%")
        await expect(row).to_have_count(0)
        # In the hand nothing is said, as long as nobody asks for it.
        assert not any("navigation/say" in url for url in asked)
        await steer(phone, hub, clear=True, speed=None)
