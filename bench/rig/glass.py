"""The glass under test: Debian's Chromium, slowed down, with what its own tracing and counters say of a page."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, CDPSession, Page, sync_playwright
from tests.peers.chromium import launch_options

from bench.rig.demo import NAME, PASSWORD
from bench.rig.measure import CLIENT, SERVER, on

SLOWED = 4
"""How many times slower than this machine the browser's main thread runs."""
SIZES = {"phone": (390, 844), "car": (1280, 720)}
LONG_TASKS = """
window.longTasks = [];
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) window.longTasks.push([one.startTime, one.duration]);
}).observe({ type: "longtask", buffered: true });
"""

# The same work before and after slowing: an honest slow browser says so by itself.
SPIN = "() => { const began = performance.now(); let n = 0; while (n < 3e7) n++; return performance.now() - began; }"


class Glass:
    """A browser with a profile of its own: nothing kept, nobody signed in."""

    def __init__(self, context: BrowserContext) -> None:
        self.context = context

    def page(self, slowed: float = SLOWED, *scripts: str) -> tuple[Page, CDPSession]:
        """A new page, and the line to its inner counters."""
        page = self.context.new_page()
        for script in scripts:
            page.add_init_script(script)
        line = self.context.new_cdp_session(page)
        slow(line, slowed)
        return page, line


@contextlib.contextmanager
def glass(size: tuple[int, int], *, script: str = "", locale: str = "en-GB") -> Iterator[Glass]:
    """A browser that was never here. ``script``: runs at the start of each of its pages."""
    cores = SERVER | CLIENT
    with tempfile.TemporaryDirectory(prefix="wayhome-glass-") as folder:
        options = launch_options(Path(folder))
        with sync_playwright() as playwright:
            # The browser's own processes get both cores: slowing takes all of one for the main thread alone.
            with on(cores):
                os.sched_setaffinity(0, cores)
                context = playwright.chromium.launch_persistent_context(
                    Path(folder) / "profile",
                    viewport={"width": size[0], "height": size[1]},
                    color_scheme="dark",
                    locale=locale,
                    **options,
                )
            if script:
                context.add_init_script(script)
            try:
                yield Glass(context)
            finally:
                context.close()


def slow(line: CDPSession, times: float) -> None:
    line.send("Emulation.setCPUThrottlingRate", {"rate": times})


def slowness(line: CDPSession, page: Page, times: float = SLOWED) -> float:
    """How many times slower a page runs when slowed, measured in it."""
    slow(line, 1)
    quick = min(float(page.evaluate(SPIN)) for _ in range(3))
    slow(line, times)
    return min(float(page.evaluate(SPIN)) for _ in range(3)) / quick


def weigh(line: CDPSession) -> dict[str, float]:
    """What the page holds after a thorough clean-up: ``heap`` in MB, ``nodes``, ``listeners``."""
    line.send("HeapProfiler.enable")
    for _ in range(2):
        line.send("HeapProfiler.collectGarbage")
    line.send("Performance.enable")
    found: dict[str, Any] = {one["name"]: one["value"] for one in line.send("Performance.getMetrics")["metrics"]}
    return {
        "heap": found["JSHeapUsedSize"] / 1e6,
        "nodes": found["Nodes"],
        "listeners": found["JSEventListeners"],
    }


def come_in(glass: Glass, url: str, person: str = "", board: tuple[str, ...] = ()) -> None:
    """Sign in: as ``person`` of the demo, or as the owner whom the rig has made. ``board``: what stands on their car's
    home."""
    who = {"person": person} if person else {"name": NAME, "password": PASSWORD}
    ask(glass, f"{url}/api/door/{'demo' if person else 'password'}", who)
    if board:
        ask(glass, f"{url}/api/home/put", {"tiles": [{"kind": "thing", "item": one} for one in board]})


def ask(glass: Glass, url: str, data: dict[str, Any]) -> Any:
    """Ask the hub for something as this browser would."""
    said = glass.context.request.post(url, data=data, headers={"Origin": "/".join(url.split("/")[:3])})
    if not said.ok:
        raise RuntimeError(f"{url}: {said.text()}")
    return said.json()
