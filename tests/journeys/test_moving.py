"""A lamp that is taken along in the car: seen at home through the home's broker, then in the car through the car's. It
is moved on the page; its tile stays, and the switch goes to the broker that has it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.journeys.screens import PHONE, found, go, screen
from tests.journeys.test_sites_page import looked_at
from tests.links.mqtt.devices import zigbee_lamp, zigbee_present
from tests.links.mqtt.house import devices, lamp, publish
from tests.peers.mosquitto import Mosquitto
from tests.peers.two_hubs import TwoHubs, until, value

pytestmark = [pytest.mark.anyio, pytest.mark.real]
ON = "hall-lamp/light.on"


@pytest.fixture
def brokers(tmp_path: Path) -> Iterator[dict[str, Mosquitto]]:
    brokers = {site: Mosquitto(tmp_path / f"broker-{site}") for site in ("home", "car")}
    for broker in brokers.values():
        broker.up()
    yield brokers
    for broker in brokers.values():
        broker.stop()


@pytest.fixture
def two(tmp_path: Path, brokers: dict[str, Mosquitto]) -> Iterator[TwoHubs]:
    two = TwoHubs(tmp_path)
    two.start()
    for hub, broker in ((two.home, brokers["home"]), (two.car, brokers["car"])):
        hub.cli("link", "add", "mqtt", "--set", f"url=mqtt://127.0.0.1:{broker.port}")
    two.join()
    yield two
    two.stop()


def shown(two: TwoHubs, path: str) -> tuple[object, object]:
    """What the home and the car show there."""
    found = [value(hub, path) for hub in (two.home, two.car)]
    return found[0] and found[0][0], found[1] and found[1][0]


def site(two: TwoHubs, id: str = "hall-lamp") -> tuple[object, object]:
    told = [one.get("site", "home") if isinstance(one, dict) else None for one in shown(two, f"{id}/thing.info")]
    return told[0], told[1]


async def test_a_lamp_is_taken_along_and_brought_back(
    two: TwoHubs, brokers: dict[str, Mosquitto], tmp_path: Path
) -> None:
    async with (
        devices(brokers["home"]) as at_home,
        devices(brokers["car"]) as at_car,
        lamp(brokers["home"]) as lamp_at_home,
    ):
        await publish(at_home, zigbee_lamp() | zigbee_present())
        await asyncio.to_thread(until, lambda: shown(two, ON) == (False, False), 30)
        async with screen(tmp_path / "phone", two.home, PHONE) as page:
            await found(page, two.home)
            await go(page, two.home, "settings/sites")
            card = page.get_by_role("region", name="Move a thing")
            await card.get_by_label("What").select_option(label="Hall lamp")
            await card.get_by_label("To").select_option(label="Car")
            await page.screenshot(path=tmp_path / "chosen.png", full_page=True)
            await card.get_by_role("button", name="Move it").click()
            await expect(page.get_by_text("Hall lamp is with Car now")).to_be_visible()
            await expect(card.get_by_role("region", name="Moved things")).to_contain_text("No link there sees it yet")
            await looked_at(page, tmp_path, "moved")
            await asyncio.to_thread(until, lambda: site(two) == ("car", "car"), 45)
            # The home's broker goes on with it; nobody listens.
            lamp_at_home.state["state"] = "ON"
            await lamp_at_home.say()

            # It is plugged in in the car: there it joins by its discovery, under the same mark.
            async with lamp(brokers["car"]) as lamp_in_car:
                await publish(at_car, zigbee_lamp() | zigbee_present())
                online = "hall-lamp/thing.online"
                await asyncio.to_thread(until, lambda: shown(two, online) == (True, True), 45)
                assert shown(two, ON) == (False, False)
                await expect(card.get_by_role("region", name="Moved things")).not_to_contain_text("No link there")
                assert value(two.home, "hall-lamp-2/thing.info") is value(two.car, "hall-lamp-2/thing.info") is None
                await asyncio.to_thread(two.home.cli, "set", ON, "true")
                await asyncio.to_thread(until, lambda: shown(two, ON) == (True, True), 45)
                assert [told["state"] for told in lamp_in_car.heard] == ["ON"] and lamp_at_home.heard == []

                # And back: what the home's broker has of it counts.
                lamp_at_home.state |= {"state": "OFF", "brightness": 127}
                await lamp_at_home.say()
                await card.get_by_role("button", name="Move to Home (this hub): Hall lamp").click()
                await asyncio.to_thread(until, lambda: site(two) == ("home", "home"), 45)
                await asyncio.to_thread(until, lambda: shown(two, ON) == (False, False), 45)
                await asyncio.to_thread(two.car.cli, "set", ON, "true")
                await asyncio.to_thread(until, lambda: bool(lamp_at_home.heard), 45)
                assert len(lamp_in_car.heard) == 1
