"""A home and a car without a route between them but a relay: places with a network of their own."""

from __future__ import annotations

import json
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.peers.hub import ROOT, RunningHub
from tests.peers.places import Places
from tests.peers.program import Program
from tests.peers.relay import RunningRelay
from tests.peers.two_hubs import until as asked_until

RELAY, LIAR = 8443, 8444
LAMP = "living-lamp/light.on"
DOOR = "front-door/lock.locked"


def until(what: Callable[[], Any], seconds: float = 30.0) -> Any:
    """Asked by the command line, each time a program of its own: not too often."""
    return asked_until(what, seconds, 0.5)


class Far:
    """A home behind one road, a car behind another, and a relay where they meet. ``lying``: something stands before
    the relay, see tests/peers/bad_road.py."""

    def __init__(self, folder: Path, places: Places, *, lying: bool = False) -> None:
        self.places = places
        self.folder = folder
        self.home_address, self.relay_address = places.road("home", "road", out=True)
        self.car_address, _ = places.road("car", "road", out=True)
        self.home = RunningHub(folder / "home", listen="0.0.0.0", before=places.at("home"))
        self.car = RunningHub(folder / "car", "--site", "car", before=places.at("car"))
        self.relay = RunningRelay(folder / "relay", listen=f"0.0.0.0:{RELAY}", before=places.at("road"))
        self.liar: Program | None = None
        if lying:
            self.says("honest")
            command = [sys.executable, "-m", "tests.peers.bad_road", str(LIAR), str(RELAY), str(folder)]
            self.liar = Program("liar", [*places.at("road"), *command], folder, {"PYTHONPATH": str(ROOT)})

    def says(self, mode: str) -> None:
        (self.folder / "mode").write_text(mode)

    def start(self) -> None:
        self.relay.start()
        if self.liar is not None:
            self.liar.start((self.folder / "ready").exists)
        self.home.start()
        self.car.start()
        self.home.cli("link", "add", "sim", "--set", "part=home", "--set", "delay=0")
        self.car.cli("link", "add", "sim", "--set", "part=car", "--set", "start=home", "--set", "delay=0")
        self.home.cli("site", "relay", f"{self.relay_address}:{RELAY if self.liar is None else LIAR}")
        until(lambda: relay_of(self.home)["state"] == "there")

    def join(self) -> None:
        self.car.cli("site", "join", json.loads(self.home.cli("site", "invite", "--json"))["link"])
        until(lambda: get(self.car, LAMP) is not None)

    def stop(self) -> None:
        for hub in (self.car, self.home):
            if hub.running:
                hub.stop()
        self.relay.stop()
        if self.liar is not None:
            self.liar.stop()


def get(hub: RunningHub, path: str) -> Any:
    """A fact, asked for where the hub is."""
    found = json.loads(hub.cli("get", "**", "--json")).get(path)
    return None if found is None else found[0]


def relay_of(hub: RunningHub) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(hub.cli("site", "relay", "--json"))
    return found


def other(hub: RunningHub) -> dict[str, Any]:
    """How the other site is doing, as seen from a hub."""
    found: dict[str, Any] = json.loads(hub.cli("site", "list", "--json"))["others"][0]
    return found


@pytest.fixture
def places() -> Iterator[Places]:
    with Places("home", "road", "car") as places:
        yield places


@pytest.fixture
def far(tmp_path: Path, places: Places) -> Iterator[Far]:
    far = Far(tmp_path, places)
    far.start()
    yield far
    far.stop()


def wish(hub: RunningHub, path: str, target: Any) -> bool:
    """Wish for something, and wait for what comes of it: whether it was done."""
    try:
        hub.cli("set", path, json.dumps(target), "--held")
    except AssertionError:
        return False
    return True


def switch(hub: RunningHub, seconds: float = 45.0) -> None:
    """Wish for the lamp to be otherwise, until it is: a site that has just gone takes its seconds to be back."""
    wanted = not get(hub, LAMP)
    end = time.monotonic() + seconds
    while not wish(hub, LAMP, wanted):
        assert time.monotonic() < end, "the wish is never fulfilled"
    until(lambda: get(hub, LAMP) is wanted)


@pytest.mark.timeout(240)
def test_a_car_far_from_home_reaches_it_through_the_relay(far: Far) -> None:
    assert not far.places.reaches("car", far.home_address, far.home.port), "there is no other way"
    assert far.places.reaches("car", far.relay_address, RELAY)
    far.join()
    assert (other(far.car)["by"], other(far.home)["by"]) == ("relay", "relay")
    switch(far.car)
    heat = "car/Vehicle.Cabin.HVAC.Station.Row1.Driver.Temperature"
    far.home.cli("set", heat, "23.5")
    until(lambda: get(far.car, heat) == 23.5)
    # Each of the three dies without a word and comes back.
    far.relay.kill()
    until(lambda: other(far.car)["state"] == "away", 45)
    until(lambda: "does not answer" in other(far.car)["detail"])
    far.relay.start()
    until(lambda: other(far.car)["state"] == "here", 60)
    switch(far.car)
    far.home.kill()
    until(lambda: other(far.car)["state"] == "away", 45)
    far.home.start()
    until(lambda: other(far.car)["state"] == "here", 60)
    switch(far.car)
    far.car.kill()
    until(lambda: other(far.home)["state"] == "away", 45)
    far.car.start()
    until(lambda: other(far.home)["state"] == "here", 60)
    switch(far.car)
    assert "anna" not in far.relay.log


@pytest.mark.long
@pytest.mark.timeout(240)
def test_at_home_the_car_talks_straight_and_on_the_road_through_the_relay(far: Far) -> None:
    far.join()
    assert other(far.car)["by"] == "relay"
    far.places.road("car", "home")  # it comes home: their third road
    until(lambda: other(far.car)["by"] == "direct", 60)
    assert other(far.car)["state"] == "here" and other(far.home)["by"] == "direct"
    switch(far.car)
    far.places.cut("car", 3)  # it drives off
    until(lambda: other(far.car)["by"] == "relay", 60)
    switch(far.car)


@pytest.mark.timeout(300)
def test_a_relay_that_lies_is_found_out_does_no_harm_and_learns_nothing(
    tmp_path: Path, places: Places, soak: bool
) -> None:
    far = Far(tmp_path, places, lying=True)
    canaries = [f"Canary {secrets.token_hex(5)}" for _ in range(50 if soak else 12)]
    thief = RunningHub(tmp_path / "thief", listen="0.0.0.0", before=places.at("road"))
    try:
        far.start()
        thief.start()
        (tmp_path / "fork").write_text(str(thief.port))
        far.join()
        for number, name in enumerate(canaries):
            (far.home if number % 2 else far.car).cli("do", "people.add", f"name={name}", "role=guest")
        lists = lambda: [hub.cli("do", "people.list", "--json") for hub in (far.car, far.home)]  # noqa: E731
        until(lambda: all(name in people for people in lists() for name in canaries), 30)
        for mode in ("flip", "drop", "twice", "swap", "freeze", "fork") if soak else ("twice",):
            assert wish(far.car, DOOR, True) and get(far.home, DOOR) is True
            far.says(mode)
            if mode == "fork":  # streams that are there stay where they are: it is the next one that is stolen
                far.home.kill()
                far.home.start()
            until(lambda: other(far.car)["state"] == "away", 60)
            # Some of it may get through before the lie is found out. What the car is told is so, either way.
            locked = not wish(far.car, DOOR, False)
            assert get(far.home, DOOR) is locked, mode
            far.says("honest")
            until(lambda: other(far.car)["state"] == "here", 90)
            assert get(far.home, DOOR) is locked, f"{mode}: it opened late"
        assert get(thief, DOOR) is None
        _knows_nothing(far, tmp_path, canaries)
    finally:
        if thief.running:
            thief.stop()
        far.stop()


def _knows_nothing(far: Far, folder: Path, canaries: list[str]) -> None:
    """Neither names nor keys of the household are at the relay; the same search finds them in the car's hub."""
    wanted = [name.encode() for name in canaries]
    found_at = {
        "memory": _memory(far.relay.pid),
        "traffic": (folder / "passed").read_bytes(),
        "log": far.relay.log.encode(),
        "files": b"".join(p.read_bytes() for p in (folder / "relay").rglob("*") if p.is_file()),
    }
    assert len(found_at["memory"]) > 1_000_000 and len(found_at["traffic"]) > 10_000
    keys = [hub.token.encode() for hub in (far.home, far.car)]
    for place, content in found_at.items():
        found = [text for text in [*wanted, *keys, b"living-lamp"] if text in content]
        assert not found, f"{place} of the relay holds {found}"
    own = _memory(far.car.pid)
    assert sum(name in own for name in wanted) > len(wanted) * 0.8


def _memory(pid: int) -> bytes:
    """All that a process holds."""
    found = []
    with Path(f"/proc/{pid}/mem").open("rb", buffering=0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            span, rights = line.split()[:2]
            if not rights.startswith("rw"):
                continue
            start, end = (int(part, 16) for part in span.split("-"))
            try:
                memory.seek(start)
                found.append(memory.read(end - start))
            except OSError:
                continue
    return b"".join(found)
