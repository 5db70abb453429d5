"""Several screens of one household at the same time, each with a pairing of its own, under the household's own TLS: the
hub limits the driver's screen and phone while the car moves, and nobody else's."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.hmi.seats import pair, post, refused
from tests.peers.chromium import launch_options, trust
from tests.peers.hub import RunningHub

pytestmark = [pytest.mark.anyio, pytest.mark.real]


NAME = "wayhome.local"
GLASS, TABLET, PHONE = (1280, 720), (1024, 768), (390, 844)


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[RunningHub]:
    running = RunningHub(tmp_path, "--demo", "--no-sites", "--language", "en", listen="0.0.0.0")
    running.start()
    yield running
    running.stop()


@pytest.fixture
async def trusting(hub: RunningHub, tmp_path: Path) -> AsyncIterator[Browser]:
    """A browser that trusts the household's authority, and checks certificates as any."""
    home = tmp_path / "browser"
    home.mkdir()
    trust(home, hub.data / "ca.pem")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**launch_options(home, [NAME]))
        yield browser
        await browser.close()


class House:
    """A hub's operator, and screens with contexts of their own."""

    def __init__(self, hub: RunningHub, browser: Browser, stack: AsyncExitStack) -> None:
        self.hub = hub
        self.browser = browser
        self.stack = stack
        self.url = str(hub.said["url"])

    async def screen(self, size: tuple[int, int]) -> Page:
        made = await self.browser.new_context(
            viewport={"width": size[0], "height": size[1]}, locale="en-GB", service_workers="block"
        )
        self.stack.push_async_callback(made.close)
        page = await made.new_page()
        await page.goto(self.url)
        return page

    async def ask(self, path: str, data: dict[str, Any]) -> Any:
        with self.hub.api() as operator:
            answer = operator.post(f"/api/{path}", json=data)
            assert answer.is_success, answer.text
            return answer.json()

    async def steer(self, orders: dict[str, Any]) -> None:
        await self.ask("links/steer", {"id": "demo", "orders": orders})


@pytest.fixture
async def house(hub: RunningHub, trusting: Browser) -> AsyncIterator[House]:
    async with AsyncExitStack() as stack:
        yield House(hub, trusting, stack)


async def test_driver_and_passenger_at_the_same_time(house: House) -> None:
    assert house.url.startswith("https://")
    pages = {
        "wheel": (await house.screen(GLASS), "car", "anna", "driver"),
        "beside": (await house.screen(TABLET), "tablet", "mei", "passenger"),
        "phone": (await house.screen(PHONE), "phone", "anna", "elsewhere"),
        "theirs": (await house.screen(PHONE), "phone", "mei", "elsewhere"),
    }
    for page, kind, person, seat in pages.values():
        car = "car" if seat != "elsewhere" else None
        await pair(house.ask, page, kind=kind, person=person, seat=seat, car=car)
        await page.goto(f"{house.url}/#/settings")
        await page.reload()
    await house.steer({"park": True})
    for page, *_ in pages.values():
        await expect(page.locator("html")).to_have_attribute("data-state", "parked", timeout=30_000)
        await expect(page.locator(".later")).to_have_count(0)
    await house.steer({"on_the_road": 0.3, "speed": 50})
    limited = {"wheel": "moving", "phone": "moving", "beside": "parked", "theirs": "parked"}
    for name, state in limited.items():
        page = pages[name][0]
        await expect(page.locator("html")).to_have_attribute("data-state", state, timeout=30_000)
        await expect(page.locator(".later")).to_have_count(1 if state == "moving" else 0)
    # Not the page alone: the hub refuses the driver what it lets who rides along do.
    answers = {name: await refused(pages[name][0], "people/pair_start", {}) for name in limited}
    assert answers["beside"] == answers["theirs"] != answers["wheel"] == answers["phone"], answers
    # It stands again: everybody gets all of it, on the page that was open.
    await house.steer({"park": True})
    for page, *_ in pages.values():
        await expect(page.locator(".later")).to_have_count(0, timeout=30_000)


@pytest.mark.long
async def test_a_screen_of_which_nobody_said_where_it_is(house: House) -> None:
    page = await house.screen(GLASS)
    html = page.locator("html")
    await pair(house.ask, page, kind="browser", person="mei", seat=None)
    await house.steer({"park": True})
    await page.reload()
    await expect(html).to_have_attribute("data-state", "parked", timeout=30_000)
    await post(page, "home/put", {"tiles": [{"kind": "thing", "item": "living-lamp"}]})
    await house.steer({"on_the_road": 0.3, "speed": 50})
    await page.reload()
    await expect(html).to_have_attribute("data-state", "moving", timeout=30_000)
    assert await refused(page, "people/pair_start", {}) == "not_while_driving"
    await page.evaluate("location.hash = '/settings'")
    await expect(page.get_by_role("button", name="I’m not driving")).to_be_visible()
    await page.evaluate("location.hash = '/'")
    riding = page.get_by_role("status").filter(has_text="nobody has said where this screen is")
    await expect(riding).to_be_visible()
    await riding.get_by_role("button", name="I’m not driving").click()
    await expect(html).to_have_attribute("data-state", "parked", timeout=30_000)
    await expect(riding).to_have_count(0)
    # That is for this drive: for good it is said while the car stands.
    where = page.get_by_role("region", name="Where is this screen?")
    await expect(where).to_have_count(0)
    me = await page.evaluate("fetch('/api/people/me').then(answer => answer.json())")
    assert me["placed"] is False
    for_good = {"device": me["device"], "seat": "elsewhere"}
    assert await refused(page, "people/device_change", for_good) == "not_while_driving"
    # By the next drive that is forgotten; one answer, while it stands, is not.
    await house.steer({"park": True})
    await expect(where).to_be_visible(timeout=30_000)
    # Somebody at the door comes first.
    await house.steer({"ring": True})
    await expect(page.get_by_role("status").filter(has_text="Somebody at the door")).to_be_visible()
    await expect(where).to_be_hidden()
    await page.get_by_role("button", name="Seen: Somebody at the door").click()
    await where.get_by_role("button", name="Elsewhere").click()
    await expect(where).to_have_count(0)
    await house.steer({"on_the_road": 0.3, "speed": 50})
    await expect(page.get_by_role("img", name="Speed 31 mph")).to_be_visible(timeout=30_000)
    await expect(html).to_have_attribute("data-state", "parked")
    assert await refused(page, "people/pair_start", {}) != "not_while_driving"
