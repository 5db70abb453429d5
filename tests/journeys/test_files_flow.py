"""Files that are saved while they are still on their way: real browsers, a real hub, a road that is cut
and opened again."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from playwright.async_api import Error, Page, Route, expect

from tests.journeys.screens import CAR, PHONE, found, go, screen
from tests.journeys.test_clipboard_page import come_in, invite
from tests.journeys.test_files_page import MB, choose, digest, made
from tests.peers.hub import RunningHub

SOME = re.compile(r"^[1-9]\d%$")
pytestmark = [pytest.mark.anyio, pytest.mark.real]


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[RunningHub]:
    running = RunningHub(tmp_path / "hub")
    running.start()
    yield running
    running.stop()


PASTE = """(name) => {
  const data = new DataTransfer();
  data.items.add(new File(["a picture"], name, { type: "image/png" }));
  window.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


class Road:
    """What a screen sends goes along it as far as a test says."""

    def __init__(self) -> None:
        self._open = asyncio.Event()

    @classmethod
    async def of(cls, page: Page) -> Road:
        road = cls()
        await page.route("**/api/files/piece/**", road._passes)
        return road

    def close(self) -> None:
        """From its fourth piece on a file waits."""
        self._open.clear()

    def open(self) -> None:
        self._open.set()

    async def _passes(self, route: Route) -> None:
        if route.request.method == "PUT" and int(route.request.url.rsplit("/", 1)[1]) >= 3:
            await self._open.wait()
        with suppress(Error):  # its page may have given it up meanwhile
            await route.continue_()


async def test_what_is_on_its_way_is_saved_as_it_comes(hub: RunningHub, tmp_path: Path) -> None:
    film = made(tmp_path / "film.mp4", 22 * MB + 5)
    async with screen(tmp_path / "phone", hub, PHONE) as phone, screen(tmp_path / "car", hub, CAR) as glass:
        await found(phone, hub)
        await go(phone, hub, "files")
        await expect(phone.get_by_role("button", name="Choose files")).to_be_enabled(timeout=30_000)
        await come_in(glass, await invite(phone, hub))
        await go(phone, hub, "files")
        await go(glass, hub, "files")
        await expect(glass.get_by_role("button", name="Choose files")).to_be_enabled(timeout=30_000)
        # A picture that was copied elsewhere, to one screen by one tap.
        await phone.evaluate(PASTE, "picture.png")
        await expect(phone.get_by_text("picture.png (9 bytes)")).to_be_visible()
        await phone.get_by_role("button", name="Send to Chrome, Linux").click()
        await expect(glass.get_by_role("button", name="Save picture.png")).to_be_visible(timeout=30_000)
        await expect(phone.get_by_text("for Chrome, Linux")).to_be_visible()

        road = await Road.of(phone)
        await choose(phone, film)
        await expect(glass.get_by_text("You can begin to save it")).to_be_visible(timeout=30_000)
        await expect(glass.get_by_role("progressbar")).to_have_attribute("aria-valuetext", SOME, timeout=30_000)
        async with glass.expect_download(timeout=30_000) as coming:
            await glass.get_by_role("button", name="Save film.mp4").click()
        # The browser has begun to take it, and its sender has not done with it.
        download = await coming.value
        await expect(glass.get_by_text("It is saved as it comes.")).to_be_visible()
        await expect(phone.get_by_role("progressbar", name="On its way")).to_be_visible()
        road.open()
        await download.save_as(tmp_path / "got.mp4")
        assert digest(tmp_path / "got.mp4") == digest(film)
        await expect(glass.get_by_text("film.mp4 is saved")).to_be_visible(timeout=30_000)

        # Taken away on its way: the browser has no file, and the page says why.
        road.close()
        await choose(phone, made(tmp_path / "other.mp4", 22 * MB))
        await expect(glass.get_by_text("You can begin to save it")).to_be_visible(timeout=30_000)
        await expect(glass.get_by_role("progressbar")).to_have_attribute("aria-valuetext", SOME, timeout=30_000)
        async with glass.expect_download(timeout=30_000) as coming:
            await glass.get_by_role("button", name="Save other.mp4").click(timeout=30_000)
        download = await coming.value
        await phone.get_by_role("button", name="Cancel other.mp4").click()
        assert await download.failure() is not None
        taken = glass.get_by_text("It was taken away before all of it had come")
        await expect(taken.first).to_be_visible(timeout=30_000)

        # The browser ends its service worker in the midst of it: no whole file, and it is offered to save it anew.
        road.close()
        await choose(phone, third := made(tmp_path / "third.mp4", 22 * MB))
        save = glass.get_by_role("button", name="Save third.mp4")
        await expect(save).to_be_visible(timeout=30_000)
        await expect(glass.get_by_role("progressbar")).to_have_attribute("aria-valuetext", SOME, timeout=30_000)
        async with glass.expect_download(timeout=30_000) as coming:
            await save.click()
        download = await coming.value
        ends = await glass.context.new_cdp_session(glass)
        await ends.send("ServiceWorker.enable")
        await ends.send("ServiceWorker.stopAllWorkers")
        assert await download.failure() is not None
        await expect(glass.get_by_text("Saving broke off: nothing was saved.")).to_be_visible(timeout=30_000)
        road.open()
        async with glass.expect_download(timeout=30_000) as coming:
            await save.click()
        await (await coming.value).save_as(tmp_path / "third.got")
        assert digest(tmp_path / "third.got") == digest(third)
