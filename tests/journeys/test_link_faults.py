"""What goes wrong with a real Home Assistant is said on its card, and mended there: it is switched off, its
sign-in ends, it moves to another address. In both languages."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import expect

from tests.journeys.screens import PHONE, found, go, join_by_token, screen
from tests.peers.homeassistant import HomeAssistant, sign_in
from tests.peers.hub import RunningHub

pytestmark = [pytest.mark.anyio, pytest.mark.real]


@pytest.mark.long
async def test_each_fault_has_its_words_and_its_button(
    hub: RunningHub, homeassistant: HomeAssistant, tmp_path: Path
) -> None:
    homeassistant.restart()  # its sign-ins are on its disk only when it ends in good order
    async with screen(tmp_path / "phone", hub, PHONE) as page:
        await found(page, hub)
        await join_by_token(page, hub, homeassistant)
        card = page.get_by_role("region", name="Home", exact=True)
        await expect(card).to_contain_text(homeassistant.url)

        # Switched off: it is tried again by itself, or at a tap.
        homeassistant.stop()
        await expect(card).to_contain_text("Home does not answer", timeout=20_000)
        await expect(card).to_contain_text("Next try in", timeout=20_000)
        await page.screenshot(path=tmp_path / "away.png")
        homeassistant.start()
        with suppress(PlaywrightError):  # it was back before the tap
            await card.get_by_role("button", name="Try now").click(timeout=5_000)
        await expect(card.get_by_text("Connected", exact=True)).to_be_visible(timeout=30_000)

        # Its sign-in is no longer good: a new token, then its own page.
        with hub.api() as api:
            api.post("/api/links/change", json={"id": "home", "secrets": {"token": "no-longer-good"}})
        await expect(card).to_contain_text("Home no longer takes the sign-in", timeout=20_000)
        await page.screenshot(path=tmp_path / "signed-out.png")
        await card.get_by_role("button", name="Use a new token").click()
        await card.get_by_label("Long-lived access token").fill(homeassistant.token)
        await card.get_by_role("button", name="Save").click()
        await expect(card.get_by_text("Connected", exact=True)).to_be_visible(timeout=30_000)

        # It has moved: the card takes the new address, and its sign-in is given to that anew.
        with hub.api() as api:
            api.post("/api/links/change", json={"id": "home", "config": {"url": "http://127.0.0.1:9"}})
        await expect(card).to_contain_text("http://127.0.0.1:9")
        await card.get_by_role("button", name="Its address changed").click()
        await card.get_by_label("Address of your Home Assistant").fill(homeassistant.url)
        await card.get_by_role("button", name="Save").click()
        await sign_in(page)
        await page.wait_for_url(f"{hub.url}/**")
        await expect(card.get_by_text("Connected", exact=True)).to_be_visible(timeout=30_000)
        await expect(page.get_by_role("region", name="Home", exact=True)).to_have_count(1)  # the same link, not another

        # And in Chinese.
        homeassistant.stop()
        await page.evaluate("localStorage['wayhome.look'] = JSON.stringify({ language: 'zh' })")
        await page.reload()
        await go(page, hub, "settings/links")
        await expect(card).to_contain_text("Home没有响应", timeout=20_000)
        await expect(card.get_by_role("button", name="立即重试")).to_be_visible()
        await page.screenshot(path=tmp_path / "away-zh.png")
        homeassistant.start()
