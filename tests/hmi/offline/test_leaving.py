"""Who is signed out leaves nothing on the device: in use, while it was away, by themselves, or by who comes next."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.hmi.offline.conftest import Screen, is_forgotten, is_kept, kept
from tests.hmi.offline.tunnel import Tunnel
from tests.peers.hub import RunningHub

pytestmark = pytest.mark.anyio

GONE = "This device was signed out"


async def held(page: Page) -> dict[str, Any]:
    """All that this browser holds of the household."""
    picture = await kept(page)
    return {
        "picture": picture and [one for one in (picture["label"], *picture["texts"]) if one is not None],
        "boxes": await page.evaluate("[...Object.keys(localStorage), ...Object.keys(sessionStorage)]"),
        "caches": await page.evaluate("caches.keys().then(names => names.filter(one => !one.startsWith('shell-')))"),
        "push": await page.evaluate(
            "navigator.serviceWorker.ready.then(w => w.pushManager.getSubscription()).then(s => s !== null)"
        ),
    }


async def holds_nothing(page: Page) -> None:
    """Wait until it does not: each of its stores takes its own time."""
    for _ in range(200):
        found = await held(page)
        nothing = not found["picture"] and found["caches"] == [] and found["push"] is False
        if nothing and found["boxes"] == ["wayhome.look"]:
            return
        await page.wait_for_timeout(100)
    raise AssertionError(found)


async def revoke(page: Page, hub: RunningHub) -> None:
    me = await page.evaluate("fetch('/api/people/me').then(answer => answer.json())")
    revoked(hub, me["device"])


def revoked(hub: RunningHub, device: str) -> None:
    with hub.api() as api:
        answer = api.post("/api/people/revoke", json={"device": device})
        assert answer.is_success, answer.text


async def test_a_device_that_is_revoked_in_use_keeps_nothing_and_says_why(screen: Screen, hub: RunningHub) -> None:
    page = await screen()
    await is_kept(page)
    await page.evaluate("localStorage['wayhome.notices'] = 'anna mark'")
    await page.evaluate("caches.open('pictures').then(cache => cache.put('/door.jpg', new Response('who came')))")
    await revoke(page, hub)
    await expect(page.get_by_text(GONE)).to_be_visible(timeout=30_000)
    await expect(page.locator(".tile")).to_have_count(0)
    await holds_nothing(page)
    # Nor does it come back: not by loading anew, nor with the hub away.
    hub.kill()
    await page.reload()
    await expect(page.get_by_text("The hub does not answer")).to_be_visible(timeout=30_000)
    await expect(page.locator(".tile")).to_have_count(0)


async def test_a_device_that_was_away_when_it_was_revoked_keeps_nothing_from_the_first_word_on(
    screen: Screen, hub: RunningHub, tunnel: Tunnel
) -> None:
    page = await screen(url=tunnel.url)
    picture = await is_kept(page)
    tunnel.shut()
    await page.reload()
    await expect(page.locator(".tile").first).to_be_visible()
    revoked(hub, picture["label"]["whose"]["device"])
    await expect(page.locator(".tile").first).to_be_visible()
    tunnel.open()
    await expect(page.get_by_text(GONE)).to_be_visible(timeout=30_000)
    await expect(page.locator(".tile")).to_have_count(0)
    await holds_nothing(page)


async def test_who_signs_out_leaves_nothing(screen: Screen) -> None:
    page = await screen()
    await is_kept(page)
    await page.goto(f"{page.url.split('#')[0]}#/settings")
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.locator(".door")).to_be_visible(timeout=30_000)
    await expect(page.get_by_text(GONE)).to_have_count(0)
    await holds_nothing(page)


async def test_who_wants_out_without_the_hub_is_told_what_that_does(screen: Screen, hub: RunningHub) -> None:
    page = await screen()
    await is_kept(page)
    await page.goto(f"{page.url.split('#')[0]}#/settings")
    hub.kill()
    await page.get_by_role("button", name="Sign out").click()
    await expect(page.locator(".toast")).to_contain_text("Signing out needs the hub")
    await is_forgotten(page)


async def test_what_was_one_persons_is_never_the_next_ones(screen: Screen, hub: RunningHub) -> None:
    page = await screen()
    assert (await is_kept(page))["label"]["whose"]["person"] == "anna"
    answer = await page.context.request.post(
        f"{hub.url}/api/door/demo", data={"person": "noor"}, headers={"Origin": hub.url}
    )
    assert answer.ok
    await page.reload()
    await expect(page.locator(".tile, .blank, .empty").first).to_be_visible()
    for _ in range(450):
        picture = await kept(page)
        if picture and picture["label"] and picture["label"]["whose"]["person"] == "noor":
            break
        await page.wait_for_timeout(100)
    assert picture["label"]["whose"]["person"] == "noor"
    sees = await page.evaluate("fetch('/api/home/things').then(a => a.json()).then(all => Object.keys(all.things))")
    things = set(re.findall(r'"([a-z0-9-]+)/[a-z]', "".join(picture["texts"]).replace("@", "")))
    assert things <= {*sees, "hub", "now", "tile"}, things
