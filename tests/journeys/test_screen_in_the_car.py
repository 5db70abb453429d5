"""A screen that is carried from house to car: when the home's hub is gone its page goes on at the car's, as who it is,
and comes back. One authority vouches for both, and the phone trusts that one alone."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, WebSocket, async_playwright, expect

from tests.journeys.screens import NAME, PASSWORD, PHONE
from tests.peers.chromium import launch_options, trust
from tests.peers.hub import RunningHub
from tests.peers.two_hubs import TwoHubs, until, value

pytestmark = [pytest.mark.anyio, pytest.mark.real]
LAMP = "living-lamp/light.on"
LOCK = "car/Vehicle.Cabin.Door.Row1.DriverSide.IsLocked"
AT_CAR = "car.wayhome.local"


@pytest.fixture
def two(tmp_path: Path) -> Iterator[TwoHubs]:
    two = TwoHubs(tmp_path, listen="0.0.0.0", car="0.0.0.0")
    two.start()
    founding = {"name": "Anna", "password": PASSWORD, "device": {"name": "Kitchen", "kind": "tablet"}}
    with two.home.api("") as api:
        assert api.post("/api/door/owner", json=founding, headers={"Origin": two.home.url}).is_success
    yield two
    two.stop()


def joins(two: TwoHubs) -> None:
    link = json.loads(two.home.cli("site", "invite", "--json"))["link"]
    two.car.cli("site", "join", link.replace(NAME, "127.0.0.1", 1))
    until(lambda: doors(two.home)[-1:] == [f"https://{AT_CAR}:{two.car.port}"], 30)
    until(lambda: f"https://{NAME}:{two.home.port}" in doors(two.car), 30)


def doors(hub: RunningHub) -> list[str]:
    shown = value(hub, "hub/hub.doors")
    return list(shown[0]) if shown else []


class Phone:
    def __init__(self, page: Page) -> None:
        self.page = page
        self.lamp = page.get_by_role("button", name="Floor lamp").first
        self.door = ""
        """Where it heard something last."""
        page.on("websocket", self._opened)

    def _opened(self, socket: WebSocket) -> None:
        def heard(_: object) -> None:
            self.door = socket.url.removesuffix("/api/live").partition("//")[2]

        socket.on("framereceived", heard)

    async def at(self, door: str, seconds: float = 45.0) -> None:
        async with asyncio.timeout(seconds):
            while self.door != door:
                await self.page.wait_for_timeout(100)


@asynccontextmanager
async def a_phone(two: TwoHubs, home: Path, opens: str | None = None) -> AsyncIterator[Phone]:
    """A phone of Anna's that trusts the home's authority, and nobody else. ``opens``: the hub's page that it opens."""
    home.mkdir()
    trust(home, two.home.data / "ca.pem")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**launch_options(home, [NAME, AT_CAR]))
        context = await browser.new_context(viewport={"width": PHONE[0], "height": PHONE[1]}, locale="en-GB")
        page = await context.new_page()
        phone = Phone(page)
        await page.goto(f"{opens or two.home.said['url']}/#/home")
        await page.get_by_label("Your name").fill("Anna")
        await page.get_by_label("Password").fill(PASSWORD)
        async with page.expect_response(lambda one: one.url.endswith("people/device_key"), timeout=60_000) as said:
            await page.get_by_role("button", name="Sign in", exact=True).click()
        assert (await said.value).ok
        await page.wait_for_function("() => navigator.serviceWorker.ready.then(() => true)")
        yield phone
        await browser.close()


def done(hub: RunningHub, path: str, target: object, kind: str) -> int:
    """How often that was reported (``reading``), or asked for by different wishes (``command``), at a hub."""
    with hub.api() as api:
        asked = {"about": path, "kinds": kind, "limit": "500"}
        lines: list[dict[str, Any]] = api.get("/api/home/audit", params=asked).json()["lines"]
    found = [line for line in lines if line.get("value") is target]
    return len(found) if kind == "reading" else len({line["context"] for line in found})


async def test_the_page_goes_on_at_the_cars_hub_and_comes_back(two: TwoHubs, tmp_path: Path) -> None:
    joins(two)
    at_home, at_car = f"{NAME}:{two.home.port}", f"{AT_CAR}:{two.car.port}"
    async with a_phone(two, tmp_path / "browser") as phone:
        page = phone.page
        before = value(two.home, LAMP)[0]
        await expect(phone.lamp).to_have_attribute("aria-pressed", json.dumps(before), timeout=30_000)
        await phone.at(at_home)
        until(lambda: value(two.car, LAMP)[0] is before)
        two.home.kill()
        await phone.at(at_car)
        # The home's things are as the car's hub knows them: they do not answer, and say how old they are.
        await expect(phone.lamp).to_have_accessible_name(re.compile("Does not answer"), timeout=30_000)
        await expect(page.get_by_text("Offline")).not_to_be_visible()
        await page.screenshot(path=tmp_path / "home-in-the-car.png")
        # The car answers there and then.
        await page.goto(f"{two.home.said['url']}/#/car")
        await phone.at(at_car)
        unlock = page.get_by_role("button", name="Unlock. Press and hold", exact=True)
        await expect(unlock).to_be_visible(timeout=30_000)
        assert value(two.car, LOCK)[0] is True
        await unlock.click(delay=900)
        await asyncio.to_thread(until, lambda: value(two.car, LOCK)[0] is False)
        await expect(page.get_by_role("button", name="Lock. Press and hold", exact=True)).to_be_visible(timeout=30_000)
        await page.screenshot(path=tmp_path / "car-in-the-car.png")
        # A wish for home waits there, and is done once when the home is back; so is the page.
        await page.goto(f"{two.home.said['url']}/#/home")
        await phone.at(at_car)
        await expect(phone.lamp).to_have_accessible_name(re.compile("Does not answer"), timeout=30_000)
        await phone.lamp.click()
        await expect(phone.lamp).to_contain_text(re.compile(r"waits, \d+ s left"))
        await page.screenshot(path=tmp_path / "wish-in-the-car.png")
        two.home.start()
        await asyncio.to_thread(until, lambda: value(two.home, LAMP)[0] is (not before), 30)
        await phone.at(at_home)
        await expect(phone.lamp).to_have_attribute("aria-pressed", json.dumps(not before), timeout=30_000)
        await expect(phone.lamp).not_to_contain_text("waits")
        await expect(page.get_by_text("Nobody knows")).not_to_be_visible()
        await page.screenshot(path=tmp_path / "back.png")
        assert done(two.home, LAMP, not before, "reading") == 1 == done(two.home, LAMP, not before, "command")


@pytest.mark.long
async def test_a_page_of_the_cars_own_goes_on_at_home(two: TwoHubs, tmp_path: Path) -> None:
    joins(two)
    at_home, at_car = f"{NAME}:{two.home.port}", f"{AT_CAR}:{two.car.port}"
    async with a_phone(two, tmp_path / "browser", f"https://{at_car}") as phone:
        before = value(two.home, LAMP)[0]
        await expect(phone.lamp).to_have_attribute("aria-pressed", json.dumps(before), timeout=30_000)
        await phone.at(at_car)
        two.car.kill()
        await phone.at(at_home)
        await phone.lamp.click()
        await asyncio.to_thread(until, lambda: value(two.home, LAMP)[0] is (not before))
        await expect(phone.lamp).to_have_attribute("aria-pressed", json.dumps(not before), timeout=30_000)
        two.car.start()
        await phone.at(at_car)
        await expect(phone.lamp).to_have_attribute("aria-pressed", json.dumps(not before), timeout=30_000)


@pytest.mark.long
async def test_a_wish_that_went_to_a_hub_that_hangs_is_done_once_and_never_said_to_be_undone(
    two: TwoHubs, tmp_path: Path
) -> None:
    joins(two)
    at_home, at_car = f"{NAME}:{two.home.port}", f"{AT_CAR}:{two.car.port}"
    async with a_phone(two, tmp_path / "browser") as phone:
        page = phone.page
        before = value(two.home, LAMP)[0]
        await expect(phone.lamp).to_have_attribute("aria-pressed", json.dumps(before), timeout=30_000)
        until(lambda: value(two.car, LAMP)[0] is before)
        # The home's hub takes the wish off the network, and does nothing; the page goes to the car's with it.
        os.kill(two.home.pid, signal.SIGSTOP)
        try:
            await phone.lamp.click()
            await phone.at(at_car, 25)
            await expect(phone.lamp).to_contain_text("→", timeout=30_000)
        finally:
            os.kill(two.home.pid, signal.SIGCONT)
        await asyncio.to_thread(until, lambda: value(two.home, LAMP)[0] is (not before), 20)
        await phone.at(at_home)
        await expect(phone.lamp).to_have_attribute("aria-pressed", json.dumps(not before), timeout=30_000)
        await expect(phone.lamp).not_to_contain_text("→")
        assert done(two.home, LAMP, not before, "reading") == 1 == done(two.home, LAMP, not before, "command")
        # Once more, and its time passes at the car's hub, which knows nothing of what the home did with it.
        os.kill(two.home.pid, signal.SIGSTOP)
        try:
            await phone.lamp.click()
            await phone.at(at_car, 25)
            toast = page.locator(".toast")
            await expect(toast).to_contain_text("Nobody knows whether it was done", timeout=40_000)
            await expect(toast).not_to_contain_text("Not done in time")
            await page.screenshot(path=tmp_path / "doubt.png")
        finally:
            os.kill(two.home.pid, signal.SIGCONT)
        await phone.at(at_home)
        # It came too late there: that is the truth, said by who knows.
        await expect(toast).to_contain_text("Not done in time", timeout=30_000)
        await page.screenshot(path=tmp_path / "truth.png")
        assert value(two.home, LAMP)[0] is (not before)
