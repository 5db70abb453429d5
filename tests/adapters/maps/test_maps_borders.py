"""Two regions that overlap, cut of one real extract: ways lead from one into the other as if they were one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.peers.maps import MadeMaps, extract, made, shelf
from wayhome.hub.maps import Point, Wanted

pytestmark = [pytest.mark.anyio, pytest.mark.real]

CUT = """
import sys, osmium
source, target, least, most = sys.argv[1], sys.argv[2], float(sys.argv[3]), float(sys.argv[4])
inside = osmium.IdTracker()
for node in osmium.FileProcessor(source, osmium.osm.NODE):
    if least <= node.location.lat <= most:
        inside.add_node(node.id)
with osmium.BackReferenceWriter(target, ref_src=source, overwrite=True) as writer:
    for thing in osmium.FileProcessor(source):
        if thing.is_node() and inside.node_ids().get(thing.id):
            writer.add(thing)
        elif thing.is_way() and any(inside.node_ids().get(node.ref) for node in thing.nodes):
            writer.add(thing)
"""
"""As extracts are cut: the roads that cross the border are whole in both."""


def cut(source: Path, target: Path, least: float, most: float) -> Path:
    command = [sys.executable, "-c", CUT, str(source), str(target), str(least), str(most)]
    subprocess.run(command, check=True, timeout=60)
    return target


@pytest.mark.long
async def test_a_way_leads_from_one_region_into_the_other(tmp_path: Path, made_maps: MadeMaps) -> None:
    source = extract("helsinki")
    south = cut(source, tmp_path / "south.osm.pbf", 0, 60.1720)
    north = cut(source, tmp_path / "north.osm.pbf", 60.1705, 90)
    ends = Wanted((Point(60.1655, 24.9480), Point(60.1780, 24.9450)))
    whole = shelf(made_maps.put(tmp_path / "whole", "helsinki"))
    await whole.open()
    one = (await whole.ways(ends))[0]
    await whole.close()
    maps = shelf(tmp_path / "maps")
    await maps.open()
    for part in (south, north):
        await made(maps, part)
    assert [region.id for region in maps.regions()] == ["north", "south"]
    two = (await maps.ways(ends))[0]
    # What lies in both is there twice in the files, and once on the road.
    assert two.length == pytest.approx(one.length, abs=2) and two.time == pytest.approx(one.time, rel=0.05)
    names = [spot.name for spot in await maps.search("Esplanadi", None, "en", 20)]
    assert len(names) == len(set(names)) or names
    await maps.close()
