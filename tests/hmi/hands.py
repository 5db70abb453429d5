"""A person's hands in front of a screen: a finger on the glass, by the browser's own touch events, and a look at what
the hub then has as the fact."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from functools import partial
from operator import eq
from typing import Any
from weakref import WeakKeyDictionary

from playwright.async_api import CDPSession, Locator, Page, WebSocket, expect

HOLD = 0.9
"""Longer than any hold that the glass asks for, in s."""


INTO_THE_MIDDLE = """e => getComputedStyle(document.body).overflowY !== "hidden" &&
  e.scrollIntoView({ block: "center", behavior: "instant" })"""
"""Where a page scrolls: at its edge a bar may lie over what is wanted."""


class Finger:
    """One finger. ``taps`` counts what it did."""

    def __init__(self, page: Page, devtools: CDPSession) -> None:
        self.page = page
        self.taps = 0
        self._devtools = devtools

    @classmethod
    async def on(cls, page: Page) -> Finger:
        return cls(page, await page.context.new_cdp_session(page))

    async def tap(self, target: Locator, at: tuple[float, float] = (0.5, 0.5)) -> None:
        """Tap it, at a part of its width and height."""
        await self._press(target, at, 0.05)

    async def hold(self, target: Locator, seconds: float = HOLD, at: tuple[float, float] = (0.5, 0.5)) -> None:
        """Press it and hold."""
        await self._press(target, at, seconds)

    async def drag(
        self,
        target: Locator,
        to: tuple[float, float],
        onto: Locator | None = None,
        at: tuple[float, float] = (0.5, 0.5),
    ) -> None:
        """Drag from ``at`` of it to ``to`` of ``onto`` (by itself: of the same)."""
        x, y = await self._place(target, at)
        end_x, end_y = await self._place(onto or target, to)
        await self._send("touchStart", x, y)
        for n in range(1, 9):
            await self._send("touchMove", x + (end_x - x) * n / 8, y + (end_y - y) * n / 8)
            await asyncio.sleep(0.016)
        # A hand that puts something down stops first; one that does not has flung it, and the browser takes the next
        # tap for the stop of the flight.
        await asyncio.sleep(0.1)
        await self._send("touchMove", end_x, end_y)
        await self._send("touchEnd")
        self.taps += 1

    async def _press(self, target: Locator, at: tuple[float, float], seconds: float) -> None:
        x, y = await self._place(target, at)
        await self._send("touchStart", x, y)
        await asyncio.sleep(seconds)
        await self._send("touchEnd")
        self.taps += 1

    async def _place(self, target: Locator, at: tuple[float, float]) -> tuple[float, float]:
        await target.scroll_into_view_if_needed()
        await target.evaluate(INTO_THE_MIDDLE)
        box = await target.bounding_box()
        assert box is not None, f"{target} is not to be seen"
        return box["x"] + box["width"] * at[0], box["y"] + box["height"] * at[1]

    async def _send(self, kind: str, x: float = 0, y: float = 0) -> None:
        points = [] if kind == "touchEnd" else [{"x": x, "y": y}]
        await self._devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})


async def hold_key(page: Page, target: Locator) -> None:
    """Hold the space bar on it."""
    await target.focus()
    await page.keyboard.down("Space")
    await asyncio.sleep(HOLD)
    await page.keyboard.up("Space")


async def shown(page: Page, path: str) -> tuple[Any, float | None]:
    """What the hub has as the fact at a path, and of when; None: nothing."""
    origin = "/".join(page.url.split("/")[:3])
    answer = await page.context.request.get(f"{origin}/api/home/get", params={"path": path})
    values = (await answer.json()).get("values", {}) if answer.ok else {}
    return (values[path][0], values[path][1]) if path in values else (None, None)


async def fact(page: Page, path: str) -> Any:
    """What the hub has as the fact at a path; None: nothing."""
    return (await shown(page, path))[0]


_HEARD: WeakKeyDictionary[Page, dict[str, tuple[Any, float]]] = WeakKeyDictionary()
DRAWN = "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"


def listen(page: Page) -> None:
    """Note what the hub tells a page, from its next connection on: for ``hears``."""
    facts = _HEARD.setdefault(page, {})

    def told(frame: str | bytes) -> None:
        for path, (value, at, *_) in json.loads(frame).get("set", {}).items():
            facts[path] = (value, at)

    def opened(socket: WebSocket) -> None:
        if socket.url.endswith("/api/live"):
            socket.on("framereceived", told)

    page.on("websocket", opened)


async def hears(page: Page, *paths: str) -> None:
    """Wait until a page has been told what the hub has as the facts at these paths, which is a moment later."""
    facts = _HEARD[page]
    async with asyncio.timeout(30):
        while not all([facts.get(path) == await shown(page, path) for path in paths]):
            await asyncio.sleep(0.05)
    # It takes what has come together before it draws.
    await page.evaluate(DRAWN)


LINGERS = """() => {
  const real = window.setTimeout;
  window.setTimeout = (run, ms, ...more) => real(run, ms === 6_000 ? 60_000 : ms, ...more);
}"""


async def lingers(page: Page) -> None:
    """From now on what a page says for 6 s stands for a minute: there is something to be seen elsewhere before it is
    answered, and a machine that is busy takes its time for that."""
    await page.evaluate(LINGERS)


async def until(page: Page, path: str, true: Callable[[Any], object], seconds: float = 30) -> Any:
    """Wait until the fact at a path is so."""
    end = time.monotonic() + seconds
    while not true(found := await fact(page, path)):
        assert time.monotonic() < end, f"{path} is still {found!r}"
        await asyncio.sleep(0.05)
    return found


async def wish(page: Page, path: str, target: object) -> None:
    """Bring a thing of the demo into a state before the test begins, and wait for it."""
    origin = "/".join(page.url.split("/")[:3])
    data = {"path": path, "target": target, "held": True}
    answer = await page.context.request.post(f"{origin}/api/home/set", data=data, headers={"Origin": origin})
    assert answer.ok, await answer.text()


async def still(sheet: Locator) -> None:
    """Wait until it has come in: what moves is not where it is touched."""
    await sheet.evaluate("e => Promise.all(e.getAnimations().map(one => one.finished))")


async def open_sheet(page: Page, finger: Finger, name: str) -> Locator:
    await finger.hold(page.locator(".tile", has_text=name).first.locator(".main"))
    sheet = page.get_by_role("dialog")
    await expect(sheet.get_by_role("heading", name=name)).to_be_visible()
    await still(sheet)
    return sheet


async def ready(page: Page, first: Mapping[str, Any]) -> None:
    """Bring about what is so before, and wait until devices say so."""
    for path, target in first.items():
        await wish(page, path, target)
        if not path.endswith((".close", ".stop")):
            await until(page, path, partial(eq, target), 30)
        if path == "living-tv/media_player.playing":
            await until(page, "living-tv/media_player.state", partial(eq, "playing"))
    for path in first:
        if path == "gate/cover.close":
            await until(page, "gate/cover.state", lambda v: v == "closed", 30)
        if path == "vacuum/vacuum.stop":
            await until(page, "vacuum/vacuum.state", lambda v: v in ("idle", "docked"), 30)
    await hears(page, *(path for path in first if not path.endswith((".close", ".stop"))))
