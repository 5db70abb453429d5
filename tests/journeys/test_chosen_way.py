"""The demo's car takes the way that somebody chose, not the one that it would have taken itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.journeys.streets import helsinki
from tests.peers.demo_apart import shown
from tests.peers.hub import RunningHub
from tests.peers.two_hubs import until
from wayhome.features.navigation import polyline
from wayhome.hub.maps import Point
from wayhome.links.sim.course import Course, apart

pytestmark = pytest.mark.real
START = {"latitude": 60.164, "longitude": 24.942}
GOALS = [(60.179, 24.95), (60.1735, 24.96), (60.163, 24.956), (60.166, 24.929)]


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[RunningHub]:
    with helsinki(tmp_path) as running:
        yield running


def choice(api: httpx.Client) -> tuple[dict[str, float], list[Course]]:
    """A goal to which more than one way leads, and those ways."""
    for latitude, longitude in GOALS:
        goal = {"latitude": latitude, "longitude": longitude}
        planned = api.post("/api/navigation/plan", json={"stops": [goal], "alternatives": 2})
        ways = [Course(polyline.decoded(one["shape"])) for one in planned.json().get("ways", [])]
        if len(ways) > 1:
            return goal, ways
    pytest.fail("only one way leads anywhere")


def here(api: httpx.Client) -> Point:
    """Both halves of one moment: the car is fast."""
    found: dict[str, Any] = api.get("/api/home/get", params={"path": "car/Vehicle.CurrentLocation.*"}).json()["values"]
    return Point(*(found[f"car/Vehicle.CurrentLocation.{half}"][0] for half in ("Latitude", "Longitude")))


@pytest.mark.timeout(480)
def test_the_car_takes_the_way_that_was_chosen(hub: RunningHub) -> None:
    with hub.api() as api:
        until(lambda: api.post("/api/navigation/start", json={"stops": [START]}).is_success, 90)
        assert api.post("/api/links/steer", json={"id": "demo", "orders": {"time_factor": 20}}).is_success
        until(lambda: shown(api, "car/navigation.now")[0]["state"] == "arrived", 120)
        until(lambda: shown(api, "car/Vehicle.LowVoltageSystemState")[0] == "LOCK", 60)
        goal, ways = choice(api)
        usual, chosen = ways[0], ways[1]
        steered = {"id": "demo", "orders": {"time_factor": 6}}
        assert api.post("/api/links/steer", json=steered).is_success
        led = api.post("/api/navigation/start", json={"stops": [goal], "way": 1})
        assert led.is_success, led.text
        way = led.json()["guidance"]["way"]
        off: list[float] = []

        def arrived() -> bool:
            now = shown(api, "car/navigation.now")
            assert now is not None
            assert now[0].get("way", way) == way, "it was led anew"
            if apart(at := here(api), usual.point(0)) > 100:
                off.append(chosen.off(at))
            return now[0]["state"] == "arrived"

        until(arrived, 240)
        assert max(off) < 15
        assert max(usual.off(chosen.point(n)) for n in range(0, int(chosen.length), 20)) > 30
