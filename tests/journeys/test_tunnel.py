"""A drive through a tunnel on real screens: the home's page and the car's, each with its own hub, side by side."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.journeys.screens import CAR, PHONE, screen
from tests.peers.demo_apart import DemoApart
from tests.peers.homeassistant import HomeAssistant
from tests.peers.two_hubs import until

pytestmark = [pytest.mark.anyio, pytest.mark.real]
TABLET = (1024, 768)
HEALED = 3.0
"""s after the tunnel within which all is there again; a second or two, on a machine that is busy."""


@pytest.fixture
def demo(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[DemoApart]:
    running = DemoApart(tmp_path, language=getattr(request, "param", "en"))
    running.start()
    yield running
    running.stop()


async def enter(page: Page, url: str, at: str, name: str = "Anna") -> None:
    """Open a hub's page and be somebody of the demo."""
    await page.goto(url)
    await page.get_by_role("button", name=name).click()
    await expect(page.get_by_role("main")).to_be_visible()
    await page.goto(f"{url}/#/{at}")


async def test_car_and_home_go_on_in_the_tunnel_and_meet_after_it(demo: DemoApart, tmp_path: Path) -> None:
    async with screen(tmp_path / "home", demo, TABLET) as home, screen(tmp_path / "car", demo, CAR) as car:
        await enter(home, demo.url, "demo")
        await enter(car, demo.car_url, "")
        await car.get_by_role("button", name="Take these 6").click()
        there = car.get_by_role("button", name="Floor lamp")
        await expect(there.first).to_be_visible()
        await expect(there.first).not_to_contain_text("Does not answer")
        driver = home.get_by_role("group", name="Driver's temperature")

        await home.get_by_role("switch", name="In the tunnel").click()
        await expect(home.get_by_role("switch", name="In the tunnel")).to_be_checked()
        await home.screenshot(path=tmp_path / "switch.png")
        # A lamp at home obeys; the car's heating is asked for, and waits.
        await home.goto(f"{demo.url}/#/")
        lamp = home.get_by_role("button", name="Floor lamp").first
        was = await lamp.inner_text()
        await lamp.click()
        await expect(lamp).not_to_have_text(was)
        await home.goto(f"{demo.url}/#/car")
        before = await driver.locator("output").inner_text()
        await driver.get_by_role("button", name="Driver's temperature: More").click()
        asked = driver.locator("output.asked")
        await expect(asked).to_be_visible()
        wished = await asked.inner_text()
        assert wished != before
        # In the car everything of the car goes on, and nothing of the house is taken for what is.
        await expect(there.first).to_contain_text("Does not answer", timeout=30_000)
        await expect(there.first).to_contain_text("ago")
        await expect(home.get_by_text("It does not answer. This is what it said")).to_be_visible(timeout=30_000)
        in_car = car.get_by_role("group", name="Driver's temperature").locator("output")
        assert await in_car.inner_text() == before
        await car.get_by_role("group", name="Driver's temperature").scroll_into_view_if_needed()
        await car.get_by_role("button", name="Driver's seat heating: Off").click()
        await expect(car.get_by_role("button", name="Driver's seat heating: Off")).to_have_count(0)
        await expect(asked).to_have_text(wished)
        # It went into the tunnel before anybody had noticed that; now it is said that it waits.
        late = home.get_by_role("status").filter(has_text="left")
        await expect(late.first).to_have_text(re.compile(r"^waits, \d+ min left$"))
        assert await late.count() >= 2  # at the car, and at its climate
        await home.screenshot(path=tmp_path / "home-in-the-tunnel.png")
        await car.screenshot(path=tmp_path / "car-in-the-tunnel.png")

        # Out of it, by the car's own switch: both are there, what waited is done, and what was done is seen.
        with demo.car() as api:
            opened = time.monotonic()
            assert api.post("/api/demo/tunnel", json={"closed": False}).json() == {"closed": False}
        await expect(home.get_by_text("It does not answer. This is what it said")).to_have_count(0)
        await expect(driver.locator("output:not(.asked)")).to_have_text(wished)
        await expect(late).to_have_count(0)
        await expect(in_car).to_have_text(wished)
        await expect(there.first).not_to_contain_text("Does not answer")
        await expect(home.get_by_role("button", name="Driver's seat heating: Off")).to_have_count(0)
        took = time.monotonic() - opened
        print(f"all was there again after {took:.2f} s")
        assert took < HEALED
        await home.screenshot(path=tmp_path / "home-after.png")
        await car.screenshot(path=tmp_path / "car-after.png")


@pytest.mark.long
async def test_the_charts_of_a_drive_wait_for_the_car(demo: DemoApart, tmp_path: Path) -> None:
    def ended() -> list[str]:
        with demo.api() as api:
            return [one["id"] for one in api.get("/api/drives/list").json()["drives"] if one.get("end")]

    def steer(**orders: object) -> None:
        with demo.car() as api:
            assert api.post("/api/links/steer", json={"id": "demo", "orders": orders}).is_success

    steer(speed=60)
    with demo.api() as api:
        until(lambda: api.get("/api/drives/list").json()["drives"], 30)
    steer(park=True)
    (drive,) = until(ended, 60)  # half a minute after it was switched off
    async with screen(tmp_path / "home", demo, TABLET) as home:
        demo.tunnel(True)
        await enter(home, demo.url, f"drives/{drive}")
        await expect(home.get_by_text("The course of this drive is in the car")).to_be_visible(timeout=30_000)
        await home.screenshot(path=tmp_path / "in-the-tunnel.png")
        demo.tunnel(False)
        await expect(home.get_by_role("button", name="Save its track as GPX")).to_be_enabled(timeout=30_000)
        await home.screenshot(path=tmp_path / "after.png")
        async with home.expect_download() as saving:
            await home.get_by_role("button", name="Save its track as GPX").click()
        assert "<trkpt" in Path(await (await saving.value).path()).read_text()


@pytest.mark.parametrize("demo", ["zh"], indirect=True)
async def test_the_switch_speaks_chinese_on_a_phone(demo: DemoApart, tmp_path: Path) -> None:
    async with screen(tmp_path / "phone", demo, PHONE, locale="zh-CN", theme="light", touch=True) as phone:
        await enter(phone, demo.url, "demo", "安娜")
        switch = phone.get_by_role("switch", name="在隧道里")
        await switch.tap()
        await expect(switch).to_be_checked()
        await phone.screenshot(path=tmp_path / "phone.png", full_page=True)
        link = phone.get_by_role("link", name="打开车上的页面")
        assert await link.get_attribute("href") == demo.car_url
        await switch.tap()
        await expect(switch).not_to_be_checked()


def test_the_cars_hub_goes_when_the_home_becomes_real(demo: DemoApart, homeassistant: HomeAssistant) -> None:
    with demo.api() as api:
        until(lambda: api.get("/api/sites/list").json()["others"])
        link = {"link": "homeassistant", "name": "Home", "config": {"url": homeassistant.url}}
        added = api.post("/api/links/add", json={**link, "secrets": {"token": homeassistant.token}})
        assert added.is_success, added.text
        until(lambda: not demo.car_data.exists(), 30)
        assert api.get("/api/sites/list").json()["others"] == []
        assert [one["link"] for one in api.get("/api/links/list").json()["links"]] == ["homeassistant"]
        assert api.get("/api/home/get", params={"path": "car/thing.info"}).status_code == 404
        assert api.post("/api/demo/tunnel", json={"closed": True}).status_code == 404
