"""The house's frame: pinned versions that name no place, a wheel that holds the cockpit, figures on their page."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest
from hatch_build import CockpitHook
from hatchling.bridge.app import Application
from script import figures

ROOT = Path(__file__).parents[1]
PIN = re.compile(r"([a-z0-9-]+)==[0-9][a-z0-9.]*( ; [a-z_]+ [<>=!]+ '[A-Za-z0-9.]+'( (and|or) .*)?)?")


@pytest.mark.parametrize("name", ["constraints.txt", "tests/peers/homeassistant.txt"])
def test_pins_are_names_and_versions_only(name: str) -> None:
    for line in (ROOT / name).read_text().splitlines():
        assert PIN.fullmatch(line), line


def test_every_dependency_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = [*project["dependency-groups"].values(), *project["project"]["optional-dependencies"].values()]
    wanted = [*project["project"]["dependencies"], *(one for group in groups for one in group if isinstance(one, str))]
    pinned = {line.partition("==")[0] for line in (ROOT / "constraints.txt").read_text().splitlines()}
    for one in wanted:
        assert re.split(r"[<>=;\[ ]", one)[0] in pinned, f"{one}: run script/setup --pin"


def test_the_npm_lock_holds_no_addresses() -> None:
    lock = json.loads((ROOT / "web" / "package-lock.json").read_text())
    assert [name for name, package in lock["packages"].items() if "resolved" in package] == []


def _hook(root: Path, build: str) -> CockpitHook:
    """The build hook in a project whose cockpit is built by one line of JavaScript, without any package."""
    web = root / "web"
    web.mkdir()
    package = {"name": "cockpit", "version": "1.0.0", "scripts": {"build": f'node -e "{build}"'}}
    lock = {"name": "cockpit", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": {"version": "1.0.0"}}}
    (web / "package.json").write_text(json.dumps(package))
    (web / "package-lock.json").write_text(json.dumps(lock))
    return _bare_hook(root)


def _bare_hook(root: Path) -> CockpitHook:
    return CockpitHook(str(root), {}, None, None, str(root), "wheel", Application())  # type: ignore[arg-type]


WRITES = "fs.mkdirSync('../src/wayhome/_web',{recursive:true});fs.writeFileSync('../src/wayhome/_web/index.html','x')"


def test_a_wheel_builds_the_cockpit(tmp_path: Path) -> None:
    _hook(tmp_path, WRITES).initialize("standard", {})
    assert (tmp_path / "src" / "wayhome" / "_web" / "index.html").read_text() == "x"


def test_an_editable_install_leaves_the_cockpit_alone(tmp_path: Path) -> None:
    _bare_hook(tmp_path).initialize("editable", {})
    assert list(tmp_path.iterdir()) == []


def test_a_cockpit_that_does_not_build_is_no_wheel(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match=r"web/package\.json is missing"):
        _bare_hook(tmp_path).initialize("standard", {})
    with pytest.raises(RuntimeError, match=r"`npm run build` failed in web/ \(3\):(.|\n)*no such panel"):
        _hook(tmp_path, "console.error('no such panel');process.exit(3)").initialize("standard", {})


def test_figures_take_the_place_of_their_older_ones() -> None:
    rows = [{"sockets": 100, "ours_per_s": 123456.7}, {"sockets": 1, "ratio": 1.02}]
    first = figures.section("fan_out", {"title": "Fan-out", "goal": ">= 1.0", "rows": rows, "quick": False})
    assert "| 100 | 123,457 |  |" in first
    assert "- quick: no" in first
    page = figures.joined("\nNot measured yet.\n", {"fan_out": first})
    page = figures.joined(page, {"append": figures.section("append", {"rows_per_s": 50_000})})
    newer = figures.section("fan_out", {"title": "Fan-out", "goal": ">= 1.0", "ratio": 1.5})
    page = figures.joined(page, {"fan_out": newer})
    assert page.count("<!-- fan_out -->") == page.count("<!-- append -->") == 1
    assert page.index("## Append") < page.index("## Fan-out")
    assert "- ratio: 1.5" in page
    assert "123,457" not in page
