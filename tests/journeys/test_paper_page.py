"""The code on paper, made by an owner's screen; the hub learns nothing of it. The day on which that screen is lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.journeys.screens import PHONE, TABLET, found, go, screen
from tests.journeys.test_second_device import signs
from tests.journeys.test_vouch_page import come_in, listed, put
from tests.peers.hub import RunningHub
from tests.peers.two_hubs import until
from wayhome.sealing.signs import of_keys

pytestmark = [pytest.mark.anyio, pytest.mark.real]
NONE = "There is no code on paper yet"


def waiting(hub: RunningHub) -> dict[str, Any]:
    """Who waits, by id."""
    with hub.api() as api:
        return {one["id"]: one for one in api.get("/api/keys/waiting").json()["waiting"]}


def letters(one: dict[str, Any]) -> str:
    """Those of its signs."""
    return of_keys(one["sign"], one["open"]).split(" ")[3]


async def make(page: Page, hub: RunningHub) -> str:
    await go(page, hub, "settings/devices")
    await page.get_by_role("button", name="Make a code on paper").click()
    code = await page.get_by_role("dialog").locator("output").inner_text()
    # Nobody is told of it before it is on paper.
    assert not any(one["kind"] == "paper" for one in [*listed(hub)["members"], *waiting(hub).values()])
    await page.get_by_role("dialog").get_by_role("button", name="I have it on paper").click()
    await expect(page.get_by_text("It counts from now on")).to_be_visible()
    await page.get_by_role("dialog").get_by_role("button", name="Close").click()
    return code


async def test_the_page_makes_the_code_and_with_it_the_next_owner_s_screen_comes_in_and_no_other(
    hub: RunningHub, tmp_path: Path
) -> None:
    async with screen(tmp_path / "phone", hub, PHONE) as phone:
        await found(phone, hub)
        await put(phone, hub, "The safe: 19-03-44")
        sent: list[str] = []
        phone.on("request", lambda request: sent.append(f"{request.url} {request.post_data or ''}"))
        # Without a code the only owner's screen does not go by one tap.
        await go(phone, hub, "settings/devices")
        await expect(phone.get_by_text(NONE)).to_be_visible()
        await go(phone, hub, "settings")
        await phone.get_by_role("button", name="Sign out").click()
        await expect(phone.get_by_role("dialog", name="The last owner's screen")).to_be_visible()
        await phone.screenshot(path=tmp_path / "last.png")
        await phone.get_by_role("dialog").get_by_role("button", name="Cancel").click()
        [me] = [one["id"] for one in listed(hub)["members"] if one["kind"] == "screen"]
        refused = json.loads(hub.cli("do", "people.revoke", f"device={me}", "--json", fails=True))
        assert refused["code"] == "last_owners_screen"

        # Nor does it by the door itself.
        out = await phone.request.post(f"{hub.url}/api/door/out", headers={"Origin": hub.url})
        assert (out.status, (await out.json())["code"]) == (409, "last_owners_screen")

        # A browser that takes no key without its public half says so, and what to do.
        await go(phone, hub, "settings/devices")
        await phone.evaluate(
            "() => { const real = crypto.subtle.importKey.bind(crypto.subtle);"
            " crypto.subtle.importKey = (form, ...more) => form === 'pkcs8'"
            " ? Promise.reject(new DOMException('', 'DataError')) : real(form, ...more); }"
        )
        await phone.get_by_role("button", name="Make a code on paper").click()
        await expect(phone.get_by_text("This browser can't make a code")).to_be_visible()
        await phone.reload()

        code = await make(phone, hub)
        until(lambda: any(one["kind"] == "paper" and one["by"] == me for one in listed(hub)["members"]))
        await expect(phone.get_by_text(NONE)).to_have_count(0)
        assert any("keys/paper" in one for one in sent)
        bare = code.replace("-", "")
        assert len(bare) == 35 and not any(code in one or bare in one for one in sent)
        assert not any(code.encode() in one.read_bytes() for one in hub.data.rglob("*") if one.is_file())

        # One that a hub made is asked about, and both show the same signs.
        printed = json.loads(hub.cli("keys", "print", "--json"))
        await phone.get_by_role("button", name="Look").click()
        assert (await signs(phone))[3] == letters(printed)
        await phone.get_by_role("dialog").get_by_role("button", name="Not this one").click()

    async with screen(tmp_path / "fresh", hub, PHONE) as fresh, screen(tmp_path / "other", hub, TABLET) as other:
        for page in (fresh, other):
            await come_in(page, hub)
            await go(page, hub, "clipboard")
            await expect(page.get_by_text("An owner's screen has to let this one in")).to_be_visible(timeout=30_000)
        shown = (await signs(fresh))[3]
        [mine] = [id for id, one in waiting(hub).items() if letters(one) == shown]
        # The old one is lost. There is a code, so it goes at once; and nobody comes in by that.
        hub.cli("do", "people.revoke", f"device={me}")
        assert "several" in hub.cli("keys", "recover", "--code", code, fails=True)
        hub.cli("keys", "recover", "--code", code, "--screen", mine)
        await expect(fresh.get_by_text("The safe: 19-03-44")).to_be_visible(timeout=30_000)
        members = {one["id"]: one for one in listed(hub)["members"]}
        assert [id for id, one in members.items() if one["owner"]] == [mine] and "paper" not in members
        await expect(other.get_by_text("An owner's screen has to let this one in")).to_be_visible()
        await expect(fresh.get_by_text("wants to open private things")).to_be_visible(timeout=30_000)
