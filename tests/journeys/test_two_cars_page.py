"""The page of a car's hub in a household with two cars, on a real screen: they meet at home, and nobody is missed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.journeys.screens import PASSWORD, PHONE, address, screen
from tests.journeys.test_sites_page import card
from tests.peers.hub import RunningHub
from tests.peers.two_hubs import TwoHubs, until

pytestmark = [pytest.mark.anyio, pytest.mark.real]
ANNA = {"name": "Anna", "password": PASSWORD, "device": {"name": "Phone", "kind": "phone"}}


@pytest.fixture
def three(tmp_path: Path) -> Iterator[TwoHubs]:
    two, van = TwoHubs(tmp_path), RunningHub(tmp_path / "van", "--site", "van")
    two.start()
    van.start()
    with two.home.api("") as api:
        assert api.post("/api/door/owner", json=ANNA, headers={"Origin": two.home.url}).is_success
    two.join()
    van.cli("site", "join", json.loads(two.home.cli("site", "invite", "--json"))["link"])
    until(lambda: '"van"' in two.car.cli("site", "list", "--json"))
    yield two
    van.stop()
    two.stop()


async def test_the_other_car_is_not_said_to_be_away(three: TwoHubs, tmp_path: Path) -> None:
    listed = three.car.cli("site", "list")
    assert "meets at home" in listed and "away" not in listed
    async with screen(tmp_path / "phone", three.car, PHONE) as page:
        origin = address(three.car).rstrip("/")
        async with asyncio.timeout(45):
            # What a password is checked by comes with the secrets of the other site, a moment later.
            while not (
                await page.context.request.post(f"{origin}/api/door/password", data=ANNA, headers={"Origin": origin})
            ).ok:
                await asyncio.sleep(0.2)
        await page.goto(f"{origin}/#/settings/sites")
        await expect(card(page, "Van")).to_contain_text("comes by way of Home")
        await expect(card(page, "Van")).not_to_contain_text("Away")
        await expect(card(page, "Home")).to_contain_text("There")
        await expect(page.get_by_text("Further hubs are let in at Home")).to_be_visible()
        await expect(page.get_by_role("button", name="Make an invitation")).to_have_count(0)
        await page.screenshot(path=tmp_path / "two-cars.png", full_page=True)
