"""The demo with a map: both hubs make it, the household lives in it, and the car goes where somebody wishes at home."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.links.sim.streets import GOAL, WHERE
from tests.peers.demo_apart import DemoApart, shown
from tests.peers.maps import extract
from tests.peers.two_hubs import until

pytestmark = pytest.mark.real


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[DemoApart]:
    running = DemoApart(tmp_path, "--map", str(extract("helsinki")))
    yield running
    if running.running:
        running.stop()


def place(api: httpx.Client, id: str) -> dict[str, Any] | None:
    found = shown(api, f"@place/{id}")
    return None if found is None else found[0]


def guidance(api: httpx.Client) -> dict[str, Any]:
    """How the car is led; where it is not, to nowhere, and arrived."""
    found = shown(api, "car/navigation.now")
    return (found and found[0]) or {"state": "arrived", "goal": {}}


def in_helsinki(latitude: float | None) -> bool:
    return latitude is not None and 60.16 < latitude < 60.19


def test_the_household_lives_in_its_map_and_the_car_drives_there(demo: DemoApart) -> None:
    demo.start()
    with demo.api() as home, demo.car() as car:
        until(lambda: place(home, "home"), 60)
        where = place(home, "home")
        assert where is not None and in_helsinki(where["latitude"])
        point = {"latitude": where["latitude"], "longitude": where["longitude"]}
        spot = home.get("/api/maps/at", params=point).json()["spot"]
        assert spot["kind"] == "address" and spot["distance"] < 5
        work, school = place(home, "work"), place(home, "school")
        assert work is not None and school is not None
        assert len({one["latitude"] for one in (where, work, school)}) == 3
        # Until the car's own map is there it tells no position, rather than one of elsewhere.
        until(lambda: shown(home, WHERE + "Latitude"), 60)
        assert in_helsinki(shown(home, WHERE + "Latitude")[0])
        for api in (home, car):
            assert [one["id"] for one in api.get("/api/maps/list").json()["regions"]] == ["helsinki"]
        for half in ("latitude", "longitude"):
            wish = {"path": GOAL + half.title(), "target": work[half]}
            assert home.post("/api/home/set", json=wish).json()["state"] in ("sent", "done")
        until(lambda: (shown(home, GOAL + "Longitude") or [None])[0] == work["longitude"])
        home.post("/api/home/set", json={"path": GOAL + "Latitude", "target": 12.5})
        nowhere = {"path": GOAL + "Longitude", "target": 99.5, "key": "to-nowhere"}
        until(lambda: home.post("/api/home/set", json=nowhere).json()["state"] == "failed")
        assert "can't go there" in home.post("/api/home/set", json=nowhere).json()["why"]
        until(lambda: shown(home, GOAL + "Longitude")[0] == work["longitude"])
        # It drives home by navigation, and the house gets ready.
        until(lambda: home.get("/api/navigation/chosen").json()["chosen"])
        home.post("/api/home/set", json={"path": "living-lamp/light.on", "target": False})
        until(lambda: shown(car, "living-lamp/light.on")[0] is False)
        sim = car.get("/api/links/list").json()["links"][0]["id"]
        assert car.post("/api/links/steer", json={"id": sim, "orders": {"homewards": 0.1}}).is_success
        led = car.post("/api/navigation/start", json={"place": "home"})
        assert led.is_success, led.text
        until(lambda: shown(home, "living-lamp/light.on")[0] is True, 45)
        until(lambda: guidance(home)["goal"].get("place") == "home")
        assert car.post("/api/links/steer", json={"id": sim, "orders": {"time_factor": 20}}).is_success
        until(lambda: shown(home, "car/Vehicle.LowVoltageSystemState")[0] == "LOCK", 60)
        until(lambda: guidance(home)["state"] == "arrived")
        # Who has moved home stays there, and a map that is there is not made again.
        moved = {"home": {**point, "latitude": 60.1712, "radius": 80}}
        assert home.post("/api/people/household_change", json=moved).is_success
    demo.stop()
    demo.start()
    with demo.api() as home:
        listed = home.get("/api/maps/list").json()
        assert listed["making"] is None and len(listed["regions"]) == 1
        now = place(home, "home")
        assert now is not None and now["latitude"] == 60.1712 and place(home, "work") == work


def test_an_extract_that_is_none_leaves_the_demo_in_its_valley(tmp_path: Path) -> None:
    (bad := tmp_path / "bad.osm.pbf").write_bytes(b"no extract")
    demo = DemoApart(tmp_path, "--map", str(bad), apart=False)
    demo.start()
    with demo.api() as api:
        until(lambda: shown(api, WHERE + "Latitude"), 45)
        assert 47 < shown(api, WHERE + "Latitude")[0] < 47.3
        until(lambda: place(api, "home"), 45)  # the demo's records come after its devices
        assert (place(api, "home") or {})["latitude"] == 47.14226
        assert api.get("/api/maps/list").json()["making"]["error"]
    demo.stop()
