"""Five thousand devices: opening, searching, scrolling, and what it takes to hold them."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from playwright.sync_api import Page
from tests.hmi.crowd import SHOWN, crowded

from bench.rig.first_picture import OURS, WAIT
from bench.rig.glass import LONG_TASKS, SIZES, SLOWED, come_in, glass, weigh
from bench.rig.measure import SERVER, answer, load, middle, note, on, quick
from bench.rig.moments import SCRIPT, await_moment, moment

SNAPSHOT = """
window.snapshot = { bytes: 0, asked: 0, whole: 0 };
const Plain = WebSocket;
window.WebSocket = class extends Plain {
  constructor(...all) {
    super(...all);
    this.addEventListener("message", ({ data }) => {
      if (!data.startsWith('{"t":"snap"')) return;
      snapshot.bytes += data.length;
      snapshot.whole = performance.now();
    });
  }
  send(text) {
    if (text.startsWith('{"t":"hello"')) snapshot.asked = performance.now();
    super.send(text);
  }
};
"""
FRAMES = """
window.frames_seen = [];
const frame = (now) => { window.frames_seen.push(now); requestAnimationFrame(frame); };
requestAnimationFrame(frame);
"""
PICK, SEARCH = "dialog .list > *, [role=dialog] .list > *", "Lamp 4998"


def scrolled(page: Page) -> dict[str, float]:
    """Scroll down through everything on the phone: the longest wait between two frames, the most elements."""
    page.evaluate(FRAMES)
    most = 0
    for _ in range(60):
        page.mouse.wheel(0, 1_500)
        page.wait_for_timeout(100)
        most = max(most, int(page.evaluate("document.querySelectorAll('*').length")))
    waits: list[float] = page.evaluate("frames_seen.slice(1).map((at, n) => at - frames_seen[n])")
    return {"scrolling_longest_wait_ms": max(waits), "most_elements": most}


def picked(page: Page, face: str) -> dict[str, float]:
    """Open the picker, and search one device of all."""
    page.get_by_role("button", name="Arrange", exact=True).click()
    await_moment(page, "click", PICK)
    page.get_by_role("button", name="Add", exact=True).first.click()
    opened = moment(page)
    field = page.get_by_label("Search", exact=True)
    found = 0.0
    if field.count():
        field.fill(SEARCH[:-1])
        page.wait_for_timeout(500)
        await_moment(page, "input", "[role=dialog]:has(.list > :only-child), dialog:has(.list > :only-child)")
        field.press_sequentially(SEARCH[-1])
        found = moment(page)
    return {"picker_ms": opened, "search_ms": found}


def opened(url: str, face: str) -> dict[str, Any]:
    with glass(SIZES[face]) as one:
        come_in(one, url, "anna", SHOWN)
        page, line = one.page(SLOWED, OURS, SCRIPT, LONG_TASKS, SNAPSHOT)
        page.goto(f"{url}/", wait_until="commit")
        page.wait_for_function(WAIT, timeout=60_000)
        first = float(page.evaluate("firstPicture"))
        page.wait_for_timeout(3_000)
        snapshot: dict[str, float] = page.evaluate("snapshot")
        tasks: list[list[float]] = page.evaluate("longTasks")
        held = weigh(line)
        row: dict[str, Any] = {
            "glass": face,
            "first_picture_s": first / 1e3,
            "snapshot_ms": snapshot["whole"] - snapshot["asked"],
            "snapshot_kB": snapshot["bytes"] / 1e3,
            "longest_task_ms": max((took for _, took in tasks), default=0.0),
            "heap_MB": held["heap"],
            "elements": page.evaluate("document.querySelectorAll('*').length"),
        }
        if face == "phone":
            row.update(scrolled(page))
            page.evaluate("scrollTo(0, 0)")
        row.update(picked(page, face))
        note(json.dumps(row))
        return row


def main() -> None:
    rounds = 1 if quick() else 3
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder, on(SERVER), crowded(Path(folder) / "data") as url:
        for face in SIZES:
            runs = [opened(url, face) for _ in range(rounds)]
            rows.append(
                {"glass": face, **{key: middle([one[key] for one in runs]) for key in runs[0] if key != "glass"}}
            )
    answer(
        title="The glass: five thousand devices",
        about=f"A household of 5,000 devices in 120 rooms (1,000 of them in one), opened by a browser that was never "
        f"here, on Chromium slowed {SLOWED} times. `snapshot`: from the page's hello until the last word of all facts. "
        "`picker`: from the tap until the choice of what goes on the board is painted; `search`: from the last letter "
        "until one device of all is left. Scrolling: down through the home on the phone, 90,000 px in 6 s. Medians.",
        rows=rows,
        load_of_the_machine=load(),
    )


if __name__ == "__main__":
    main()
