"""Two hubs as processes, and a road between them that breaks in every way while they are killed at any moment: 3 bad
turns here, 100 with WAYHOME_SOAK=1."""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers.hub import ROOT, RunningHub
from tests.peers.program import Program, free_port
from tests.peers.two_hubs import TwoHubs, until, value

DOOR = "front-door/lock.locked"
MODES = ("cut", "freeze", "delay", "reset", "half")


class BadRoad(TwoHubs):
    """The car's way home leads over it."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.folder = folder
        self.port = free_port()
        self.names: list[str] = []
        self.says("honest")
        self.road: Program

    def says(self, mode: str) -> None:
        (self.folder / "mode").write_text(mode)

    def build(self) -> None:
        command = [sys.executable, "-m", "tests.peers.bad_road", str(self.port), str(self.home.port), str(self.folder)]
        self.road = Program("road", command, self.folder, {"PYTHONPATH": str(ROOT)})
        self.road.start((self.folder / "ready").exists)

    def join(self) -> None:
        link = json.loads(self.home.cli("site", "invite", "--json"))["link"]
        self.car.cli("site", "join", link.replace(f":{self.home.port}", f":{self.port}", 1))

    def add(self, hub: RunningHub) -> None:
        """Somebody is written down; only what was acknowledged counts."""
        name = f"Guest {len(self.names)}"
        with hub.api() as api:
            if api.post("/api/people/add", json={"name": name, "role": "guest"}).is_success:
                self.names.append(name)

    def people(self, hub: RunningHub) -> set[str]:
        with hub.api() as api:
            return {one["name"] for one in api.get("/api/people/list").json()["people"]}

    def unlocks(self) -> bool:
        """Wish in the car for the house's door to open; whether it did, as the car is told."""
        try:
            self.car.cli("set", DOOR, "false", "--held")
        except AssertionError:
            return False
        return True

    def stop(self) -> None:
        super().stop()
        self.road.stop()


@pytest.fixture
def two(tmp_path: Path) -> Iterator[BadRoad]:
    two = BadRoad(tmp_path)
    two.start()
    two.build()
    two.join()
    yield two
    two.stop()


def site(hub: RunningHub) -> dict[str, object]:
    with hub.api() as api:
        found: dict[str, object] = api.get("/api/sites/list").json()["others"][0]
        return found


@pytest.mark.timeout(3_600)
def test_nothing_is_lost_and_nothing_is_late_on_a_bad_road(two: BadRoad, soak: bool) -> None:
    chance = random.Random(time.time_ns() if soak else 5)
    until(lambda: value(two.car, DOOR))
    for turn in range(100 if soak else 3):
        if value(two.home, DOOR)[0] is False:
            two.home.cli("set", DOOR, "true")
        mode = MODES[turn % len(MODES)]
        two.says(mode)
        for hub in (two.home, two.car):
            two.add(hub)
        if turn % 2:
            time.sleep(chance.uniform(0, 2))
        opened = two.unlocks()
        victim = chance.choice((two.home, two.car, None))
        if victim is not None:
            victim.kill()
            time.sleep(chance.uniform(0, 1))
            victim.start()
        two.says("honest")
        until(lambda: site(two.car)["state"] == "here", 60)
        for hub in (two.home, two.car):
            until(lambda hub=hub: set(two.names) <= two.people(hub), 30)  # type: ignore[misc]
        until(lambda: value(two.home, DOOR) is not None)
        # The simulated door lives in the home's hub: with that it falls back into its lock.
        locked = not opened or victim is two.home
        assert value(two.home, DOOR)[0] is locked, f"turn {turn}, {mode}: the car was told {opened}"
        until(lambda: value(two.car, DOOR)[0] == value(two.home, DOOR)[0])
        assert site(two.car)["waiting"] == 0
    assert two.people(two.home) == two.people(two.car)
