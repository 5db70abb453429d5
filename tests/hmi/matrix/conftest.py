"""The household of the matrix: a demo hub, and screens with pairings of their own."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import Any

import pytest
from playwright.async_api import Browser, BrowserContext, Page, expect

from tests.hmi.conftest import BOARD, arrange, steer
from tests.hmi.matrix import rules
from tests.hmi.matrix.cells import Cell, Face, Situation, State, every, pairwise
from tests.hmi.matrix.report import Report, write
from tests.hmi.seats import pair, post

CAR = "car"
ORDERS: dict[State, dict[str, Any]] = {
    "parked": {"speed": 0, "gear": "P"},
    "idling": {"speed": 0, "gear": "D"},
    "moving": {"on_the_road": 0.3, "speed": 50},
}
"""How the car of the demo comes into a driving state, and stays in it."""
GONE, ASKED = ("living-tv", "Television"), ("kitchen-lights", "Kitchen lights")
SCENE = "Film night"
"""It locks a door: who drives presses and holds for it."""
BAD_DAY: dict[str, Any] = {
    "fault": [
        {"thing": GONE[0], "kind": "unreachable"},
        {"thing": ASKED[0], "kind": "slow", "seconds": 3600},
    ],
    "tyre": 150,
    "ring": True,
}
"""A thing that does not answer, one that takes its time, a flat tyre, somebody at the door."""


@pytest.fixture(scope="package")
def report(soak: bool) -> Iterator[Report]:
    """What was looked at. The long run writes it into the docs, as does CI's choice of looks when asked for it."""
    report = Report()
    yield report
    # A part of it is no report.
    due = set(every() if soak else pairwise())
    if (soak or os.environ.get("WAYHOME_REPORT") == "1") and report.cells >= due:
        write(report)


@pytest.fixture(scope="package")
async def household(hub_url: str, browser: Browser) -> AsyncIterator[Household]:
    """Anna, who owns the household, lets screens in. It is a day on which not all is well."""
    context = await browser.new_context(service_workers="block")
    page = await context.new_page()
    await page.goto(hub_url)
    for person in ("mei", "anna"):
        await post(page, "door/demo", {"person": person})
        await arrange(context, hub_url, ())
        await arrange(context, hub_url, BOARD)
    parts = [
        {"thing": GONE[0], "states": {"media_player.on": False}},
        {"thing": "living-lamp", "states": {"light.on": True, "light.brightness": 20}},
        {"thing": "front-door", "states": {"lock.locked": True}},
        {"thing": CAR, "states": {"Vehicle.Cabin.HVAC.IsAirConditioningActive": False}},
    ]
    scene = await post(page, "scenes/make", {"name": SCENE, "icon": "film", "parts": parts})
    made = Household(hub_url, browser, page)
    await made.look_round()
    await steer(page, BAD_DAY)
    yield made
    await post(page, "door/demo", {"person": "anna"})
    await post(page, "scenes/delete", {"scene": scene["scene"]["id"]})
    for person in ("mei", "anna"):
        await post(page, "door/demo", {"person": person})
        await arrange(context, hub_url, ())
    await steer(page, {"clear": True, "tyre": 250, "speed": None})
    await context.close()


class Household:
    """Opens the screens of a cell. Each kind of screen of each person is paired once."""

    def __init__(self, url: str, browser: Browser, owner: Page) -> None:
        self.url = url
        self._browser = browser
        self._owner = owner
        self._paired: dict[tuple[str, bool], Any] = {}
        self._state: State | None = None
        self.names: list[str] = []
        """What people of this household gave names to."""

    async def look_round(self) -> None:
        """Learn the names of what is there."""

        async def ask(path: str) -> Any:
            answer = await self._owner.context.request.get(f"{self.url}/api/{path}")
            assert answer.ok, await answer.text()
            return await answer.json()

        things = (await ask("home/things"))["things"].values()
        people = (await ask("people/list"))["people"]
        rooms = {str(one["area"]) for one in things if one.get("area")}
        found = {SCENE, *(str(one["name"]) for one in [*things, *people]), *rooms}
        # The longest first: "Living room climate" before "Living room".
        self.names = sorted(found, key=len, reverse=True)

    async def ask_for_light(self) -> None:
        """Ask the thing that takes its time for what it has not done yet."""
        path = f"{ASKED[0]}/light.on"
        answer = await self._owner.context.request.get(f"{self.url}/api/home/get?path={path}")
        on = (await answer.json())["values"][path][0]
        await post(self._owner, "home/set", {"path": path, "target": not on, "ttl": 7200})

    async def drive(self, state: State) -> None:
        """Bring the car into a driving state."""
        if self._state == state:
            return
        await steer(self._owner, {"unplug": True} if self._state == "parked" else {})
        await steer(self._owner, ORDERS[state])
        async with asyncio.timeout(45):
            while await self._fact("driving.state") != state:
                await asyncio.sleep(0.1)
            # It brakes for a while; no cable goes in before it stands.
            while state == "parked" and await self._fact("Vehicle.Speed") != 0:
                await asyncio.sleep(0.1)
        if state == "parked":
            # Anna drives, and Mei rides along.
            await post(self._owner, "people/drives", {"car": CAR, "person": "anna"})
        await self.ask_for_light()
        self._state = state

    async def ring(self) -> None:
        """Somebody is at the door."""
        await steer(self._owner, {"ring": True})

    async def _fact(self, signal: str) -> Any:
        """What the hub knows of the car."""
        answer = await self._owner.context.request.get(f"{self.url}/api/home/get?path={CAR}/{signal}")
        assert answer.ok, await answer.text()
        return (await answer.json())["values"][f"{CAR}/{signal}"][0]

    async def open(self, cell: Cell) -> Page:
        """The screen of a cell, on its home view, when it knows its limits."""
        face, situation, look = cell
        cookies = await self._cookies(face, situation)
        await self.drive(situation.state)
        if situation.state == "parked":
            await steer(self._owner, {"plug": "ac"} if look.theme == "light" else {"unplug": True})
        context = await self._context(face, theme=look.theme, locale=look.locale, state=cookies)
        page = await context.new_page()
        await page.goto(self.url)
        limited = situation.state if situation.driver else "parked"
        await expect(page.locator("html")).to_have_attribute("data-state", limited, timeout=30_000)
        await page.locator("main").first.wait_for()
        theme = "day" if look.theme == "light" else "night"
        await expect(page.locator("html")).to_have_attribute("data-theme", theme)
        return page

    async def _cookies(self, face: Face, situation: Situation) -> Any:
        key = (face.kind, situation.driver)
        if key not in self._paired:
            await self.drive("parked")
            # Who lets a screen in has signed in a moment ago.
            await post(self._owner, "door/demo", {"person": "anna"})
            context = await self._context(face)
            person = "anna" if situation.driver else "mei"
            seated = face.kind in ("car", "tablet")
            seat = ("driver" if situation.driver else "passenger") if seated else "elsewhere"
            where = {"seat": seat, "car": CAR} if seated else {}
            page = await context.new_page()
            await page.goto(self.url)
            await pair(partial(post, self._owner), page, kind=face.kind, person=person, **where)
            self._paired[key] = await context.storage_state()
            await context.close()
        return self._paired[key]

    async def _context(
        self, face: Face, *, theme: Any = "dark", locale: str = "en-GB", state: Any = None
    ) -> BrowserContext:
        width, height = face.size
        context = await self._browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=theme,
            locale=locale,
            storage_state=state,
            service_workers="block",
        )
        # By itself the car's glass follows the sun.
        kept: dict[str, str] = {"theme": "day" if theme == "light" else "night"}
        if face.kind == "car" and width < height:
            # By itself it takes a screen that stands for a tablet's.
            kept["face"] = "car"
        # A screen that was let in has kept how it looked then.
        await context.add_init_script(f"localStorage['wayhome.look'] = {json.dumps(json.dumps(kept))}")
        await context.add_init_script(rules.SCROLLS)
        return context
