"""A map by the command line, as people add one: made, told of, searched, kept over a kill, in no backup, erased."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers.hub import RunningHub
from tests.peers.maps import extract

pytestmark = pytest.mark.real


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[RunningHub]:
    running = RunningHub(tmp_path)
    running.start()
    yield running
    running.kill()


def doctor(hub: RunningHub) -> str:
    with hub.api() as api:
        found = api.get("/api/upkeep/doctor").json()["findings"]
    return next(str(one["text"]) for one in found if one["name"] == "maps")


def test_a_map_from_a_file_to_its_end(hub: RunningHub, tmp_path: Path) -> None:
    assert "no map yet" in doctor(hub)
    made = hub.cli("map", "add", str(extract("helsinki")))
    assert made.startswith("Helsinki is there: ") and "© OpenStreetMap contributors (ODbL 1.0)" in made
    found = json.loads(hub.cli("map", "search", "赫尔辛基", "--language", "zh", "--json"))
    assert found["spots"][0]["name"] == "赫尔辛基"
    hub.kill()
    hub.start()
    (region,) = json.loads(hub.cli("map", "list", "--json"))["regions"]
    assert region["id"] == "helsinki" and doctor(hub) == "Maps: Helsinki."
    assert "Mannerheimintie" in hub.cli("map", "search", "mannerheim")
    # No backup takes it along, and each says so.
    assert "Maps are not in it (Helsinki)" in hub.cli("backup", str(tmp_path / "b.tar"), "--no-passphrase")
    assert (tmp_path / "b.tar").stat().st_size < region["size"]
    page = tmp_path / "page.osm.pbf"
    page.write_text("<!doctype html>")
    assert "no extract of OpenStreetMap" in hub.cli("map", "add", str(page), fails=True)
    assert "The map Page is not there" in doctor(hub)
    assert hub.cli("map", "stop") == "Given up.\n" and doctor(hub) == "Maps: Helsinki."
    hub.stop()
    assert [*hub.data.glob("maps/regions/*/places.db")]
    assert "Erased" in hub.cli("erase", "--yes") and not (hub.data / "maps").exists()
