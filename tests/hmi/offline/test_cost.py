"""Keeping the picture of 5,000 things costs no frame and no long task, on a slow device either."""

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
  window.tasks = [];
  new PerformanceObserver(list => list.getEntries().forEach(one => window.tasks.push([one.startTime, one.duration])))
    .observe({ type: "longtask", buffered: true });
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


@pytest.mark.long  # it measures time, and what else the machine does adds to that
@pytest.mark.parametrize("slowed", [1, 4])
async def test_keeping_five_thousand_things_holds_up_nothing(screen: Screen, slowed: int) -> None:
    # What else this machine does only adds to it: of three times, one has to be free of that.
    for _ in range(3):
        tasks, steps = await keep(screen, slowed)
        # One in ten may be held up.
        if tasks == [] and steps[len(steps) * 9 // 10] < (4 if slowed == 1 else 6):
            return
    pytest.fail(f"long tasks {tasks}, steps {steps[-10:]}")


async def keep(screen: Screen, slowed: int) -> tuple[list[Any], list[float]]:
    """Keep the picture once on a new screen: the long tasks meanwhile, and what each step took, in ms."""
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
    await expect(page.get_by_text("Lamp 1", exact=True).first).to_be_visible(timeout=30_000)
    await page.wait_for_timeout(1_000)
    devtools = await page.context.new_cdp_session(page)
    await devtools.send("Emulation.setCPUThrottlingRate", {"rate": slowed})
    since = await page.evaluate("performance.now()")
    done = 0
    while done == 0 or done != await page.evaluate("window.steps.length"):
        # Looking into the store would cost the page more than keeping costs it.
        done = await page.evaluate("window.steps.length")
        await page.wait_for_timeout(1_000)
    tasks = [one for one in await page.evaluate("window.tasks") if one[0] >= since]
    steps = sorted(await page.evaluate("window.steps"))
    picture = await is_kept(page)
    assert len(picture["texts"]) > 200 and picture["label"]["things"] == THINGS
    # And the next start is from there: nothing is sent again.
    await devtools.send("Emulation.setCPUThrottlingRate", {"rate": 1})
    await page.reload()
    await expect(page.get_by_text("Lamp 1", exact=True).first).to_be_visible(timeout=30_000)
    await page.wait_for_timeout(500)
    assert hellos[-1]["epoch"] == "crowd" and hellos[-1]["rev"] == 1
    return tasks, steps
