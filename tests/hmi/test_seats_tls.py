"""Several screens of one household at the same time, each with a pairing of its own, under the household's own TLS: the
hub limits the driver's screen and phone while the car moves, and nobody else's."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.hmi.seats import pair, refused
from tests.peers.chromium import launch_options, trust
from tests.peers.hub import RunningHub

pytestmark = [pytest.mark.anyio, pytest.mark.real]


NAME = "wayhome.local"
GLASS, TABLET, PHONE = (1280, 720), (1024, 768), (390, 844)


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[RunningHub]:
    running = RunningHub(tmp_path, "--demo", "--language", "en", listen="0.0.0.0")
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


async def test_driver_and_passenger_at_the_same_time(hub: RunningHub, trusting: Browser) -> None:
    url = str(hub.said["url"])
    assert url.startswith("https://")
    async with AsyncExitStack() as stack:

        async def screen(size: tuple[int, int]) -> Page:
            made = await trusting.new_context(
                viewport={"width": size[0], "height": size[1]}, locale="en-GB", service_workers="block"
            )
            stack.push_async_callback(made.close)
            page = await made.new_page()
            await page.goto(url)
            return page

        async def ask(path: str, data: dict[str, Any]) -> Any:
            with hub.api() as operator:
                answer = operator.post(f"/api/{path}", json=data)
                assert answer.is_success, answer.text
                return answer.json()

        async def steer(orders: dict[str, Any]) -> None:
            await ask("links/steer", {"id": "demo", "orders": orders})

        pages = {
            "wheel": (await screen(GLASS), "car", "anna", "driver"),
            "beside": (await screen(TABLET), "tablet", "mei", "passenger"),
            "phone": (await screen(PHONE), "phone", "anna", "elsewhere"),
            "theirs": (await screen(PHONE), "phone", "mei", "elsewhere"),
        }
        for page, kind, person, seat in pages.values():
            car = "car" if seat != "elsewhere" else None
            await pair(ask, page, kind=kind, person=person, seat=seat, car=car)
            await page.goto(f"{url}/#/settings")
            await page.reload()
        await steer({"park": True})
        for page, *_ in pages.values():
            await expect(page.locator("html")).to_have_attribute("data-state", "parked", timeout=15_000)
            await expect(page.locator(".later")).to_have_count(0)
        await steer({"on_the_road": 0.3, "speed": 50})
        limited = {"wheel": "moving", "phone": "moving", "beside": "parked", "theirs": "parked"}
        for name, state in limited.items():
            page = pages[name][0]
            await expect(page.locator("html")).to_have_attribute("data-state", state, timeout=15_000)
            await expect(page.locator(".later")).to_have_count(1 if state == "moving" else 0)
        # Not the page alone: the hub refuses the driver what it lets who rides along do.
        answers = {name: await refused(pages[name][0], "people/pair_start", {}) for name in limited}
        assert answers["beside"] == answers["theirs"] != answers["wheel"] == answers["phone"], answers
        # It stands again: everybody gets all of it, on the page that was open.
        await steer({"park": True})
        for page, *_ in pages.values():
            await expect(page.locator(".later")).to_have_count(0, timeout=15_000)
