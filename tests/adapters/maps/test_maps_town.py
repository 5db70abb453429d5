"""A real map of a town, asked: places, addresses, ways, reach, stations."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.adapters.maps.questions import first, held_to_valhalla, matrix_held_to_valhalla
from tests.peers.maps import MadeMaps, shelf
from wayhome.adapters.maps import places
from wayhome.adapters.maps.fitting import away
from wayhome.adapters.maps.shelf import MapShelf
from wayhome.errors import BadInput, NotFound
from wayhome.features.navigation import keeping
from wayhome.hub.maps import Bounds, Point, Wanted

pytestmark = [pytest.mark.anyio, pytest.mark.real]

CENTRE, MARKET, NORTH = Point(60.1700, 24.9415), Point(60.1650, 24.9500), Point(60.1775, 24.9460)
EVERYWHERE = Bounds(-180, -90, 180, 90)


@pytest.fixture(scope="module")
def folder(made_maps: MadeMaps, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made_maps.put(tmp_path_factory.mktemp("town") / "maps", "helsinki")


@pytest.fixture
async def maps(folder: Path) -> AsyncIterator[MapShelf]:
    found = shelf(folder)
    await found.open()
    yield found
    await found.close()


async def test_it_says_whose_it_is(maps: MapShelf) -> None:
    (region,) = maps.regions()
    assert (region.credit, region.licence) == ("© OpenStreetMap contributors", "ODbL 1.0")
    assert region.spots > 2_500 and region.stations == 4 and region.size > 1_000_000
    west, south, east, north = region.bounds
    assert 24.93 < west < east < 24.96 and 60.16 < south < north < 60.18


async def test_streets_and_addresses_as_people_type_them(maps: MapShelf) -> None:
    """In both languages of the place, with and without marks, in any order, as far as they were typed."""
    for text in ("Aleksanterinkatu", "aleksanterink", "ALEKSANTERINKATU", "alexandersgatan", "Helsinki aleksanterinka"):
        found = await maps.search(text, None, "en", 5)
        assert "Aleksanterinkatu" in [one.name for one in found], (text, found)
    for text in ("mannerheimvägen", "mannerheimvagen", "mannerheimvaegen", "mannerheimint"):
        assert (await first(maps, text)).name == "Mannerheimintie", text
    for text in ("mannerheimintie 10", "10 mannerheimintie", "Mannerheimintie 10, Helsinki"):
        found = await first(maps, text)
        assert (found.kind, found.name, found.where) == ("address", "Mannerheimintie 10", "Helsinki"), text
    assert (await first(maps, "Mannerheimintie 9999")).name.startswith("Mannerheimintie")
    assert await maps.search("no such street anywhere", None, "en", 5) == []


async def test_every_address_is_found_by_its_own_name(folder: Path, maps: MapShelf) -> None:
    base = sqlite3.connect(next(folder.glob("regions/*/places.db")))
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


async def test_names_in_the_language_that_was_asked_for(maps: MapShelf) -> None:
    for text in ("Helsinki Cathedral", "Helsingin tuomiokirkko", "helsingfors domkyrka", "赫爾辛基座堂", "赫尔辛基座"):
        for language, name in (("en", "Helsinki Cathedral"), ("zh", "赫尔辛基座堂")):
            found = await first(maps, text, language)
            assert (found.name, found.local) == (name, "Helsingin tuomiokirkko"), text
    assert (await first(maps, "老农贸", "zh")).name == "老农贸市场", "as far as it was typed"
    assert (await first(maps, "helsingf")).name == "Helsinki"


async def test_what_is_close_comes_first(maps: MapShelf) -> None:
    for near in (CENTRE, NORTH):
        spots = [one for one in await maps.search("ravintola", near, "en", 10) if one.kind == "point"]
        assert spots[0].distance is not None and spots[0].distance < 500, spots
    found = await maps.search("q-park", None, "en", 10)
    assert len({(one.kind, one.name, one.where) for one in found}) == len(found) > 1, "nothing twice"


@pytest.mark.parametrize("typed", ["car park", "restaurants", "厕所"])
async def test_what_something_is_finds_the_nearest_of_it(folder: Path, maps: MapShelf, typed: str) -> None:
    """From anywhere in the town the same as by looking at all of them."""
    kind = {"car park": "amenity=parking", "restaurants": "amenity=restaurant", "厕所": "amenity=toilets"}[typed]
    base = sqlite3.connect(next(folder.glob("regions/*/places.db")))
    rows = base.execute("SELECT latitude, longitude FROM spot WHERE about = ? ORDER BY id", (kind,)).fetchall()
    base.close()
    # Two at one place are one to whoever looks for them.
    every = list({(round(lat, 4), round(lon, 4)): Point(lat, lon) for lat, lon in reversed(rows)}.values())
    assert len(every) > 8
    some = random.Random(7)
    for _ in range(20):
        near = Point(some.uniform(60.163, 60.179), some.uniform(24.935, 24.955))
        nearest = sorted(round(away(near, *one)) for one in every)[:5]
        found = await maps.search(typed, near, "zh", 20)
        assert [one.distance for one in found if one.about == kind][:5] == pytest.approx(nearest, abs=15), near
        assert all(one.name for one in found)


async def test_what_is_close_is_not_lost_among_many_further_away(
    folder: Path, maps: MapShelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where wide squares hold more than are looked at."""
    monkeypatch.setattr(places, "MOST_OF_A_KIND", 12)
    base = sqlite3.connect(next(folder.glob("regions/*/places.db")))
    every = base.execute("SELECT latitude, longitude FROM spot WHERE about = 'amenity=toilets'").fetchall()
    base.close()
    assert len(every) > 12
    some, tried = random.Random(7), 0
    for _ in range(60):
        near = Point(some.uniform(60.163, 60.179), some.uniform(24.935, 24.955))
        nearest = min(away(near, *one) for one in every)
        if nearest < 270:  # within the smallest squares in any case
            tried += 1
            found = [one for one in await maps.search("toilets", near, "en", 20) if one.about == "amenity=toilets"]
            assert found[0].distance == round(nearest), near
    assert tried > 10


async def test_what_has_no_name_is_called_by_what_it_is(maps: MapShelf) -> None:
    for language, name in (("en", "Car park"), ("zh", "停车场")):
        found = await maps.search("parking", CENTRE, language, 5)
        assert name in [one.name for one in found] and all(one.local != "" for one in found)
    # It is not found by its town, and lies at no point instead of an address.
    assert all(one.name != "Car park" for one in await maps.search("helsinki", CENTRE, "en", 50))


async def test_hostile_words_find_nothing_and_break_nothing(maps: MapShelf) -> None:
    for text in ('"', "a" * 200, "'; DROP TABLE spot; --", "\x00", "ꙮ", "()", "-", "🚗", "%_"):
        assert await maps.search(text, CENTRE, "en", 10) == [], text
    for text, word in (("* OR *", "or"), ("NEAR(", "near"), ("NOT", "not")):  # words like any other
        assert await maps.search(text, CENTRE, "en", 10) == await maps.search(word, CENTRE, "en", 10)
    assert (await first(maps, "Mannerheimintie 10")).name


async def test_what_is_at_a_point(maps: MapShelf) -> None:
    spot = await first(maps, "Mannerheimintie 10")
    there = await maps.at(Point(spot.latitude, spot.longitude), "en")
    assert there is not None and there.distance is not None and there.distance < 30
    assert await maps.at(Point(10.0, 10.0), "en") is None


async def test_stations_of_a_rectangle(maps: MapShelf) -> None:
    found = await maps.stations(EVERYWHERE, 0, 500)
    assert len(found) == 4 and all(one.id.startswith("node/") for one in found)
    assert len(await maps.stations(Bounds(24.945, 60.16, 24.96, 60.18), 0, 10)) == 2
    assert len(await maps.stations(EVERYWHERE, 0, 3)) == 3
    assert await maps.stations(EVERYWHERE, 1, 10) == [], "of these nobody knows what they give"


async def test_ways_and_a_matrix_are_valhalla_s_own(folder: Path, maps: MapShelf) -> None:
    ways = await held_to_valhalla(folder, maps, [(CENTRE, MARKET), (MARKET, CENTRE), (NORTH, CENTRE), (CENTRE, NORTH)])
    assert {piece.limit for way in ways for piece in way.pieces} & {30.0, 40.0, 50.0}
    await matrix_held_to_valhalla(folder, maps, [CENTRE, MARKET, NORTH])


async def test_every_way_has_its_roads_from_end_to_end(folder: Path, maps: MapShelf) -> None:
    base = sqlite3.connect(next(folder.glob("regions/*/places.db")))
    points = [Point(*row) for row in base.execute("SELECT latitude, longitude FROM spot WHERE kind = 'address'")]
    base.close()
    chance = random.Random(5)
    for _ in range(60):
        try:
            way = (await maps.ways(Wanted((chance.choice(points), chance.choice(points)))))[0]
        except NotFound:
            continue  # a yard that no car gets out of
        if len(way.shape) < 3:
            continue
        # The last step may be one of no length, and of no road.
        assert way.pieces and way.pieces[0].start == 0 and way.pieces[-1].end >= len(way.shape) - 2
        assert all(one.end == other.start for one, other in zip(way.pieces, way.pieces[1:], strict=False))


async def test_a_way_to_each_street_that_is_found_is_kept_as_it_is(folder: Path, maps: MapShelf) -> None:
    """A street is found at a point of its line: there Valhalla counts one point more than the way has."""
    base = sqlite3.connect(next(folder.glob("regions/*/places.db")))
    goals = [Point(*row) for row in base.execute("SELECT latitude, longitude FROM spot WHERE kind = 'street'")]
    base.close()
    reached = 0
    for goal in goals:
        with suppress(NotFound):  # a yard that no car gets into
            way = (await maps.ways(Wanted((CENTRE, goal))))[0]
            if len(way.shape) > 1:
                assert keeping.unpack(keeping.pack("one", way)).pieces == way.pieces
                reached += 1
    assert reached > 50


async def test_stops_headings_and_going_on_foot(maps: MapShelf) -> None:
    way = (await maps.ways(Wanted((CENTRE, MARKET, NORTH))))[0]
    assert len(way.stops) == 3 and 0 < way.stops[1] < way.stops[2] == len(way.shape) - 1
    by_car = (await maps.ways(Wanted((CENTRE, MARKET))))[0]
    on_foot = (await maps.ways(Wanted((CENTRE, MARKET), costing="pedestrian")))[0]
    assert on_foot.time > by_car.time
    # Whoever drives the other way has to turn round first.
    differ = 0
    for one, other in list(zip(by_car.shape, by_car.shape[1:], strict=False))[2:-2:6]:
        start = Point((one.latitude + other.latitude) / 2, (one.longitude + other.longitude) / 2)
        ahead = [(await maps.ways(Wanted((start, MARKET), heading=degrees)))[0] for degrees in (0, 90, 180, 270)]
        differ += len({found.length for found in ahead}) > 1
    assert differ > 0


async def test_no_way_is_said_in_words(maps: MapShelf) -> None:
    with pytest.raises(NotFound, match="no road near this place"):
        await maps.ways(Wanted((CENTRE, Point(47.1410, 9.5209))))
    for count in (1, 21):
        with pytest.raises(BadInput, match="2 to 20"):
            await maps.ways(Wanted((CENTRE,) * count))
    with pytest.raises(BadInput, match="100"):
        await maps.matrix([CENTRE] * 101)
    for metres in (1.0, 2e6, float("nan")):
        with pytest.raises(BadInput):
            await maps.reach(CENTRE, metres)
    with pytest.raises(BadInput):
        await maps.limits([CENTRE])


async def test_a_way_passes_points_without_a_stop(maps: MapShelf) -> None:
    usual = (await maps.ways(Wanted((CENTRE, MARKET))))[0]
    way = (await maps.ways(Wanted((CENTRE, MARKET), through=(NORTH,))))[0]
    assert min(away(NORTH, *point) for point in way.shape) < 60 and way.length > usual.length
    assert way.stops == (0, len(way.shape) - 1) and [one.kind for one in way.manoeuvres].count("arrive") <= 1
    with pytest.raises(BadInput):
        await maps.ways(Wanted((CENTRE, MARKET), through=(NORTH,) * 19))


async def test_what_can_be_reached_lies_within_so_much_road(maps: MapShelf) -> None:
    rings = await maps.reach(CENTRE, 700)
    assert max(len(ring) for ring in rings) > 5
    # Roads are longer than the straight line; Valhalla's grid is some 200 m wide.
    assert all(away(CENTRE, *point) < 700 + 400 for ring in rings for point in ring)


async def test_a_course_that_was_driven_is_matched_to_its_roads(maps: MapShelf) -> None:
    way = (await maps.ways(Wanted((NORTH, MARKET))))[0]
    noise = random.Random(1)
    course = [
        Point(one.latitude + noise.uniform(-4e-5, 4e-5), one.longitude + noise.uniform(-4e-5, 4e-5))
        for one in way.shape
    ]
    pieces = await maps.limits(course)
    assert pieces and pieces[-1].end <= len(course) - 1
    assert sum(piece.end - piece.start + 1 for piece in pieces) > 0.8 * len(course)
    assert {piece.limit for piece in pieces} & {30.0, 40.0, 50.0}
