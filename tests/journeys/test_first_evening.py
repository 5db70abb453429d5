"""A first evening in a real browser: a fresh hub under its own name with a certificate that the browser checks, the
first owner, Home Assistant by its own sign-in page, and a lamp switched by a tap."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Page, async_playwright, expect

from tests.peers.chromium import launch_options, trust
from tests.peers.homeassistant import HomeAssistant, sign_in
from tests.peers.hub import RunningHub

pytestmark = [pytest.mark.anyio, pytest.mark.real]
NAME = "wayhome.local"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[RunningHub]:
    # Every address of this machine: off loopback the hub speaks TLS, as it does in a house.
    running = RunningHub(tmp_path, listen="0.0.0.0")
    running.start()
    yield running
    running.stop()


@asynccontextmanager
async def browser(home: Path, hub: RunningHub, width: int = 1280, height: int = 720) -> AsyncIterator[Page]:
    trust(home, hub.data / "ca.pem")
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            home / "profile",
            ignore_https_errors=False,
            viewport={"width": width, "height": height},
            locale="en-GB",
            **launch_options(home, [NAME]),
        )
        try:
            page = await context.new_page()
            problems: list[str] = []
            page.on("pageerror", lambda error: problems.append(str(error)))
            yield page
            assert problems == []
        finally:
            await context.close()


async def test_from_nothing_to_a_lamp(hub: RunningHub, homeassistant: HomeAssistant, tmp_path: Path) -> None:
    homeassistant.service("light", "turn_off", entity_id="light.bed_light")
    async with browser(tmp_path / "home", hub) as page:
        await page.goto(f"https://{NAME}:{hub.port}/#/door?code={hub.said['setup_code']}")
        await page.get_by_label("Your name").fill("Anna")
        await page.get_by_label("Name of the household").fill("Linden 7")
        await page.get_by_label("A new password").fill("a lamp, a road, a gate")
        await page.get_by_role("button", name="Become the owner").click()
        await page.get_by_role("button", name="Settings").or_(page.get_by_role("link", name="Settings")).first.click()
        await page.goto(f"https://{NAME}:{hub.port}/#/settings/links")
        await page.get_by_label("Address of your Home Assistant").fill(homeassistant.url)
        await page.get_by_role("button", name="Go to sign in").click()
        await sign_in(page)
        await page.wait_for_url(f"https://{NAME}:{hub.port}/**")
        await expect(page.get_by_text("Connected").first).to_be_visible(timeout=30_000)
        await page.goto(f"https://{NAME}:{hub.port}/#/")
        await page.get_by_role("button", name="Choose myself").click()
        await page.get_by_label("Search").fill("Bed Light")
        await page.get_by_role("dialog").get_by_role("checkbox", name="Bed Light").click()
        await page.get_by_role("dialog").get_by_role("button", name="Done").click()
        await page.get_by_role("button", name="Done").click()
        tile = page.get_by_role("main").get_by_role("button", name="Bed Light").first
        await expect(tile).not_to_have_attribute("aria-pressed", "true")
        await tile.click()
        for _ in range(900):
            if homeassistant.state("light.bed_light")["state"] == "on":
                break
            await page.wait_for_timeout(50)
        assert homeassistant.state("light.bed_light")["state"] == "on"
        # Not the tap itself, the lamp's own report has turned the tile.
        await expect(tile).to_have_attribute("aria-pressed", "true")
        homeassistant.service("light", "turn_off", entity_id="light.bed_light")
        await expect(tile).not_to_have_attribute("aria-pressed", "true")
        registered = await page.evaluate("navigator.serviceWorker.ready.then(r => r.active !== null)")
        assert registered is True
        await page.screenshot(path=tmp_path / "lamp.png")
