"""A drive on the car's glass: no frame waits long, and a day of it takes no more memory than its first hour."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import Page
from tests.hmi.crowd import CAR, EACH, SHOWN, crowded

from bench.rig.demo import Demo
from bench.rig.glass import LONG_TASKS, SIZES, SLOWED, Glass, ask, come_in, glass, slow, weigh
from bench.rig.measure import SERVER, answer, load, note, on, quick
from bench.rig.tracing import recorded

BOARD = ("living-lamp", "living-climate", "living-tv", "kitchen-lights", "front-door", "gate")
LOOK = f"""localStorage["wayhome.look"] = '{{"car": "{CAR}"}}';"""
EVERY = """
const send = WebSocket.prototype.send;
WebSocket.prototype.send = function (text) { return send.call(this, String(text).replace('"rate":10', '"rate":60')); };
"""
DAY, HOURS = 600, 8
"""Simulated seconds in a real one: eight hours in 48 s."""
HOUR = 3_600 / DAY
FLOODS = 60
TRACED = 10.0
"""s of a drive that are looked at task by task."""


def steer(one: Glass, url: str, **orders: Any) -> None:
    ask(one, f"{url}/api/links/steer", {"id": "demo", "orders": orders})


def long_tasks(page: Page, seconds: float) -> list[float]:
    """The tasks of more than 50 ms in so many seconds from now."""
    began = float(page.evaluate("performance.now()"))
    page.wait_for_timeout(seconds * 1e3)
    found: list[list[float]] = page.evaluate("longTasks")
    return [took for start, took in found if start >= began]


def drives(url: str, seconds: float) -> list[dict[str, object]]:
    """Long tasks on the road, at the world's own pace and quicker."""
    rows: list[dict[str, object]] = []
    for face in ("car", "phone"):
        with glass(SIZES[face]) as one:
            come_in(one, url, "anna", BOARD if face == "car" else ())
            page, line = one.page(SLOWED, LONG_TASKS)
            page.goto(f"{url}/")
            page.locator(".tile").first.wait_for()
            page.wait_for_timeout(5_000)
            for factor in (1, 10):
                steer(one, url, time_factor=factor, on_the_road=0.1)
                page.wait_for_timeout(1_000)
                found = long_tasks(page, seconds)
                with recorded(page, line) as trace:
                    page.wait_for_timeout(min(seconds, TRACED) * 1e3)
                rows.append(
                    {
                        "glass": face,
                        "slowed": SLOWED,
                        "pace_of_the_world": factor,
                        "for_s": seconds,
                        "tasks_over_50_ms": len(found),
                        "longest_ms": max(found, default=None),
                        "longest_in_CPU_time_ms": trace.longest(),
                    }
                )
                note(str(rows[-1]))
            steer(one, url, time_factor=1)
    return rows


def day(url: str, hours: int) -> list[dict[str, object]]:
    """What the page holds hour by hour of a compressed day: drives, stays at home, charging, evenings."""
    with glass(SIZES["car"]) as one:
        come_in(one, url, "anna", BOARD)
        page, line = one.page(1)
        page.goto(f"{url}/")
        page.locator(".tile").first.wait_for()
        page.wait_for_timeout(3_000)
        steer(one, url, time_factor=DAY, on_the_road=0.1)
        began = time.monotonic()
        rows: list[dict[str, object]] = []
        for hour in range(hours + 1):
            page.wait_for_timeout(max(0.0, began + hour * HOUR - time.monotonic()) * 1e3)
            held = weigh(line)
            rows.append({"hour": hour, "heap_MB": held["heap"], "nodes": held["nodes"], "listeners": held["listeners"]})
        steer(one, url, time_factor=1)
    note(str([rows[0], rows[-1]]))
    return rows


def flood(rounds: int, seconds: float) -> list[dict[str, object]]:
    """What the page holds after more and more changes, as many as it can be told."""
    rows: list[dict[str, object]] = []
    with (
        tempfile.TemporaryDirectory() as folder,
        on(SERVER),
        crowded(Path(folder) / "data", 60) as url,
        glass(SIZES["car"], script=LOOK) as one,
    ):
        come_in(one, url, "anna", SHOWN)
        page, line = one.page(1, EVERY)
        page.goto(f"{url}/")
        page.locator(".tile").nth(5).wait_for()
        page.wait_for_timeout(3_000)
        changes = 0
        for turn in range(rounds + 1):
            if turn:
                orders = {"id": "crowd", "orders": {"hz": FLOODS, "seconds": seconds}}
                changes += int(ask(one, f"{url}/api/links/steer", orders)["answer"]["done"]) * EACH
            held = weigh(line)
            rows.append({"changes": changes, "heap_MB": held["heap"], "nodes": held["nodes"]})
        slow(line, 1)
    note(str([rows[0], rows[-1]]))
    return rows


def slope(rows: list[dict[str, object]], by: str) -> float:
    """How fast the heap grows over a column, by least squares, but the first row: what is made once is made there."""
    points = [(float(str(row[by])), float(str(row["heap_MB"]))) for row in rows[1:]]
    x0, y0 = (sum(p[n] for p in points) / len(points) for n in (0, 1))
    spread = sum((x - x0) ** 2 for x, _ in points)
    return sum((x - x0) * (y - y0) for x, y in points) / spread


def main() -> None:
    seconds, hours, rounds, each = (8.0, 3, 2, 3.0) if quick() else (20.0, HOURS, 5, 6.0)
    with tempfile.TemporaryDirectory() as folder:
        hub = Demo(Path(folder) / "hub")
        try:
            tasks = drives(hub.url, seconds)
            held = day(hub.url, hours)
        finally:
            hub.stop()
    told = flood(rounds, each)
    answer(
        title="The glass: a drive, and a day of drives",
        about="Long tasks: the page counts its own tasks of more than 50 ms (the browser's `longtask`) while the "
        f"demo's car drives, 5 s after the page has opened; then the longest one of {TRACED:.0f} s more, in CPU time, "
        "by the browser's trace. Memory: after a thorough clean-up of the heap, on the car's glass, hour by hour of a "
        f"day at {DAY} times its pace (drives, stays at home, charging); and after floods of {EACH} changes {FLOODS} "
        "times a second: 10,000 changes are about three minutes of a real drive.",
        goal=["no task over 50 ms", "the heap grows by less than 0.1 MB an hour"],
        long_tasks=tasks,
        a_day=held,
        floods=told,
        heap_grows_by_MB_an_hour=slope(held, "hour"),
        heap_grows_by_MB_in_a_million_changes=slope(told, "changes") * 1e6,
        load_of_the_machine=load(),
    )


if __name__ == "__main__":
    main()
