"""Keeping the picture of 5,000 things is cut into steps that fit between frames; what they cost, the bench says."""

from __future__ import annotations

import time
from typing import Any

import msgspec
import pytest
from playwright.async_api import WebSocketRoute, expect

from tests.hmi.offline.conftest import Screen, is_kept

pytestmark = pytest.mark.anyio

THINGS = 5_000
IDLE = """(() => {
  window.steps = [];
  const ask = window.requestIdleCallback.bind(window);
  window.requestIdleCallback = (run, how) => ask(left => {
    const began = performance.now();
    run(left);
    window.steps.push(performance.now() - began);
  }, how);
})()"""


def crowd() -> dict[str, Any]:
    """What the hub would say of so many lamps."""
    now = time.time()
    signals = {name: {"min": 0, "max": 100} for name in ("light.on", "light.brightness", "light.hue")}
    facts: dict[str, Any] = {"hub/hub.info": [{"name": "Crowd", "version": "0.1.0", "demo": True}, now]}
    for at in range(THINGS):
        lamp = f"lamp-{at}"
        info = {"name": f"Lamp {at}", "link": "demo", "kind": "light", "area": f"Room {at // 50}", "traits": ["light"]}
        facts[f"{lamp}/thing.info"] = [{**info, "signals": signals}, now]
        facts[f"{lamp}/light.on"] = [at % 2 == 0, now]
        facts[f"{lamp}/light.brightness"] = [at % 100, now]
        facts[f"{lamp}/thing.online"] = [True, now]
    return facts


async def test_keeping_five_thousand_things_holds_up_nothing(screen: Screen) -> None:
    page = await screen((1024, 768))
    facts = crowd()
    hellos: list[dict[str, Any]] = []

    def hub(socket: WebSocketRoute) -> None:
        def heard(text: str | bytes) -> None:
            said = msgspec.json.decode(text)
            if said["t"] == "ping":
                socket.send(msgspec.json.encode({"t": "pong", "now": time.time()}).decode())
            elif said["t"] == "hello":
                hellos.append(said)
                if said.get("epoch") == "crowd":
                    socket.send(msgspec.json.encode({"t": "delta", "rev": said["rev"] + 1}).decode())
                else:
                    snap = {"t": "snap", "epoch": "crowd", "rev": 1, "now": time.time(), "set": facts}
                    socket.send(msgspec.json.encode(snap).decode())

        socket.on_message(heard)

    await page.route_web_socket("**/api/live", hub)
    await page.add_init_script(IDLE)
    await page.reload()
    await expect(page.get_by_text("Lamp 1", exact=True).first).to_be_visible(timeout=20_000)
    done = 0
    while done == 0 or done != await page.evaluate("window.steps.length"):
        # Looking into the store would cost the page more than keeping costs it.
        done = await page.evaluate("window.steps.length")
        await page.wait_for_timeout(1_000)
    steps = sorted(await page.evaluate("window.steps"))
    picture = await is_kept(page)
    assert len(picture["texts"]) > 200 and picture["label"]["things"] == THINGS
    # So many steps, and none that does it all.
    assert len(steps) > 5, steps
    assert steps[len(steps) // 2] < 16, steps
    # And the next start is from there: nothing is sent again.
    await page.reload()
    await expect(page.get_by_text("Lamp 1", exact=True).first).to_be_visible(timeout=20_000)
    await page.wait_for_timeout(500)
    assert hellos[-1]["epoch"] == "crowd" and hellos[-1]["rev"] == 1
