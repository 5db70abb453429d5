"""Two real hubs, seen on the home's settings page: an invitation, a car's hub that joins by its command, is away, comes
back, and is taken out again."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, expect

from tests.hmi import glass
from tests.hmi.matrix import rules
from tests.journeys.screens import CAR, PASSWORD, PHONE, TABLET, address, found, go, screen
from tests.peers.two_hubs import TwoHubs, until, value

pytestmark = [pytest.mark.anyio, pytest.mark.real]

HEAT = "car/Vehicle.Cabin.HVAC.Station.Row1.Driver.Temperature"


@pytest.fixture
def two(tmp_path: Path) -> Iterator[TwoHubs]:
    two = TwoHubs(tmp_path, listen="0.0.0.0")
    two.start()
    yield two
    two.stop()


async def join(page: Page, two: TwoHubs) -> None:
    """What the page says to run is run, on the car's machine."""
    await page.get_by_role("button", name="Make an invitation").click()
    await expect(page.get_by_text("Good for one hub, for 15 min more.")).to_be_visible()
    shown = await page.get_by_label("The command").inner_text()
    program, *arguments = shlex.split(shown)
    assert (program, *arguments[:2]) == ("wayhome", "site", "join")
    # Nobody resolves the household's own names on this machine.
    link = arguments[2].replace("wayhome.local", "127.0.0.1", 1)
    await asyncio.to_thread(two.car.cli, "site", "join", link)


async def looked_at(page: Page, tmp_path: Path, name: str, press: str | None = None) -> None:
    """As the page stands, on each face, by day and by night: nothing is cut off, small, faint or nameless, and axe
    finds nothing. ``press``: the button that opens what is looked at; another face begins anew."""
    report = rules.Findings(name)
    for face, size, least in (("phone", PHONE, 44), ("tablet", TABLET, 44), ("car", CAR, 80)):
        await page.set_viewport_size({"width": size[0], "height": size[1]})
        await expect(page.locator("html")).to_have_attribute("data-face", face)
        if press is not None:
            await page.get_by_role("button", name=press).click()
            await page.get_by_role("button", name="Close").wait_for()
        for theme in ("dark", "light"):
            await page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            if face != "car":  # which follows its own daylight
                day = "day" if theme == "light" else "night"
                await expect(page.locator("html")).to_have_attribute("data-theme", day)
            await page.wait_for_timeout(300)
            await page.screenshot(path=tmp_path / f"{name}-{face}-{theme}.png", full_page=True)
            assert (await glass.overflow(page))[0] <= 0, f"{name} {face}: wider than the screen"
            assert await glass.small_targets(page, least - 1) == []
            assert await glass.nameless(page) == []
            assert await glass.faint(page) == []
        await rules.axe(page, report)
        await rules.keyboard(page, report)
        if press is not None:
            await page.get_by_role("button", name="Close").click()
    assert report.broken == []
    await page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    # Another face begins anew: what is pressed on the one before is lost with it.
    await expect(page.locator("html")).to_have_attribute("data-face", "phone")


def card(page: Page, name: str = "Car") -> Locator:
    return page.get_by_role("region", name=name, exact=True)


async def test_a_cars_hub_joins_is_away_comes_back_and_goes(two: TwoHubs, tmp_path: Path) -> None:
    async with screen(tmp_path / "phone", two.home, PHONE) as page:
        await found(page, two.home)
        await go(page, two.home, "settings/sites")
        await expect(page.get_by_text("This household runs on this one hub.")).to_be_visible()
        await expect(page.get_by_text("Open this hub to the house first")).to_have_count(0)
        await looked_at(page, tmp_path, "invited", "Make an invitation")

        # It is said as soon as the hub is in, and not for long.
        joining = asyncio.create_task(join(page, two))
        await expect(page.locator(".toast")).to_contain_text("Car has joined", timeout=30_000)
        await joining
        await expect(card(page)).to_contain_text("There")
        await expect(page.get_by_text("This household runs on this one hub.")).to_have_count(0)
        await expect(page.get_by_label("The command")).to_have_count(0)
        await asyncio.to_thread(until, lambda: value(two.home, HEAT))

        two.car.kill()
        await expect(card(page)).to_contain_text("Away since", timeout=30_000)
        await expect(card(page)).to_contain_text("Wishes that wait for it0")
        two.home.cli("set", HEAT, "24", "--no-wait")
        await expect(card(page)).to_contain_text("Wishes that wait for it1")
        await looked_at(page, tmp_path, "away")

        two.car.start()
        await expect(card(page)).to_contain_text("There", timeout=30_000)
        await expect(card(page)).to_contain_text("Wishes that wait for it0")
        await asyncio.to_thread(until, lambda: value(two.car, HEAT)[0] == 24)

        await card(page).get_by_role("button", name="Remove: Car").click()
        sheet = page.get_by_role("dialog", name="Take Car out")
        await expect(sheet).to_contain_text("its things go from the screens here")
        await page.wait_for_timeout(500)
        await page.screenshot(path=tmp_path / "sure.png")
        await sheet.get_by_role("button", name="Remove").click()
        await expect(card(page)).to_have_count(0)
        await expect(page.get_by_text("This household runs on this one hub.")).to_be_visible()
        assert await asyncio.to_thread(until, lambda: value(two.home, "car/thing.info") is None)


@pytest.mark.long
async def test_a_car_that_was_taken_out_says_so_in_chinese(two: TwoHubs, tmp_path: Path) -> None:
    async with screen(tmp_path / "phone", two.home, PHONE) as page:
        await found(page, two.home)
        await go(page, two.home, "settings/sites")
        await join(page, two)
        await expect(card(page)).to_contain_text("There")
    async with screen(tmp_path / "tablet", two.car, TABLET, locale="zh-CN", theme="light") as page:
        me = {"name": "Anna", "password": PASSWORD, "device": {"name": "Tablet", "kind": "tablet"}}
        origin = address(two.car).rstrip("/")
        async with asyncio.timeout(10):
            # What a password is checked by comes with the secrets of the other site, a moment later.
            while not (
                await page.context.request.post(f"{origin}/api/door/password", data=me, headers={"Origin": origin})
            ).ok:
                await asyncio.sleep(0.2)
        await go(page, two.car, "settings/sites")
        await expect(card(page, "Home")).to_contain_text("在线")
        await expect(page.get_by_text("请先将此中枢向家中开放").first).to_be_visible()
        # Another hub that joined here would never hear of the home's things.
        await expect(page.get_by_text("请在那里生成邀请")).to_be_visible()
        await expect(page.get_by_role("button", name="生成邀请")).to_have_count(0)
        await looked_at(page, tmp_path, "chinese")
        await asyncio.to_thread(two.home.cli, "site", "remove", "car", "--yes")
        await expect(card(page, "Home")).to_contain_text("Home不再认识此中枢", timeout=30_000)
        await card(page, "Home").get_by_text("上次连接结束的原因").click()
        await expect(card(page, "Home")).to_contain_text("the household does not know this hub any more")
        await looked_at(page, tmp_path, "taken-out")
