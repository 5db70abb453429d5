"""The keys of two real hubs: the car's is let in by being joined, put out by being removed; only the home's signs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.screens import PASSWORD
from tests.peers.hub import RunningHub
from tests.peers.two_hubs import TwoHubs, until, value

pytestmark = pytest.mark.real


@pytest.fixture
def two(tmp_path: Path) -> Iterator[TwoHubs]:
    two = TwoHubs(tmp_path)
    two.start()
    founding = {"name": "Anna", "password": PASSWORD, "device": {"name": "Kitchen", "kind": "tablet"}}
    with two.home.api("") as api:
        assert api.post("/api/door/owner", json=founding, headers={"Origin": two.home.url}).is_success
    yield two
    two.stop()


def listed(hub: RunningHub) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(hub.cli("keys", "status", "--json"))
    return found


@pytest.mark.long
def test_the_car_s_hub_comes_and_goes(two: TwoHubs) -> None:
    until(lambda: listed(two.home)["status"]["state"] == "in")
    assert listed(two.car)["status"]["state"] == "none"
    link = json.loads(two.home.cli("site", "invite", "--json"))["link"]
    assert f"&lists={listed(two.home)['status']['anchor']}" in link
    two.car.cli("site", "join", link)
    until(lambda: listed(two.car)["status"]["state"] == "in", 15)
    home, car = listed(two.home), listed(two.car)
    assert {one["id"] for one in home["members"]} == {"hub.home", "hub.car"} and home["members"] == car["members"]
    assert (home["status"]["head"], home["status"]["anchor"]) == (car["status"]["head"], car["status"]["anchor"])
    assert car["signer"] == car["status"]["keeper"] == "hub.home"
    assert "keep the device list" in two.car.cli("keys", "print", fails=True)
    # After a restart both are where they were.
    two.car.stop()
    two.car.start()
    assert listed(two.car)["status"]["state"] == "in"
    assert value(two.car, "hub/group.status")[0]["head"] == home["status"]["head"]
    two.home.cli("site", "remove", "car", "--yes")
    until(lambda: listed(two.home)["status"]["epoch"] == home["status"]["epoch"] + 1)
    assert [one["id"] for one in listed(two.home)["members"]] == ["hub.home"]
    assert listed(two.car)["status"]["epoch"] == home["status"]["epoch"]
