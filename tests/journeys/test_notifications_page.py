"""What an app of the phone says, on the car's glass and on a tablet: read and answered while parked, heard and answered
by one tap on the road, and put away everywhere at once. A real hub, real browsers, a real line to the phone."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.journeys.screens import CAR, PHONE, TABLET, clean, found, go, looks, screen
from tests.journeys.test_clipboard_page import Ear, come_in, invite
from tests.peers.android import Android
from tests.peers.hub import RunningHub
from tests.peers.kdeconnect import places

__all__ = ["places"]
pytestmark = [pytest.mark.anyio, pytest.mark.real, pytest.mark.usefixtures("places")]


TOLD = """async (kind) => {
  const { notices } = await (await fetch("api/notices/list")).json();
  return notices.some((one) => one.kind === kind);
}"""
"""Whether this screen has a notice of a kind."""


async def until(true: Callable[[], object]) -> None:
    async with asyncio.timeout(45):
        while not true():
            await asyncio.sleep(0.05)


async def paired(page: Page, hub: RunningHub) -> Android:
    """A phone of hers, let in on the page."""
    hub.cli("link", "add", "kdeconnect", "--name", "Home")
    phone = Android()
    async with asyncio.timeout(45):
        while not phone.there or not phone.hub:
            try:
                await phone.comes()
                await asyncio.sleep(0.3)
            except OSError:
                await asyncio.sleep(0.1)
    phone.pairs()
    asks = page.get_by_role("dialog", name="Pixel wants to be let in")
    await asks.get_by_role("button", name="Anna").or_(asks.get_by_role("radio", name="Anna")).click(timeout=30_000)
    await asks.get_by_role("button", name="It is the same").click(timeout=30_000)
    await until(lambda: phone.asked)
    return phone


async def test_a_message_is_answered_parked_and_moving(hub: RunningHub, tmp_path: Path) -> None:
    async with screen(tmp_path / "tablet", hub, TABLET) as tablet, screen(tmp_path / "car", hub, CAR) as glass:
        await found(tablet, hub)
        await go(tablet, hub, "clipboard")
        await expect(tablet.get_by_role("button", name="Paste")).to_be_enabled(timeout=30_000)
        await come_in(glass, await invite(tablet, hub))
        phone = await paired(tablet, hub)
        hub.cli("link", "add", "sim", "--set", "delay=0", "--set", "start=home")
        ears = Ear(tablet), Ear(glass)
        await _placed(hub)

        # Parked: what comes is told on the glass, read and answered on the tablet.
        await go(glass, hub, "")
        await go(tablet, hub, "notices")
        await expect(glass.get_by_role("button", name=re.compile("Take these"))).to_be_visible(timeout=30_000)
        phone.tells(
            "0|chat|1", "Mei", "When are you here? 你几点到", requestReplyId="r-1", actions=["Mark as read"] * 2
        )
        row = tablet.get_by_role("listitem").filter(has_text="When are you here?")
        await expect(row).to_be_visible(timeout=30_000)
        await expect(glass.get_by_role("status").filter(has_text="Chat · Mei").first).to_be_visible()
        await row.get_by_role("button", name="Answer Mei").click()
        await row.get_by_label("Your answer to Mei").fill("At eight 八点")
        await tablet.screenshot(path=tmp_path / "tablet.png")
        await row.get_by_role("button", name="Send").click()
        await row.get_by_role("button", name="Mark as read").click()
        await until(lambda: phone.answered == [("r-1", "At eight 八点")] and phone.pressed)
        await expect(row).to_contain_text("Pixel has your answer: At eight")

        # Answers of her own, of which one stands twice.
        await go(tablet, hub, "settings/notifications")
        for number, answer in enumerate(("On my way", "On my way", "Later"), 1):
            await tablet.get_by_label(f"Answer {number}").fill(answer)
        await tablet.get_by_role("button", name="Keep").click()
        await expect(tablet.get_by_role("button", name="Keep")).to_be_disabled()
        await go(tablet, hub, "notices")

        # With a board the glass has a place for it.
        await glass.get_by_role("button", name=re.compile("Take these")).click()
        place = glass.locator(".place article")
        phone.tells("2", "Anna K.", "Bread, please", requestReplyId="r-2")
        await expect(place).to_contain_text("Bread, please", timeout=30_000)
        await glass.screenshot(path=tmp_path / "parked.png")
        await place.get_by_role("button", name="Put away: Anna K.").click()
        await until(lambda: "2" not in phone.shows)
        await expect(tablet.get_by_text("Bread, please")).to_have_count(0)
        phone.takes_away("0|chat|1")
        await expect(row).to_have_count(0)

        # Moving: the app and who wrote, heard and answered by one tap.
        hub.cli("link", "remove", "sim")
        hub.cli("link", "add", "sim", "--set", "delay=0")
        await expect(glass.locator(":root")).to_have_attribute("data-state", "moving", timeout=30_000)
        heard = len(await ears[1].all())
        phone.tells("3", "Mei", "not to be read on the road", requestReplyId="r-3")
        await expect(place).to_contain_text("Mei", timeout=30_000)
        await expect(tablet.get_by_text("not to be read on the road")).to_be_visible()
        await expect(glass.get_by_text("not to be read")).to_have_count(0)
        async with glass.expect_response(re.compile("read_aloud")) as spoken:
            await place.get_by_role("button", name="Read aloud: Mei").click()
        assert (await spoken.value).headers["content-type"] == "audio/wav"
        await place.get_by_role("button", name="Answer Mei").click()
        await glass.screenshot(path=tmp_path / "moving.png")
        # What comes meanwhile does not take the answers from under her finger, but has its turn.
        phone.tells("4", "Ben", "Milk")
        await expect(tablet.get_by_text("Milk")).to_be_visible()
        await go(tablet, hub, "files")
        await expect(tablet.get_by_role("button", name="Choose files")).to_be_enabled(timeout=30_000)
        await tablet.locator("input[type=file][multiple]").set_input_files(
            {"name": "way.txt", "mimeType": "text/plain", "buffer": b"left"}
        )
        await glass.wait_for_function(TOLD, arg="file")
        await glass.wait_for_timeout(1_000)  # in which it would have taken the place
        await place.get_by_role("button", name="On my way").click()
        await until(lambda: phone.answered[-1] == ("r-3", "On my way"))
        await expect(place).to_contain_text("A file")
        await place.get_by_role("button").last.click()
        await expect(place).to_contain_text("Chat")
        phone.takes_away("4")
        assert len(await ears[1].all()) > heard
        for ear in ears:  # nothing of it goes in the clear
            assert "not to be read" not in await ear.all() and "Bread, please" not in await ear.all()
        await _looks(glass, tablet, hub, tmp_path)


async def _placed(hub: RunningHub) -> None:
    """The tablet is in the kitchen, the other screen at the wheel."""
    with hub.api() as api:
        for one in api.get("/api/people/devices").json()["devices"]:
            at_the_wheel = {"seat": "driver", "car": "car"} if one["kind"] == "browser" else {"seat": "elsewhere"}
            said = {"device": one["id"], **at_the_wheel}
            assert api.post("/api/people/device_change", json=said).is_success


async def _looks(glass: Page, tablet: Page, hub: RunningHub, tmp_path: Path) -> None:
    """Nothing is wider than its screen, and axe finds nothing, in both languages, by day and at night."""
    await go(glass, hub, "notices")
    await expect(glass.get_by_role("button", name="Answer Mei")).to_be_visible()
    await glass.screenshot(path=tmp_path / "moving-list.png")
    for at in ("notices", "settings/notifications"):
        await go(tablet, hub, at)
        for language, size, theme in (
            ("en", PHONE, "light"), ("zh", PHONE, "light"), ("zh", PHONE, "dark"), ("zh", CAR, "light"),
            ("zh", (1920, 1080), "dark"),
        ):  # fmt: skip
            await looks(tablet, size, theme, language)
            shown = tablet.get_by_text("not to be read on the road") if at == "notices" else tablet.get_by_text("Chat")
            await expect(shown.first).to_be_visible(timeout=30_000)
            assert await tablet.evaluate("document.documentElement.scrollWidth <= innerWidth")
            where = f"{language}-{size[0]}-{theme}-{at.replace('/', '-')}"
            await tablet.screenshot(path=tmp_path / f"{where}.png", full_page=True)
            if language == "zh":
                await clean(tablet, where)
