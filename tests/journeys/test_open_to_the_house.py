"""A hub on its own machine is opened to the house on its page: it gets a certificate, devices find how to trust it,
and one that does so comes in. Then it is closed again."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.journeys.screens import NAME, PHONE, found, go, screen
from tests.peers.chromium import trust
from tests.peers.hub import RunningHub

pytestmark = [pytest.mark.anyio, pytest.mark.real]


async def test_the_house_is_let_in_and_a_phone_trusts_the_hub(hub: RunningHub, tmp_path: Path) -> None:
    async with screen(tmp_path / "machine", hub) as page:
        await found(page, hub)
        await go(page, hub, "settings/certificate")
        await expect(page.get_by_text("This is the hub's own machine")).to_be_visible()
        await go(page, hub, "settings/household")
        reach = page.get_by_role("region", name="Who can open the hub's page")
        await expect(reach).to_contain_text("Only the hub's own machine can open it")
        await reach.get_by_role("button", name="Open it to the house").click()
        await page.get_by_role("dialog").get_by_role("button", name="Open it to the house").click()
        await expect(reach).to_contain_text("Every device in the house can open it", timeout=60_000)
        await page.screenshot(path=tmp_path / "open.png")

        # The page goes on where it was, and says what a new device opens first.
        await go(page, hub, "settings/certificate")
        card = page.get_by_role("region", name="Other devices")
        await expect(card.get_by_role("img", name="The address of the page for new devices")).to_be_visible()
        await expect(card.locator("code")).to_have_text(re.compile("^([0-9A-F]{2}:){31}[0-9A-F]{2}$"))
        fingerprint = await card.locator("code").inner_text()
        install = await card.get_by_role("link").get_attribute("href")
        assert install == f"http://{NAME}:{hub.port}/install"
        await page.screenshot(path=tmp_path / "certificate.png")

        home = tmp_path / "phone"
        home.mkdir()
        trust(home, hub.data / "ca.pem")
        async with screen(home, hub, PHONE) as phone:
            await phone.goto(install)
            await expect(phone.get_by_text(fingerprint)).to_be_visible()
            await phone.get_by_role("link", name="Open the hub").click()
            await phone.get_by_role("button", name="Pair this device").click()
            await phone.get_by_role("button", name="Get a code").click()
            code = await phone.locator("output.code").inner_text()
            await go(page, hub, f"settings/devices/{code}")
            await page.get_by_role("button", name="Continue").click()
            await page.get_by_role("button", name="Let it in").click()
            await expect(phone.get_by_role("link", name="Settings")).to_be_visible()
            await phone.goto(f"https://{NAME}:{hub.port}/#/settings/certificate")
            await expect(phone.get_by_text("This device trusts the hub")).to_be_visible()
            await phone.screenshot(path=tmp_path / "trusts.png")

        await go(page, hub, "settings/household")
        await reach.get_by_role("button", name="Close it to the house").click()
        await page.get_by_role("dialog").get_by_role("button", name="Close it to the house").click()
        await expect(reach).to_contain_text("Only the hub's own machine can open it", timeout=60_000)
