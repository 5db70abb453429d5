"""A road of 425 km, as no small country has one: its limits are known from end to end, and what lies beyond it is not
taken for its end."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from wayhome.adapters.maps import roads
from wayhome.adapters.maps.asking import Asking
from wayhome.errors import NotFound
from wayhome.hub.maps import Point, Wanted

pytestmark = [pytest.mark.anyio, pytest.mark.real]

POINTS, STEP = 17_001, 25.0 / 75_834
"""More than the 16,000 that Valhalla looks up by itself; degrees from one to the next."""
ROAD = """
import sys, osmium
from osmium.osm.mutable import Node, Way
count, step = int(sys.argv[2]), float(sys.argv[3])
with osmium.SimpleWriter(sys.argv[1], overwrite=True) as writer:
    for n in range(1, count + 1):
        writer.add_node(Node(id=n, version=1, location=(5 + step * n, 47 + 0.00004 * (n % 2))))
    for way, first in enumerate(range(1, count, 50), 1):
        tags = {"highway": "primary", "name": "Long Road", "maxspeed": "90"}
        writer.add_way(Way(id=way, version=1, nodes=[*range(first, first + 51)], tags=tags))
"""


def along(metres: float, north: float = 0.0) -> Point:
    return Point(47.0 + north / 111_195, 5.0 + STEP * (1 + metres / 25))


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("far")
    road = folder / "road.osm.pbf"
    subprocess.run([sys.executable, "-c", ROAD, road, str(POINTS), str(STEP)], check=True, timeout=60)
    build = roads.commands(roads.prepare(folder, building=True), [road])[1]
    subprocess.run(build, check=True, timeout=60, stdout=subprocess.DEVNULL)
    return folder


@pytest.fixture
async def far(graph: Path) -> AsyncIterator[Asking]:
    asking = Asking()
    asking._point_at({}, graph)
    yield asking
    router = asking._point_at({}, None)
    if router is not None:
        await router.end()


async def test_the_limits_of_a_long_way_are_known_to_its_end(far: Asking) -> None:
    (way,) = await far.ways(Wanted((along(0), along(424_000))))
    assert way.length > 420_000 and len(way.shape) > 16_000
    assert way.pieces[0].start == 0 and way.pieces[-1].end == len(way.shape) - 1
    assert {piece.limit for piece in way.pieces} == {90.0}


async def test_what_lies_beyond_the_map_is_not_taken_for_its_edge(far: Asking) -> None:
    beyond, beside = along(200_000, 12_000), along(200_000, 900)
    (way,) = await far.ways(Wanted((along(100_000), beside)))
    assert way.length == pytest.approx(100_000, rel=0.05)
    for points in ((along(100_000), beyond), (beyond, along(100_000))):
        with pytest.raises(NotFound, match="no road near"):
            await far.ways(Wanted(points))
    times = await far.matrix([along(0), along(10_000), beyond])
    assert times[0][1] is not None and times[0][2] is times[2][0] is None
    for point in (beyond, Point(10, 10)):
        with pytest.raises(NotFound, match="no road near"):
            await far.reach(point, 5_000)
    assert await far.reach(beside, 5_000)
