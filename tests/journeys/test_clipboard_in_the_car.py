"""The clipboard on the road: the page goes on at the car's hub, opens there what was sealed at home, and what it seals
there is at home when the two have met. Neither hub can say what it is."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.journeys.screens import NAME
from tests.journeys.test_clipboard_page import listed, put
from tests.journeys.test_screen_in_the_car import AT_CAR, a_phone, joins, two  # noqa: F401 - two is a fixture
from tests.peers.two_hubs import TwoHubs, until

pytestmark = [pytest.mark.anyio, pytest.mark.real]
TEXTS = ("canary-sealed-at-home", "canary-sealed-in-the-car")


@pytest.mark.long
async def test_the_clipboard_goes_on_at_the_cars_hub(two: TwoHubs, tmp_path: Path) -> None:  # noqa: F811
    joins(two)
    at_home, at_car = f"{NAME}:{two.home.port}", f"{AT_CAR}:{two.car.port}"
    async with a_phone(two, tmp_path / "browser") as phone:
        page = phone.page
        await page.goto(f"https://{at_home}/#/clipboard")
        await expect(page.get_by_role("button", name="Paste")).to_be_enabled(timeout=30_000)
        await put(page, TEXTS[0])
        await expect(page.get_by_text(TEXTS[0])).to_be_visible()
        device = next(one["id"] for one in listed(two.home)["members"] if one["kind"] == "screen")
        await asyncio.to_thread(until, lambda: device in [one["id"] for one in listed(two.car)["members"]], 30)
        two.home.kill()
        await phone.at(at_car)
        # It belongs to the group there as well: by the same list, and the same keys.
        await expect(page.get_by_role("button", name="Paste")).to_be_enabled(timeout=30_000)
        await put(page, TEXTS[1])
        for text in TEXTS:
            await expect(page.get_by_text(text)).to_be_visible()
        await expect(page.get_by_role("alert")).to_have_count(0)
        before = listed(two.car)["status"]["head"]
        two.home.start()
        await phone.at(at_home)
        for text in TEXTS:
            await expect(page.get_by_text(text)).to_be_visible(timeout=30_000)
        assert listed(two.home)["status"]["head"] == before
        files = [path for path in tmp_path.glob("*/data/**/*") if path.is_file()]
        assert any(b"clip" in path.read_bytes() for path in files), "what is written is found"
        for text in TEXTS:
            assert not [path for path in files if text.encode() in path.read_bytes()], text
