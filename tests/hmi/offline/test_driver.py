"""What the driver's own screen allows while nobody can say what the car does."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.hmi.conftest import steered
from tests.hmi.offline.conftest import Screen, stops
from tests.hmi.offline.tunnel import Tunnel

pytestmark = pytest.mark.anyio

HEARD = "performance.now() - window.heard"
HEAR = """(() => {
  const Real = window.WebSocket;
  window.WebSocket = class extends Real {
    constructor(...with_) {
      super(...with_);
      this.addEventListener("message", () => window.heard = performance.now());
    }
  };
  new MutationObserver(() => {
    if (document.documentElement.dataset.state === "moving") window.strict ??= performance.now();
  }).observe(document, { attributes: true, subtree: true, attributeFilter: ["data-state"] });
})()"""
"""When the hub was last heard, and when the page became strict, both by the page's steady clock, in ms."""


async def test_a_line_that_stalls_and_is_cut_leaves_the_driver_no_looser(screen: Screen, tunnel: Tunnel) -> None:
    page = await screen((1280, 720), url=tunnel.url, look='{"seat":"driver"}')
    await page.clock.install()
    await page.context.add_init_script(HEAR)
    async with steered(page, {"park": True}):
        await page.reload()
        await expect(page.locator("html")).to_have_attribute("data-state", "parked", timeout=30_000)
        await page.wait_for_timeout(3_000)
        await page.evaluate("delete window.strict")
        # From here its time is the test's: how long a machine takes is none of it.
        await stops(page)
        tunnel.shut()
        await page.wait_for_timeout(500)  # what had left the tunnel has arrived
        # Before the page takes the line for silent: it asks after 6 s, and gives the answer 2.5 s at the least.
        await page.clock.run_for(8_200 - await page.evaluate(HEARD))
        assert await page.locator(".tile.old").count() == 0
        tunnel.cut()
        for _ in range(100):
            await page.clock.run_for(100)
            if await page.evaluate("window.strict !== undefined"):
                break
        await page.clock.resume()
        tunnel.open()
    took = await page.evaluate("window.strict - window.heard")
    assert 14_500 < took < 16_500, took
