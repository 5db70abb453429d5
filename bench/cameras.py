"""Cameras: how soon a picture is on the glass, how old pictures are there, and what an open camera costs the hub."""

from __future__ import annotations

import asyncio
import json
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page
from tests.peers.camera import Camera
from websockets.asyncio.client import connect

from bench.rig.demo import Household
from bench.rig.glass import ask, come_in, glass
from bench.rig.measure import CLIENT, answer, at, cpu, load, middle, note, on, quick

SIZE = (1280, 720)
# What is drawn is read off the canvas: from the time that the camera has drawn into its picture until the frame after
# the one in which it was painted has begun.
SCRIPT = """
window.late = [];
// Where it is looked: in the sheet, or on the tile.
window.place = ".frame";
addEventListener("click", () => {
  window.clicked = performance.now();
  window.first = window.film = undefined;
}, { capture: true });
const draw = CanvasRenderingContext2D.prototype.drawImage;
let count = 0;
CanvasRenderingContext2D.prototype.drawImage = function (what, ...rest) {
  draw.call(this, what, ...rest);
  if (!this.canvas.closest(window.place)) return;
  window.first ??= performance.now() - window.clicked;
  if (!(what instanceof VideoFrame)) return;
  window.film ??= performance.now() - window.clicked;
  if (count++ % 3) return;
  const side = this.canvas.width / 40;
  const { data, width } = this.getImageData(0, 0, 16 * side, 3 * side);
  let ms = 0;
  for (let n = 0; n < 48; n++) {
    const x = (n % 16) * side + side / 2, y = Math.floor(n / 16) * side + side / 2;
    ms = ms * 2 + (data[(Math.floor(y) * width + Math.floor(x)) * 4] > 125 ? 1 : 0);
  }
  requestAnimationFrame(() => window.late.push(Date.now() - ms));
};
"""


@contextmanager
def cameras(folder: Path, count: int) -> Iterator[list[Camera]]:
    """Cameras that send 720p at 25 pictures a second, 2.5 Mbit/s, with a key picture each second."""
    made = [Camera(folder / f"camera{n}", width=SIZE[0], height=SIZE[1]) for n in range(count)]
    try:
        with on(CLIENT):
            for camera in made:
                camera.up()
        yield made
    finally:
        for camera in made:
            camera.kill()


def join(hub: Household, cameras: list[Camera], open: str) -> None:
    with hub.api() as http:
        for link in http.get("/api/links/list").json()["links"]:
            http.post("/api/links/remove", json={"id": link["id"]}).raise_for_status()
        for n, camera in enumerate(cameras):
            new = {"link": "rtsp", "name": f"Yard {n}", "config": {"url": camera.url, "open": open}}
            http.post("/api/links/add", json=new).raise_for_status()
        until = time.monotonic() + 30
        while any(one["state"] != "connected" for one in http.get("/api/links/list").json()["links"]):
            assert time.monotonic() < until, "the cameras do not come"
            time.sleep(0.1)


def look(page: Page, name: str, seconds: float) -> tuple[float, float, list[float]]:
    """Look at a camera for a while: ms until its first picture, until the first of its film, and how old the pictures
    were, in ms."""
    page.evaluate("() => { window.late = []; window.place = '.frame'; }")
    page.locator("button", has_text=name).first.click()
    page.wait_for_function("() => window.film !== undefined", timeout=20_000)
    page.wait_for_timeout(seconds * 1000)
    first, film, late = page.evaluate("() => [window.first, window.film, window.late]")
    page.keyboard.press("Escape")
    page.wait_for_timeout(300)
    return first, film, late[5:]


def come_home(page: Page) -> tuple[float, float]:
    """From the settings to the home, when nobody has looked for a while: ms until the first picture on the tile."""
    page.get_by_role("link", name="Settings").click()
    page.wait_for_timeout(17_000)  # until the hub has closed the camera
    page.evaluate("() => { window.place = '.sight'; }")
    page.get_by_role("link", name="Home").click()
    page.wait_for_function("() => window.film !== undefined", timeout=20_000)
    first, film = page.evaluate("() => [window.first, window.film]")
    return first, film


async def watch(hub: Household, count: int, seconds: float) -> tuple[float, float]:
    """Have so many programs look at as many cameras: CPU of the hub in percent of a core, pictures a second of each."""

    async def one(n: int, got: list[int]) -> None:
        url = f"{hub.url.replace('http', 'ws', 1)}/api/film?thing=yard-{n}"
        headers = {"Authorization": f"Bearer {hub.token}"}
        async with connect(url, additional_headers=headers, max_size=None, proxy=None) as socket:
            async for said in socket:
                if isinstance(said, bytes):
                    got[n] += 1
                    if got[n] % 5 == 0:  # as a screen does
                        await socket.send(json.dumps({"t": "seen", "n": int.from_bytes(said[1:5], "big")}))

    got = [0] * count
    tasks = [asyncio.create_task(one(n, got)) for n in range(count)]
    await asyncio.sleep(3)
    used, begun, before = cpu(hub.pid), time.monotonic(), list(got)
    await asyncio.sleep(seconds)
    took = time.monotonic() - begun
    share = (cpu(hub.pid) - used) / took * 100
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return share, min((now - then) / took for now, then in zip(got, before, strict=True))


def main() -> None:
    rounds, seconds = (2, 4.0) if quick() else (8, 20.0)
    firsts: list[dict[str, Any]] = []
    costs: list[dict[str, Any]] = []
    late: list[float] = []
    with tempfile.TemporaryDirectory() as name, cameras(Path(name), 4) as made:
        hub = Household(Path(name) / "hub")
        try:
            hub.found()
            with glass(SIZE, script=SCRIPT) as one:
                come_in(one, hub.url)
                for open in ("always", "needed"):
                    join(hub, made[:1], open)
                    ask(one, f"{hub.url}/api/home/put", {"tiles": [{"kind": "thing", "item": "yard-0"}]})
                    page, _ = one.page(1)
                    page.goto(f"{hub.url}/")
                    page.get_by_text("Yard 0").first.wait_for()
                    page.wait_for_timeout(1_500)
                    took: list[tuple[float, float]] = []
                    for _ in range(rounds):
                        if open == "needed":
                            took.append(come_home(page))
                        else:
                            first, film, seen = look(page, "Yard 0", 4)
                            took.append((first, film))
                            late += seen
                    page.close()
                    picture, film_too = ([one[n] for one in took] for n in (0, 1))
                    firsts.append(
                        {
                            "camera": "on its tile, the sheet is opened"
                            if open == "always"
                            else "closed, the home is opened",
                            "first_p50_ms": middle(picture),
                            "first_max_ms": max(picture),
                            "film_p50_ms": middle(film_too),
                            "film_max_ms": max(film_too),
                        }
                    )
                    note(str(firsts[-1]))
            ages = {"pictures": len(late), "late_p50_ms": middle(late), "late_p95_ms": at(late, 0.95)}
            note(str(ages))
            for count in (0, 1, 4):
                join(hub, made[: max(count, 1)], "needed")
                if count == 0:
                    time.sleep(3)
                    used, begun = cpu(hub.pid), time.monotonic()
                    time.sleep(seconds)
                    share, rate = (cpu(hub.pid) - used) / (time.monotonic() - begun) * 100, 0.0
                else:
                    share, rate = asyncio.run(watch(hub, count, seconds))
                costs.append({"open_cameras": count, "hub_cpu_percent": share, "pictures_per_s": rate})
                note(str(costs[-1]))
        finally:
            hub.stop()
    answer(
        title="Cameras",
        about="GStreamer's RTSP server (x264, 1280x720, 25 pictures a second, 2.5 Mbit/s, a key picture each second) "
        "draws the time into each picture. The hub passes its H.264 on; Chromium draws it by WebCodecs. First picture: "
        "from the tap until it is drawn. The sheet begins with what the tile shows, a picture of that moment, and goes "
        "on with its own film (`film`). On a closed camera's tile: from the tap on Home; this camera begins with a key "
        "picture when it is opened, one that does not takes until its next one. How old a picture is: read off the "
        "canvas, from when the camera took it until the frame after the one in which it was painted; encoding and "
        "decoding are part of it. The "
        "hub's CPU in percent of one core, with as many programs looking as there are open cameras. All on one "
        "machine, cameras, hub and browser on two cores. There is no peer to be had from the registries that "
        "passes films on.",
        goal=[
            "first picture at most 500 ms when open, at most 2,500 ms when it was closed",
            "at most 100 ms old in the median",
            "at most 3 % of a core for one open camera, at most 10 % for four",
        ],
        rows=firsts,
        glass_to_glass=[ages],
        what_it_costs=costs,
        load_of_the_machine=load(),
    )


if __name__ == "__main__":
    main()
