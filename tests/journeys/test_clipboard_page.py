"""The clipboard between a phone and a car's screen: two real browsers with keys that nobody can read, one real hub that
keeps what it can't say."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, Response, WebSocket, expect

from tests.journeys.screens import CAR, PASSWORD, PHONE, address, found, go, screen
from tests.journeys.test_second_device import scanned
from tests.peers.hub import RunningHub
from tests.peers.two_hubs import until

pytestmark = [pytest.mark.anyio, pytest.mark.real]
CANARIES = [
    f"canary-{n:02d}-{word}" for n, word in enumerate(("saffron", "quartz", "meadow", "harbour", "velvet") * 10)
]
BOX = """() => new Promise((done) => {
  const opening = indexedDB.open("wayhome-sealing");
  opening.onsuccess = () => {
    const request = opening.result.transaction("wayhome-sealing").objectStore("wayhome-sealing").get("mine");
    request.onsuccess = () => (opening.result.close(), done(request.result));
  };
})"""


class Ear:
    """All that a page says to the hub and hears from it."""

    def __init__(self, page: Page) -> None:
        self.heard: list[str] = []
        page.on("request", lambda request: self.heard.append(f"{request.url} {request.post_data or ''}"))
        page.on("response", self._answer)
        page.on("websocket", self._socket)
        self._answers: list[Response] = []

    def _answer(self, response: Response) -> None:
        if "/api/" in response.url:
            self._answers.append(response)

    def _socket(self, socket: WebSocket) -> None:
        for way in ("framesent", "framereceived"):
            socket.on(way, lambda data: self.heard.append(data if isinstance(data, str) else data.decode("latin-1")))

    async def all(self) -> str:
        for response in self._answers:
            try:
                self.heard.append(await response.text())
            except Exception:  # its page has gone on meanwhile
                continue
        self._answers.clear()
        return "\n".join(self.heard)


async def invite(page: Page, hub: RunningHub) -> str:
    """The link that an owner's screen shows, as a camera reads it."""
    await go(page, hub, "settings/devices")
    await page.get_by_role("button", name="Show a QR code for it").click()
    link = await scanned(page)
    await go(page, hub, "clipboard")
    return link


async def put(page: Page, text: str) -> None:
    await page.get_by_label("A text").fill(text)
    await page.get_by_role("button", name="Put it in").click()
    await expect(page.get_by_label("A text")).to_have_value("")


async def come_in(page: Page, link: str) -> None:
    await page.goto(link)
    await page.get_by_role("button", name="Come in").click()
    await expect(page.get_by_role("link", name="Settings")).to_be_visible()


def listed(hub: RunningHub) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(hub.cli("keys", "status", "--json"))
    return found


async def test_a_text_goes_from_the_phone_to_the_car(hub: RunningHub, tmp_path: Path) -> None:
    async with screen(tmp_path / "phone", hub, PHONE) as phone, screen(tmp_path / "car", hub, CAR) as glass:
        await phone.context.grant_permissions(["clipboard-read", "clipboard-write"])
        await glass.context.grant_permissions(["clipboard-read", "clipboard-write"])
        await found(phone, hub)
        ears = Ear(phone), Ear(glass)
        await go(phone, hub, "clipboard")
        await expect(phone.get_by_text("Nothing is in it")).to_be_visible()
        await expect(phone.get_by_role("button", name="Paste")).to_be_enabled(timeout=30_000)
        await put(phone, "The door's code is 4711")
        await expect(phone.get_by_text("The door's code is 4711")).to_be_visible()

        # The car's screen comes in by a link that says whose lists count, and reads what was put before.
        link = await invite(phone, hub)
        await come_in(glass, link)
        await go(glass, hub, "clipboard")
        await expect(glass.get_by_text("The door's code is 4711")).to_be_visible(timeout=30_000)
        box = await glass.evaluate(BOX)
        assert link.partition(".")[2].startswith(f"{box['chain']['anchor']}.")
        read = "crypto.subtle.exportKey('jwk', box[name].privateKey)"
        tried = f"Promise.allSettled(['sign', 'open'].map((name) => {read}))"
        kept = await glass.evaluate(f"async () => {{ const box = await ({BOX})(); return await {tried}; }}")
        assert [one["status"] for one in kept] == ["rejected", "rejected"]

        # From the system's clipboard by one tap, and to it by one tap.
        await glass.evaluate("() => navigator.clipboard.writeText('Lindenstraße 7, 晚安 🚗')")
        await glass.get_by_role("button", name="Paste").click()
        row = phone.get_by_role("listitem").filter(has_text="Lindenstraße 7, 晚安 🚗")
        await expect(row).to_be_visible(timeout=30_000)
        # Also of a screen that came in while this page was open.
        await expect(row).to_contain_text("from Chrome, Linux")
        await row.get_by_role("button", name="Copy").click()
        assert await phone.evaluate("() => navigator.clipboard.readText()") == "Lindenstraße 7, 晚安 🚗"
        await row.get_by_role("button", name="Keep it").click()
        await expect(glass.get_by_text("kept")).to_be_visible(timeout=30_000)
        await row.get_by_role("button", name="Remove").click()
        await expect(glass.get_by_text("Lindenstraße")).to_have_count(0, timeout=30_000)

        # Fifty texts, and nowhere but on the screens: not on the disk, in the log, in backups, nor on the way.
        for canary in CANARIES:
            await put(phone, canary)
        newest = CANARIES[-1]
        await expect(glass.get_by_text(newest)).to_be_visible(timeout=30_000)
        await phone.get_by_label("Search").fill("canary-49")
        await expect(phone.get_by_role("listitem").filter(has_text="canary-")).to_have_count(1)
        with hub.api() as api:
            for copy in ("backup", "export"):
                assert api.post(f"/api/upkeep/{copy}", json={}).is_success
        heard = [await ear.all() for ear in ears]
        assert all(re.search(r"anna:[0-9a-z]{26}", one) for one in heard), "what passes is heard"
        assert "clipboard/put" in heard[0]
        where = {path: path.read_bytes() for path in tmp_path.joinpath("hub").rglob("*") if path.is_file()}
        assert any(b"Linden 7" in content for content in where.values()), "what is written is found"
        for canary in [*CANARIES, "The door's code", "Lindenstra"]:
            assert not any(canary in one for one in heard), canary
            assert not [path for path, content in where.items() if canary.encode() in content], canary

        # It is put out: the household gets another key, and what is put then stands on its own screens only.
        before = listed(hub)["status"]
        device = next(one["id"] for one in listed(hub)["members"] if one["id"] == box["device"])
        kept_for_later = await glass.evaluate(BOX)
        with hub.api() as api:
            assert api.post("/api/people/revoke", json={"device": device}).is_success
        until(lambda: listed(hub)["status"]["epoch"] == before["epoch"] + 1)
        assert device not in [one["id"] for one in listed(hub)["members"]]
        assert kept_for_later["device"] == device
        await expect(glass.get_by_role("button", name="Pair this device")).to_be_visible(timeout=30_000)
        left = await glass.evaluate("() => indexedDB.databases().then((all) => all.map((one) => one.name))")
        assert "wayhome-sealing" not in left
        await phone.get_by_label("Search").fill("")
        await put(phone, "after it was out")
        await expect(phone.get_by_text("after it was out")).to_be_visible()


@pytest.mark.long
async def test_somebody_with_a_copied_cookie_takes_no_place_unseen(hub: RunningHub, tmp_path: Path) -> None:
    """Just after a sign-in its cookie says other keys: they wait, the phone goes on, nobody is asked to let them in."""
    async with screen(tmp_path / "phone", hub, PHONE) as phone, screen(tmp_path / "thief", hub, PHONE) as thief:
        await found(phone, hub)
        await go(phone, hub, "clipboard")
        await put(phone, "The door's code is 4711")
        before = listed(hub)["status"]
        await thief.context.add_cookies(await phone.context.cookies())  # type: ignore[arg-type]
        await go(thief, hub, "clipboard")
        await expect(thief.get_by_text("An owner's screen has to let this one in")).to_be_visible(timeout=30_000)
        await expect(thief.get_by_text("4711")).to_have_count(0)
        until(lambda: listed(hub)["status"]["waiting"] != [])
        await phone.wait_for_timeout(2_000)
        await expect(phone.get_by_text("wants to open private things")).to_have_count(0)
        await put(phone, "and it stays")
        assert listed(hub)["status"]["head"] == before["head"]


@pytest.mark.long
async def test_a_hub_that_was_put_back_gets_from_the_screen_what_it_lost(hub: RunningHub, tmp_path: Path) -> None:
    """The disk died, an older copy took its place: the phone's list is newer, it gives it back and never goes back."""
    async with screen(tmp_path / "phone", hub, PHONE) as phone:
        await found(phone, hub)
        until(lambda: len(listed(hub)["members"]) == 2)
        await go(phone, hub, "clipboard")
        await put(phone, "before")
        hub.stop()
        shutil.copytree(hub.data, tmp_path / "older")
        hub.start()
        hub.cli("keys", "print")
        await phone.reload()
        await expect(phone.get_by_text("A new code on paper was made")).to_be_visible(timeout=30_000)
        await phone.get_by_role("button", name="Look").click()
        await phone.get_by_role("button", name="Let in", exact=True).click()
        until(lambda: listed(hub)["status"]["waiting"] == [])
        newest = listed(hub)["status"]
        for _ in range(100):
            if len((await phone.evaluate(BOX))["chain"]["lists"]) == newest["version"]:
                break
            await phone.wait_for_timeout(100)
        await phone.context.set_offline(True)
        hub.stop()
        shutil.rmtree(hub.data)
        shutil.copytree(tmp_path / "older", hub.data)
        hub.start()
        assert listed(hub)["status"]["version"] == newest["version"] - 1
        await phone.context.set_offline(False)
        await phone.reload()
        until(lambda: listed(hub)["status"]["head"] == newest["head"], 20)
        await expect(phone.get_by_text("before")).to_be_visible()
        await put(phone, "after")
        await expect(phone.get_by_text("after")).to_be_visible()


@pytest.mark.long
async def test_the_code_on_paper_brings_the_private_texts_back(hub: RunningHub, tmp_path: Path) -> None:
    """All screens are lost, and the hub is put back without its vault: nothing but the data and the paper is left."""
    async with screen(tmp_path / "phone", hub, PHONE) as phone:
        await found(phone, hub)
        await go(phone, hub, "clipboard")
        await put(phone, "The safe: 19-03-44")
        await phone.get_by_role("button", name="Keep it").click()
        await go(phone, hub, "settings/devices")
        await phone.get_by_role("button", name="Make a code on paper").click()
        code = await phone.get_by_role("dialog").locator("output").inner_text()
        await phone.get_by_role("dialog").get_by_role("button", name="I have it on paper").click()
        await expect(phone.get_by_text("It counts from now on")).to_be_visible()
    hub.stop()
    for name in ("vault.sealed", "vault.key"):
        (hub.data / name).unlink()
    hub.start()
    assert listed(hub)["status"]["state"] == "out"
    assert "mistyped" in hub.cli(
        "keys", "recover", "--code", f"{code[:-1]}{'0' if code[-1] != '0' else '1'}", fails=True
    )
    hub.cli("keys", "recover", "--code", code.lower().replace("-", " "))
    again = {"name": "Anna", "password": PASSWORD, "device": {"name": "Kitchen", "kind": "tablet"}}
    with hub.api("") as api:
        assert api.post("/api/door/owner", json=again, headers={"Origin": hub.url}).is_success
    async with screen(tmp_path / "new phone", hub, PHONE) as phone:
        await phone.goto(address(hub))
        await phone.get_by_label("Your name").fill("Anna")
        await phone.get_by_label("Password").fill(PASSWORD)
        await phone.get_by_role("button", name="Sign in", exact=True).click()
        await expect(phone.get_by_role("link", name="Settings")).to_be_visible()
        await go(phone, hub, "clipboard")
        await expect(phone.get_by_text("The safe: 19-03-44")).to_be_visible(timeout=30_000)
