"""An owner's screen lets others into the group of those who open what is private: real browsers, a real hub, and
somebody who has that hub's keys."""

from __future__ import annotations

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import msgspec
import pytest
from playwright.async_api import Page, Route, expect

from tests.hmi.seats import refused
from tests.journeys.screens import PASSWORD, PHONE, TABLET, address, found, go, screen
from tests.journeys.test_second_device import ask, scanned, signs
from tests.peers.hub import RunningHub
from tests.peers.two_hubs import until, value
from wayhome.adapters.vault_key import vault_key
from wayhome.adapters.vault_sealed import SealedVault
from wayhome.sealing import change, keys
from wayhome.sealing.chain import Chain
from wayhome.sealing.change import Random, Wanted, as_wanted
from wayhome.sealing.device_list import Signed

pytestmark = [pytest.mark.anyio, pytest.mark.real]


def listed(hub: RunningHub) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(hub.cli("keys", "status", "--json"))
    return told


async def put(page: Page, hub: RunningHub, text: str) -> None:
    await go(page, hub, "clipboard")
    await page.get_by_label("A text").fill(text)
    await page.get_by_role("button", name="Put it in").click()
    await expect(page.get_by_text(text)).to_be_visible()


async def come_in(page: Page, hub: RunningHub) -> None:
    """By Anna's password: nobody has seen this screen's keys."""
    await page.goto(address(hub))
    await page.get_by_label("Your name").fill("Anna")
    await page.get_by_label("Password").fill(PASSWORD)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await expect(page.get_by_role("link", name="Settings")).to_be_visible()


async def ghost(hub: RunningHub) -> Signed:
    """The next list, with somebody in it whom no owner has let in: signed with the hub's real keys, from its vault."""
    vault = SealedVault(hub.data / "vault.sealed", vault_key(hub.data / "vault.key", os.environ))
    mine, stranger = keys.of_bytes(await vault.secret("sealing/keys") or b""), keys.fresh()
    with hub.api() as api:
        told = api.get("/api/keys/chain", params={"version": 0}).json()
    chain = Chain(told["status"]["anchor"])
    for one in told["lists"]:
        chain = chain.grown(msgspec.convert(one, Signed))
    assert chain.newest is not None
    more = Wanted("ghost", "screen", stranger.sign, stranger.open, "anna")
    members = [*map(as_wanted, chain.newest.members), more]
    return change.changed(chain, members, "hub.home", "hub.home", mine, Random(os.urandom(32), os.urandom(12)), 1.0)


async def test_who_compares_the_signs_lets_it_open_what_is_private_and_a_hub_alone_lets_nobody_in(
    hub: RunningHub, tmp_path: Path
) -> None:
    async with screen(tmp_path / "phone", hub, PHONE) as phone, screen(tmp_path / "tablet", hub, TABLET) as tablet:
        await found(phone, hub)
        await put(phone, hub, "The door's code is 4711")
        code = await ask(tablet, hub)
        shown = await signs(tablet)
        await go(phone, hub, f"settings/devices/{code}")
        await phone.get_by_role("button", name="Continue").click()
        # The phone works them out of the tablet's public keys itself: they are the same, so the keys are the tablet's.
        assert await signs(phone) == shown
        await phone.get_by_role("button", name="Let it in").click()
        await expect(tablet.get_by_role("link", name="Settings")).to_be_visible()
        await go(tablet, hub, "clipboard")
        await expect(tablet.get_by_text("The door's code is 4711")).to_be_visible(timeout=30_000)
        members = {one["id"]: one for one in listed(hub)["members"]}
        [owner] = [one["id"] for one in members.values() if one["owner"] and one["by"] == ""]
        assert [one["by"] for one in members.values() if one["kind"] == "screen" and one["id"] != owner] == [owner]

        # Somebody has broken into the hub and taken its keys.
        before, lie = listed(hub)["status"], await ghost(hub)
        with hub.api() as api:
            told = api.post("/api/keys/give", json={"lists": [msgspec.to_builtins(lie)]}).json()
        assert told == {"taken": 0, "refused": "unvouched"}
        after = listed(hub)["status"]
        assert (after["head"], after["unvouched"]) == (before["head"], 1)
        assert "ALARM" in hub.cli("keys", "status")
        for page in (phone, tablet):
            await go(page, hub, "settings/devices")
            await expect(page.get_by_text("whom no owner let in")).to_be_visible(timeout=30_000)

        # The program on it is theirs, too: it shows that list as the newest one.
        async def lies(route: Route) -> None:
            answer = await route.fetch()
            told = await answer.json()
            told["status"] |= {"version": before["version"] + 1, "head": lie.hash}
            told["lists"].append(msgspec.to_builtins(lie))
            await route.fulfill(response=answer, json=told)

        for page in (phone, tablet):
            await page.route("**/api/keys/chain*", lies)
            await go(page, hub, "clipboard")
            await page.reload()
            await expect(page.get_by_text("whom no owner let in")).to_be_visible(timeout=30_000)
            await expect(page.get_by_role("button", name="Paste")).to_be_disabled()


async def test_who_came_in_by_a_password_waits_and_says_so_until_an_owner_s_screen_lets_it_in(
    hub: RunningHub, tmp_path: Path
) -> None:
    async with screen(tmp_path / "phone", hub, PHONE) as phone, screen(tmp_path / "tablet", hub, TABLET) as tablet:
        await found(phone, hub)
        await put(phone, hub, "The door's code is 4711")
        await come_in(tablet, hub)
        await go(tablet, hub, "clipboard")
        await expect(tablet.get_by_text("An owner's screen has to let this one in")).to_be_visible(timeout=30_000)
        shown = await signs(tablet)
        await tablet.screenshot(path=tmp_path / "waits.png")
        await expect(phone.get_by_text("wants to open private things")).to_be_visible(timeout=30_000)
        await phone.screenshot(path=tmp_path / "asked.png")
        await phone.get_by_role("button", name="Look").click()
        assert await signs(phone) == shown
        await phone.screenshot(path=tmp_path / "compares.png")
        # Not this one: nobody asks again, but it is still there to be let in.
        await phone.get_by_role("button", name="Not this one").click()
        await expect(phone.get_by_text("was not let in")).to_be_visible()
        await tablet.reload()
        await expect(tablet.get_by_text("An owner's screen has to let this one in")).to_be_visible(timeout=30_000)
        await expect(phone.get_by_text("wants to open private things")).to_have_count(0)
        await go(phone, hub, "settings/devices")
        await phone.get_by_role("list", name="These wait to be let in").get_by_role("button").click()
        await phone.get_by_role("dialog").get_by_role("button", name="Let in", exact=True).click()
        await expect(tablet.get_by_text("The door's code is 4711")).to_be_visible(timeout=30_000)
        until(lambda: listed(hub)["status"]["waiting"] == [])


async def test_who_comes_by_an_owner_s_link_is_let_in_without_another_tap(hub: RunningHub, tmp_path: Path) -> None:
    async with screen(tmp_path / "phone", hub, PHONE) as phone, screen(tmp_path / "tablet", hub, TABLET) as tablet:
        await found(phone, hub)
        await put(phone, hub, "The door's code is 4711")
        sent: list[str] = []
        phone.on("request", lambda request: sent.append(f"{request.url} {request.post_data or ''}"))
        tablet.on("request", lambda request: sent.append(f"{request.url} {request.post_data or ''}"))
        await go(phone, hub, "settings/devices")
        await phone.get_by_role("button", name="Show a QR code for it").click()
        link = await scanned(phone)
        _, _, secret, _ = link.partition("#invite=")[2].split(".")
        await tablet.goto(link)
        await tablet.get_by_role("button", name="Come in").click()
        await expect(tablet.get_by_role("link", name="Settings")).to_be_visible()
        await go(tablet, hub, "clipboard")
        await expect(tablet.get_by_text("The door's code is 4711")).to_be_visible(timeout=30_000)
        assert any("keys/vouch" in one for one in sent) and not any(secret in one for one in sent)


async def test_a_link_waits_for_the_screen_that_shows_it(hub: RunningHub, tmp_path: Path) -> None:
    """A screen that has only just said its own keys shows no link before it can let in by it."""

    said = asyncio.Event()

    async def late(route: Route) -> None:
        said.set()
        await asyncio.sleep(3)
        await route.continue_()

    async with screen(tmp_path / "phone", hub, PHONE) as phone:
        await phone.context.route("**/api/keys/say", late)
        await found(phone, hub)
        await go(phone, hub, "settings/devices")
        await asyncio.wait_for(said.wait(), 30)
        await phone.get_by_role("button", name="Show a QR code for it").click()
        assert len((await scanned(phone)).partition("#invite=")[2].split(".")) == 4
        await expect(phone.get_by_text("after an owner has been asked")).to_have_count(0)


async def test_a_link_that_lets_in_to_nothing_private_says_so(hub: RunningHub, tmp_path: Path) -> None:
    async with screen(tmp_path / "phone", hub, PHONE) as phone:
        await phone.context.route("**/api/keys/**", lambda route: route.abort())
        await found(phone, hub)
        await go(phone, hub, "settings/devices")
        await phone.get_by_role("button", name="Show a QR code for it").click()
        await expect(phone.get_by_text("after an owner has been asked")).to_be_visible(timeout=30_000)
        await phone.screenshot(path=tmp_path / "asks.png")


@pytest.mark.long
async def test_who_drives_is_not_asked(hub: RunningHub, tmp_path: Path) -> None:
    async with screen(tmp_path / "phone", hub, PHONE) as phone, screen(tmp_path / "tablet", hub, TABLET) as tablet:
        await found(phone, hub)
        until(lambda: len(listed(hub)["members"]) == 2)
        [driver] = [one["id"] for one in listed(hub)["members"] if one["kind"] == "screen"]
        await come_in(tablet, hub)
        asked = phone.get_by_text("wants to open private things")
        await expect(asked).to_be_visible(timeout=30_000)
        # From here on a car is on the road.
        hub.cli("link", "add", "sim", "--set", "part=car", "--set", "start=driving", "--set", "delay=0")
        until(lambda: value(hub, "car/Vehicle.Speed"), 20)
        with hub.api() as api:
            sits = {"device": driver, "seat": "driver", "car": "car"}
            assert api.post("/api/people/device_change", json=sits).is_success
        await expect(phone.locator(":root")).to_have_attribute("data-state", "moving", timeout=30_000)
        await expect(asked).to_have_count(0)
        await phone.reload()
        await expect(phone.locator(":root")).to_have_attribute("data-state", "moving", timeout=30_000)
        await phone.wait_for_timeout(5_000)
        await expect(asked).to_have_count(0)
        [waits] = listed(hub)["status"]["waiting"]
        said = {"member": waits, "by": driver, "signature": "A" * 86, "before": listed(hub)["status"]["head"]}
        assert await refused(phone, "keys/vouch", said) == "not_while_driving"
