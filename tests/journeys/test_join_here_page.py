"""A fresh hub joins a household from its own first page, on its own machine and nowhere else."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.hmi import glass
from tests.hmi.matrix import rules
from tests.journeys.screens import CAR, PASSWORD, PHONE, TABLET, address, found, screen
from tests.peers.two_hubs import TwoHubs, until, value

pytestmark = [pytest.mark.anyio, pytest.mark.real]


@pytest.fixture
def two(tmp_path: Path) -> Iterator[TwoHubs]:
    two = TwoHubs(tmp_path)
    two.home.start()
    two.car.start()
    yield two
    two.stop()


async def test_a_fresh_hub_joins_from_its_own_first_page(two: TwoHubs, tmp_path: Path) -> None:
    async with screen(tmp_path / "first", two.home, PHONE) as page:
        await found(page, two.home)
        await page.get_by_role("heading", name="Linden 7").or_(page.locator("nav")).first.wait_for()
    link = json.loads(await asyncio.to_thread(two.home.cli, "site", "invite", "--json"))["link"]
    async with screen(tmp_path / "car", two.car, CAR) as page:
        await page.goto(address(two.car))
        await page.get_by_role("button", name="Join a household that has a hub").click()
        field = page.get_by_label("The invitation's link")
        await field.fill(link.replace("#site=", "#site=x"))
        await page.get_by_role("button", name="Join", exact=True).click()
        await expect(page.get_by_role("alert")).to_contain_text("This invitation is over")
        report = rules.Findings("join")
        await rules.axe(page, report)
        for face, size in (("phone", PHONE), ("tablet", TABLET), ("car", CAR)):
            await page.set_viewport_size({"width": size[0], "height": size[1]})
            await expect(page.locator("html")).to_have_attribute("data-face", face)
            await page.wait_for_timeout(300)
            await page.screenshot(path=tmp_path / f"join-{face}.png")
            assert (await glass.overflow(page))[0] <= 0
            assert await glass.small_targets(page, 79 if face == "car" else 43) == []
            assert await glass.nameless(page) == []
            assert await glass.faint(page) == []
        await rules.keyboard(page, report)
        assert report.broken == []
        # The whole command, as the other page has it to copy, will do.
        await field.fill(f"wayhome site join '{link}'")
        await page.get_by_role("button", name="Join", exact=True).click()
        await page.get_by_label("Your name").fill("Anna")
        await page.get_by_label("Password").fill(PASSWORD)
        await page.get_by_role("button", name="Sign in", exact=True).click()
        await expect(page.get_by_role("link", name="Settings")).to_be_visible(timeout=30_000)
    assert await asyncio.to_thread(until, lambda: value(two.home, "hub/site.car")[0]["state"] == "here")


@pytest.mark.parametrize("language", [pytest.param("en", marks=pytest.mark.long), "zh"])
async def test_who_can_not_join_is_told_what_to_do(two: TwoHubs, tmp_path: Path, language: str) -> None:
    async with screen(tmp_path / "first", two.home, PHONE) as page:
        await found(page, two.home)
    english = language == "en"

    async def invited() -> str:
        return str(json.loads(await asyncio.to_thread(two.home.cli, "site", "invite", "--json"))["link"])

    async with screen(tmp_path / "car", two.car, CAR, locale="en-GB" if english else "zh-CN") as page:
        await page.goto(address(two.car))
        await page.get_by_role("button", name="Join a household" if english else "加入已有中枢的家庭").click()
        said = page.get_by_role("alert")

        async def joined(link: str) -> None:
            await page.get_by_label("The invitation's link" if english else "邀请链接").fill(link)
            await page.get_by_role("button", name="Join" if english else "加入", exact=True).click()

        await joined((await invited()).replace("#site=", "#site=x"))
        await expect(said).to_contain_text("Make a new one at home" if english else "重新生成")
        # An older car's hub has come in as this site already.
        secret = (await invited()).partition("#site=")[2].partition("&")[0]
        with two.home.api("") as api:
            older = {"secret": secret, "site": "car", "name": "Car"}
            assert api.post("/api/door/site", json=older, headers={"Origin": two.home.url}).is_success
        await joined(await invited())
        await expect(said).to_contain_text("Remove the old one at home" if english else "移除旧站点")
        await page.screenshot(path=tmp_path / "taken.png")
        # Somebody made the hub theirs meanwhile.
        with two.car.api("") as api:
            founding = {"name": "Mei", "password": PASSWORD, "device": {"name": "Mei's phone", "kind": "phone"}}
            assert api.post("/api/door/owner", json=founding, headers={"Origin": two.car.url}).is_success
        await joined(await invited())
        await expect(said).to_contain_text("erase this one first" if english else "先清除此中枢")


def test_nobody_else_has_it_join(two: TwoHubs) -> None:
    link = json.loads(two.home.cli("site", "invite", "--json"))["link"]
    with two.car.api("") as api:
        join = {"json": {"link": link}}
        # As a proxy in front of it says who it is for: that is not the hub's own machine.
        far = api.post("/api/door/join", **join, headers={"Origin": two.car.url, "X-Forwarded-For": "192.0.2.7"})
        assert (far.status_code, far.json()["code"]) == (403, "not_allowed")
        other = api.post("/api/door/join", **join, headers={"Origin": "https://evil.example"})
        assert (other.status_code, other.json()["code"]) == (403, "not_allowed")
        founding = {"name": "Mei", "password": PASSWORD, "device": {"name": "Mei's phone", "kind": "phone"}}
        assert api.post("/api/door/owner", json=founding, headers={"Origin": two.car.url}).is_success
        owned = api.post("/api/door/join", **join, headers={"Origin": two.car.url})
        assert (owned.status_code, owned.json()["code"]) == (409, "conflict")
