"""What an app of the phone says, on the car's glass and on a tablet: read and answered while parked, heard and answered by
one tap on the road, and put away everywhere at once. A real hub, real browsers, a real line to the phone."""

from __future__ import annotations

import asyncio
import re
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.journeys.screens import CAR, PHONE, TABLET, found, go, screen
from tests.journeys.test_clipboard_page import Ear, come_in, invite
from tests.peers.android import Android
from tests.peers.hub import RunningHub
from tests.peers.kdeconnect import places

__all__ = ["places"]
pytestmark = [pytest.mark.anyio, pytest.mark.real, pytest.mark.usefixtures("places")]
MOVING = {"speed": 60}


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(15):
        while not true():
            await asyncio.sleep(0.05)


async def paired(page: Page, hub: RunningHub) -> Android:
    """A phone of hers, let in on the page."""
    hub.cli("link", "add", "kdeconnect", "--name", "Home")
    phone = Android()
    async with asyncio.timeout(20):
        while not phone.there or not phone.hub:
            try:
                await phone.comes()
                await asyncio.sleep(0.3)
            except OSError:
                await asyncio.sleep(0.1)
    phone.pairs()
    asks = page.get_by_role("dialog", name="Pixel wants to be let in")
    await asks.get_by_role("button", name="Anna").or_(asks.get_by_role("radio", name="Anna")).click(timeout=15_000)
    await asks.get_by_role("button", name="It is the same").click(timeout=15_000)
    await until(lambda: phone.asked)
    return phone


def car(hub: RunningHub, **orders: object) -> None:
    with hub.api() as api:
        assert api.post("/api/links/steer", json={"id": "simulation", "orders": orders}).is_success


async def test_a_message_is_answered_parked_and_moving(hub: RunningHub, tmp_path: Path) -> None:
    async with screen(tmp_path / "tablet", hub, TABLET) as tablet, screen(tmp_path / "car", hub, CAR) as glass:
        await found(tablet, hub)
        await go(tablet, hub, "clipboard")
        await expect(tablet.get_by_role("button", name="Paste")).to_be_enabled(timeout=10_000)
        await come_in(glass, await invite(tablet, hub))
        phone = await paired(tablet, hub)
        hub.cli("link", "add", "sim", "--set", "part=car", "--set", "delay=0")
        with hub.api() as api:
            links = api.get("/api/links/list").json()
            print(links)
        await go(glass, hub, "")
        await go(tablet, hub, "notices")
        await glass.screenshot(path=tmp_path / "car-0.png")
        phone.tells("0|chat|1", "Mei", "When are you here? 你几点到", requestReplyId="r-1", actions=["Mark as read"])
        row = tablet.get_by_role("listitem").filter(has_text="When are you here?")
        await expect(row).to_be_visible(timeout=10_000)
        await tablet.screenshot(path=tmp_path / "tablet-1.png")
        await asyncio.sleep(1)
        await glass.screenshot(path=tmp_path / "car-1.png")
