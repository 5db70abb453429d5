"""A driver's screen can't leave the driver's rules by the door while the car moves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.peers.hub import RunningHub


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[RunningHub]:
    running = RunningHub(tmp_path, "--demo", "--no-sites")
    running.start()
    yield running
    running.stop()


def test_signing_out_waits_until_the_car_is_parked(hub: RunningHub) -> None:
    shown = json.loads(hub.cli("do", "people.pair_start", "person=anna", "seat=driver", "car=car", "--json"))
    with httpx.Client(base_url=hub.url, headers={"origin": hub.url}, trust_env=False) as screen:
        body = {"key": shown["link"].partition("=")[2], "device": {"name": "Dash", "kind": "car"}}
        assert screen.post("/api/door/pair/accept", json=body).status_code == 200
        assert screen.get("/api/people/me").json()["seat"] == "driver"
        refused = screen.post("/api/door/out")
        assert (refused.status_code, refused.json()["code"]) == (403, "not_while_driving")
        again = screen.post("/api/door/password", json={"name": "Anna", "password": "x" * 12, "device": {}})
        assert again.json()["code"] == "not_while_driving"
        me = screen.get("/api/people/me").json()
        for path, data in (
            ("/api/people/revoke", {"device": me["device"]}),
            ("/api/door/pair/ask", {"device": {"name": "Dash", "kind": "car"}}),
        ):
            assert screen.post(path, json=data).json()["code"] == "not_while_driving", path
        hidden = screen.post("/api/door/out", headers={"Authorization": "Bearer x"})
        assert hidden.json()["code"] == "not_while_driving"
        assert screen.get("/api/people/me").status_code == 200
        hub.cli("do", "links.steer", "id=demo", 'orders={"park": true}')
        hub.cli("watch", "car/driving.state", "--count", "1")
        for _ in range(100):
            if json.loads(hub.cli("get", "car/driving.state", "--json"))["car/driving.state"][0] == "parked":
                break
        assert screen.post("/api/door/out").status_code == 204
        assert screen.get("/api/people/me").status_code == 401
