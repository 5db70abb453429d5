"""Screens of the journeys: real Chromiums in front of a real hub, each with a home of its own, certificates checked."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Page, async_playwright, expect

from tests.hmi.matrix import rules
from tests.peers.chromium import launch_options, trust
from tests.peers.homeassistant import HomeAssistant
from tests.peers.hub import RunningHub

NAME = "wayhome.local"
CAR, PHONE, TABLET = (1280, 720), (390, 844), (820, 1180)
PASSWORD = "a lamp, a road, a gate"


def address(hub: RunningHub, at: str = "") -> str:
    """Where a screen opens the hub: under its household's name where it speaks TLS."""
    return f"{hub.said['url']}/{at}"


@asynccontextmanager
async def screen(
    home: Path,
    hub: RunningHub,
    size: tuple[int, int] = CAR,
    *,
    locale: str = "en-GB",
    theme: str = "dark",
    touch: bool = False,
    before: Sequence[str] = (),
    maps: bool = False,
) -> AsyncIterator[Page]:
    """A device with a browser; it trusts the household's authority if the hub has one. No script may fail on it.
    ``before``: what stands before the browser's command (``ip netns exec …``). ``maps``: it
    draws maps."""
    home.mkdir(parents=True, exist_ok=True)
    if hub.said["url"].startswith("https"):
        trust(home, hub.data / "ca.pem")
    async with async_playwright() as playwright:
        context = await playwright.chromium.launch_persistent_context(
            home / "profile",
            ignore_https_errors=False,
            viewport={"width": size[0], "height": size[1]},
            locale=locale,
            has_touch=touch,
            color_scheme="light" if theme == "light" else "dark",
            **launch_options(home, [NAME], before, maps=maps),
        )
        try:
            page = await context.new_page()
            problems: list[str] = []
            page.on("pageerror", lambda error: problems.append(str(error)))
            yield page
            assert problems == [], problems
        finally:
            await context.close()


async def with_passkeys(page: Page) -> None:
    """The device gets an authenticator for passkeys that verifies its user."""
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    await devtools.send("WebAuthn.addVirtualAuthenticator", {"options": options})


async def found(page: Page, hub: RunningHub) -> None:
    """Anna becomes the owner of a fresh hub, with a password."""
    await page.goto(address(hub, f"#/door?code={hub.said.get('setup_code') or ''}"))
    await page.get_by_label("Your name").fill("Anna")
    await page.get_by_label("Name of the household").fill("Linden 7")
    await page.get_by_label("A new password").fill(PASSWORD)
    await page.get_by_role("button", name="Become the owner").click()
    await expect(page.get_by_role("link", name="Settings")).to_be_visible()


async def go(page: Page, hub: RunningHub, at: str) -> None:
    """Open a page of the cockpit by its address."""
    await page.goto(address(hub, f"#/{at}"))


async def sign_out(page: Page, hub: RunningHub) -> None:
    """Out by the page, and meant: the last owner's screen, once it belongs to the group, is asked about."""
    await go(page, hub, "settings")
    await page.get_by_role("button", name="Sign out").click()
    sure, name = page.get_by_role("button", name="All the same"), page.get_by_label("Your name")
    await expect(sure.or_(name).first).to_be_visible()
    if await sure.is_visible():
        await sure.click()
    await expect(name).to_be_visible()


async def join_by_token(page: Page, hub: RunningHub, peer: HomeAssistant) -> None:
    """Connect the real Home Assistant on the page, with a token."""
    await go(page, hub, "settings/links")
    await page.get_by_label("Address of your Home Assistant").fill(peer.url)
    await page.get_by_role("button", name="I have a token instead").click()
    await page.get_by_label("Long-lived access token").fill(peer.token)
    await page.get_by_role("button", name="Connect", exact=True).click()
    await expect(page.locator(".card").get_by_text("Connected", exact=True)).to_be_visible(timeout=30_000)


async def clean(page: Page, where: str, *, twice: bool = False) -> None:
    """axe-core finds nothing on the page. ``twice``: the household has two things of one name there."""
    report = rules.Findings(where)
    await rules.axe(page, report, twice=twice)
    assert report.broken == [], report.broken


async def looks(page: Page, size: tuple[int, int], theme: str, language: str) -> None:
    """The page as a screen of that size shows it, by day (``light``) or at night (``dark``); it is loaded anew."""
    await page.emulate_media(color_scheme="light" if theme == "light" else "dark")
    look = {"language": language, "theme": "day" if theme == "light" else "night"}
    await page.evaluate("(look) => (localStorage['wayhome.look'] = JSON.stringify(look))", look)
    await page.set_viewport_size({"width": size[0], "height": size[1]})
    await page.reload()
