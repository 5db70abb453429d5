"""The command line against a running demo hub, as a person types it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers.hub import RunningHub


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    running = RunningHub(tmp_path_factory.mktemp("hub"), "--demo")
    running.start()
    yield running
    running.stop()


def test_a_lamp_is_switched_reported_and_explained(hub: RunningHub) -> None:
    for target in ("on", "off"):
        assert hub.cli("set", "living-lamp/light.on", target).strip().endswith("done")
        answer = json.loads(hub.cli("get", "living-lamp/light.on", "--json"))
        assert answer["living-lamp/light.on"][0] is (target == "on")
    lines = json.loads(hub.cli("why", "living-lamp/light.on", "--json"))
    assert [(line["actor"], line["what"]) for line in lines] == [("link:demo", "reported"), ("local:cli", "wished")]


def test_the_car_drives(hub: RunningHub) -> None:
    lines = hub.cli("watch", "car/Vehicle.Speed", "--count", "4", "--json").splitlines()
    speeds = [json.loads(line)["value"] for line in lines]
    assert len(set(speeds)) > 1


def test_what_cannot_be_is_said_in_words(hub: RunningHub) -> None:
    assert "not between" in hub.cli(
        "set", "living-lamp/light.brightness", "400", fails=True
    ) or "more than 100" in hub.cli("set", "living-lamp/light.brightness", "400", fails=True)
    assert "nothing at" in hub.cli("get", "nobody/light.on", fails=True)
    problem = json.loads(hub.cli("set", "car/Vehicle.Speed", "200", "--json", fails=True))
    assert problem["code"] in ("bad_input", "not_while_driving")


def test_the_doctor_finds_a_demo_well(hub: RunningHub) -> None:
    health = json.loads(hub.cli("doctor", "--json"))
    assert health["well"], health


def test_a_second_hub_on_the_same_data_is_told_so(hub: RunningHub) -> None:
    command = [sys.executable, "-m", "wayhome", "up", "--demo", "--data", str(hub.data), "--listen", "localhost:0"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert "another Wayhome" in done.stderr
    assert json.loads(hub.cli("doctor", "--json"))["well"]


def test_backup_export_restore_erase(hub: RunningHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WAYHOME_PASSPHRASE", "correct horse battery")
    hub.cli("set", "living-lamp/light.on", "on")
    backup, export = tmp_path / "b.tar", tmp_path / "e.tar"
    hub.cli("backup", str(backup))
    hub.cli("export", str(export))
    assert "No hub" in hub.cli("erase", "--yes", fails=True) or "another Wayhome" in hub.cli(
        "erase", "--yes", fails=True
    )
    for number, file in enumerate((backup, export)):
        other = RunningHub(tmp_path / str(number), "--demo")
        other.cli("restore", str(file))
        other.start()
        people = json.loads(other.cli("do", "people.list", "--json"))["people"]
        assert {person["id"] for person in people} == {"anna", "mei", "leo", "noor"}
        assert json.loads(other.cli("doctor", "--json"))["findings"][0]["ok"]
        lines = json.loads(other.cli("do", "home.audit", "about=living-lamp/light.on", "--json"))["lines"]
        assert any(line["what"] == "wished" and line["actor"] == "local:cli" for line in lines)
        other.stop()
        other.cli("erase", "--yes")
        assert [entry.name for entry in other.data.iterdir()] == ["lock"]


def test_nobody_gets_in(hub: RunningHub) -> None:
    with hub.api(token="") as nobody, hub.api(token="wrong" * 10) as wrong:
        for client in (nobody, wrong):
            for answer in (client.get("/api/home/things"), client.post("/api/home/set", json={"path": 1})):
                assert answer.status_code == 401
                assert answer.json()["code"] == "sign_in_needed"
                assert answer.headers["content-type"] == "application/problem+json"
