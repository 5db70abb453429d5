"""Several files at once, one after the other: each is seen until it is there, whatever happens on the way. A real
browser, a real hub, a road that is cut and opened again."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.journeys.screens import CAR, PHONE, clean, found, go, looks, screen
from tests.journeys.test_files_flow import Road
from tests.journeys.test_files_page import MB, made
from tests.peers.hub import RunningHub

pytestmark = [pytest.mark.anyio, pytest.mark.real]
TURN = "Goes when those before it are there"


async def choose_all(page: Page, *files: Path) -> None:
    async with page.expect_file_chooser() as asked:
        await page.get_by_role("button", name="Choose files").click()
    await (await asked.value).set_files([str(one) for one in files])


def lying(hub: RunningHub) -> list[str]:
    """How each file stands at the hub."""
    with hub.api() as api:
        return [one["state"] for one in api.get("/api/files/list").json()["files"] if one["removed"] is None]


async def test_several_files_are_all_seen_until_they_are_there(hub: RunningHub, tmp_path: Path) -> None:
    first, second, third = (made(tmp_path / f"{name}.bin", 14 * MB) for name in ("first", "second", "third"))
    async with screen(tmp_path / "phone", hub, PHONE) as page:
        await found(page, hub)
        await go(page, hub, "files")
        await expect(page.get_by_role("button", name="Choose files")).to_be_enabled(timeout=30_000)
        await Road.of(page)
        await choose_all(page, first, second, third)
        await expect(page.get_by_role("progressbar", name="On its way")).to_be_visible(timeout=30_000)
        waiting = page.get_by_role("list", name=TURN).get_by_role("listitem")
        await expect(waiting).to_have_count(2)
        # News of the first one take nothing of the others away, nor the question before the page is closed.
        await page.wait_for_timeout(1_500)
        await expect(waiting.nth(0)).to_contain_text("second.bin")
        await expect(waiting.nth(1)).to_contain_text("third.bin")
        assert await page.evaluate("!dispatchEvent(new Event('beforeunload', { cancelable: true }))")
        for size, theme in ((PHONE, "light"), (CAR, "dark")):
            await looks(page, size, theme, "en")
            await page.screenshot(path=tmp_path / f"{size[0]}-{theme}.png", full_page=True)


async def test_what_waits_goes_on_by_itself_and_can_be_left(hub: RunningHub, tmp_path: Path) -> None:
    files = [made(tmp_path / f"{name}.bin", 14 * MB) for name in ("first", "second", "third")]
    async with screen(tmp_path / "phone", hub, PHONE) as page:
        await found(page, hub)
        await go(page, hub, "files")
        await expect(page.get_by_role("button", name="Choose files")).to_be_enabled(timeout=30_000)
        road = await Road.of(page)
        await choose_all(page, *files)
        await page.get_by_role("button", name="Don't send: third.bin").click(timeout=30_000)
        waiting = page.get_by_role("list", name=TURN).get_by_role("listitem")
        await expect(waiting).to_have_count(1)
        # The hub dies in the midst of it: nothing has to be chosen again.
        hub.kill()
        road.open()
        await expect(page.get_by_text("The hub does not answer. It goes on by itself.")).to_be_visible(timeout=30_000)
        hub.start()
        for name in ("first.bin", "second.bin"):
            await expect(page.get_by_role("button", name=f"Save {name}")).to_be_visible(timeout=60_000)
        await expect(page.get_by_text("It broke off")).to_have_count(0)
        await expect(page.get_by_text("third.bin")).to_have_count(0)
        for one in files[:2]:
            async with page.expect_download(timeout=30_000) as coming:
                await page.get_by_role("button", name=f"Save {one.name}").click()
            await (await coming.value).save_as(tmp_path / "got")
            assert hashlib.sha256((tmp_path / "got").read_bytes()).digest() == hashlib.sha256(one.read_bytes()).digest()


async def test_who_has_too_many_files_is_told_and_the_next_goes_when_there_is_room(
    hub: RunningHub, tmp_path: Path
) -> None:
    async with screen(tmp_path / "phone", hub, PHONE) as page:
        await found(page, hub)
        await go(page, hub, "files")
        await expect(page.get_by_role("button", name="Choose files")).to_be_enabled(timeout=30_000)
        await choose_all(page, *(made(tmp_path / f"{n:03}.bin", 10) for n in range(102)))
        told = page.get_by_role("alert").or_(page.get_by_role("status")).filter(has_text="100.bin was not sent")
        await expect(told).to_be_visible(timeout=120_000)
        await expect(told).to_contain_text("It goes on by itself")
        await clean(page, "too many")
        await page.screenshot(path=tmp_path / "full.png")
        await page.get_by_role("button", name="Remove 099.bin").click()
        await expect(page.get_by_role("button", name="Save 100.bin")).to_be_visible(timeout=30_000)
        await expect(page.get_by_text("101.bin was not sent")).to_be_visible(timeout=30_000)
