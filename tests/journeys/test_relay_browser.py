"""A phone far from home opens it through a relay: Chromium, with the household's own certificate."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import async_playwright, expect

from tests.journeys.screens import PASSWORD, PHONE
from tests.peers.chromium import launch_options, trust
from tests.peers.hub import RunningHub
from tests.peers.relay import RunningRelay
from tests.peers.two_hubs import until, value

pytestmark = [pytest.mark.anyio, pytest.mark.real]


@pytest.fixture
def relay(tmp_path: Path) -> Iterator[RunningRelay]:
    relay = RunningRelay(tmp_path / "relay")
    relay.start()
    yield relay
    relay.stop()


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[RunningHub]:
    hub = RunningHub(tmp_path / "home", listen="0.0.0.0")
    hub.start()
    hub.cli("link", "add", "sim", "--set", "part=home", "--set", "delay=0")
    yield hub
    if hub.running:
        hub.stop()


async def test_a_phone_on_the_road_opens_the_home(hub: RunningHub, relay: RunningRelay, tmp_path: Path) -> None:
    founding = {"name": "Anna", "password": PASSWORD, "device": {"name": "Kitchen", "kind": "tablet"}}
    hub.cli("site", "relay", relay.address)
    at = until(lambda: (found := json.loads(hub.cli("site", "relay", "--json")))["state"] == "there" and found)
    assert at["trusted"] is True and at["url"] == f"https://{at['id']}.localhost:{relay.port}"
    until(lambda: value(hub, "living-lamp/light.on") is not None)
    home = tmp_path / "browser"
    home.mkdir()
    trust(home, hub.data / "ca.pem")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**launch_options(home, [f"{at['id']}.localhost"]))
        page = await browser.new_page(viewport={"width": PHONE[0], "height": PHONE[1]}, locale="en-GB")
        await page.goto(at["url"])
        # The relay runs on the hub's own machine here; what comes through it is a stranger all the same.
        door = await page.evaluate("async () => (await fetch('/api/door')).json()")
        assert door["owner"] is False and door["code"] is True
        claim = "async (data) => (await fetch('/api/door/owner', {method: 'POST', body: JSON.stringify(data),"
        claim += " headers: {'Content-Type': 'application/json'}})).status"
        assert await page.evaluate(claim, founding) in (401, 403)
        with hub.api("") as api:
            assert api.post("/api/door/owner", json=founding, headers={"Origin": hub.url}).is_success
        await page.reload()
        await page.get_by_label("Your name").fill("Anna")
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Sign in", exact=True).click()
        await expect(page.get_by_role("link", name="Settings")).to_be_visible()
        await page.goto(f"{at['url']}/#/home")
        await expect(page.get_by_text("Offline")).not_to_be_visible()
        await page.screenshot(path=tmp_path / "home.png")
        # Live: what happens at home is seen on the road, and the other way round, also after the relay was away.
        wish = "async (on) => (await fetch('/api/home/set', {method: 'POST', headers: {'Content-Type': "
        wish += "'application/json'}, body: JSON.stringify({path: 'living-lamp/light.on', target: on})})).status"
        before = value(hub, "living-lamp/light.on")[0]
        assert await page.evaluate(wish, not before) == 200
        until(lambda: value(hub, "living-lamp/light.on")[0] is not before)
        relay.kill()
        await expect(page.get_by_text("Offline")).to_be_visible(timeout=30_000)
        relay.start()
        await expect(page.get_by_text("Offline")).not_to_be_visible(timeout=60_000)
        await browser.close()
    assert "living-lamp" not in relay.log and "Anna" not in relay.log


def test_a_relays_name_has_to_be_vouched_for(hub: RunningHub) -> None:
    hub.cli("site", "relay", "relay.example.invalid:8443")
    found = json.loads(hub.cli("site", "relay", "--json"))
    name = f"{found['id']}.relay.example.invalid"
    assert found["url"] == f"https://{name}:8443" and found["trusted"] is False
    assert "tls renew" in hub.cli("site", "relay")
    hub.stop()
    hub.cli("tls", "renew", "--yes")
    hub.start()
    again = json.loads(hub.cli("site", "relay", "--json"))
    assert (again["id"], again["trusted"], again["state"]) == (found["id"], True, "calling")
    assert "nobody knows where" in until(lambda: json.loads(hub.cli("site", "relay", "--json"))["detail"])
    hub.cli("site", "relay", "--off")
    assert json.loads(hub.cli("site", "relay", "--json"))["state"] == "off"
    for wrong in ("nowhere", "https://relay.example.org:8443", "relay.example.org:8443/"):
        assert "HOST:PORT" in hub.cli("site", "relay", wrong, fails=True)


def test_a_hub_that_is_its_machines_own_has_nothing_to_reach(tmp_path: Path) -> None:
    hub = RunningHub(tmp_path)
    hub.start()
    try:
        assert "for its own machine only" in hub.cli("site", "relay", "localhost:8443", fails=True)
    finally:
        hub.stop()
