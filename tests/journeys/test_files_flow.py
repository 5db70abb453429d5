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


PASTE = """(name) => {
  const data = new DataTransfer();
  data.items.add(new File(["a picture"], name, { type: "image/png" }));
  window.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
}"""


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

        way = await Slow.of(phone)
        await way.sends(MB // 2)  # so slow that a busy machine sees it on its way
        await choose(phone, film)
        await expect(glass.get_by_text("You can begin to save it")).to_be_visible(timeout=30_000)
        await expect(glass.get_by_role("progressbar")).to_have_attribute("aria-valuetext", SOME, timeout=30_000)
        await way.sends(MB // 10)
        async with glass.expect_download(timeout=30_000) as coming:
            await glass.get_by_role("button", name="Save film.mp4").click()
        # The browser has begun to take it, and its sender has not done with it.
        download = await coming.value
        await expect(glass.get_by_text("It is saved as it comes.")).to_be_visible()
        await expect(phone.get_by_role("progressbar", name="On its way")).to_be_visible()
        await way.sends(-1)
        await download.save_as(tmp_path / "got.mp4")
        assert digest(tmp_path / "got.mp4") == digest(film)
        await expect(glass.get_by_text("film.mp4 is saved")).to_be_visible(timeout=30_000)

        # Taken away on its way: the browser has no file, and the page says why.
        await way.sends(MB // 2)  # so slow that a busy machine sees it on its way
        await choose(phone, made(tmp_path / "other.mp4", 22 * MB))
        await expect(glass.get_by_text("You can begin to save it")).to_be_visible(timeout=30_000)
        await expect(glass.get_by_role("progressbar")).to_have_attribute("aria-valuetext", SOME, timeout=30_000)
        await way.sends(MB // 10)
        async with glass.expect_download(timeout=30_000) as coming:
            await glass.get_by_role("button", name="Save other.mp4").click(timeout=30_000)
        download = await coming.value
        await phone.get_by_role("button", name="Cancel other.mp4").click()
        assert await download.failure() is not None
        await expect(glass.get_by_text("It was taken away before all of it had come")).to_be_visible(timeout=30_000)

        # The browser ends its service worker in the midst of it: no whole file, and it is offered to save it anew.
        await way.sends(MB // 2)  # so slow that a busy machine sees it on its way
        await choose(phone, third := made(tmp_path / "third.mp4", 22 * MB))
        save = glass.get_by_role("button", name="Save third.mp4")
        await expect(save).to_be_visible(timeout=30_000)
        await expect(glass.get_by_role("progressbar")).to_have_attribute("aria-valuetext", SOME, timeout=30_000)
        await way.sends(MB // 10)
        async with glass.expect_download(timeout=30_000) as coming:
            await save.click()
        download = await coming.value
        ends = await glass.context.new_cdp_session(glass)
        await ends.send("ServiceWorker.enable")
        await ends.send("ServiceWorker.stopAllWorkers")
        assert await download.failure() is not None
        await expect(glass.get_by_text("Saving broke off: nothing was saved.")).to_be_visible(timeout=30_000)
        await way.sends(-1)
        async with glass.expect_download(timeout=30_000) as coming:
            await save.click()
        await (await coming.value).save_as(tmp_path / "third.got")
        assert digest(tmp_path / "third.got") == digest(third)
