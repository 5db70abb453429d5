"""A phone with KDE Connect joined on the glass: found, its key compared, paired, rung; and one that asks by itself is
let in from whatever page an owner looks at. In both languages."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.journeys.screens import CAR, PHONE, TABLET, found, go, screen
from tests.peers.hub import RunningHub
from tests.peers.kdeconnect import KdeConnect, phone, places

__all__ = ["phone", "places"]
pytestmark = [pytest.mark.anyio, pytest.mark.real]
NAME = "Adas Phone"


async def fits(page: Page) -> None:
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")


async def test_a_phone_is_paired_on_the_glass_and_rung(phone: KdeConnect, hub: RunningHub, tmp_path: Path) -> None:
    async with screen(tmp_path / "screen", hub, TABLET, touch=True) as page:
        await found(page, hub)
        await go(page, hub, "settings/links")
        await page.get_by_role("button", name="Join phones").click()
        form = page.get_by_role("region", name="Phones", exact=True)
        await expect(form.get_by_label("How phones call it")).to_have_value("Home")
        await form.get_by_role("button", name="Connect").click()
        card = page.get_by_role("region", name="Home", exact=True)
        await expect(card.get_by_text("Connected", exact=True)).to_be_visible(timeout=30_000)
        await card.get_by_role("button", name=f"Pair: {NAME}").click(timeout=30_000)
        asked = card.get_by_role("region", name=f"Does {NAME} show this key?")
        await expect(asked).to_contain_text(f"Accept it on {NAME}")
        await _until(lambda: phone.asked())
        me = phone.asked()[0]
        key = phone.of(me, "verificationKey")
        await expect(asked).to_contain_text(f"{key[:4]} {key[4:]}")
        await fits(page)
        await page.screenshot(path=tmp_path / "asked.png", full_page=True)
        phone.device(me, "acceptPairing")
        await asked.get_by_role("button", name="It is the same").click()
        paired = card.get_by_role("region", name="Paired")
        await expect(paired).to_contain_text("here · Anna")
        await _until(lambda: phone.devices(paired=True) == [me])
        await page.screenshot(path=tmp_path / "paired.png", full_page=True)

        await go(page, hub, "home")
        tile = page.get_by_role("button", name=NAME).first
        await expect(tile).to_contain_text("64%", timeout=30_000)
        await page.screenshot(path=tmp_path / "home.png")
        await tile.click()
        sheet = page.get_by_role("dialog")
        await sheet.get_by_role("button", name="Make it ring").click()
        await page.screenshot(path=tmp_path / "sheet.png")
        await _until(lambda: "findthisdevice" in phone.daemon.log.read_text())

        # Removed on the phone; then it asks by itself, while somebody looks at another page.
        phone.device(me, "unpair")
        await go(page, hub, "settings/me")
        phone.device(me, "requestPairing")
        asks = page.get_by_role("dialog", name=f"{NAME} wants to be let in")
        key = phone.of(me, "verificationKey")
        await expect(asks).to_contain_text(f"{key[:4]} {key[4:]}", timeout=30_000)
        await page.screenshot(path=tmp_path / "asks.png")
        await asks.get_by_role("button", name="It is the same").click()
        await expect(asks).not_to_be_visible()
        await _until(lambda: phone.devices(paired=True) == [me])

        # And removed on the glass.
        await go(page, hub, "settings/links")
        await card.get_by_role("button", name=f"Remove: {NAME}").click()
        await page.get_by_role("dialog").get_by_role("button", name="Remove").click()
        await expect(card.get_by_role("button", name=f"Pair: {NAME}")).to_be_visible()
        await _until(lambda: phone.devices(paired=True) == [])
        for language, size in (("", CAR), ("zh", PHONE)):
            if language:
                await page.evaluate("localStorage['wayhome.look'] = JSON.stringify({ language: 'zh', theme: 'day' })")
            await page.set_viewport_size({"width": size[0], "height": size[1]})
            await page.reload()
            await expect(page.get_by_text(NAME).first).to_be_visible()
            await page.screenshot(path=tmp_path / f"{size[0]}.png", full_page=True)
            await fits(page)


async def _until(true: object) -> None:
    assert callable(true)
    async with asyncio.timeout(45):
        while not true():
            await asyncio.sleep(0.05)
