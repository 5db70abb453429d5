"""Files that are saved while they are still on their way: real browsers, a real hub, a real network that is slow."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import CDPSession, Page, expect

from tests.journeys.screens import CAR, PHONE, found, go, screen
from tests.journeys.test_clipboard_page import come_in, invite
from tests.journeys.test_files_page import MB, SLOW, choose, digest, made
from tests.peers.hub import RunningHub

SOME = re.compile(r"^[1-9]\d%$")
pytestmark = [pytest.mark.anyio, pytest.mark.real]


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[RunningHub]:
    running = RunningHub(tmp_path / "hub")
    running.start()
    yield running
    running.stop()


class Slow:
    """A screen's network, as slow as a test says; bytes a second, -1: as fast as it is."""

    def __init__(self, devtools: CDPSession) -> None:
        self.devtools = devtools

    @classmethod
    async def of(cls, page: Page) -> Slow:
        slow = cls(await page.context.new_cdp_session(page))
        await slow.devtools.send("Network.enable")
        return slow

    async def sends(self, rate: int) -> None:
        await self.devtools.send("Network.emulateNetworkConditions", {**SLOW, "uploadThroughput": rate})


async def test_what_is_on_its_way_is_saved_as_it_comes(hub: RunningHub, tmp_path: Path) -> None:
    film = made(tmp_path / "film.mp4", 22 * MB + 5)
    async with screen(tmp_path / "phone", hub, PHONE) as phone, screen(tmp_path / "car", hub, CAR) as glass:
        await found(phone, hub)
        await go(phone, hub, "files")
        await expect(phone.get_by_role("button", name="Choose files")).to_be_enabled(timeout=10_000)
        await come_in(glass, await invite(phone, hub))
        await go(phone, hub, "files")
        await go(glass, hub, "files")
        await expect(glass.get_by_role("button", name="Choose files")).to_be_enabled(timeout=10_000)
        way = await Slow.of(phone)
        await way.sends(5 * MB)
        await choose(phone, film)
        await expect(glass.get_by_text("You can begin to save it")).to_be_visible(timeout=10_000)
        await expect(glass.get_by_role("progressbar")).to_have_attribute("aria-valuetext", SOME, timeout=15_000)
        await way.sends(MB // 10)
        async with glass.expect_download(timeout=20_000) as coming:
            await glass.get_by_role("button", name="Save film.mp4").click()
        # The browser has begun to take it, and its sender has not done with it.
        download = await coming.value
        await expect(glass.get_by_text("It is saved as it comes.")).to_be_visible()
        await expect(phone.get_by_role("progressbar", name="On its way")).to_be_visible()
        await way.sends(-1)
        await download.save_as(tmp_path / "got.mp4")
        assert digest(tmp_path / "got.mp4") == digest(film)
        await expect(glass.get_by_text("film.mp4 is saved")).to_be_visible(timeout=5_000)

        # Taken away on its way: the browser has no file, and the page says why.
        await way.sends(5 * MB)
        await choose(phone, made(tmp_path / "other.mp4", 22 * MB))
        await expect(glass.get_by_text("You can begin to save it")).to_be_visible(timeout=10_000)
        await expect(glass.get_by_role("progressbar")).to_have_attribute("aria-valuetext", SOME, timeout=15_000)
        await way.sends(MB // 10)
        async with glass.expect_download(timeout=20_000) as coming:
            await glass.get_by_role("button", name="Save other.mp4").click(timeout=10_000)
        download = await coming.value
        await phone.get_by_role("button", name="Cancel other.mp4").click()
        assert await download.failure() is not None
        await expect(glass.get_by_text("It was taken away before all of it had come")).to_be_visible(timeout=5_000)

