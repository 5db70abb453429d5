"""A whole country and a town of another, asked: what a town alone does not show."""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.adapters.maps.questions import first, held_to_valhalla, matrix_held_to_valhalla
from tests.peers.maps import MadeMaps, extract, shelf
from wayhome.adapters.maps.fitting import away
from wayhome.adapters.maps.shelf import MapShelf
from wayhome.errors import BadInput, NotFound
from wayhome.hub.maps import Bounds, Point, Wanted

pytestmark = [pytest.mark.anyio, pytest.mark.real]

VADUZ, RUGGELL, HELSINKI = Point(47.1410, 9.5209), Point(47.2380, 9.5270), Point(60.1700, 24.9415)
STATION = Point(60.1650, 24.9500)


@pytest.fixture(scope="module")
def folder(made_maps: MadeMaps, tmp_path_factory: pytest.TempPathFactory) -> Path:
    extract("liechtenstein")
    return made_maps.put(tmp_path_factory.mktemp("asked") / "maps", "helsinki", "liechtenstein")


@pytest.fixture
async def maps(folder: Path) -> AsyncIterator[MapShelf]:
    found = shelf(folder)
    await found.open()
    yield found
    await found.close()


async def test_what_is_there_says_whose_it_is(maps: MapShelf) -> None:
    helsinki, liechtenstein = maps.regions()
    assert (helsinki.id, liechtenstein.id) == ("helsinki", "liechtenstein")
    for region in (helsinki, liechtenstein):
        assert (region.credit, region.licence) == ("© OpenStreetMap contributors", "ODbL 1.0")
        assert region.spots > 500 and region.size > 1_000_000 and region.by_kind
    assert liechtenstein.stations == 9 and liechtenstein.state == "2024-03-04"
    west, south, east, north = liechtenstein.bounds
    assert 9.4 < west < 9.5 and 47.0 < south < 47.1 and 9.6 < east < 9.7 and 47.2 < north < 47.3


async def test_addresses_are_found_as_people_type_them(maps: MapShelf) -> None:
    """To the number, with and without marks, spelt out, shortened, in any order, as far as they were typed."""
    right = await first(maps, "Städtle 32")
    assert right.name == "Städtle 32" and right.kind == "address" and right.where == "Vaduz"
    for text in ("stadtle 32", "staedtle 32", "STÄDTLE 32", "32 städtle", "städtle 32, vaduz", "vaduz stadtl 32"):
        assert await first(maps, text) == right, text
    # Shortened: only what has the long form in it is found by it.
    short, long = [await maps.search(text, VADUZ, "en", 30) for text in ("feldkircher str", "feldkircher strasse")]
    assert [one.name for one in short][:3] == [one.name for one in long][:3] and "Strasse" in short[0].name
    # A number that is not there: the street's others, not another street.
    assert (await first(maps, "Städtle 9999")).name.startswith("Städtle")
    assert await maps.search("no such street anywhere", None, "en", 5) == []


async def test_every_address_of_the_map_is_found_by_its_own_name(folder: Path, maps: MapShelf) -> None:
    """A sample of all: typed whole, with its town, each is first or among those of the same words."""
    base = sqlite3.connect(next(folder.glob("regions/liechtenstein-*/places.db")))
    rows = base.execute(
        "SELECT name, town, latitude, longitude FROM spot WHERE kind = 'address' ORDER BY id"
    ).fetchall()
    base.close()
    missed = []
    for name, town, latitude, longitude in random.Random(7).sample(rows, 150):
        found = await first(maps, f"{name} {town or ''}", near=Point(latitude, longitude))
        if abs(found.latitude - latitude) + abs(found.longitude - longitude) > 0.002:
            missed.append((name, town, found))
    assert len(missed) <= 3, missed


async def test_places_in_the_language_that_was_asked_for(maps: MapShelf) -> None:
    for text, language, name in (
        ("hels", "en", "Helsinki"), ("helsingfors", "en", "Helsinki"),
        ("瓦杜兹", "zh", "瓦杜兹"), ("瓦杜茲", "zh", "瓦杜兹"), ("瓦杜", "zh", "瓦杜兹"),
        ("vaduz", "zh", "瓦杜兹"), ("vaduz", "en", "Vaduz"),
    ):  # fmt: skip
        found = await maps.search(text, None, language, 8)
        assert name in [one.name for one in found], (text, language, found)
    chinese = await first(maps, "vaduz", "zh")
    assert (chinese.name, chinese.local, chinese.kind) == ("瓦杜兹", "Vaduz", "place")


async def test_what_is_close_comes_first(maps: MapShelf) -> None:
    for near in (VADUZ, RUGGELL):
        found = await first(maps, "landstrasse", near=near)
        assert found.distance is not None and found.distance < 3_000, found
    everywhere = await maps.search("rathaus", None, "en", 10)
    assert len({(one.kind, one.name, one.where) for one in everywhere}) == len(everywhere), "nothing twice"


async def test_what_is_at_a_point(maps: MapShelf) -> None:
    spot = await first(maps, "Städtle 32")
    there = await maps.at(Point(spot.latitude, spot.longitude), "en")
    assert there is not None and there.where is not None and "Vaduz" in there.where
    assert await maps.at(Point(10.0, 10.0), "en") is None
    # On the road to Malbun there is no house: the street's name.
    way = (await maps.ways(Wanted((Point(47.1290, 9.5480), Point(47.1015, 9.6093)))))[0]
    names = {one.name for point in way.shape[::25] if (one := await maps.at(point, "en")) is not None}
    assert "Malbunstrasse" in names or any("strasse" in name.lower() for name in names), names


async def test_stations_with_power_and_connectors(maps: MapShelf) -> None:
    everywhere = await maps.stations(Bounds(-180, -90, 180, 90), 0, 500)
    assert len([one for one in everywhere if 47 < one.latitude < 48]) == 9
    strong = await maps.stations(Bounds(9, 47, 10, 48), 40, 10)
    assert strong and all(one.power is not None and one.power >= 40 for one in strong)
    assert strong == sorted(strong, key=lambda one: -(one.power or 0))
    kinds = {connector.standard for one in everywhere for connector in one.connectors}
    assert kinds & {"IEC_62196_T2", "IEC_62196_T2_COMBO", "CHADEMO"}, kinds
    assert await maps.stations(Bounds(9, 47, 10, 48), 1_000, 10) == []


PAIRS = [
    (VADUZ, RUGGELL), (RUGGELL, VADUZ), (VADUZ, Point(47.0660, 9.5010)),
    (Point(47.1290, 9.5480), Point(47.1015, 9.6093)),
    (HELSINKI, STATION), (STATION, HELSINKI),
]  # fmt: skip


async def test_ways_are_valhalla_s_own(folder: Path, maps: MapShelf) -> None:
    ours = await held_to_valhalla(folder, maps, PAIRS)
    assert any(piece.limit is not None for way in ours for piece in way.pieces)


async def test_a_matrix_says_where_no_way_leads(folder: Path, maps: MapShelf) -> None:
    points = [VADUZ, RUGGELL, Point(47.1015, 9.6093)]
    await matrix_held_to_valhalla(folder, maps, points)
    nowhere = Point(50.0, 9.5)
    found = await maps.matrix([VADUZ, HELSINKI, RUGGELL, nowhere])
    there = [[cell is not None for cell in row] for row in found]
    assert there == [[True, False, True, False], [False, True, False, False], [True, False, True, False], [False] * 4]
    whole = await maps.matrix([VADUZ, RUGGELL])
    assert [found[0][0], found[0][2]] == whole[0] and [found[2][0], found[2][2]] == whole[1]


async def test_alternatives_stops_and_what_is_avoided(maps: MapShelf) -> None:
    some = await maps.ways(Wanted((VADUZ, Point(47.2130, 9.5190)), alternatives=2))
    assert 2 <= len(some) <= 3 and some[0].time <= min(one.time for one in some) + 1
    assert len({one.shape for one in some}) == len(some)
    between = (await maps.ways(Wanted((VADUZ, Point(47.1650, 9.5090), RUGGELL))))[0]
    assert len(between.stops) == 3 and 0 < between.stops[1] < between.stops[2] == len(between.shape) - 1
    for one in (Wanted((VADUZ, RUGGELL), avoid_motorways=True, avoid_tolls=True, avoid_ferries=True),):
        assert not (await maps.ways(one))[0].motorway


async def test_no_way_is_said_in_words(maps: MapShelf) -> None:
    for points, words in (
        ((VADUZ, HELSINKI), "no road leads there"),
        ((Point(50.0, 9.0), VADUZ), "no road near this place"),
        ((Point(0.0, 0.0), Point(1.0, 1.0)), "no road near this place"),
    ):
        with pytest.raises(NotFound, match=words):
            await maps.ways(Wanted(points))
    for count in (1, 21):
        with pytest.raises(BadInput, match="2 to 20"):
            await maps.ways(Wanted((VADUZ,) * count))
    with pytest.raises(BadInput, match="100"):
        await maps.matrix([VADUZ] * 101)
    with pytest.raises(BadInput):
        await maps.reach(VADUZ, 1.0)


async def test_what_can_be_reached_lies_within_so_much_road(maps: MapShelf) -> None:
    near, far = [await maps.reach(VADUZ, metres) for metres in (2_000, 8_000)]
    sizes = [max(len(ring) for ring in rings) for rings in (near, far)]
    assert sizes[0] > 10 and sizes[1] > 10
    for rings, metres in ((near, 2_000), (far, 8_000)):
        for latitude, longitude in (point for ring in rings for point in ring):
            # Roads are longer than the straight line; Valhalla's grid is some 200 m wide.
            assert away(VADUZ, latitude, longitude) < metres + 400


async def test_a_course_that_was_driven_is_matched_to_its_roads(maps: MapShelf) -> None:
    way = (await maps.ways(Wanted((VADUZ, Point(47.1650, 9.5090)))))[0]
    noise = random.Random(1)
    course = [
        Point(one.latitude + noise.uniform(-4e-5, 4e-5), one.longitude + noise.uniform(-4e-5, 4e-5))
        for one in way.shape
    ]
    pieces = await maps.limits(course)
    assert pieces and pieces[-1].end <= len(course) - 1
    assert sum(piece.end - piece.start + 1 for piece in pieces) > 0.8 * len(course)
    assert {piece.limit for piece in pieces} & {50.0, 60.0, 80.0}


async def test_many_ask_at_once(maps: MapShelf) -> None:
    found = await asyncio.gather(
        *(maps.ways(Wanted((VADUZ, RUGGELL))) for _ in range(10)),
        *(maps.search("landstr", VADUZ, "en", 5) for _ in range(20)),
    )
    assert len({json.dumps([one[0].length for one in found[:10]])}) == 1 and all(found)
