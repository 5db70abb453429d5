"""What another app shares while nobody is signed in, or before this screen opens what is private, waits; and what is on
its way is asked about before somebody signs out."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Dialog, Route, expect

from tests.journeys.screens import PASSWORD, PHONE, TABLET, address, found, go, screen
from tests.journeys.test_files_page import SHARE
from tests.peers.hub import RunningHub

pytestmark = [pytest.mark.anyio, pytest.mark.real]


async def test_what_is_shared_while_nobody_is_signed_in(hub: RunningHub, tmp_path: Path) -> None:
    async with screen(tmp_path / "phone", hub, PHONE) as phone, screen(tmp_path / "tablet", hub, TABLET) as page:
        await found(phone, hub)
        await go(phone, hub, "files")
        await expect(phone.get_by_role("button", name="Choose files")).to_be_enabled(timeout=30_000)

        await page.goto(address(hub))
        await page.wait_for_function("() => navigator.serviceWorker.controller !== null")
        await page.evaluate(SHARE, ["https://example.org/a", "picture.png"])
        await expect(page.get_by_role("heading", name="Sign in to Linden 7")).to_be_visible(timeout=30_000)
        await page.get_by_label("Your name").fill("Anna")
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Sign in", exact=True).click()

        # An owner's screen has to let this one in; another page, and loading that anew, lose nothing meanwhile.
        await expect(page.get_by_text("An owner's screen has to let this one in")).to_be_visible(timeout=30_000)
        await go(page, hub, "notices")
        await page.reload()
        await expect(page.get_by_role("link", name="Settings")).to_be_visible(timeout=30_000)
        await go(phone, hub, "settings/devices")
        await phone.get_by_role("list", name="These wait to be let in").get_by_role("button").click(timeout=30_000)
        await phone.get_by_role("dialog").get_by_role("button", name="Let in", exact=True).click()
        await go(page, hub, "files")
        await expect(page.get_by_text("picture.png (9 bytes)")).to_be_visible(timeout=30_000)
        await expect(page.get_by_text("https://example.org/a")).to_be_visible()
        # It is there once.
        await page.reload()
        await expect(page.get_by_role("button", name="Choose files")).to_be_enabled(timeout=30_000)
        await expect(page.get_by_text("picture.png (9 bytes)")).to_have_count(0)


async def test_who_signs_out_while_a_file_is_on_its_way_is_asked_before(hub: RunningHub, tmp_path: Path) -> None:
    async with screen(tmp_path / "tablet", hub, TABLET) as page:
        await found(page, hub)
        await go(page, hub, "files")
        await expect(page.get_by_role("button", name="Choose files")).to_be_enabled(timeout=30_000)
        asked: list[str] = []

        async def stay(dialog: Dialog) -> None:
            asked.append(dialog.type)
            await dialog.dismiss()

        async def hold(_: Route) -> None:
            """It never gets there."""

        page.on("dialog", stay)
        await page.route("**/api/files/piece/**", hold)
        file = {"name": "way.txt", "mimeType": "text/plain", "buffer": b"left"}
        await page.locator("input[type=file][multiple]").set_input_files(file)  # type: ignore[arg-type]
        await expect(page.get_by_text("way.txt").first).to_be_visible()
        await go(page, hub, "settings")
        await page.get_by_role("button", name="Sign out").click()
        sheet = page.get_by_role("dialog")
        await expect(sheet).to_contain_text("Files are still on their way")
        await sheet.get_by_role("button", name="Cancel").click()
        await go(page, hub, "files")
        await expect(page.get_by_text("way.txt").first).to_be_visible()
        await go(page, hub, "settings")
        await page.get_by_role("button", name="Sign out").click()
        await sheet.get_by_role("button", name="Sign out").click()
        await page.get_by_role("button", name="All the same").click()
        await expect(page.get_by_role("heading", name="Sign in to Linden 7")).to_be_visible(timeout=30_000)
        assert asked == []
