"""A real house on a phone: a light's colour, a fan, a humidifier, a vacuum, a player, an alarm with its code, a camera
and what else there is, each used on its sheet by touch, until the real Home Assistant itself says so."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from tests.hmi.hands import Finger, still
from tests.journeys.screens import PHONE, address, screen
from tests.journeys.test_real_home import join
from tests.peers.homeassistant import HomeAssistant
from tests.peers.hub import RunningHub

pytestmark = [pytest.mark.anyio, pytest.mark.real]
CODE = "1234"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[RunningHub]:
    running = RunningHub(tmp_path, "--demo", "--no-sites")
    running.start()
    yield running
    running.stop()


class House:
    """The cockpit of a hub that is linked to a real Home Assistant, and the house's own word on everything."""

    def __init__(self, page: Page, finger: Finger, hub: RunningHub, peer: HomeAssistant) -> None:
        self.page, self.finger, self.hub, self.peer = page, finger, hub, peer

    async def open(self, name: str, trait: str) -> Locator:
        """Put a thing on the board, and open its sheet from there."""
        answer = await self.page.context.request.get(address(self.hub, "api/home/things"))
        things = (await answer.json())["things"]
        thing = next(id for id, it in things.items() if it["name"] == name and trait in it["traits"])
        await self.page.keyboard.press("Escape")
        await expect(self.page.get_by_role("dialog")).to_have_count(0)
        await self._act("home/put", {"tiles": [{"kind": "thing", "item": thing}], "before": None})
        mine = self.page.get_by_role("region", name="Mine")
        await self.finger.hold(mine.locator(".tile", has_text=name).locator(".main"))
        sheet = self.page.get_by_role("dialog")
        await expect(sheet.get_by_role("heading", name=name)).to_be_visible()
        await still(sheet)
        board = await (await self.page.context.request.get(address(self.hub, "api/home/board"))).json()
        for tile in board["tiles"]:
            await self._act("home/take_off", {"tile": tile["id"]})
        return sheet.locator(".body")

    async def _act(self, operation: str, data: dict[str, Any]) -> None:
        origin = address(self.hub).rstrip("/")
        url = address(self.hub, f"api/{operation}")
        answer = await self.page.context.request.post(url, data=data, headers={"Origin": origin})
        assert answer.ok, await answer.text()

    async def says(self, entity: str, true: Callable[[dict[str, Any]], object], seconds: float = 30) -> None:
        """Wait until Home Assistant itself has a state that is so."""
        end = time.monotonic() + seconds
        while not true(found := await asyncio.to_thread(self.peer.state, entity)):
            if time.monotonic() > end:
                await self.page.screenshot(path=self.hub.data.parent / "stuck.png")
                raise AssertionError(found)
            await asyncio.sleep(0.1)


@pytest.mark.long
@pytest.mark.timeout(480)
async def test_every_kind_of_a_real_house_is_driven_from_the_glass(
    hub: RunningHub, homeassistant: HomeAssistant, tmp_path: Path
) -> None:
    call = homeassistant.service
    call("light", "turn_on", entity_id="light.bed_light", brightness=100, hs_color=[10, 20])
    call("fan", "turn_on", entity_id="fan.percentage_full_fan", percentage=20)
    call("alarm_control_panel", "alarm_disarm", entity_id="alarm_control_panel.security", code=CODE)
    async with screen(tmp_path / "screen", hub, PHONE, touch=True) as page:
        await page.goto(address(hub))
        await page.get_by_role("button", name="Anna").click()
        await expect(page.get_by_role("link", name="Settings")).to_be_visible()
        await asyncio.to_thread(join, hub, homeassistant)
        house = House(page, await Finger.on(page), hub, homeassistant)
        await light(house)
        await fan(house)
        await humidifier(house)
        await vacuum(house)
        await player(house)
        await alarm(house)
        await camera(house)
        await others(house)


@pytest.fixture
def garden(tmp_path: Path) -> Iterator[HomeAssistant]:
    """A real Home Assistant with lawn mowers; the demo house of the others has none."""
    peer = HomeAssistant(tmp_path / "garden", "kitchen_sink:\n")
    peer.start()
    yield peer
    peer.kill()


async def test_a_lawn_mower_is_driven_from_the_glass(hub: RunningHub, garden: HomeAssistant, tmp_path: Path) -> None:
    async with screen(tmp_path / "screen", hub, PHONE, touch=True) as page:
        await page.goto(address(hub))
        await page.get_by_role("button", name="Anna").click()
        await expect(page.get_by_role("link", name="Settings")).to_be_visible()
        await asyncio.to_thread(join, hub, garden)
        house = House(page, await Finger.on(page), hub, garden)
        entity = "lawn_mower.mower_can_do_all"
        sheet = await house.open("Mower can do all", "lawn_mower")
        await house.finger.tap(sheet.get_by_role("button", name="Start"))
        await house.says(entity, lambda s: s["state"] == "mowing")
        await house.finger.tap(sheet.get_by_role("button", name="Pause"))
        await house.says(entity, lambda s: s["state"] == "paused")
        await house.finger.tap(sheet.get_by_role("button", name="Go on"))
        await house.says(entity, lambda s: s["state"] == "mowing")
        await house.finger.tap(sheet.get_by_role("button", name="Back to dock"))
        await house.says(entity, lambda s: s["state"] in ("returning", "docked"))


async def light(house: House) -> None:
    bed, finger = "light.bed_light", house.finger
    sheet = await house.open("Bed Light", "light")
    await finger.drag(sheet.get_by_role("slider", name="Colour"), (0.67, 0.2))
    await house.says(
        bed, lambda s: abs(s["attributes"]["hs_color"][0] - 240) < 6 and s["attributes"]["hs_color"][1] > 70
    )
    await finger.tap(sheet.get_by_role("button", name="Green"))
    await house.says(bed, lambda s: abs(s["attributes"]["hs_color"][0] - 120) < 3)
    await expect(sheet.get_by_role("button", name="Green")).to_have_attribute("aria-pressed", "true")
    await finger.tap(sheet.get_by_role("slider", name="Brightness"), (0.5, 0.02))
    await house.says(bed, lambda s: s["attributes"]["brightness"] > 235)
    await finger.tap(sheet.get_by_role("tab", name="White"))
    await finger.tap(sheet.get_by_role("button", name="Warm white"))
    await house.says(bed, lambda s: s["attributes"]["color_mode"] == "color_temp")
    await finger.tap(sheet.get_by_role("switch", name="On"))
    await house.says(bed, lambda s: s["state"] == "off")


async def fan(house: House) -> None:
    entity, finger = "fan.percentage_full_fan", house.finger
    sheet = await house.open("Percentage Full Fan", "fan")
    await finger.tap(sheet.get_by_role("slider", name="Fan speed"), (0.5, 0.1))
    await house.says(entity, lambda s: (s["attributes"]["percentage"] or 0) > 80)
    await finger.tap(sheet.get_by_role("switch", name="Swing"))
    await house.says(entity, lambda s: s["attributes"]["oscillating"] is True)
    await finger.tap(sheet.get_by_role("radio", name="Reverse"))
    await house.says(entity, lambda s: s["attributes"]["direction"] == "reverse")
    sheet = await house.open("Preset Only Limited Fan", "fan")
    await finger.tap(sheet.get_by_role("radio", name="Sleep"))
    await house.says("fan.preset_only_limited_fan", lambda s: s["attributes"]["preset_mode"] == "sleep")


async def humidifier(house: House) -> None:
    house.peer.service("humidifier", "set_humidity", entity_id="humidifier.hygrostat", humidity=50)
    sheet = await house.open("Hygrostat", "humidifier")
    await house.finger.tap(sheet.get_by_role("button", name="Target humidity: More"))
    await house.says("humidifier.hygrostat", lambda s: s["attributes"]["humidity"] > 50)
    await house.finger.tap(sheet.get_by_role("radio", name="Eco"))
    await house.says("humidifier.hygrostat", lambda s: s["attributes"]["mode"] == "eco")


async def vacuum(house: House) -> None:
    entity = "vacuum.demo_vacuum_0_ground_floor"
    sheet = await house.open("Demo vacuum 0 ground floor", "vacuum")
    await house.finger.tap(sheet.get_by_role("button", name="Start"))
    await house.says(entity, lambda s: s["state"] == "cleaning")
    await house.finger.tap(sheet.get_by_role("radio", name="Most"))
    await house.says(entity, lambda s: s["attributes"]["fan_speed"] == "max")
    await house.finger.tap(sheet.get_by_role("button", name="Pause"))
    await house.says(entity, lambda s: s["state"] == "paused")
    await house.finger.tap(sheet.get_by_role("button", name="Back to dock"))
    await house.says(entity, lambda s: s["state"] in ("returning", "docked"))


async def player(house: House) -> None:
    entity, finger = "media_player.living_room", house.finger
    sheet = await house.open("Living Room", "media_player")
    await expect(sheet.get_by_text("Fireplace")).to_be_visible()
    await finger.tap(sheet.get_by_role("slider", name="Volume"), (0.3, 0.5))
    await house.says(entity, lambda s: 0.25 < s["attributes"]["volume_level"] < 0.35)
    await finger.tap(sheet.get_by_role("button", name="Pause"))
    await house.says(entity, lambda s: s["state"] == "paused")
    await finger.tap(sheet.get_by_role("button", name="Mute"))
    await house.says(entity, lambda s: s["attributes"]["is_volume_muted"] is True)
    await finger.tap(sheet.get_by_role("switch", name="On"))
    await house.says(entity, lambda s: s["state"] == "off")
    sheet = await house.open("Walkman", "media_player")
    track = house.peer.state("media_player.walkman")["attributes"]["media_track"]
    await finger.tap(sheet.get_by_role("button", name="Next"))
    await house.says("media_player.walkman", lambda s: s["attributes"]["media_track"] == track + 1)


async def alarm(house: House) -> None:
    entity, finger = "alarm_control_panel.security", house.finger
    sheet = await house.open("Security", "alarm")

    async def typed(code: str) -> None:
        for digit in code:
            await finger.tap(sheet.get_by_role("button", name=digit, exact=True))
        await finger.tap(sheet.get_by_role("button", name="Send the code"))

    await finger.hold(sheet.get_by_role("button", name="Arm, at home"))
    await typed("9876")
    await expect(house.page.locator(".toast")).to_contain_text("Security: The device said no")
    await finger.tap(house.page.locator(".toast").get_by_role("button", name="Close"))
    await house.says(entity, lambda s: s["state"] == "disarmed")
    await finger.hold(sheet.get_by_role("button", name="Arm, at home"))
    await typed(CODE)
    await house.says(entity, lambda s: s["state"] == "armed_home")
    await expect(sheet.get_by_text("Armed, at home")).to_be_visible()
    await finger.hold(sheet.get_by_role("button", name="Disarm"))
    # A keyboard's digits do as well.
    await house.page.keyboard.type(CODE)
    await house.page.keyboard.press("Enter")
    await house.says(entity, lambda s: s["state"] == "disarmed")


async def camera(house: House) -> None:
    sheet = await house.open("Demo camera", "camera")
    glass = sheet.get_by_role("img", name="Live picture of Demo camera").locator("canvas")
    await expect(sheet.get_by_text("Live", exact=True)).to_be_visible(timeout=30_000)
    drawn = """e => new Promise(done => {
      const first = e.toDataURL();
      const look = () => e.width > 100 && e.toDataURL() !== first ? done() : setTimeout(look, 50);
      look();
    })"""
    await asyncio.wait_for(glass.evaluate(drawn), 10)


async def others(house: House) -> None:
    finger = house.finger
    sheet = await house.open("Openable Lock", "lock")
    await finger.hold(sheet.get_by_role("button", name="Open the door"))
    await house.says("lock.openable_lock", lambda s: s["state"] in ("opening", "open"))
    sheet = await house.open("Garage Door", "cover")
    await finger.tap(sheet.get_by_role("button", name="Close"))
    await house.says("cover.garage_door", lambda s: s["state"] in ("closing", "closed"))
    sheet = await house.open("HeatPump", "climate")
    await finger.drag(sheet.locator(".dial > svg"), (0.5, 0.07), at=(0.07, 0.5))
    await house.says("climate.heatpump", lambda s: 18 < s["attributes"]["temperature"] < 26)
    sheet = await house.open("Demo Water Heater Celsius", "water_heater")
    await finger.tap(sheet.get_by_role("radio", name="Electric"))
    await house.says("water_heater.demo_water_heater_celsius", lambda s: s["state"] == "electric")
    house.peer.service("valve", "close_valve", entity_id="valve.front_garden")
    sheet = await house.open("Front Garden", "valve")
    await finger.hold(sheet.get_by_role("button", name="Open"))
    await house.says("valve.front_garden", lambda s: s["state"] in ("opening", "open"))
    sheet = await house.open("Siren", "siren")
    was = house.peer.state("siren.siren")["state"]
    await finger.hold(sheet.get_by_role("button", name="Press and hold"))
    await house.says("siren.siren", lambda s: s["state"] != was)
    house.peer.service("number", "set_value", entity_id="number.volume", value=42)
    sheet = await house.open("volume", "number")
    await finger.tap(sheet.get_by_role("button", name="Value: More"))
    await house.says("number.volume", lambda s: float(s["state"]) == 43)
    await finger.tap(sheet.get_by_role("slider", name="Value"), (0.9, 0.5))
    await house.says("number.volume", lambda s: 85 < float(s["state"]) < 95)
    sheet = await house.open("Speed", "select")
    await finger.tap(sheet.get_by_role("radio").filter(has_not=house.page.locator("svg")).first)
    chosen = sheet.get_by_role("radio", checked=True)
    await expect(chosen).to_have_count(1)
    sheet = await house.open("Text", "text")
    await sheet.get_by_label("Text").fill("Milk is out")
    await finger.tap(sheet.get_by_role("button", name="Save"))
    await house.says("text.text", lambda s: s["state"] == "Milk is out")
