"""Files that are saved while they are still on their way: real browsers, a real hub, a real network that is slow."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.journeys.screens import CAR, PHONE, found, go, screen
from tests.journeys.test_clipboard_page import come_in, invite
from tests.journeys.test_files_page import MB, SLOW, choose, digest, made
from tests.peers.hub import RunningHub

pytestmark = [pytest.mark.anyio, pytest.mark.real]


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[RunningHub]:
    running = RunningHub(tmp_path / "hub")
    running.start()
    yield running
    running.stop()


async def slowly(page: Page, rate: int) -> None:
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("Network.enable")
    await devtools.send("Network.emulateNetworkConditions", {**SLOW, "uploadThroughput": rate})


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
        await slowly(phone, 4 * MB)
        await choose(phone, film)
        await expect(glass.get_by_text("You can begin to save it")).to_be_visible(timeout=10_000)
        async with glass.expect_download(timeout=20_000) as coming:
            await glass.get_by_role("button", name="Save film.mp4").click()
        # The browser has begun to take it, and the sender is not done.
        download = await coming.value
        await expect(phone.get_by_role("progressbar", name="On its way")).to_be_visible()
        await expect(glass.get_by_text("It is saved as it comes.")).to_be_visible()
        await download.save_as(tmp_path / "got.mp4")
        assert digest(tmp_path / "got.mp4") == digest(film)
        await expect(glass.get_by_text("film.mp4 is saved")).to_be_visible(timeout=5_000)

        # Taken away on its way: the browser has no file, and the page says why.
        await choose(phone, made(tmp_path / "other.mp4", 40 * MB))
        async with glass.expect_download(timeout=20_000) as coming:
            await glass.get_by_role("button", name="Save other.mp4").click(timeout=10_000)
        download = await coming.value
        await phone.get_by_role("button", name="Cancel other.mp4").click()
        assert await download.failure() is not None
        await expect(glass.get_by_text("It was taken away before all of it had come")).to_be_visible(timeout=5_000)
