"""The demo becomes a real home on the page: its owner has no way to sign in yet, which a calm card says until there is
one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.journeys.screens import CAR, PASSWORD, PHONE, address, go, join_by_token, screen, sign_out
from tests.peers.homeassistant import HomeAssistant
from tests.peers.hub import RunningHub

pytestmark = [pytest.mark.anyio, pytest.mark.real]
CARD = "You can't sign in again yet"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[RunningHub]:
    running = RunningHub(tmp_path, "--demo", "--no-sites")
    running.start()
    yield running
    running.stop()


@pytest.mark.parametrize(
    ("size", "theme"), [(CAR, "light"), pytest.param(PHONE, "dark", marks=pytest.mark.long)], ids=["car", "phone"]
)
async def test_the_owner_is_led_to_a_password(
    hub: RunningHub, homeassistant: HomeAssistant, tmp_path: Path, size: tuple[int, int], theme: str
) -> None:
    async with screen(tmp_path / "screen", hub, size, theme=theme) as page:
        await page.goto(address(hub))
        await page.get_by_role("button", name="Anna").click()
        # The car's glass offers a first board where the phone shows the rooms.
        await expect(page.locator(".tile").or_(page.get_by_role("button", name="Take these 6")).first).to_be_visible()
        await expect(page.get_by_role("region", name=CARD)).to_have_count(0)
        await join_by_token(page, hub, homeassistant)
        # What was said of the connecting ends with what came of it.
        await expect(page.locator(".toast")).to_contain_text("Home: Connected")
        await expect(page.get_by_text("Home: Connecting")).to_have_count(0)

        await go(page, hub, "settings")
        await expect(page.get_by_role("region", name=CARD)).to_be_visible()
        await page.screenshot(path=tmp_path / "settings.png")
        await go(page, hub, "")
        card = page.get_by_role("region", name=CARD)
        await expect(card).to_be_visible()
        await page.screenshot(path=tmp_path / "home.png")
        await card.get_by_role("button", name="Set one up").click()
        await page.get_by_label("A new password").fill(PASSWORD)
        await page.get_by_role("button", name="Set the password").click()
        await expect(page.locator(".toast")).to_contain_text("Your password is set")
        await go(page, hub, "")
        await expect(page.locator(".tile").or_(page.get_by_role("button", name="Take these 6")).first).to_be_visible()
        await expect(card).to_have_count(0)

        await sign_out(page, hub)
        await page.get_by_label("Your name").fill("Anna")
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Sign in", exact=True).click()
        await expect(page.get_by_role("link", name="Settings")).to_be_visible()
