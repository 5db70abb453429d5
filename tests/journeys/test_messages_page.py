"""Messages and calls on the page: a phone's conversations are read and answered on a tablet, in the car and on a phone;
who calls is said on each, and the phone is made quiet from there. The phone says what Android's app says."""

from __future__ import annotations

import asyncio
import contextlib
import os
import ssl
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, Route, expect

from tests.journeys.screens import CAR, PHONE, TABLET, clean, found, go, looks, screen
from tests.links.kdeconnect.pocket import JPEG, Pocket, sms
from tests.links.kdeconnect.stranger import HUB
from tests.peers.hub import RunningHub
from tests.peers.kdeconnect import places
from tests.peers.places import Places
from wayhome.adapters.data_dir import DataDir
from wayhome.adapters.vault_key import vault_key
from wayhome.adapters.vault_sealed import SealedVault
from wayhome.links.kdeconnect import calls, identity, lines, messages, wire
from wayhome.links.kdeconnect.wire import Identity

__all__ = ["places"]
pytestmark = [pytest.mark.anyio, pytest.mark.real]
NOW = int(time.time() * 1000)
CARD = "FN:Mei Lin\nTEL:0170 1234567"


async def comes(pocket: Pocket, hub: RunningHub) -> None:
    """The phone connects to the hub, whose certificate it would have seen by KDE Connect's own library."""
    folder = DataDir(hub.data)
    vault = SealedVault(folder.vault, vault_key(folder.vault_key, os.environ))
    own = identity.read((await vault.secret("link/home/identity") or b"").decode())
    assert own is not None
    there = Identity(own.id, "Home", "desktop", 8, port=wire.PORT)
    pinned = ssl.PEM_cert_to_DER_cert(own.certificate)
    pocket.line = await lines.dialled(there, HUB, pocket.shown, identity.server(pocket.own, pinned), time.time)
    pocket._task = asyncio.create_task(pocket._hear(pocket.line))


async def act(page: Page, operation: str, **data: Any) -> Any:
    """Call an operation as whoever is signed in on the page."""
    call = """async ([operation, data]) => {
      const headers = { "Content-Type": "application/json" };
      const said = await fetch(`api/${operation}`, { method: "POST", headers, body: JSON.stringify(data) });
      return [said.status, await said.json()];
    }"""
    status, answer = await page.evaluate(call, [operation, data])
    assert status in (200, 201), f"{operation}: {answer}"
    return answer


async def until(true: Callable[[], object], seconds: float = 30) -> None:
    async with asyncio.timeout(seconds):
        while not true():
            await asyncio.sleep(0.05)


async def lost(route: Route) -> None:
    """The hub does it, and its answer does not come."""
    await route.fetch()
    await route.abort()


async def paired(pocket: Pocket, hub: RunningHub, page: Page) -> None:
    """As the owner's own phone, by their word on the page."""
    await act(page, "links/add", link="kdeconnect", name="Home", config={})
    async with asyncio.timeout(45):
        while pocket.line is None:
            with contextlib.suppress(AssertionError, OSError):
                await comes(pocket, hub)
            await asyncio.sleep(0.1)
    pocket.say(wire.PAIR, {"pair": True, "timestamp": int(time.time())})
    asks = page.get_by_role("dialog", name="Pocket wants to be let in")
    await expect(asks).to_be_visible(timeout=30_000)
    await asks.get_by_role("radio", name="Anna").click()
    await asks.get_by_role("button", name="It is the same").click()
    await until(lambda: {"pair": True} in pocket.heard)


async def test_messages_and_calls_on_the_page(places: Places, hub: RunningHub, tmp_path: Path) -> None:
    pocket = Pocket()
    pocket.cards = {"a": CARD}
    pocket.messages = [
        sms(1, 7, "Are you at home?", NOW - 3_600_000, read=0),
        sms(2, 8, "Your parcel comes today between 14 and 16 h.", NOW - 7_200_000, number="DHL"),
        *(sms(10 + n, 9, f"Said before {n}", NOW - 90_000_000 - n * 60_000, number="0171 7654321") for n in range(40)),
    ]
    async with screen(tmp_path / "screen", hub, TABLET, touch=True) as page:
        await found(page, hub)
        await paired(pocket, hub, page)
        await page.get_by_role("link", name="Messages").click()
        row = page.get_by_role("link", name="Mei Lin")
        await expect(row).to_contain_text("Are you at home?", timeout=30_000)
        await page.screenshot(path=tmp_path / "list.png")
        await row.click()
        await expect(page.get_by_role("listitem").filter(has_text="Are you at home?")).to_be_visible(timeout=30_000)
        pocket.sends = False
        await page.get_by_label("Message", exact=True).fill("Almost, ten minutes")
        await page.get_by_role("button", name="Send").click()
        mine = page.get_by_role("listitem").filter(has_text="Almost, ten minutes")
        await expect(mine).to_contain_text("On its way to the phone", timeout=30_000)
        await page.screenshot(path=tmp_path / "on_way.png")
        pocket.send(pocket.of(messages.SEND)[0])
        await expect(mine).to_contain_text("Sent", timeout=30_000)
        await expect(mine).to_have_count(1)
        pocket.tell(
            sms(90, 7, "Good!", NOW + 60_000, attachments=[{"mime_type": "image/jpeg", "encoded_thumbnail": JPEG}])
        )
        await expect(page.get_by_role("listitem").filter(has_text="Good!")).to_be_visible(timeout=30_000)
        await page.screenshot(path=tmp_path / "conversation.png")
        await page.get_by_role("button", name="Call on phone").click()
        await until(lambda: pocket.of(wire.SHARE) == [{"url": "tel:+491701234567"}])

        # A number in the clipboard is called there, too.
        await go(page, hub, "clipboard")
        await page.get_by_label("A text").fill("+41 79 123 45 67")
        await page.get_by_role("button", name="Put it in").click(timeout=30_000)
        await page.get_by_role("button", name="Call on phone").click()
        await until(lambda: pocket.of(wire.SHARE)[1:] == [{"url": "tel:+41791234567"}])

        # Somebody new, found by a part of the name; and one whose history is long.
        await go(page, hub, "messages/new")
        await page.get_by_label("To: a name or number").fill("mei")
        await page.get_by_role("button", name="Mei Lin").click()
        await page.get_by_label("Message", exact=True).fill("Hello")
        await page.screenshot(path=tmp_path / "new.png")
        # The answer is lost: once more, to somebody else, is another message. Who was added twice is there once.
        await page.route("**/api/messages/send", lost, times=1)
        await page.get_by_role("button", name="Send").click()
        await until(lambda: len(pocket.of(messages.SEND)) == 2)
        assert pocket.of(messages.SEND)[1]["addresses"] == [{"address": "0170 1234567"}]
        await page.get_by_role("button", name="Not to Mei Lin").click()
        for _ in range(2):
            await page.get_by_label("To: a name or number").fill("0172 1112223")
            await page.get_by_role("button", name="To 0172 1112223", exact=True).click()
        await page.get_by_role("button", name="Send").click()
        await until(lambda: len(pocket.of(messages.SEND)) == 3)
        assert pocket.of(messages.SEND)[2]["addresses"] == [{"address": "0172 1112223"}]
        await page.get_by_role("link", name="0171 7654321").click()
        await expect(page.get_by_text("Said before 24")).to_be_visible(timeout=30_000)
        await page.get_by_role("button", name="Earlier messages").click()
        await expect(page.get_by_text("Said before 39")).to_be_attached(timeout=30_000)
        await expect(page.get_by_role("button", name="Earlier messages")).to_have_count(0)

        for at in ("messages", page.url.partition("#/")[2]):
            await go(page, hub, at)
            for size, theme in ((PHONE, "light"), (PHONE, "dark"), (CAR, "light"), ((1920, 1080), "dark")):
                await looks(page, size, theme, "zh")
                await expect(page.get_by_text("Said before 0" if "/" in at else "Mei Lin").first).to_be_visible()
                where = f"{size[0]}-{theme}-{at.replace('/', '-')}"
                await page.screenshot(path=tmp_path / f"{where}.png")
                await clean(page, where)
        await looks(page, TABLET, "dark", "en")

        # A call, on whatever page somebody is.
        await go(page, hub, "")
        pocket.rings("+49 170 1234567")
        card = page.get_by_role("alert").filter(has_text="Mei Lin")
        await expect(card).to_contain_text("Calls Pocket", timeout=30_000)
        await page.screenshot(path=tmp_path / "rings.png")
        await card.get_by_role("button", name="Mute ringing").click()
        await until(lambda: pocket.of(calls.MUTE))
        await expect(card.get_by_role("button", name="Asked to be quiet")).to_be_disabled()
        pocket.stops("+49 170 1234567", missed=True)
        missed = page.get_by_role("status").filter(has_text="Missed call")
        await expect(missed).to_contain_text("Mei Lin", timeout=30_000)
        for name, size, at in (("phone", PHONE, "messages"), ("watch", (384, 384), "")):
            await page.evaluate("localStorage['wayhome.look'] = JSON.stringify({ language: 'zh', theme: 'day' })")
            await page.set_viewport_size({"width": size[0], "height": size[1]})
            await page.goto("about:blank")
            await go(page, hub, at)
            await expect(page.get_by_role("button", name="已看到：Mei Lin")).to_be_visible(timeout=30_000)
            await page.screenshot(path=tmp_path / f"{name}.png")
            assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        await page.set_viewport_size({"width": CAR[0], "height": CAR[1]})
        await page.get_by_role("button", name="已看到：Mei Lin").click()
        await expect(page.get_by_role("button", name="已看到：Mei Lin")).to_have_count(0)

        # The same glass is the driver's, and the car moves.
        await act(page, "links/add", link="sim", name="Car", config={"part": "car"})
        device = await page.evaluate("fetch('api/people/me').then((said) => said.json()).then((me) => me.device)")
        with hub.api() as local:  # the car drives since it is there
            said = local.post("/api/people/device_change", json={"device": device, "seat": "driver", "car": "car"})
            assert said.status_code in (200, 201), said.text
        await go(page, hub, "messages")
        await expect(page.locator("html[data-state='moving']")).to_be_attached(timeout=30_000)
        row = page.get_by_role("link", name="Mei Lin")
        await expect(row).to_be_visible(timeout=30_000)
        await expect(page.get_by_text("Your parcel")).to_have_count(0)
        await page.screenshot(path=tmp_path / "driver.png")
        await row.click()
        await page.get_by_role("button", name="我在路上。").click()
        await until(lambda: len(pocket.of(messages.SEND)) == 4)
        assert pocket.of(messages.SEND)[3]["messageBody"] == "我在路上。"
        pocket.rings("+49 170 1234567")
        card = page.get_by_role("alert").filter(has_text="Mei Lin")
        await expect(card).to_be_visible(timeout=30_000)
        await page.screenshot(path=tmp_path / "driver_rings.png")
        box = await card.get_by_role("button").bounding_box()
        assert box is not None and box["height"] >= 76
        await go(page, hub, "")
        await expect(card).to_be_visible()
        await page.screenshot(path=tmp_path / "driver_home.png")
        await expect(page.get_by_text("已交给Pocket")).to_have_count(0)  # it waits while it rings
        pocket.answered("+49 170 1234567")
        await expect(card).to_have_count(0)
    kept = [path for path in hub.data.rglob("*") if path.is_file()]
    assert any(b"Pocket" in path.read_bytes() for path in kept), "what is written is found"
    for text in (b"at home?", b"ten minutes", b"Mei Lin", b"1234567"):
        assert not [path for path in kept if text in path.read_bytes()], text
