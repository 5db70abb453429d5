"""What plays, on the glass: a real player on a person's computer, paused, sent to a place and handed to a real player
of the home, by who it is of; and nobody else sees it. In both languages."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.journeys.screens import TABLET, address, clean, found, go, screen
from tests.journeys.screens import looks as as_on
from tests.journeys.test_real_home import join
from tests.peers.hub import RunningHub
from tests.peers.kdeconnect import KdeConnect, phone, places
from tests.peers.mpv import Mpv
from tests.peers.places import Places
from tests.peers.players import Home, players

__all__ = ["phone", "places"]
pytestmark = [pytest.mark.anyio, pytest.mark.real, pytest.mark.long]
SIZES = {"car": (1280, 720), "glass": (1920, 1080), "tablet": (820, 1180), "phone": (390, 844)}


@pytest.fixture
def home(places: Places, tmp_path: Path) -> Iterator[Home]:
    with players(tmp_path / "home") as made:
        yield made


async def ask(page: Page, hub: RunningHub, operation: str, **data: Any) -> Any:
    origin = address(hub).rstrip("/")
    answer = await page.context.request.post(address(hub, f"api/{operation}"), data=data, headers={"Origin": origin})
    assert answer.ok, await answer.text()
    return await answer.json()


async def test_what_plays_is_worked_and_handed_over_on_the_glass(
    home: Home, phone: KdeConnect, hub: RunningHub, tmp_path: Path
) -> None:
    with Mpv(phone, "--start=40", home.url) as mpv:
        async with screen(tmp_path / "screen", hub, TABLET, touch=True) as page:
            await found(page, hub)
            await ask(page, hub, "links/add", link="kdeconnect", name="Phones", config={})
            await asyncio.to_thread(join, hub, home.assistant)
            await soon(lambda: phone.devices())
            await ask(page, hub, "links/pair", id="phones", device=phone.id, owner="anna")
            await soon(lambda: phone.asked())
            phone.device(phone.asked()[0], "acceptPairing")
            await asyncio.sleep(1)
            await ask(page, hub, "links/confirm", id="phones", device=phone.id, owner="anna")
            # What plays stands on the home as well; there the house's own demo is louder.
            await go(page, hub, "home")
            playing = page.get_by_role("region", name="Now playing")
            await expect(playing).to_be_visible(timeout=30_000)
            await page.screenshot(path=tmp_path / "home.png")
            await playing.get_by_role("link").click()
            card = page.get_by_role("region", name="Adas Phone")
            await expect(card).to_contain_text("First Tone", timeout=30_000)
            await card.get_by_role("button", name="Adas Phone: Pause").click()
            await soon(lambda: mpv.ctl("status") == "Paused")
            await card.get_by_role("button", name="Adas Phone: Play").click()
            await soon(lambda: mpv.ctl("status") == "Playing")
            await looks(page, hub, tmp_path)
            await card.get_by_role("button", name="Play it elsewhere").click()
            there = card.get_by_role("group", name="Play it elsewhere").get_by_role("button")
            theirs = there.filter(has_text="Music Player Daemon")
            await expect(theirs).to_have_count(2)
            await page.screenshot(path=tmp_path / "elsewhere.png", full_page=True)
            await theirs.first.click()
            await expect(page.get_by_text("It plays:")).to_be_visible(timeout=30_000)
            assert mpv.ctl("status") == "Paused"
            places = [mpd.place for mpd in (home.kitchen, home.bath) if mpd.ask("status")["state"] == "play"]
            assert len(places) == 1 and abs(places[0] - mpv.place) < 5
            # What was paused by that stays where it is.
            first = page.locator(".players").get_by_role("region").first
            await expect(first.get_by_role("button", name="Adas Phone: Play")).to_be_visible()
            await page.screenshot(path=tmp_path / "done.png", full_page=True)


async def looks(page: Page, hub: RunningHub, folder: Path) -> None:
    """How it looks on each screen, by day and night, in both languages."""
    for name, (width, height) in SIZES.items():
        for theme, language in (("dark", "en"), ("light", "zh"), ("dark", "zh")):
            await as_on(page, (width, height), theme, language)
            await expect(page.get_by_text("First Tone").first).to_be_visible(timeout=30_000)
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
            await page.screenshot(path=folder / f"{name}-{language}-{theme}.png")
            if language == "zh" and name in ("glass", "phone"):
                await clean(page, f"{name}-{theme}", twice=True)  # both are called Music Player Daemon
    await page.evaluate("delete localStorage['wayhome.look']")
    await page.set_viewport_size({"width": TABLET[0], "height": TABLET[1]})
    await page.emulate_media(color_scheme="dark")
    await page.reload()


async def soon(true: Callable[[], object]) -> None:
    async with asyncio.timeout(15):
        while not true():
            await asyncio.sleep(0.05)
