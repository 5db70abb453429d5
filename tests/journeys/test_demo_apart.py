"""The demo in two processes: what starts, ends and comes back, and what a tunnel between them does."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers.demo_apart import DemoApart, shown
from tests.peers.two_hubs import until

pytestmark = pytest.mark.real
SPEED = "car/Vehicle.Speed"
HEAT = "car/Vehicle.Cabin.HVAC.Station.Row1.Driver.Temperature"


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[DemoApart]:
    running = DemoApart(tmp_path)
    running.start()
    yield running
    if running.running:
        running.stop()


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def site_of(demo: DemoApart, thing: str) -> str | None:
    with demo.api() as api:
        info = shown(api, f"{thing}/thing.info")
    return None if info is None else str(info[0].get("site", "home"))


def test_two_hubs_are_one_household_that_anybody_may_enter_at_either(demo: DemoApart) -> None:
    with demo.api() as home, demo.car() as car:
        until(lambda: shown(home, SPEED))
        until(lambda: shown(car, "living-lamp/light.on"))
        assert home.get("/api/sites/list").json()["others"][0]["state"] == "here"
    assert site_of(demo, "car") == "car" and site_of(demo, "living-lamp") == "home"
    with demo.car("") as visitor:
        until(lambda: visitor.get("/api/door/demo").is_success)
        assert {one["id"] for one in visitor.get("/api/door/demo").json()["people"]} == {"anna", "mei", "leo", "noor"}
        came = visitor.post("/api/door/demo", json={"person": "anna"}, headers={"Origin": demo.car_url})
        assert came.is_success, came.text
        assert visitor.get("/api/people/me").json()["person"] == "anna"


@pytest.mark.long
def test_in_the_tunnel_nothing_passes_and_after_it_all_is_there(demo: DemoApart) -> None:
    with demo.api() as home, demo.car() as car:
        until(lambda: shown(home, SPEED))
        lamp = until(lambda: shown(car, "living-lamp/light.on"))[0]
        for by_car in (False, True):
            demo.tunnel(True, by_car=by_car)
            until(lambda: shown(home, "hub/demo.tunnel")[0]["closed"] and shown(car, "hub/demo.tunnel")[0]["closed"])
            time.sleep(0.5)  # what had left before the mouth of the tunnel has arrived
            before, target = shown(home, SPEED), 19.5 if by_car else 24.0
            home.post("/api/home/set", json={"path": "living-lamp/light.on", "target": not lamp})
            home.post("/api/home/set", json={"path": HEAT, "target": target})
            until(lambda lamp=lamp: shown(home, "living-lamp/light.on")[0] is not lamp)
            time.sleep(2)
            assert shown(home, SPEED) == before and shown(car, SPEED)[1] > before[1] + 1
            assert shown(car, "living-lamp/light.on")[0] is lamp and shown(car, HEAT)[0] != target
            demo.tunnel(False, by_car=by_car)
            until(lambda target=target: shown(home, HEAT)[0] == target)
            until(lambda lamp=lamp: shown(car, "living-lamp/light.on")[0] is not lamp)
            until(lambda before=before: shown(home, SPEED)[1] > before[1])
            lamp = not lamp


@pytest.mark.long
def test_after_a_long_tunnel_the_car_is_there_at_once_too(demo: DemoApart) -> None:
    with demo.api() as home:
        until(lambda: shown(home, SPEED))
        demo.tunnel(True)
        began = time.monotonic()
        until(lambda: shown(home, "car/thing.online")[0] is False, 45)
        assert time.monotonic() - began > 5  # nobody was told
        time.sleep(6)  # by now its calls come to nothing, and it waits between them
        demo.tunnel(False)
        until(lambda: shown(home, "car/thing.online")[0] is True)


def test_a_wish_ends_in_the_tunnel_at_its_time(demo: DemoApart) -> None:
    with demo.api() as home:
        until(lambda: shown(home, SPEED))
        demo.tunnel(True)
        wish = {"path": "car/Vehicle.Cabin.Door.Row1.DriverSide.IsLocked", "target": True, "held": True, "ttl": 2}
        answer = home.post("/api/home/set", json={**wish, "key": "in-a-tunnel"})
        assert answer.json()["state"] == "sent", answer.text
        until(lambda: home.post("/api/home/set", json={**wish, "key": "in-a-tunnel"}).json()["state"] == "expired", 45)
        demo.tunnel(False)


def test_a_kill_of_either_is_survived(demo: DemoApart) -> None:
    with demo.api() as home:
        until(lambda: shown(home, SPEED))
        first, added = demo.car_local["pid"], shown(home, "@site/car")[0]["added_at"]
        os.kill(first, signal.SIGKILL)
        until(lambda: shown(home, "car/thing.online")[0] is False)
        until(lambda: shown(home, "car/thing.online")[0] is True, 45)
    second = demo.car_local["pid"]
    assert second != first and alive(second)
    demo.kill()
    until(lambda: not alive(second))
    # The same two again: what was written by either is there, and no invitation was needed.
    demo.start()
    with demo.api() as home:
        assert until(lambda: shown(home, "car/thing.online"))[0] is not None
        until(lambda: shown(home, "car/thing.online")[0] is True, 45)
        assert shown(home, "@site/car")[0]["added_at"] == added


@pytest.mark.long
def test_a_road_that_is_taken_is_laid_anew(demo: DemoApart) -> None:
    with demo.api() as home:
        until(lambda: shown(home, SPEED))
        added = shown(home, "@site/car")[0]["added_at"]
    before = int((demo.car_data / "road").read_text())
    demo.stop()
    with socket.create_server(("127.0.0.1", before)):
        demo.start()
        with demo.api() as home:
            until(lambda: shown(home, "car/thing.online"), 45)
            until(lambda: shown(home, "car/thing.online")[0] is True, 45)
            assert shown(home, "@site/car")[0]["added_at"] > added
    assert int((demo.car_data / "road").read_text()) != before


def test_ctrl_c_ends_both(demo: DemoApart) -> None:
    car = demo.car_local["pid"]
    os.kill(demo.pid, signal.SIGINT)
    until(lambda: not alive(car))
    until(lambda: not demo.running)
    assert "Traceback" not in demo.log and "started again" not in demo.log


@pytest.mark.long
def test_the_demo_is_in_one_hub_or_in_two_as_one_likes(tmp_path: Path) -> None:
    one = DemoApart(tmp_path, apart=False)
    one.start()
    until(lambda: site_of(one, "car") == "home")
    with one.api() as api:
        answer = api.post("/api/demo/tunnel", json={"closed": True}).json()
    assert answer["code"] == "not_found" and "wayhome up --demo" in answer["advice"]
    one.stop()
    for apart in (True, False, True):
        demo = DemoApart(tmp_path, apart=apart)
        demo.start()
        until(lambda demo=demo, apart=apart: site_of(demo, "car") == ("car" if apart else "home"), 45)
        with demo.api() as api:
            until(lambda api=api: shown(api, "car/thing.online")[0] is True)
        demo.stop()


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    demo = DemoApart(tmp_path)
    demo.car_data.mkdir(parents=True)
    (demo.car_data / "wayhome.db").write_bytes(b"mine")
    with pytest.raises(pytest.fail.Exception, match="holds something else"):
        demo.start()
    assert (demo.car_data / "wayhome.db").read_bytes() == b"mine"
