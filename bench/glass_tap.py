"""A tap on the glass: until the tile looks pressed, and until it shows what the device says."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import Page

from bench.rig.demo import Demo
from bench.rig.glass import SIZES, SLOWED, come_in, glass, slowness
from bench.rig.measure import answer, at, load, middle, note, quick
from bench.rig.moments import SCRIPT, await_moment, moment

LAMP = "living-lamp"
PATIENCE = 700
"""ms after a tap before the page is asked how long it took."""
FINGER = 100
"""ms that a finger stays on the glass."""
TILE = '.main[aria-label^="Floor lamp,"]'


def taps(page: Page, count: int) -> tuple[list[float], list[float]]:
    """ms from the finger's touch until the tile is painted pressed, and from the tap until the lamp's fact is."""
    pressed: list[float] = []
    told: list[float] = []
    main = page.locator(TILE).first
    main.evaluate("element => element.scrollIntoView({ block: 'center' })")
    box = main.bounding_box()
    assert box is not None
    for _ in range(count):
        other = "false" if main.get_attribute("aria-pressed") == "true" else "true"
        await_moment(page, "pointerdown", ".tile.pressed", "pressed")
        await_moment(page, "pointerup", f'{TILE}[aria-pressed="{other}"]', "told")
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, delay=FINGER)
        # To be asked meanwhile would keep the page from its work.
        page.wait_for_timeout(PATIENCE)
        pressed.append(moment(page, "pressed"))
        told.append(moment(page, "told"))
    return pressed, told


def main() -> None:
    count = 5 if quick() else 15
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as folder:
        hub = Demo(Path(folder) / "hub")
        try:
            for delay in (0.0, 1.0):
                with hub.api() as http:
                    change = {"id": "demo", "config": {"delay": delay}}
                    http.post("/api/links/change", json=change).raise_for_status()
                for face, size in SIZES.items():
                    with glass(size) as one:
                        come_in(one, hub.url, "anna", (LAMP,))
                        page, line = one.page(SLOWED, SCRIPT)
                        page.goto(f"{hub.url}/")
                        page.locator(TILE).first.wait_for()
                        page.wait_for_timeout(2_000)
                        truth = slowness(line, page)
                        taps(page, 2)
                        pressed, told = taps(page, count)
                        rows.append(
                            {
                                "glass": face,
                                "device": "20 to 200 ms by radio" if delay else "acts at once",
                                "tap_to_pressed_p50_ms": middle(pressed),
                                "pressed_p95_ms": at(pressed, 0.95),
                                "tap_to_fact_p50_ms": middle(told),
                                "fact_p95_ms": at(told, 0.95),
                            }
                        )
                        note(str(rows[-1]))
        finally:
            hub.stop()
    answer(
        title="The glass: a tap",
        about=f"On Chromium slowed {SLOWED} times, a real press of the browser's mouse ({FINGER} ms long) on a lamp's "
        "tile of the demo: from the press (the event's own time) until the frame is painted in which the tile looks "
        "pressed; from letting go until the frame is painted that shows the lamp's new fact, which the lamp itself has "
        "said: through the hub, durable, over the link and back. Simulated devices take 20 to 200 ms for what real "
        "ones do by radio (110 on average); the same with devices that act at once shows what is ours. "
        f"{count} taps each.",
        goal=["at most 100 ms until it looks pressed", "at most 150 ms until the device's fact"],
        rows=rows,
        slowed_in_truth=truth,
        load_of_the_machine=load(),
    )


if __name__ == "__main__":
    main()
