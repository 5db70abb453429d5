"""Coming in and going out on the page: the first owner by passkey, in again by passkey and by password, and what one
signs in with under Settings. Under the hub's own name, with the household's certificate checked by the browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.journeys.screens import PHONE, address, go, screen, sign_out, with_passkeys
from tests.peers.hub import RunningHub

pytestmark = [pytest.mark.anyio, pytest.mark.real]
FIRST, SECOND = "seven boats upstream", "nine kettles whistle late"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[RunningHub]:
    # Every address of this machine: off loopback the hub speaks TLS, as it does in a house.
    running = RunningHub(tmp_path, listen="0.0.0.0")
    running.start()
    yield running
    running.stop()


async def out(page: Page, hub: RunningHub) -> None:
    await sign_out(page, hub)
    await expect(page.get_by_role("heading", name="Sign in to Linden 7")).to_be_visible()


async def by_password(page: Page, secret: str) -> None:
    await page.get_by_label("Your name").fill("Anna")
    await page.get_by_label("Password").fill(secret)
    await page.get_by_role("button", name="Sign in", exact=True).click()


async def set_password(page: Page, hub: RunningHub, secret: str, button: str) -> None:
    await go(page, hub, "settings/me")
    await page.get_by_label("A new password").fill(secret)
    await page.get_by_role("button", name=button).click()
    await expect(page.locator(".toast")).to_contain_text("Your password is set")
    await expect(page.get_by_label("A new password")).to_have_value("")


async def test_a_passkey_is_enough_and_a_password_can_be_had(hub: RunningHub, tmp_path: Path) -> None:
    async with screen(tmp_path / "laptop", hub) as page:
        await with_passkeys(page)
        await page.goto(address(hub, f"#/door?code={hub.said['setup_code']}"))
        await page.get_by_label("Your name").fill("Anna")
        await page.get_by_label("Name of the household").fill("Linden 7")
        await page.screenshot(path=tmp_path / "owner.png")
        await page.get_by_role("button", name="With a passkey instead").click()
        settings = page.get_by_role("link", name="Settings")
        await expect(settings).to_be_visible()

        await out(page, hub)
        await page.screenshot(path=tmp_path / "sign-in.png")
        await page.get_by_role("button", name="With a passkey").click()
        await expect(settings).to_be_visible()

        # The only way in is not taken away.
        await go(page, hub, "settings/me")
        await expect(page.get_by_text("You have none yet.")).to_be_visible()
        keys = page.get_by_role("region", name="Passkeys")
        await expect(keys.get_by_text(f"for {address(hub).split('/')[2].split(':')[0]}")).to_be_visible()
        await keys.get_by_role("button", name="Remove:").click()
        await keys.get_by_role("button", name="Remove", exact=True).click()
        await expect(page.locator(".toast")).to_contain_text("only way to sign in")
        await page.locator(".toast").get_by_role("button", name="Close").click()

        await set_password(page, hub, FIRST, "Set the password")
        await set_password(page, hub, SECOND, "Change the password")
        await page.screenshot(path=tmp_path / "me.png")
        await out(page, hub)
        await by_password(page, FIRST)
        await expect(page.locator(".toast")).to_contain_text("That did not match")
        await by_password(page, SECOND)
        await expect(settings).to_be_visible()


async def test_a_phone_gets_a_passkey_of_its_own(hub: RunningHub, tmp_path: Path) -> None:
    async with screen(tmp_path / "phone", hub, PHONE) as page:
        await with_passkeys(page)
        await page.goto(address(hub, f"#/door?code={hub.said['setup_code']}"))
        await page.get_by_label("Your name").fill("Anna")
        await page.get_by_label("Name of the household").fill("Linden 7")
        await page.get_by_label("A new password").fill(FIRST)
        await page.get_by_role("button", name="Become the owner").click()
        await expect(page.get_by_role("link", name="Settings")).to_be_visible()
        await go(page, hub, "settings/me")
        keys = page.get_by_role("region", name="Passkeys")
        await keys.get_by_role("button", name="Add a passkey").click()
        await expect(page.locator(".toast")).to_contain_text("The passkey is added")
        await expect(keys.get_by_role("listitem")).to_have_count(1)
        await page.screenshot(path=tmp_path / "passkey.png")
        await keys.get_by_role("button", name="Add a passkey").click()
        await expect(page.locator(".toast")).to_contain_text("has a passkey already")
        await out(page, hub)
        await page.get_by_role("button", name="With a passkey").click()
        await expect(page.get_by_role("link", name="Settings")).to_be_visible()
        await go(page, hub, "settings/me")
        await keys.get_by_role("button", name="Remove:").click()
        await keys.get_by_role("button", name="Remove", exact=True).click()
        await expect(keys.get_by_role("listitem")).to_have_count(0)
