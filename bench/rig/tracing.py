"""What the browser's main thread did, out of its own trace."""

from __future__ import annotations

import contextlib
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from playwright.sync_api import CDPSession, Page

CATEGORIES = ["devtools.timeline", "disabled-by-default-devtools.timeline", "toplevel", "v8.execute"]
PARTS = {
    "scripting": ("FunctionCall", "EvaluateScript", "RunMicrotasks", "FireAnimationFrame", "TimerFire"),
    "style": ("UpdateLayoutTree",),
    "layout": ("Layout",),
    "paint": ("PrePaint", "Paint", "Layerize", "Commit"),
}
"""The main thread's work by what the trace calls it; what contains another of the same part is counted once."""

type Event = dict[str, Any]


class Trace:
    """The events of one recording."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def main(self) -> list[Event]:
        """Those of the page's main thread, in order."""
        counts: dict[tuple[int, int], int] = defaultdict(int)
        for one in self.events:
            if one["name"] == "UpdateLayoutTree":
                counts[one["pid"], one["tid"]] += 1
        if not counts:
            return []
        busiest = max(counts, key=lambda key: counts[key])
        return sorted((e for e in self.events if (e["pid"], e["tid"]) == busiest), key=lambda e: e["ts"])

    def longest(self) -> float:
        """The most CPU time that one task took on the main thread, in ms: what others on the machine take is not in
        it."""
        tasks = [one["tdur"] / 1e3 for one in self.main() if one["name"] == "RunTask" and "tdur" in one]
        return max(tasks, default=0.0)

    def frames(self) -> list[dict[str, float]]:
        """For each frame the main thread's time in ms: ``all`` of it and its ``PARTS``; ``words``: what came on its
        live socket meanwhile. A frame is all that was done since the one before was handed over for painting."""
        events = self.main()
        begins = [one["ts"] for one in events if one["name"] == "Commit"]
        found: list[dict[str, float]] = [defaultdict(float) for _ in begins]
        ends: dict[str, float] = defaultdict(float)
        for one in events:
            at = bisect_right(begins, one["ts"]) - 1
            if not 0 <= at < len(begins) - 1:
                continue
            if one["name"] == "WebSocketReceive":
                found[at]["words"] += 1
            if one.get("ph") != "X" or "dur" not in one:
                continue
            spent = one.get("tdur", one["dur"]) / 1e3
            if one["name"] == "RunTask":
                found[at]["all"] += spent
            for part, names in PARTS.items():
                if one["name"] in names and one["ts"] >= ends[part]:
                    found[at][part] += spent
                    ends[part] = one["ts"] + one["dur"]
        return found[:-1]


@contextlib.contextmanager
def recorded(page: Page, line: CDPSession) -> Iterator[Trace]:
    """Record while a block runs; what was recorded is there after it."""
    trace = Trace()
    done: list[object] = []
    line.on("Tracing.dataCollected", lambda said: trace.events.extend(said["value"]))
    line.on("Tracing.tracingComplete", lambda said: done.append(said))
    config = {"includedCategories": CATEGORIES, "recordMode": "recordUntilFull", "traceBufferSizeInKb": 400_000}
    line.send("Tracing.start", {"transferMode": "ReportEvents", "traceConfig": config})
    try:
        yield trace
    finally:
        line.send("Tracing.end")
        while not done:
            page.wait_for_timeout(50)
