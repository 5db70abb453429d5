"""Files between the page and a phone that has no page: the real KDE Connect, a real hub, a real browser."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.journeys.screens import CAR, PHONE, found, go, screen
from tests.journeys.test_files_page import MB, choose, digest, made, save
from tests.peers.hub import RunningHub
from tests.peers.kdeconnect import KdeConnect, phone, places

__all__ = ["phone", "places"]
pytestmark = [pytest.mark.anyio, pytest.mark.real]
NAME = "Adas Phone"


async def pair(page: Page, hub: RunningHub, phone: KdeConnect) -> str:
    """Pair it on the glass, as one's own; the hub's id there."""
    await go(page, hub, "settings/links")
    await page.get_by_role("button", name="Join phones").click()
    form = page.get_by_role("region", name="Phones", exact=True)
    await form.get_by_role("button", name="Connect").click()
    card = page.get_by_role("region", name="Home", exact=True)
    await card.get_by_role("button", name=f"Pair: {NAME}").click(timeout=30_000)
    asked = card.get_by_role("region", name=f"Does {NAME} show this key?")
    await expect(asked).to_contain_text(f"Accept it on {NAME}")
    await until(lambda: phone.asked())
    [me] = phone.asked()
    phone.device(me, "acceptPairing")
    await asked.get_by_role("button", name="It is the same").click()
    await expect(card.get_by_role("region", name="Paired")).to_contain_text("here · Anna")
    return me


async def test_from_the_phone_into_the_browser_and_back(phone: KdeConnect, hub: RunningHub, tmp_path: Path) -> None:
    film, answer = made(tmp_path / "a film.mp4", 9 * MB + 17), made(tmp_path / "a map.pdf", 5 * MB + 3)
    async with screen(tmp_path / "screen", hub, CAR) as page:
        await found(page, hub)
        me = await pair(page, hub, phone)
        await go(page, hub, "files")
        await expect(page.get_by_role("button", name="Choose files")).to_be_enabled(timeout=30_000)
        phone.plugin(me, "share", "shareUrl", film.as_uri())
        await expect(page.get_by_role("button", name=f"Save {film.name}")).to_be_visible(timeout=30_000)
        await expect(page.get_by_text(f"from {NAME}")).to_be_visible()
        assert digest(await save(page, film.name, tmp_path / "got.mp4")) == digest(film)
        # Back: it is one of the screens that can be chosen.
        await page.get_by_role("button", name="Some screens").click()
        await page.get_by_role("button", name=NAME, exact=True).click()
        await choose(page, answer)
        await expect(page.get_by_text(f"Saved on {NAME}")).to_be_visible(timeout=30_000)
        await until(lambda: (there := phone.downloads / answer.name).exists() and digest(there) == digest(answer))
        # While it is away it waits, and the page says so; one that it was sent goes on to it with a tap.
        note = made(tmp_path / "a note.txt", 77)
        await page.get_by_role("button", name="All my screens").click()
        await choose(page, note)
        row = page.get_by_role("listitem").filter(has_text=note.name)
        phone.daemon.kill()
        await row.get_by_role("button", name=f"To {NAME}").click()
        await expect(row.get_by_text(f"It goes to {NAME} when that is near.")).to_be_visible(timeout=30_000)
        for language, size in (("", (1280, 720)), ("zh", PHONE), ("zh", CAR)):
            if language:
                await page.evaluate("localStorage['wayhome.look'] = JSON.stringify({ language: 'zh', theme: 'day' })")
            await page.set_viewport_size({"width": size[0], "height": size[1]})
            await page.reload()
            await expect(page.get_by_text(film.name)).to_be_visible()
            await expect(page.get_by_text(note.name)).to_be_visible()
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            await page.screenshot(path=tmp_path / f"{language}{size[0]}.png", full_page=True)
        await asyncio.to_thread(phone.restart)
        await until(lambda: phone.downloads.joinpath(note.name).exists())
        await expect(page.get_by_text(f"已保存到 {NAME}")).to_have_count(2, timeout=30_000)
        await until(lambda: digest(phone.downloads / note.name) == digest(note))
        # kill -9 of the hub while a file comes: no part of it is ever shown.
        big = made(tmp_path / "big.bin", 200 * MB)
        phone.plugin(me, "share", "shareUrl", big.as_uri())
        await until(lambda: any(one.stat().st_size > 20 * MB for one in hub.data.joinpath("files").glob("*.file")))
        hub.kill()
        hub.start()
        await until(lambda: len([*hub.data.joinpath("files").glob("*.file")]) == 3)
        await page.reload()
        await expect(page.get_by_text(film.name)).to_be_visible()
        await expect(page.get_by_text(big.name)).to_have_count(0)


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(45):
        while not true():
            await asyncio.sleep(0.05)
