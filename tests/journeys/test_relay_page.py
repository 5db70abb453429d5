"""The relay on the settings page: chosen, connected, gone and back, and used no more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.journeys.screens import PHONE, found, go, screen
from tests.journeys.test_sites_page import looked_at
from tests.peers.hub import RunningHub
from tests.peers.relay import RunningRelay

pytestmark = [pytest.mark.anyio, pytest.mark.real]


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[RunningRelay]:
    relay = RunningRelay(tmp_path / "relay")
    relay.start()
    yield relay
    relay.stop()


@pytest.mark.long
async def test_a_relay_is_chosen_on_the_page(relay: RunningRelay, tmp_path: Path) -> None:
    hub = RunningHub(tmp_path / "home", listen="0.0.0.0")
    hub.start()
    try:
        async with screen(tmp_path / "phone", hub, PHONE) as page:
            await found(page, hub)
            await go(page, hub, "settings/sites")
            card = page.get_by_role("region", name="From outside the house")
            await card.get_by_label("The relay's address").fill("no address")
            await card.get_by_role("button", name="Use it").click()
            wrong = card.get_by_role("alert")
            await expect(wrong).to_contain_text("A name and a port")
            await card.get_by_label("The relay's address").fill(f"https://{relay.address}")
            await expect(wrong).to_have_count(0)
            await card.get_by_role("button", name="Use it").click()
            await expect(wrong).to_contain_text("A name and a port")
            await page.screenshot(path=tmp_path / "relay-wrong.png")
            await card.get_by_label("The relay's address").fill(relay.address)
            await card.get_by_role("button", name="Use it").click()
            await expect(card.get_by_text("Connected")).to_be_visible(timeout=30_000)
            await expect(card.get_by_text(f".localhost:{relay.port}")).to_be_visible()
            await looked_at(page, tmp_path, "relay")
            relay.kill()
            await expect(card.get_by_text("The relay does not answer as it should")).to_be_visible(timeout=30_000)
            await expect(card.get_by_text("does not answer (", exact=False)).to_be_visible()
            relay.start()
            await expect(card.get_by_text("Connected")).to_be_visible(timeout=60_000)
            await card.get_by_role("button", name="Use no relay").click()
            sure = page.get_by_role("dialog", name="Use no relay")
            await expect(sure).to_contain_text("do not find this hub any more")
            await sure.get_by_role("button", name="Cancel").click()
            await expect(card.get_by_text("Connected")).to_be_visible()
            await card.get_by_role("button", name="Use no relay").click()
            await page.wait_for_timeout(400)
            await page.screenshot(path=tmp_path / "relay-sure.png")
            await sure.get_by_role("button", name="Use no relay").click()
            await expect(card.get_by_label("The relay's address")).to_be_visible()
    finally:
        hub.stop()
