"""The home's camera on the glass of the car, whose screens speak to the car's own hub, over a relay that sees nothing.
A real camera, two real hubs, a real relay, a real Chromium that the clock in the picture is read off."""

from __future__ import annotations

import asyncio
import base64
import re
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from tests.hmi.seats import post
from tests.journeys.screens import CAR, PASSWORD, address, screen
from tests.journeys.test_camera_page import fits, of_now
from tests.journeys.test_relay import Far, other
from tests.journeys.test_relay import _memory as memory
from tests.peers.camera import Camera
from tests.peers.hub import RunningHub
from tests.peers.places import Places

pytestmark = [pytest.mark.anyio, pytest.mark.real]


class Yard:
    """A home with a camera, a car's hub, and nothing between them but a relay, on a road that may be bad."""

    def __init__(self, folder: Path, places: Places, *, lying: bool = False) -> None:
        self.far = Far(folder, places, lying=lying)
        self.at_home, self.in_car = places.at("home"), places.at("car")
        self.camera = Camera(folder / "camera", before=self.at_home)
        self.dash = Camera(folder / "dash", before=self.in_car, width=640, height=360, fps=10, rate=500)

    def start(self) -> None:
        self.camera.up()
        self.dash.up()
        self.far.start()
        new = "link", "add", "rtsp", "--set", "open=always", "--set"
        self.far.home.cli(*new, f"url={self.camera.url}", "--name", "Yard", "--set", "area=Garden")
        self.far.car.cli(*new, f"url={self.dash.url}", "--name", "Dash")
        self.run(FOUND, self.far.home.url, PASSWORD)
        self.far.join()

    def run(self, program: str, *arguments: str) -> bytes:
        """Run a program in the house."""
        return subprocess.run(
            [*self.at_home, sys.executable, "-c", program, *arguments], check=True, stdout=subprocess.PIPE, timeout=60
        ).stdout

    def pictures(self, count: int, thing: str = "yard") -> list[bytes]:
        """What the home's hub shows now of a camera, picture by picture, as the camera coded it."""
        url = self.far.home.url.replace("http", "ws", 1)
        said = self.run(LOOK, f"{url}/api/film?thing={thing}", self.far.home.token, str(count))
        return [base64.b64decode(line) for line in said.splitlines()]

    def stop(self) -> None:
        self.far.stop()
        self.camera.kill()
        self.dash.kill()


FOUND = """
import httpx, sys
url, password = sys.argv[1:]
new = {"name": "Anna", "password": password, "device": {"name": "Kitchen", "kind": "tablet"}}
httpx.post(f"{url}/api/door/owner", json=new, headers={"Origin": url}, trust_env=False).raise_for_status()
"""
LOOK = """
import base64, json, sys
from websockets.sync.client import connect
url, token, count = sys.argv[1:]
found = 0
with connect(url, additional_headers={"Authorization": f"Bearer {token}"}, max_size=None, proxy=None) as socket:
    while found < int(count):
        said = socket.recv()
        if isinstance(said, bytes):
            found += 1
            print(base64.b64encode(said[13:]).decode())
            socket.send(json.dumps({"t": "seen", "n": int.from_bytes(said[1:5], "big")}))
"""


@pytest.fixture
def places() -> Iterator[Places]:
    with Places("home", "road", "car") as places:
        yield places


async def sign_in(page: Page, hub: RunningHub) -> None:
    await page.goto(address(hub, "#/home"))
    await page.get_by_label("Your name").fill("Anna")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await expect(page.get_by_role("link", name="Settings")).to_be_visible(timeout=30_000)
    await post(page, "home/put", {"tiles": [{"kind": "thing", "item": "yard"}]})
    await page.reload()
    await expect(page.get_by_role("button", name="Yard").first).to_be_visible(timeout=30_000)


@asynccontextmanager
async def on_the_cars_glass(
    hub: RunningHub, folder: Path, before: Sequence[str] = ()
) -> AsyncIterator[tuple[Page, Locator, Locator]]:
    """A screen of the car with the camera's film on it: the page, the film's glass, and the word that it is live."""
    async with screen(folder / "screen", hub, CAR, touch=True, before=before) as page:
        await sign_in(page, hub)
        await page.get_by_role("button", name="Yard").first.click()
        live = page.get_by_role("dialog").get_by_text("Live", exact=True)
        await expect(live).to_be_visible(timeout=30_000)
        yield page, page.get_by_role("img", name="Live picture of Yard"), live


def parts_of(taken: list[bytes]) -> list[bytes]:
    """By which pictures are known again: a piece out of the midst of each, and what the film's parameters are."""
    return [one[at : at + 40] for one in taken for at in (0, len(one) // 2) if len(one) > 200]


async def goes_grey(glass: Locator) -> None:
    """Wait until what is on the glass is grey, which must not last: it counts as live for 2 s."""
    await expect(glass).to_have_class(re.compile("stale"), timeout=8_000)


@pytest.mark.timeout(240)
async def test_the_homes_camera_in_the_car_over_a_relay_that_sees_nothing(tmp_path: Path, places: Places) -> None:
    yard = Yard(tmp_path, places, lying=True)
    far = yard.far
    try:
        yard.start()
        async with on_the_cars_glass(far.car, tmp_path, yard.in_car) as (page, glass, live):
            await of_now(page, glass)
            assert other(far.car)["by"] == "relay"
            await fits(page)
            await page.screenshot(path=tmp_path / "live.png")
            # What goes over the relay is neither in its memory, nor in its log, nor on the road to it.
            parts = parts_of(yard.pictures(40))
            there = {
                "memory": memory(far.relay.pid),
                "traffic": (tmp_path / "passed").read_bytes(),
                "log": far.relay.log.encode(),
            }
            car = memory(far.car.pid)
            assert len(there["traffic"]) > 1_000_000 and len(parts) > 40
            assert not [place for place, content in there.items() for part in parts if part in content]
            assert sum(part in car for part in parts) >= 2, "the same search finds it where it is to be found"
            # The other way: a camera of the car, seen at home, though it is the car that calls.
            assert len(await asyncio.to_thread(yard.pictures, 15, "dash")) == 15
            # The road freezes: grey, and never taken for one of now.
            far.says("freeze")
            await goes_grey(glass)
            await expect(live).to_be_hidden()
            await page.screenshot(path=tmp_path / "frozen.png")
    finally:
        yard.stop()


@pytest.mark.long
@pytest.mark.timeout(300)
async def test_what_goes_wrong_on_the_way_is_said(tmp_path: Path, places: Places) -> None:
    yard = Yard(tmp_path, places, lying=True)
    far = yard.far
    try:
        yard.start()
        async with on_the_cars_glass(far.car, tmp_path, yard.in_car) as (page, glass, live):
            far.says("freeze")
            await goes_grey(glass)
            await expect(page.get_by_text("Nothing comes over the road from Home")).to_be_visible(timeout=30_000)
            await page.screenshot(path=tmp_path / "silent.png")
            far.says("honest")
            await expect(live).to_be_visible(timeout=40_000)
            await of_now(page, glass)
            # The home's hub dies without a word.
            far.home.kill()
            await goes_grey(glass)
            await expect(page.get_by_text("Home is away")).to_be_visible(timeout=30_000)
            await page.screenshot(path=tmp_path / "away.png")
    finally:
        yard.stop()


@pytest.mark.long
@pytest.mark.timeout(300)
async def test_on_the_road_it_rests_untouched_and_at_home_it_comes_straight(tmp_path: Path, places: Places) -> None:
    yard = Yard(tmp_path, places)
    try:
        yard.start()
        async with on_the_cars_glass(yard.far.car, tmp_path, yard.in_car) as (page, glass, live):
            await of_now(page, glass)
            began = time.monotonic()
            resting = page.get_by_text("Stopped after a minute")
            await expect(resting).to_be_visible(timeout=75_000)
            assert time.monotonic() - began > 50
            await expect(live).to_be_hidden()
            await fits(page)
            await page.screenshot(path=tmp_path / "resting.png")
            await page.get_by_role("button", name="Look on").click()
            await expect(live).to_be_visible(timeout=30_000)
            # It comes home: a straight way, and the picture never stands still.
            places.road("car", "home")
            within = time.monotonic() + 60
            while other(yard.far.car)["by"] != "direct":
                assert time.monotonic() < within, "no straight way is found"
                await asyncio.sleep(0.5)
            await asyncio.sleep(1)
            await of_now(page, glass)
            await expect(live).to_be_visible()
            await asyncio.sleep(65)
            await expect(resting).to_be_hidden()
            await of_now(page, glass)
    finally:
        yard.stop()
