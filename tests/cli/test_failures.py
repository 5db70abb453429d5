"""What goes wrong is said in words to people, and as one JSON object to programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.cli.conftest import Line
from wayhome.cli import main


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["get", "--json"], "Missing argument"),
        (["--json", "get", "x"], "--json"),
        (["nonsense", "--json"], "nonsense"),
        (["up", "--nonsense", "--json"], "--nonsense"),
        (["up", "--language", "de", "--json"], "de"),
        (["link", "nonsense", "--json"], "nonsense"),
        (["restore", "not-there", "--json"], "not-there"),
        (["watch", "a/b.c", "--count", "many", "--json"], "many"),
    ],
)
def test_wrong_usage_is_one_object(arguments: list[str], says: str) -> None:
    done = CliRunner().invoke(main, arguments)
    problem = json.loads(done.stderr)
    assert (done.exit_code, done.stdout, problem["code"]) == (2, "", "usage")
    assert says in problem["detail"] and "--help" in problem["advice"]


def test_people_get_the_usage_in_words() -> None:
    done = CliRunner().invoke(main, ["get"])
    assert done.exit_code == 2
    assert done.stderr.startswith("Usage:") and "Missing argument" in done.stderr


def test_no_hub(line: Line) -> None:
    assert line.problem("get", "x/y.z", code=3)["code"] == "no_hub"
    assert line.run("get", "x/y.z").exit_code == 3


@pytest.mark.parametrize("given", ["", "n\n"])
def test_a_question_without_a_yes(line: Line, given: str) -> None:
    line.data.mkdir()
    (line.data / "something").write_text("kept")
    assert line.problem("erase", given=given)["code"] == "aborted"
    assert line.run("erase", given=given).exit_code == 1
    assert (line.data / "something").exists()
    assert line.run("erase", "--json", given="yes\n").exit_code == 0
    assert not (line.data / "something").exists()


@pytest.mark.parametrize(
    ("options", "says"),
    [(["--listen", "nonsense"], "HOST:PORT"), (["--listen", "nowhere.invalid:1"], "cannot listen")],
)
def test_what_up_can_not_do(line: Line, options: list[str], says: str) -> None:
    assert says in line.problem("up", *options)["detail"]


def test_a_data_folder_that_is_a_file(line: Line) -> None:
    line.data.write_text("a file")
    finding = line.doctor()["settings"]
    assert not finding["ok"] and "is not a folder" in finding["text"] and "--data" in finding["advice"]
    for command in (["up", "--listen", "localhost:0"], ["tls", "renew", "--yes"]):
        problem = line.problem(*command)
        assert problem["detail"] == f"{line.data} is not a folder, and the household's data needs one"
    assert line.data.read_text() == "a file"


def test_a_data_folder_below_a_file(line: Line, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file")
    line.data = tmp_path / "file" / "deeper"
    assert f"{tmp_path / 'file'} is not a folder" in line.problem("up", "--listen", "localhost:0")["detail"]


@pytest.mark.parametrize(
    "setting", ['log = "loud"', 'market = "mars"', 'names = ["x..y"]', "log = 5", "nonsense = 1", "["]
)
def test_settings_that_make_no_sense(line: Line, setting: str) -> None:
    line.data.mkdir()
    (line.data / "wayhome.toml").write_text(setting)
    assert "wayhome.toml: " in line.problem("up", "--listen", "localhost:0")["detail"]
    assert "wayhome.toml: " in line.doctor()["settings"]["text"]


def test_an_account_that_is_not_there() -> None:
    done = CliRunner().invoke(main, ["get", "a/b.c", "--data", "~no-such-account/x", "--json"])
    assert json.loads(done.stderr)["code"] == "bad_input"


def folder(place: Path) -> None:
    place.mkdir()


def loop(place: Path) -> None:
    place.symlink_to(place)


def dangling(place: Path) -> None:
    place.symlink_to("nowhere")


@pytest.mark.parametrize("make", [folder, loop, dangling])
def test_settings_that_can_not_be_read_are_not_taken_for_none(line: Line, make: object) -> None:
    assert callable(make)
    line.data.mkdir()
    make(line.data / "wayhome.toml")
    problem = line.problem("up", "--listen", "localhost:0")
    assert problem["code"] == "bad_input" and "wayhome.toml can't be read" in problem["detail"]
    finding = line.doctor()["settings"]
    assert not finding["ok"] and "wayhome.toml can't be read" in finding["text"] and "remove it" in finding["advice"]
