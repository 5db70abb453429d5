"""A film of the home's camera in the car, over a relay: what it does to wishes that go the same way, and how old its
pictures are when they are there."""

from __future__ import annotations

import asyncio
import json
import os
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from tests.journeys.test_relay import Far
from tests.peers.camera import Camera
from tests.peers.places import Places
from tests.peers.program import find
from websockets.asyncio.client import connect

from bench.relay import fulfilled
from bench.rig.measure import answer, at, load, middle, note, quick

HEAD = struct.Struct(">BId")
RATE = 4_000
"""kbit/s of the camera: its key pictures are about 100 kB."""
UPLINK = "10mbit"
LATE = 300.0
"""ms; see the goal."""


class Seen:
    """What a screen in the car got: sizes of key pictures; after how many ms it had caught up, as a film begins with
    the last key picture and all since; and how old pictures were from then on, in ms since they had come to the
    home's hub."""

    def __init__(self) -> None:
        self.keys: list[int] = []
        self.late: list[float] = []
        self.caught_up: list[float] = []
        self._began: float | None = None

    def picture(self, size: int, key: int, age: float) -> None:
        if key:
            self.keys.append(size)
        now = time.monotonic() * 1_000
        self._began = self._began or now
        if not self.caught_up and age < LATE:
            self.caught_up.append(now - self._began)
        if self.caught_up:
            self.late.append(age)


@asynccontextmanager
async def looking(url: str, token: str, seen: Seen) -> AsyncIterator[None]:
    """A screen in the car that draws all that comes, and is touched."""
    headers = {"Authorization": f"Bearer {token}"}
    film = f"{url.replace('http', 'ws', 1)}/api/film?thing=yard"
    async with connect(film, additional_headers=headers, max_size=None, proxy=None) as socket:
        come = asyncio.Event()

        async def look() -> None:
            ahead, touched = 0.0, time.monotonic()
            async for said in socket:
                if isinstance(said, str):
                    ahead = json.loads(said).get("ahead", 0.0)
                    continue
                key, number, taken = HEAD.unpack_from(said)
                seen.picture(len(said), key, (time.time() - (taken - ahead)) * 1_000)
                if number % 5 == 0:
                    await socket.send(json.dumps({"t": "seen", "n": number}))
                if time.monotonic() - touched > 10:
                    touched = time.monotonic()
                    await socket.send(json.dumps({"t": "stay"}))
                come.set()

        task = asyncio.create_task(look())
        try:
            async with asyncio.timeout(20):
                await come.wait()
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)


async def inside(url: str, token: str, each: int, film: bool) -> None:
    """In the car: what one turn came to, on stdout."""
    seen = Seen()
    if film:
        async with looking(url, token, seen):
            took = await fulfilled(url, token, each)
    else:
        took = await fulfilled(url, token, each)
    print(json.dumps({"took": took, "keys": seen.keys, "late": seen.late, "caught_up": seen.caught_up}))


class Apart:
    """A home whose way out takes UPLINK and no more, a car, and a relay where they meet: places with a network of
    their own."""

    def __init__(self, folder: Path, places: Places) -> None:
        self.far = Far(folder, places)
        self.camera = Camera(folder / "camera", before=places.at("home"), rate=RATE)
        self._in_car = places.at("car")
        tc = [*places.at("home"), find("tc"), "qdisc", "add", "dev", "r1a", "root"]
        self._narrow = [*tc, "tbf", "rate", UPLINK, "burst", "16kb", "latency", "1s"]

    def start(self) -> None:
        self.camera.up()
        self.far.start()
        self.far.home.cli(
            "link", "add", "rtsp", "--name", "Yard", "--set", f"url={self.camera.url}", "--set", "open=always"
        )
        self.far.join()
        subprocess.run(self._narrow, check=True)

    def turn(self, each: int, film: bool) -> dict[str, list[float]]:
        """Wishes in the car, with a film or without."""
        car = self.far.car
        asked = [sys.executable, __file__, "--inside", car.url, car.token, str(each), "film" if film else ""]
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        done = subprocess.run([*self._in_car, *asked], check=True, stdout=subprocess.PIPE, env=env, timeout=300)
        found: dict[str, list[float]] = json.loads(done.stdout)
        return found

    def stop(self) -> None:
        self.far.stop()
        self.camera.kill()


def main() -> None:
    turns, each = (2, 30) if quick() else (8, 60)
    found: dict[str, list[float]] = {}
    seen = Seen()
    with tempfile.TemporaryDirectory() as folder, Places("home", "road", "car") as places:
        apart = Apart(Path(folder), places)
        try:
            apart.start()
            for number in range(turns):
                for name in ("no film", "with a film"):
                    took = apart.turn(each, name != "no film")
                    each_took = took["took"]
                    note(f"turn {number}, {name}: p50 {middle(each_took):.1f} ms, p99 {at(each_took, 0.99):.1f} ms")
                    found.setdefault(name, []).extend(each_took)
                    seen.keys += took["keys"]
                    seen.late += took["late"]
                    seen.caught_up += took["caught_up"]
        finally:
            apart.stop()
    plain = found["no film"]
    rows: list[dict[str, Any]] = [
        {
            "wishes": name, "count": len(took), "p50 ms": middle(took), "p99 ms": at(took, 0.99),
            "added p50 ms": middle(took) - middle(plain), "added p99 ms": at(took, 0.99) - at(plain, 0.99),
        }
        for name, took in found.items()
    ]  # fmt: skip
    film = {
        "pictures": len(seen.late), "late p50 ms": middle(seen.late), "late p95 ms": at(seen.late, 0.95),
        "caught up p50 ms": middle(seen.caught_up), "caught up max ms": max(seen.caught_up),
        "key picture p50 kB": middle(seen.keys) / 1_000, "largest kB": max(seen.keys) / 1_000,
    }  # fmt: skip
    answer(
        title="A film of the home in the car",
        about="A wish at a car's hub for a lamp of the house over a relay, until the lamp's own word is shown there,"
        " one at a time: with nothing else on the way, and while a film of the home's camera"
        f" ({RATE / 1000:g} Mbit/s, 25 pictures a second, a key picture each second) comes over the same relay to a"
        f" screen in the car. Home, relay and car have networks of their own; the home's way out takes {UPLINK} and"
        " keeps the rest waiting in one line (tc's tbf). How old a picture is: from when it had come whole to the"
        " home's hub until a screen's socket at the car's hub has it, once it has caught up: a film begins with the"
        " last key picture and all since, which takes such a road a moment. All on one machine with two cores. There is"
        " no peer to be had that does both.",
        goal=["a film adds at most 20 ms to a wish in the median, 100 ms at p99", f"pictures at most {LATE:g} ms late"],
        rows=rows,
        the_film=[film],
        load_of_the_machine=load(),
    )


if __name__ == "__main__":
    if "--inside" in sys.argv:
        asyncio.run(inside(sys.argv[2], sys.argv[3], int(sys.argv[4]), bool(sys.argv[5])))
    else:
        main()
