"""The command line against a running demo hub, as a person types it."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers.hub import RunningHub


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningHub]:
    running = RunningHub(tmp_path_factory.mktemp("hub"), "--demo", "--no-sites")
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


def test_any_operation_is_called_by_its_name_alone(hub: RunningHub) -> None:
    assert json.loads(hub.cli("do", "people.me"))["actor"] == "local:cli"
    lines = json.loads(hub.cli("do", "home.audit", "limit=2", "--json"))["lines"]
    assert len(lines) == 2
    assert json.loads(hub.cli("do", "links.retry", "id=demo"))["id"] == "demo"
    things = json.loads(hub.cli("do", "home.things"))["things"]
    camera = next(id for id, thing in things.items() if "camera.state" in thing["signals"])
    picture = json.loads(hub.cli("do", "home.picture", f"thing={camera}", "--json"))
    assert picture["type"].startswith("image/") and base64.b64decode(picture["base64"])
    assert "there is nothing at" in hub.cli("do", "nothing.known", fails=True)


def test_a_wrong_method_is_told_the_right_one(hub: RunningHub) -> None:
    with hub.api() as client:
        for method, path, right in (("POST", "people/list", "GET"), ("GET", "people/add", "POST")):
            answer = client.request(method, f"/api/{path}")
            assert answer.status_code == 405
            assert answer.json()["advice"] == f"Send it with {right}."


def test_a_device_needs_a_person(hub: RunningHub) -> None:
    problem = json.loads(hub.cli("pair", "--json", fails=True))
    assert problem["detail"] == "it is not said whose device it will be" and "people.list" in problem["advice"]
    assert "no person 'nobody'" in hub.cli("pair", "--person", "nobody", fails=True)


def test_a_tracker_is_a_thing(hub: RunningHub) -> None:
    for tracker in ("../../x", "", "Phone", "a/b.c"):
        problem = json.loads(hub.cli("do", "people.change", "person=mei", f"tracker={tracker}", "--json", fails=True))
        assert problem["code"] == "bad_input", tracker


def test_a_copy_that_can_not_be_put_there_is_not_made(hub: RunningHub, tmp_path: Path) -> None:
    (tmp_path / "there").write_text("precious")
    for command in (["backup", "--no-passphrase"], ["export"]):
        assert "is there already" in hub.cli(*command, str(tmp_path / "there"), fails=True)
    copies = hub.data / "copies"
    assert not copies.exists() or not list(copies.iterdir())
    assert (tmp_path / "there").read_text() == "precious"


def test_a_fresh_household(tmp_path: Path) -> None:
    fresh = RunningHub(tmp_path)
    fresh.start()
    try:
        health = json.loads(fresh.cli("doctor", "--json"))
        (links,) = [finding for finding in health["findings"] if finding["name"] == "links"]
        assert health["well"] and links["ok"] and links["advice"]
        assert "nobody in this household yet" in fresh.cli("pair", fails=True)
        (fresh.data / "vault.key").write_text("junk")
        health = json.loads(fresh.cli("doctor", "--json", fails=True, out=True))
        (vault,) = [finding for finding in health["findings"] if finding["name"] == "vault"]
        assert not vault["ok"] and "is not a vault key" in vault["text"] and vault["advice"]
    finally:
        fresh.stop()


def test_a_second_hub_on_the_same_data_is_told_so(hub: RunningHub) -> None:
    command = [
        sys.executable,
        "-m",
        "wayhome",
        "up",
        "--demo",
        "--no-sites",
        "--data",
        str(hub.data),
        "--listen",
        "localhost:0",
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=False)
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
        other = RunningHub(tmp_path / str(number), "--demo", "--no-sites")
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
