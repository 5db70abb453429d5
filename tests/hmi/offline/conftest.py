"""Screens that keep what they know, a hub that may be killed, and a road with a tunnel."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any, Protocol

import pytest
from playwright.async_api import Browser, BrowserContext, Page

from tests.hmi.conftest import BOARD, arrange
from tests.hmi.offline.tunnel import Tunnel
from tests.peers.hub import RunningHub

KEPT = """async () => {
  const names = (await indexedDB.databases()).map(one => one.name);
  if (!names.includes("wayhome")) return null;
  const db = await new Promise((done, failed) => {
    const asked = indexedDB.open("wayhome");
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => failed(asked.error);
  });
  const read = (shelf, what) => new Promise(done => {
    const asked = db.transaction(shelf).objectStore(shelf)[what](what === "get" ? 0 : undefined);
    asked.onsuccess = () => done(asked.result);
  });
  const [label, texts] = [await read("label", "get"), await read("buckets", "getAll")];
  db.close();
  return { label: label ?? null, texts };
}"""
"""What lies in the browser's store: read past the page, as somebody who holds the device could."""

WATCH = """() => {
  window.seen = { shifts: 0, gone: 0, blank: 0, moved: [] };
  const kind = node => node.className?.baseVal ?? node.className ?? node.nodeName;
  const named = node => node && `${kind(node)} ${(node.textContent ?? "").slice(0, 40)}`;
  new PerformanceObserver(list => list.getEntries().forEach(one => {
    window.seen.shifts += one.value;
    window.seen.moved.push(...one.sources.map(source => named(source.node)));
  }))
    .observe({ type: "layout-shift", buffered: false });
  new MutationObserver(list => list.forEach(one => one.removedNodes.forEach(node => {
    if (node.nodeType === 1 && (node.matches(".tile, main") || node.querySelector(".tile, main"))) window.seen.gone++;
  }))).observe(document.body, { childList: true, subtree: true });
  const frame = () => {
    if (document.querySelectorAll(".tile .name").length === 0) window.seen.blank++;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
}"""
"""Counts what a person would call flicker: what jumps, what is taken away, frames with nothing in them."""


class Screen(Protocol):
    """Opens a screen that keeps its shell. ``url``: another address of the hub than its own; ``look``: its settings."""

    async def __call__(
        self,
        size: tuple[int, int] = ...,
        *,
        who: str = ...,
        url: str = ...,
        look: str = ...,
        wait: str = ...,
        **more: Any,
    ) -> Page: ...


@pytest.fixture(scope="module")
def lasting(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    hub = RunningHub(tmp_path_factory.mktemp("offline"), "--demo", "--no-sites", "--language", "en")
    hub.start()
    yield hub
    hub.stop()


@pytest.fixture
def hub(lasting: RunningHub) -> RunningHub:
    """A demo hub that a test may kill; it is there again for the next one."""
    if not lasting.running:
        lasting.start()
    return lasting


@pytest.fixture
async def tunnel(hub: RunningHub) -> AsyncIterator[Tunnel]:
    road = Tunnel(hub.port)
    await road.start()
    yield road
    await road.close()


@pytest.fixture
async def screen(browser: Browser, hub: RunningHub) -> AsyncIterator[Screen]:
    contexts: list[BrowserContext] = []

    async def opens(
        size: tuple[int, int] = (390, 844),
        *,
        who: str = "anna",
        url: str = "",
        look: str = "{}",
        wait: str = ".tile",
        **more: Any,
    ) -> Page:
        options: dict[str, Any] = {"locale": "en-GB", "color_scheme": "dark", **more}
        context = await browser.new_context(viewport={"width": size[0], "height": size[1]}, **options)
        contexts.append(context)
        address = url or hub.url
        if who:
            origin = {"Origin": address}
            answer = await context.request.post(f"{address}/api/door/demo", data={"person": who}, headers=origin)
            assert answer.ok, await answer.text()
            if size[0] >= 1280:
                await arrange(context, address, ())
                await arrange(context, address, BOARD)
        await context.add_init_script(f"localStorage['wayhome.look'] ??= {look!r}")
        page = await context.new_page()
        await page.goto(address)
        await page.locator(wait).first.wait_for()
        return page

    yield opens
    for context in contexts:
        await context.close()


async def kept(page: Page) -> Any:
    """What lies in the browser's store; None: nothing."""
    return await page.evaluate(KEPT)


async def is_kept(page: Page, revision: int = 0) -> Any:
    """Wait until the shell and the picture, of at least that revision, are kept. The picture."""
    await page.evaluate("navigator.serviceWorker.ready")
    await page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    for _ in range(450):
        found = await kept(page)
        if found and found["label"] and found["label"].get("rev", -1) >= revision:
            return found
        await page.wait_for_timeout(100)
    raise AssertionError("nothing was kept")


async def is_forgotten(page: Page) -> None:
    """Wait until nothing is kept any more."""
    for _ in range(450):
        if await kept(page) in (None, {"label": None, "texts": []}):
            return
        await page.wait_for_timeout(100)
    raise AssertionError(await kept(page))


async def stops(page: Page) -> None:
    """The page's clock, which a test has put in, stands still from now on: its time passes as the test says."""
    await page.clock.pause_at(await page.evaluate("Date.now() / 1000") + 1)
