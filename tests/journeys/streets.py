"""A demo household that lives in Helsinki, on the map of real streets, and a browser that draws it."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.async_api import Page

from tests.hmi.matrix import rules
from tests.hmi.matrix.cells import FACES, Cell, Look, Situation
from tests.journeys.screens import address
from tests.peers.hub import RunningHub
from tests.peers.maps import extract

READY = ".map[data-ready]"
MADE = 90_000
"""ms within which the map is made."""
PARKED = Situation("parked", driver=False)
_DRAWN = "() => window.wayhome.map?.isStyleLoaded() && window.wayhome.map.areTilesLoaded()"
_NAMES = ["Wayhome", "Demo household", "Helsinki", "Home", "Work", "School", "Aurora", "OpenStreetMap contributors"]
_NAMES += ["The car comes home", "Coming home", "Good night"]


@contextmanager
def helsinki(folder: Path) -> Iterator[RunningHub]:
    """A demo whose household lives in Helsinki."""
    running = RunningHub(folder / "hub", "--demo", "--no-sites", "--language", "en", "--map", str(extract("helsinki")))
    running.start()
    yield running
    running.stop()


async def ask(page: Page, hub: RunningHub, operation: str, **data: Any) -> Any:
    """What the hub answers this page."""
    origin = {"Origin": address(hub).rstrip("/")}
    answer = await page.context.request.post(address(hub, f"api/{operation}"), data=data, headers=origin)
    assert answer.ok, await answer.text()
    return await answer.json()


async def steer(page: Page, hub: RunningHub, **orders: Any) -> None:
    """Orders to the simulated car and home."""
    await ask(page, hub, "links/steer", id="demo", orders=orders)


async def go(page: Page, hub: RunningHub, at: str) -> None:
    await page.goto(address(hub, f"#/{at}"))


async def settled(page: Page, hub: RunningHub) -> None:
    """Wait until the map is there and the car knows where it is on it: a moment after the demo's first start."""
    origin, home = {"Origin": address(hub).rstrip("/")}, {"place": "home"}
    async with asyncio.timeout(MADE / 1_000):
        while True:
            led = await page.context.request.post(address(hub, "api/navigation/start"), data=home, headers=origin)
            if led.ok:
                break
            await asyncio.sleep(0.3)
    await page.context.request.post(address(hub, "api/navigation/stop"), data={}, headers=origin)


async def drawn(page: Page) -> None:
    """Wait until the map is drawn, and see that it is: a few dozen colours where streets are, one where nothing is."""
    room = page.locator(READY)
    await room.wait_for(timeout=MADE)
    for _ in range(3):
        await page.wait_for_function(_DRAWN, timeout=60_000)
        await page.wait_for_timeout(400)
        picture = Image.open(io.BytesIO(await room.screenshot())).convert("RGB")
        if len(picture.resize((200, 120), Image.Resampling.NEAREST).getcolors(1 << 24) or []) > 20:
            return
    pytest.fail("nothing is drawn on the map")


async def judged(page: Page, face: str, situation: Situation, look: Look, where: str = "map") -> None:
    """The page keeps the rules of the glass."""
    cell = Cell(next(one for one in FACES if one.name == face), situation, look)
    found = await rules.check(page, cell, where, rules.Known(names=_NAMES))
    await rules.axe(page, found)
    assert found.broken == [], found.broken
