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
GOALS = [(60.1717, 24.9320), (60.1755, 24.9372), (60.1660, 24.9290), (60.1735, 24.9600), (60.1640, 24.9420)]


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
    found: list[Any] = [shown(api, f"car/Vehicle.CurrentLocation.{half}") for half in ("Latitude", "Longitude")]
    return Point(found[0][0], found[1][0])


def test_the_car_takes_the_way_that_was_chosen(hub: RunningHub) -> None:
    with hub.api() as api:
        to = {"latitude": GOALS[0][0], "longitude": GOALS[0][1]}
        until(lambda: api.post("/api/navigation/plan", json={"stops": [to]}).is_success, 90)
        assert api.post("/api/links/steer", json={"id": "demo", "orders": {"park": True}}).is_success
        until(lambda: shown(api, "car/Vehicle.LowVoltageSystemState")[0] == "LOCK", 30)
        goal, ways = choice(api)
        usual, chosen = ways[0], ways[1]
        steered = {"id": "demo", "orders": {"time_factor": 15}}
        assert api.post("/api/links/steer", json=steered).is_success
        led = api.post("/api/navigation/start", json={"stops": [goal], "way": 1})
        assert led.is_success, led.text
        way = led.json()["guidance"]["way"]
        off: list[float] = []

        def arrived() -> bool:
            now = shown(api, "car/navigation.now")
            assert now is not None and now[0]["state"] in ("under_way", "arrived"), now
            assert now[0].get("way", way) == way, "it was led anew"
            if apart(at := here(api), usual.point(0)) > 100:
                off.append(chosen.off(at))
            return now[0]["state"] == "arrived"

        until(arrived, 170)
        assert max(off) < 15
        assert max(usual.off(chosen.point(n)) for n in range(0, int(chosen.length), 20)) > 30
