"""A phone that leaves home: its page goes on through the relay by itself, opens there, and comes back."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, WebSocket, async_playwright, expect

from tests.hmi.offline.tunnel import Tunnel
from tests.journeys.screens import NAME, PASSWORD, PHONE
from tests.peers.chromium import launch_options, trust
from tests.peers.hub import RunningHub
from tests.peers.relay import RunningRelay
from tests.peers.two_hubs import until, value

pytestmark = [pytest.mark.anyio, pytest.mark.real]
LAMP = "living-lamp/light.on"


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[RunningRelay]:
    relay = RunningRelay(tmp_path / "relay")
    relay.start()
    yield relay
    relay.stop()


@pytest.fixture
def hub(tmp_path: Path, relay: RunningRelay) -> Iterator[RunningHub]:
    hub = RunningHub(tmp_path / "home", listen="0.0.0.0")
    hub.start()
    hub.cli("link", "add", "sim", "--set", "part=home", "--set", "delay=0")
    founding = {"name": "Anna", "password": PASSWORD, "device": {"name": "Kitchen", "kind": "tablet"}}
    with hub.api("") as api:
        assert api.post("/api/door/owner", json=founding, headers={"Origin": hub.url}).is_success
    yield hub
    hub.stop()


@pytest.fixture
async def network(hub: RunningHub) -> AsyncIterator[Tunnel]:
    """The house's own network, as far as the phone is concerned."""
    tunnel = Tunnel(hub.port)
    await tunnel.start()
    yield tunnel
    await tunnel.close()


class Phone:
    """A phone's browser: in the house's network while the tunnel is open, and on the road always."""

    def __init__(self, page: Page, hub: RunningHub, road: str) -> None:
        self.page = page
        self.hub = hub
        self.lamp = page.get_by_role("button", name="Floor lamp").first
        self.door = ""
        """Where it heard something last."""
        page.on("websocket", self._opened)
        self.home, self.road = (url.replace("https", "wss") for url in (hub.said["url"], road))

    def _opened(self, socket: WebSocket) -> None:
        def heard(_: object) -> None:
            self.door = socket.url.removesuffix("/api/live")

        socket.on("framereceived", heard)

    async def is_live(self) -> None:
        """What happens at home is seen here, and what is wished here happens at home."""
        before = value(self.hub, LAMP)[0]
        await expect(self.lamp).to_have_attribute("aria-pressed", json.dumps(before), timeout=30_000)
        await self.lamp.click()
        await self.settles(not before)
        self.hub.cli("set", LAMP, json.dumps(before))
        await expect(self.lamp).to_have_attribute("aria-pressed", json.dumps(before), timeout=30_000)

    async def settles(self, on: bool) -> None:
        for _ in range(450):
            if value(self.hub, LAMP)[0] is on:
                return
            await self.page.wait_for_timeout(100)
        raise AssertionError("the lamp does not do as it was told")


async def test_the_page_goes_on_through_the_relay_and_comes_back(
    hub: RunningHub, relay: RunningRelay, network: Tunnel, tmp_path: Path
) -> None:
    # The page is open already when the relay is chosen: its policy names no other door, until it is loaded anew.
    at: dict[str, Any] = json.loads(hub.cli("site", "relay", relay.address, "--json"))
    hub.cli("site", "relay", "--off")
    home = tmp_path / "browser"
    home.mkdir()
    trust(home, hub.data / "ca.pem")
    options = launch_options(home, [f"{at['id']}.localhost"])
    inside = network.url.rpartition(":")[2]
    options["args"] = [one.replace("rules=", f"rules=MAP {NAME} 127.0.0.1:{inside}, ") for one in options["args"]]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**options)
        context = await browser.new_context(viewport={"width": PHONE[0], "height": PHONE[1]}, locale="en-GB")
        page = await context.new_page()
        phone = Phone(page, hub, at["url"])
        await page.goto(f"{hub.said['url']}/#/home")
        await page.get_by_label("Your name").fill("Anna")
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Sign in", exact=True).click()
        await phone.is_live()
        await page.wait_for_function("() => navigator.serviceWorker.ready.then(() => true)")
        async with page.expect_response(
            lambda answer: answer.url.endswith("people/device_key"), timeout=60_000
        ) as introduced:
            hub.cli("site", "relay", relay.address)
            until(lambda: json.loads(hub.cli("site", "relay", "--json"))["state"] == "there")
        assert (await introduced.value).ok
        assert phone.door == phone.home
        # Out of the house: the page stays as it is, and goes on.
        network.shut()
        await phone.is_live()
        assert phone.door == phone.road
        await expect(page.get_by_text("Offline")).not_to_be_visible()
        await page.screenshot(path=tmp_path / "road.png")
        # Opened anew there, with nothing of the house's network.
        await page.reload()
        await phone.is_live()
        assert phone.door == phone.road
        # A picture of the door comes the same way.
        await page.get_by_role("button", name="Doorbell").first.click()
        picture = page.get_by_role("dialog").locator("img")
        await expect(picture).to_be_visible(timeout=30_000)
        await page.screenshot(path=tmp_path / "doorbell.png")
        await page.keyboard.press("Escape")
        # Home again.
        network.open()
        for _ in range(400):
            if phone.door == phone.home:
                break
            await page.wait_for_timeout(100)
        await phone.is_live()
        # Signed out at home, it is out on the road as well.
        network.shut()
        await phone.is_live()
        me = next(
            one["id"]
            for one in json.loads(hub.cli("do", "people.devices", "--json"))["devices"]
            if one["name"] != "Kitchen"
        )
        hub.cli("do", "people.revoke", f"device={me}", "sure=true")
        await page.wait_for_function("() => localStorage.getItem('wayhome.doors') === null", timeout=30_000)
        network.open()
        await expect(page.get_by_label("Password")).to_be_visible(timeout=30_000)
        await browser.close()
