"""A scene across a real home and a car: two lamps of a real Home Assistant and the demo car's climate are captured on
the phone, changed, brought back by one tap, undone; then the same from the car's glass."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.hmi.hands import lingers
from tests.journeys.screens import CAR, PHONE, found, go, screen
from tests.peers.homeassistant import HomeAssistant
from tests.peers.hub import RunningHub

pytestmark = [pytest.mark.anyio, pytest.mark.real]
BED, CEILING = "light.bed_light", "light.ceiling_lights"
HVAC = "car/Vehicle.Cabin.HVAC."
COOLED, WARMTH = HVAC + "IsAirConditioningActive", HVAC + "Station.Row1.Driver.Temperature"


def join(hub: RunningHub, peer: HomeAssistant) -> None:
    """The real home, and the demo's car in its garage."""
    home = {
        "link": "homeassistant", "name": "Our home", "config": {"url": peer.url}, "secrets": {"token": peer.token},
    }  # fmt: skip
    car = {"link": "sim", "name": "Car", "config": {"part": "car", "start": "home", "stay": 1440}}
    with hub.api() as api:
        for body in (home, car):
            answer = api.post("/api/links/add", json=body)
            assert answer.status_code == 200, answer.text


class House:
    """Both, by their own word."""

    def __init__(self, hub: RunningHub, peer: HomeAssistant) -> None:
        self.hub, self.peer = hub, peer

    def fact(self, path: str) -> Any:
        with self.hub.api() as api:
            answer = api.get("/api/home/get", params={"path": path})
            return answer.json()["values"][path][0] if answer.status_code == 200 else None

    def wish(self, path: str, target: Any) -> None:
        with self.hub.api() as api:
            assert api.post("/api/home/set", json={"path": path, "target": target}).status_code == 200

    def set(self, bed: int | None, ceiling: int | None, cooled: bool, warmth: float) -> None:
        for entity, brightness in ((BED, bed), (CEILING, ceiling)):
            if brightness is None:
                self.peer.service("light", "turn_off", entity_id=entity)
            else:
                self.peer.service("light", "turn_on", entity_id=entity, brightness=brightness)
        self.wish(COOLED, cooled)
        self.wish(WARMTH, warmth)

    def now(self) -> tuple[int | None, int | None, bool, float]:
        lamps = [self.peer.state(entity) for entity in (BED, CEILING)]
        bed, ceiling = (s["attributes"].get("brightness") if s["state"] == "on" else None for s in lamps)
        return bed, ceiling, self.fact(COOLED), self.fact(WARMTH)

    async def until(self, right: Callable[[tuple[Any, ...]], object], seconds: float = 45) -> None:
        end = time.monotonic() + seconds
        while not right(it := await asyncio.to_thread(self.now)):
            assert time.monotonic() < end, it
            await asyncio.sleep(0.1)

    async def is_so(self, *wanted: Any) -> None:
        """Until both say so, and the hub has heard it of the lamps, too."""
        await self.until(lambda it: it == wanted)
        on = [brightness is not None for brightness in wanted[:2]]
        lamps = ("bed-light/light.on", "ceiling-lights/light.on")
        end = time.monotonic() + 45
        while [await asyncio.to_thread(self.fact, lamp) for lamp in lamps] != on:
            assert time.monotonic() < end
            await asyncio.sleep(0.05)


async def capture(page: Page, hub: RunningHub, name: str) -> None:
    """Make a scene of the two lamps and the car as they are, on the phone."""
    await go(page, hub, "scenes/new")
    search = page.get_by_role("textbox", name="Search")
    for thing in ("Bed Light", "Ceiling Lights", "Aurora"):
        await search.fill(thing)
        await page.get_by_role("checkbox", name=thing).click()
    await page.get_by_role("button", name="Take 3 as they are now").click()
    await expect(page.get_by_role("listitem").filter(has_text="Bed Light")).to_contain_text("40")
    await page.get_by_role("textbox", name="Name", exact=True).fill(name)
    await page.get_by_role("button", name="Film", exact=True).click()
    await page.get_by_role("button", name="Keep it").click()
    await expect(page.get_by_role("heading", name=name)).to_be_visible()


@pytest.mark.timeout(240)
async def test_captured_changed_run_and_undone_from_phone_and_car(
    hub: RunningHub, homeassistant: HomeAssistant, tmp_path: Path
) -> None:
    house = House(hub, homeassistant)
    async with screen(tmp_path / "screen", hub, PHONE) as page:
        await found(page, hub)
        await asyncio.to_thread(join, hub, homeassistant)
        await house.until(lambda it: it[2] is not None and house.fact("bed-light/light.on") is not None)
        await asyncio.to_thread(house.set, 102, None, True, 21.5)
        await house.is_so(102, None, True, 21.5)
        await capture(page, hub, "Film night")

        await asyncio.to_thread(house.set, 255, 180, False, 26.0)
        await house.is_so(255, 180, False, 26.0)
        await go(page, hub, "")
        row = page.get_by_role("region", name="Scenes")
        await lingers(page)
        await row.get_by_role("button", name="Film night, 3 devices").click()
        await house.is_so(102, None, True, 21.5)
        said = page.get_by_role("status").filter(has_text="Film night")
        await expect(said).to_be_visible()
        await said.get_by_role("button", name="Undo").click()
        await house.is_so(255, 180, False, 26.0)

        # The same from the car's glass: put on the board there, run from its tile, undone on its page.
        await page.set_viewport_size({"width": CAR[0], "height": CAR[1]})
        await expect(page.locator("html")).to_have_attribute("data-face", "car")
        await go(page, hub, "scenes")
        await page.get_by_role("link", name="More about Film night").click()
        await page.get_by_role("button", name="Put on my board").click()
        await expect(page.get_by_role("button", name="Take off my board")).to_be_visible()
        await go(page, hub, "")
        await page.get_by_role("button", name="Film night, 3 devices").click()
        await house.is_so(102, None, True, 21.5)
        # Somebody wants it otherwise meanwhile: that stays.
        await asyncio.to_thread(house.wish, WARMTH, 24.0)
        await house.is_so(102, None, True, 24.0)
        await page.get_by_role("link", name="More about Film night").click()
        await page.locator(".acts").get_by_role("button", name="Undo").click()
        await house.is_so(255, 180, False, 24.0)
        await expect(page.get_by_text("Undone")).to_be_visible()
