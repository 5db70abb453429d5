"""A home's hub and a car's hub, each a process of its own, as one household."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.peers.hub import RunningHub
from tests.peers.two_hubs import TwoHubs, until, value
from wayhome.adapters import names_mdns


@pytest.fixture
def two(tmp_path: Path) -> Iterator[TwoHubs]:
    two = TwoHubs(tmp_path)
    two.start()
    two.join()
    yield two
    two.stop()


def test_two_hubs_join_and_are_one(two: TwoHubs) -> None:
    lamp = until(lambda: value(two.car, "living-lamp/light.on"))
    until(lambda: value(two.home, "car/Vehicle.Powertrain.TractionBattery.StateOfCharge.Displayed"))
    # A wish at the car for the house's lamp, and one at home for the car.
    two.car.cli("set", "living-lamp/light.on", json.dumps(not lamp[0]))
    until(lambda: (value(two.home, "living-lamp/light.on") or [lamp[0]])[0] is not lamp[0])
    until(lambda: value(two.car, "living-lamp/light.on")[0] is not lamp[0])
    heat = "car/Vehicle.Cabin.HVAC.Station.Row1.Driver.Temperature"
    two.home.cli("set", heat, "23.5")
    until(lambda: (value(two.car, heat) or [0])[0] == 23.5)
    assert "home" in two.car.cli("site", "list")
    # A third hub that joined at the car would hear of the car's things alone.
    assert "meet at Home" in two.car.cli("site", "invite", fails=True)


def test_each_goes_on_alone_and_they_come_together_again(two: TwoHubs) -> None:
    until(lambda: value(two.car, "living-lamp/light.on"))
    two.home.kill()
    until(lambda: value(two.car, "living-lamp/thing.online")[0] is False)
    assert value(two.car, "living-lamp/light.on") is not None
    assert value(two.car, "car/thing.online")[0] is True
    two.home.start()
    until(lambda: value(two.car, "living-lamp/thing.online")[0] is True, 30)
    two.car.kill()
    until(lambda: value(two.home, "car/thing.online")[0] is False)
    two.car.start()
    until(lambda: value(two.home, "car/thing.online")[0] is True, 30)


def test_a_site_that_was_removed_is_let_in_no_more(two: TwoHubs) -> None:
    until(lambda: value(two.home, "car/thing.online"))
    two.home.cli("site", "remove", "car", "--yes")
    assert until(lambda: value(two.home, "car/thing.info") is None)
    until(lambda: "does not know this hub" in two.car.cli("site", "list"))


def test_a_hub_that_left_its_household_may_come_back(two: TwoHubs) -> None:
    until(lambda: value(two.car, "living-lamp/light.on"))
    two.home.cli("do", "people.add", "name=Ida", "role=member")
    until(lambda: "Ida" in two.car.cli("do", "people.list", "--json"))
    two.car.cli("site", "remove", "home", "--yes")
    two.home.cli("site", "remove", "car", "--yes")
    assert "only one" in two.car.cli("site", "list")
    two.join()
    until(lambda: value(two.car, "living-lamp/thing.online"))
    until(lambda: value(two.home, "car/thing.online"))


def test_a_car_with_records_of_its_own_joins_and_a_household_of_its_own_does_not(tmp_path: Path) -> None:
    two = TwoHubs(tmp_path)
    try:
        two.start()
        # Records of its own, as a drive's: only people make a household.
        until(lambda: value(two.car, "car/Vehicle.Powertrain.TractionBattery.StateOfCharge.Displayed"))
        two.car.cli("do", "charging.change", "car=car", "on=true", "start=23:00")
        two.join()
        until(lambda: value(two.car, "living-lamp/light.on"))
        other = RunningHub(tmp_path / "other", "--site", "van")
        other.start()
        founding = {"name": "Bo", "password": "a long and windy road home", "device": {"name": "x", "kind": "phone"}}
        with other.api("") as api:
            assert api.post("/api/door/owner", json=founding, headers={"Origin": other.url}).is_success
        link = json.loads(two.home.cli("site", "invite", "--json"))["link"]
        assert "has a household already" in other.cli("site", "join", link, fails=True)
        other.stop()
    finally:
        two.stop()


@pytest.mark.long
def test_a_car_comes_in_anew_after_the_home_has_a_new_authority(tmp_path: Path) -> None:
    two = TwoHubs(tmp_path, listen="0.0.0.0")

    def invited(*site: str) -> str:
        link: str = json.loads(two.home.cli("site", "invite", *site, "--json"))["link"]
        return link.replace(link.split("//")[1].split(":")[0], "127.0.0.1", 1)

    try:
        two.start()
        two.car.cli("site", "join", invited())
        until(lambda: value(two.home, "car/thing.online"))
        two.home.stop()
        two.home.cli("tls", "renew", "--yes")
        two.home.start()
        until(lambda: "away" in two.car.cli("site", "list"))
        assert "there is no other site" in two.home.cli("site", "invite", "van", fails=True)
        assert "has a site car already" in two.car.cli("site", "join", invited(), fails=True)
        two.car.cli("site", "join", invited("car"))
        until(lambda: "there" in two.car.cli("site", "list"), 30)
        until(lambda: value(two.home, "car/thing.online")[0] is True)
        other = RunningHub(tmp_path / "other", "--site", "van")
        other.start()
        assert "this invitation is for car" in other.cli("site", "join", invited("car"), fails=True)
        other.stop()
    finally:
        two.stop()


def test_the_doorbells_picture_is_seen_in_the_car(two: TwoHubs) -> None:
    until(lambda: value(two.car, "doorbell/thing.online"))
    with two.car.api() as api:
        shown = until(
            lambda: (found := api.get("/api/home/picture", params={"thing": "doorbell"})).is_success and found
        )
    assert shown.headers["content-type"].startswith("image/png")
    two.home.kill()
    until(lambda: value(two.car, "doorbell/thing.online")[0] is False)
    with two.car.api() as api:
        missing = api.get("/api/home/picture", params={"thing": "doorbell"}).json()
    assert missing["code"] == "unreachable"


def test_the_cars_drive_log_is_read_at_home(tmp_path: Path) -> None:
    two = TwoHubs(tmp_path, begins="driving")
    try:
        two.start()
        two.join()
        began = until(lambda: value(two.home, "car/Vehicle.Speed"))[1]

        def log(hub: RunningHub) -> dict[str, Any]:
            span: dict[str, str | float] = {"path": "car/Vehicle.Speed", "start": began - 60, "end": began + 3}
            with hub.api() as api:
                answer: dict[str, Any] = api.get("/api/home/history", params=span).json()
            return answer

        time.sleep(4)  # the span is over, and what was told in it is kept
        there = log(two.car)
        assert len(there["points"]) > 2 and log(two.home) == there
        two.car.kill()
        until(lambda: value(two.home, "car/thing.online")[0] is False)
        missing = log(two.home)
        assert missing["code"] == "unreachable" and "Car is away" in missing["detail"]
    finally:
        two.stop()


def test_a_hub_joins_over_tls_that_the_invitation_vouches_for(tmp_path: Path) -> None:
    two = TwoHubs(tmp_path, listen="0.0.0.0")
    try:
        two.start()
        link = json.loads(two.home.cli("site", "invite", "--json"))["link"]
        assert link.startswith("https://") and "&ca=" in link
        here = link.replace(link.split("//")[1].split(":")[0], "127.0.0.1", 1)
        mark = here.rpartition("&ca=")[2]
        wrong = here.replace(mark, "0" * len(mark))
        assert "somebody else answers" in two.car.cli("site", "join", wrong, fails=True)
        two.car.cli("site", "join", here)
        until(lambda: value(two.car, "living-lamp/light.on"))
        assert "has a household already" in two.car.cli("site", "join", here, fails=True)
    finally:
        two.stop()


def test_a_hub_joins_from_a_machine_that_knows_no_local_names(tmp_path: Path) -> None:
    two = TwoHubs(tmp_path, listen="0.0.0.0")
    two.home.data.mkdir()
    (two.home.data / "wayhome.toml").write_text('names = ["nowhere.invalid"]\n')
    try:
        two.start()
        link = json.loads(two.home.cli("site", "invite", "--json"))["link"]
        assert link.count("&at=") == len(names_mdns.addresses()[:4])
        nameless = link.replace("wayhome.local", "nowhere.invalid", 1)
        assert nameless != link
        two.car.cli("site", "join", nameless.replace("&ca=", f"&at=127.0.0.1:{two.home.port}&ca=", 1))
        until(lambda: value(two.car, "living-lamp/light.on"))
        # It goes on by that address, also when both begin anew.
        two.home.stop()
        two.car.stop()
        two.car.start()
        two.home.start()
        until(lambda: (value(two.car, "living-lamp/thing.online") or [False])[0])
    finally:
        two.stop()


def test_who_comes_in_at_home_comes_in_at_the_car(tmp_path: Path) -> None:
    two = TwoHubs(tmp_path)
    try:
        two.start()
        arrival = {"name": "Anna's phone", "kind": "phone"}
        founding = {"name": "Anna", "password": "a long and windy road home", "device": arrival}
        with two.home.api("") as api:
            came = api.post("/api/door/owner", json=founding, headers={"Origin": two.home.url})
            assert came.is_success, came.text
            token = came.cookies["wayhome"]
        two.join()

        def who(hub: RunningHub, token: str) -> str | None:
            with hub.api(token) as api:
                me = api.get("/api/people/me")
            return me.json()["person"] if me.is_success else None

        assert until(lambda: who(two.car, token)) == "anna"
        with two.car.api("") as api:
            door = api.get("/api/door").json()
            assert door["owner"] is True and door["lost"] is False
            by_password = {"name": "Anna", "password": "a long and windy road home", "device": arrival}
            came = api.post("/api/door/password", json=by_password, headers={"Origin": two.car.url})
            assert came.is_success, came.text
        assert until(lambda: who(two.home, came.cookies["wayhome"])) == "anna"
        two.car.kill()
        with two.home.api(token) as api:
            assert api.post("/api/door/out", headers={"Origin": two.home.url}).is_success
        two.car.start()
        assert until(lambda: who(two.car, token) is None)
    finally:
        two.stop()
