"""Copied on a phone and pasted in the car, and back: the real KDE Connect with a clipboard of its own, a real hub, and
the car's page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.journeys.screens import CAR, PHONE, found, go, screen
from tests.journeys.test_phone_files import NAME, pair, until
from tests.peers.hub import RunningHub
from tests.peers.kdeconnect import KdeConnect, Places, places

__all__ = ["places"]
pytestmark = [pytest.mark.anyio, pytest.mark.real]
COPIED, BACK = "Lindenstraße 7, 晚安 🚗", "Bring bread, please"


@pytest.fixture
def phone(places: Places, tmp_path: Path) -> Iterator[KdeConnect]:
    with KdeConnect(tmp_path / "kdeconnect", places, "pocket", "Ada's Phone", display=True) as peer:
        yield peer


async def test_copied_on_the_phone_and_pasted_in_the_car_and_back(
    phone: KdeConnect, hub: RunningHub, tmp_path: Path
) -> None:
    async with screen(tmp_path / "screen", hub, CAR) as glass:
        await glass.context.grant_permissions(["clipboard-read", "clipboard-write"])
        await found(glass, hub)
        await pair(glass, hub, phone)
        await go(glass, hub, "clipboard")
        await expect(glass.get_by_role("button", name="Paste")).to_be_enabled(timeout=30_000)
        phone.copies(COPIED)
        row = glass.get_by_role("listitem").filter(has_text=COPIED)
        await expect(row).to_contain_text(f"from {NAME}", timeout=30_000)
        await row.get_by_role("button", name="Copy", exact=True).click()
        assert await glass.evaluate("() => navigator.clipboard.readText()") == COPIED
        await glass.evaluate("(text) => navigator.clipboard.writeText(text)", BACK)
        await glass.get_by_role("button", name="Paste").click()
        await until(lambda: phone.pastes == BACK)
        for language, size in (("", (1280, 720)), ("zh", PHONE)):
            if language:
                await glass.evaluate("localStorage['wayhome.look'] = JSON.stringify({ language: 'zh', theme: 'day' })")
            await glass.set_viewport_size({"width": size[0], "height": size[1]})
            await glass.reload()
            await expect(row).to_contain_text(NAME)
            assert await glass.evaluate("document.documentElement.scrollWidth <= innerWidth")
            await glass.screenshot(path=tmp_path / f"{language}{size[0]}.png", full_page=True)
