"""What somebody types stays, whatever is told meanwhile: in an answer to a notification, a message, the clipboard. A
real hub, real browsers, a real line to the phone."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import Page, Route, expect

from tests.journeys import test_messages_page as pockets
from tests.journeys import test_notifications_page as phones
from tests.journeys.screens import TABLET, found, go, screen
from tests.links.kdeconnect.pocket import Pocket, sms
from tests.peers.hub import RunningHub
from tests.peers.kdeconnect import places

__all__ = ["places"]
pytestmark = [pytest.mark.anyio, pytest.mark.real, pytest.mark.usefixtures("places")]


class Held:
    """What the page asks of the hub at an address waits until it is let go."""

    def __init__(self, page: Page, at: str) -> None:
        self._page, self._at = page, at
        self.came, self.go = asyncio.Event(), asyncio.Event()

    async def __aenter__(self) -> Held:
        await self._page.route(self._at, self._hold)
        return self

    async def _hold(self, route: Route) -> None:
        self.came.set()
        await self.go.wait()
        await route.continue_()

    async def __aexit__(self, *_: object) -> None:
        self.go.set()
        await self._page.unroute(self._at)


async def test_an_answer_that_is_typed(hub: RunningHub, tmp_path: Path) -> None:
    async with screen(tmp_path / "tablet", hub, TABLET) as page:
        await found(page, hub)
        await go(page, hub, "clipboard")
        await expect(page.get_by_role("button", name="Paste")).to_be_enabled(timeout=30_000)
        phone = await phones.paired(page, hub)
        await go(page, hub, "notices")
        for n in range(3):
            phone.tells(str(n), f"Ben {n}", "Milk", appName=f"Post {n}")
        phone.tells("chat", "Mei", "When are you here?", requestReplyId="r-1")
        row = page.get_by_role("listitem").filter(has_text="When are you here?")
        await row.get_by_role("button", name="Answer Mei").click()
        line = row.get_by_label("Your answer to Mei")
        await line.press_sequentially("At ei")
        # Another app says something new: its place is above.
        phone.tells("0", "Ben 0", "And bread", appName="Post 0")
        await expect(page.get_by_text("And bread")).to_be_visible()
        for n in (1, 2):
            phone.tells(str(n), f"Ben {n}", "And bread", appName=f"Post {n}")
        await expect(page.get_by_text("And bread")).to_have_count(3)
        await page.keyboard.type("ght")
        await expect(line).to_have_value("At eight")
        async with Held(page, "**/api/notifications/reply") as held:
            await line.press("Enter")
            await held.came.wait()
            await line.press("End")
            await page.keyboard.type(" or nine")
            held.go.set()
            await phones.until(lambda: phone.answered == [("r-1", "At eight")])
            await expect(row).to_contain_text("Pixel has your answer")
            await expect(line).to_have_value("At eight or nine")


async def test_a_message_that_is_typed(hub: RunningHub, tmp_path: Path) -> None:
    pocket = Pocket()
    pocket.messages = [sms(1, 7, "Are you at home?", pockets.NOW - 3_600_000, read=0)]
    async with screen(tmp_path / "screen", hub, TABLET, touch=True) as page:
        await found(page, hub)
        await pockets.paired(pocket, hub, page)
        await page.get_by_role("link", name="Messages").click()
        await page.get_by_role("link", name="+49 170 1234567").click(timeout=30_000)
        line = page.get_by_label("Message", exact=True)
        await line.fill("Almost")
        # It leaves, and comes back; the page that is open hears of both.
        away = page.get_by_text("is not near")
        pocket.goes()
        await expect(away).to_be_visible(timeout=30_000)
        await pockets.comes(pocket, hub)
        await expect(away).to_be_hidden(timeout=30_000)
        await expect(line).to_have_value("Almost")
        async with Held(page, "**/api/messages/send") as held:
            await page.get_by_role("button", name="Send").click()
            await held.came.wait()
            await line.press("End")
            await page.keyboard.type(", ten minutes")
            held.go.set()
            await expect(page.get_by_role("listitem").filter(has_text="Almost")).to_have_count(1)
            await expect(line).to_have_value("Almost, ten minutes")
        # The hub is started anew, and the phone takes its time.
        hub.stop()
        hub.start()
        await expect(away).to_be_visible(timeout=30_000)
        await pockets.comes(pocket, hub)
        await expect(line).to_be_enabled(timeout=30_000)
        await expect(line).to_have_value("Almost, ten minutes")


async def test_a_text_for_the_clipboard(hub: RunningHub, tmp_path: Path) -> None:
    async with screen(tmp_path / "screen", hub, TABLET) as page:
        await page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        await found(page, hub)
        await go(page, hub, "clipboard")
        await expect(page.get_by_role("button", name="Paste")).to_be_enabled(timeout=30_000)
        line = page.get_by_label("A text")
        await line.fill("Half a thought")
        await page.evaluate("navigator.clipboard.writeText('copied elsewhere')")
        await page.get_by_role("button", name="Paste").click()
        await expect(page.get_by_text("copied elsewhere")).to_be_visible()
        await expect(line).to_have_value("Half a thought")
        async with Held(page, "**/api/clipboard/put") as held:
            await line.press("Enter")
            await held.came.wait()
            await line.press("End")
            await page.keyboard.type(", and more")
            held.go.set()
            await expect(page.get_by_text("Half a thought", exact=True)).to_be_visible()
            await expect(line).to_have_value("Half a thought, and more")
