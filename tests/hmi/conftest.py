"""A demo hub of this test run and a real browser in front of it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, Protocol

import msgspec
import pytest
from playwright.async_api import Browser, BrowserContext, Page, async_playwright

from tests.hmi.hands import listen
from tests.peers.chromium import launch_options
from wayhome.web.static import root


@contextmanager
def demo_hub(data: Path) -> Iterator[str]:
    """A demo hub that serves the built cockpit: its address."""
    assert (root() / "index.html").is_file(), "the cockpit is not built: npm ci && npm run build in web/"
    command = [sys.executable, "-m", "wayhome", "up", "--demo", "--no-sites", "--language", "en", "--json"]
    hub = subprocess.Popen(
        [*command, "--listen", "localhost:0", "--data", str(data)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    try:
        assert hub.stdout is not None
        line = hub.stdout.readline()
        assert line, "the hub did not start"
        yield str(msgspec.json.decode(line)["url"])
    finally:
        hub.terminate()
        hub.wait(60)


@pytest.fixture(scope="package")
def hub_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the package's demo hub."""
    with demo_hub(tmp_path_factory.mktemp("hmi") / "data") as url:
        yield url


@pytest.fixture(scope="package")
async def browser(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Browser]:
    """Chromium."""
    home: Path = tmp_path_factory.mktemp("browser")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**launch_options(home))
        yield browser
        await browser.close()


BOARD = ("living-lamp", "living-climate", "living-tv", "kitchen-lights", "front-door", "gate")
"""What stands on the board of who opens the car's face, unless a test says otherwise."""


class Opens(Protocol):
    """Opens the cockpit as somebody of the demo, on some screen. ``board``: what they have put on their car's home; by
    itself ``BOARD`` on the car's face. It is cleared after the test."""

    async def __call__(
        self,
        size: tuple[int, int],
        at: str = "",
        *,
        who: str = "anna",
        theme: str = "dark",
        locale: str = "en-GB",
        look: dict[str, str | bool] | None = None,
        wait: str = "main",
        board: Sequence[str] | None = None,
        **more: Any,
    ) -> Page: ...


@pytest.fixture
async def open_page(hub_url: str, browser: Browser) -> AsyncIterator[Opens]:
    """Opens pages; all are closed after the test."""
    contexts = []

    async def opens(
        size: tuple[int, int],
        at: str = "",
        *,
        who: str = "anna",
        theme: str = "dark",
        locale: str = "en-GB",
        look: dict[str, str | bool] | None = None,
        wait: str = "main",
        board: Sequence[str] | None = None,
        **more: Any,
    ) -> Page:
        options: dict[str, Any] = {"service_workers": "block", **more}
        context = await browser.new_context(
            viewport={"width": size[0], "height": size[1]}, color_scheme=theme, locale=locale, **options
        )
        contexts.append(context)
        if who:
            answer = await context.request.post(
                f"{hub_url}/api/door/demo", data={"person": who}, headers={"Origin": hub_url}
            )
            assert answer.ok, await answer.text()
            await arrange(context, hub_url, (BOARD if size[0] >= 1280 else ()) if board is None else board)
        kept = msgspec.json.encode(msgspec.json.encode(look or {}).decode()).decode()
        await context.add_init_script(f"localStorage['wayhome.look'] ??= {kept}")
        page = await context.new_page()
        listen(page)
        await page.goto(f"{hub_url}/{at}")
        await page.locator(wait).first.wait_for()
        return page

    yield opens
    for context in contexts:
        await arrange(context, hub_url, ())
        # A person has so many devices at most: who was let in goes out again.
        await context.request.post(f"{hub_url}/api/door/out", headers={"Origin": hub_url})
        await context.close()


async def arrange(context: BrowserContext, hub_url: str, items: Sequence[str]) -> None:
    """Put these things, and rooms (``@Kitchen``), on the board of who is signed in; nothing: take all off."""
    origin = {"Origin": hub_url}
    if items:
        spots = [{"kind": "room" if one[0] == "@" else "thing", "item": one.removeprefix("@")} for one in items]
        answer = await context.request.post(f"{hub_url}/api/home/put", data={"tiles": spots}, headers=origin)
        assert answer.ok, await answer.text()
        return
    answer = await context.request.get(f"{hub_url}/api/home/board")
    for tile in (await answer.json())["tiles"] if answer.ok else ():
        await context.request.post(f"{hub_url}/api/home/take_off", data={"tile": tile["id"]}, headers=origin)


@asynccontextmanager
async def steered(page: Page, orders: dict[str, Any]) -> AsyncIterator[None]:
    """Steer the demo while a block runs; its faults end with the block."""
    await steer(page, orders)
    try:
        yield
    finally:
        await steer(page, {"clear": True})


async def steer(page: Page, orders: dict[str, Any]) -> None:
    """Carry out orders in the demo."""
    origin = "/".join(page.url.split("/")[:3])
    answer = await page.context.request.post(
        f"{origin}/api/links/steer", data={"id": "demo", "orders": orders}, headers={"Origin": origin}
    )
    assert answer.ok, await answer.text()
