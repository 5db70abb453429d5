"""Leading on real roads: Valhalla's ways in real extracts, a car that is driven along them with all that positions do,
and roads that lead nowhere."""

from __future__ import annotations

import asyncio
import math
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from tests.features.navigation import extracts
from tests.features.navigation.extracts import crossing
from tests.features.navigation.town import CATALOG, FEATURES, Driver, announce, settle, stop
from tests.hub.two_sites import until
from tests.peers.maps import MadeMaps, extract, make, opened
from tests.world import World
from wayhome.adapters.maps import answers
from wayhome.adapters.maps.shelf import MapShelf
from wayhome.errors import NotFound, NoWay
from wayhome.features.navigation import polyline
from wayhome.features.navigation.course import METRES, Course, apart
from wayhome.features.navigation.leading import Leading
from wayhome.features.navigation.model import Journey, Stop
from wayhome.features.navigation.tracking import Fix
from wayhome.hub.maps import Point, Wanted, Way

pytestmark = [pytest.mark.anyio, pytest.mark.real]
STATION, CATHEDRAL = Point(60.1700, 24.9415), Point(60.1650, 24.9500)
VADUZ, SCHAAN = Point(47.1410, 9.5209), Point(47.1650, 9.5090)


@pytest.fixture(scope="module")
def roads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The map of Helsinki's centre, with the made-up towns."""
    folder = tmp_path_factory.mktemp("roads")
    asyncio.run(make(folder / "maps", extracts.write(folder / "helsinki.osm.pbf", extract("helsinki"))))
    return folder / "maps"


@asynccontextmanager
async def car_at(folder: Path, where: Point, heading: float = 0.0) -> AsyncIterator[tuple[Driver, MapShelf]]:
    shelf = await opened(folder)
    try:
        async with World(features=FEATURES, catalog=CATALOG, maps=shelf) as world:
            announce(world)
            driver = Driver(world, "car")
            driver.where = where
            driver.report(0.0, heading)
            await driver.park()
            yield driver, shelf
    finally:
        await shelf.close()


async def line(driver: Driver) -> Course:
    """The way that it is led along now."""
    session = await driver.world.session()
    shown = await session.call("navigation.show")
    way = (await driver.keeper.hub.blobs.get(shown.way)) and driver.keeper.of("car").course.way  # type: ignore[union-attr]
    assert polyline.encoded(way.shape) == shown.line.shape
    return Course(way)


async def drive_on(driver: Driver, course: Course, start: float, end: float, kmh: float, *, seed: int = 1,
                   off: float = 4.0, silent: bool = False) -> None:  # fmt: skip
    """Along a way from one place of it to another; each position is some metres off."""
    chance, along = random.Random(seed), start
    driver.silent = silent
    while along < end:
        along = min(end, along + kmh / 3.6)
        point = course.point(along)
        driver.where = point
        east = chance.gauss(0, off)
        driver.report(kmh, (course.heading(along) + chance.gauss(0, 8)) % 360, (east, chance.gauss(0, off)))
        await driver.second()
    driver.silent = False


async def planned(driver: Driver, state: str = "under_way") -> None:
    """Valhalla answers from its own program: time in the world stands until then."""
    await until(lambda: driver.now().get("state") == state, 20)


async def test_a_real_way_is_driven_with_noise_and_ends_where_it_should(roads: Path) -> None:
    async with car_at(roads, STATION) as (driver, shelf):
        anna = await driver.world.session()
        plan = await anna.call("navigation.plan", {"stops": [stop(CATHEDRAL)]})
        asked = await shelf.ways(Wanted((STATION, CATHEDRAL), alternatives=2))
        assert [round(one.length) for one in plan.ways] == [round(one.length) for one in asked]
        await anna.call("navigation.start", {"stops": [stop(CATHEDRAL)]})
        way = driver.now()["way"]
        course = await line(driver)
        for place in range(5):
            await drive_on(
                driver, course, course.length * place / 5, course.length * (place + 1) / 5 - 20, 40, seed=place
            )
            now = driver.now()
            assert now["state"] == "under_way" and now["way"] == way, place
            assert now["along"] == pytest.approx(course.length * (place + 1) / 5 - 20, abs=30)
            assert abs(now["left"] - (course.length - now["along"])) < 2
        await drive_on(driver, course, course.length - 20, course.length, 20)
        assert driver.now()["state"] == "arrived" and apart(driver.where, CATHEDRAL) < 60
        assert driver.events() == ["NavigationStarted", "Arrived"]


async def test_who_leaves_a_real_way_is_led_anew_from_where_he_is(roads: Path) -> None:
    async with car_at(roads, STATION) as (driver, shelf):
        anna = await driver.world.session()
        await anna.call("navigation.start", {"stops": [stop(CATHEDRAL)]})
        course, way = await line(driver), driver.now()["way"]
        await drive_on(driver, course, 0, 150, 40)
        # Another real way, of one who goes somewhere else.
        other = Course((await shelf.ways(Wanted((driver.where, Point(60.1745, 24.9330)), course.heading(150))))[0])
        along = 0.0
        while driver.now()["way"] == way and along < 600:
            along += 11
            driver.where = other.point(along)
            driver.report(40, other.heading(along))
            await driver.second()
            await asyncio.sleep(0.02)
            if driver.now()["state"] == "off_route":
                await until(lambda: driver.now()["way"] != way, 20)
        now = driver.now()
        assert now["way"] != way and now["state"] == "under_way", now
        again = await line(driver)
        assert apart(again.shape[0], driver.where) < 60 and apart(again.shape[-1], CATHEDRAL) < 60


async def test_a_tunnel_without_positions_and_a_missed_turn_behind_it(roads: Path) -> None:
    async with car_at(roads, crossing("west", 0, 4), 90.0) as (driver, _):
        anna = await driver.world.session()
        await anna.call("navigation.start", {"stops": [stop(crossing("west", 8, 6))], "way": 0})
        course = await line(driver)
        tunnel = next((one for one in course.way.pieces if one.tunnel), None)
        assert tunnel is not None, [one.streets for one in course.way.manoeuvres]
        end = course.tunnel_until(course.metres[tunnel.start] + 5)
        assert end is not None and end - course.metres[tunnel.start] > 300
        await drive_on(driver, course, 0, course.metres[tunnel.start] + 10, 50)
        await drive_on(driver, course, course.metres[tunnel.start] + 10, end - 10, 50, silent=True)
        now = driver.now()
        assert now["state"] == "under_way" and now["along"] == pytest.approx(end - 10, abs=40)
        await drive_on(driver, course, end - 10, end + 60, 50)
        assert driver.now()["state"] == "under_way" and driver.now()["along"] == pytest.approx(end + 60, abs=30)
        assert driver.events() == ["NavigationStarted"]


async def test_nothing_leads_from_an_island_nor_out_of_a_one_way_trap(roads: Path) -> None:
    async with car_at(roads, crossing("west", 4, 4)) as (driver, _):
        anna = await driver.world.session()
        ways = (await anna.call("navigation.plan", {"stops": [stop(crossing("east", 4, 4))]})).ways
        assert any(one.road == "secondary" for one in ways[0].pieces)
        for goal in (crossing("island", 4, 4),):
            with pytest.raises(NoWay, match="no road leads there") as told:
                await anna.call("navigation.start", {"stops": [stop(goal)]})
            assert told.value.problem()["advice"] == "Choose another goal, or avoid less."
        with pytest.raises(NotFound, match="Moon is outside of the maps"):
            await anna.call("navigation.start", {"stops": [stop(Point(10.0, 10.0), "Moon")]})
        await anna.call("navigation.start", {"stops": [stop(crossing("east", 4, 4))]})
        driver.where = crossing("east", 4, 4)
        driver.report(0.0, 0.0)
        await driver.second()
        with pytest.raises(NotFound, match="no road leads there"):
            await anna.call("navigation.start", {"stops": [stop(crossing("west", 4, 4))]})
        # What was before is still there.
        assert driver.now()["goal"]["name"] == "Goal"
        driver.where = Point(20.0, 20.0)
        driver.report(0.0, 0.0)
        for _ in range(3):
            await driver.second()
        with pytest.raises(NotFound, match="the car is outside of the maps"):
            await anna.call("navigation.plan", {"stops": [stop(crossing("west", 4, 4))]})


async def test_a_stop_on_the_way_and_the_way_on_foot(roads: Path) -> None:
    async with car_at(roads, crossing("west", 0, 0)) as (driver, _):
        anna = await driver.world.session()
        stops = [stop(crossing("west", 4, 0), "Shop"), stop(crossing("west", 4, 5))]
        await anna.call("navigation.start", {"stops": stops})
        course = await line(driver)
        assert driver.now()["stops"] == 1 and len(course.stops) == 2
        await drive_on(driver, course, 0, course.stops[0] + 10, 40)
        await settle()
        assert "StopReached" in driver.events() and driver.now().get("stops", 0) == 0
        await drive_on(driver, course, course.stops[0] + 10, course.length, 40)
        assert driver.now()["state"] == "arrived"
        driver.where = crossing("west", 6, 5)
        driver.report(5.0, 90.0)
        await driver.second(30)
        driver.report(5.0, 90.0)
        await driver.second()
        await driver.park()
        await until(lambda: "LeftToWalk" in driver.events(), 10)
        found = await anna.call("navigation.parked")
        assert found.way.length == pytest.approx(228, rel=0.1) and found.way.time > 120


async def test_what_a_charge_reaches_lies_on_real_roads(roads: Path) -> None:
    async with car_at(roads, crossing("west", 4, 4)) as (driver, _):
        from wayhome.features.navigation import looking

        driver.tell(**{looking.LEVELS[0]: 10.5, looking.CAPACITIES[0]: 36})
        anna = await driver.world.session()
        found = await anna.call("navigation.reach")
        assert found.metres == pytest.approx(1_000, abs=1) and found.rings
        far = [apart(Point(*point), crossing("west", 4, 4)) for ring in found.rings for point in ring]
        assert 200 < max(far) <= 1_100


async def test_the_way_that_was_picked_is_driven_though_the_car_has_gone_on(roads: Path) -> None:
    others = 0
    for start, goal in ((STATION, CATHEDRAL), (CATHEDRAL, STATION), (crossing("west", 0, 0), crossing("west", 8, 8))):
        async with car_at(roads, start) as (driver, _):
            anna = await driver.world.session()
            ways = (await anna.call("navigation.plan", {"stops": [stop(goal)]})).ways
            for one in ways:
                seen = Course(Way(polyline.decoded(one.shape), one.length, one.time, ()))
                for along in (0.0, 60.0, 250.0, seen.length / 2):
                    driver.where = seen.point(along)
                    driver.report(30.0 if along else 0.0, seen.heading(along))
                    await driver.second()
                    await anna.call("navigation.start", {"stops": [stop(goal)], "mark": one.mark})
                    led = await line(driver)
                    rest = [seen.point(at) for at in range(int(along) + 60, int(seen.length), 20)]
                    on = [led.snap_anywhere(point, None, 25.0, led.length) is not None for point in rest]
                    assert sum(on) >= 0.85 * len(on), (start, goal, along)
            others += len(ways) > 1
    assert others, "there is something to pick"


@pytest.mark.parametrize("name", ["helsinki", "towns", "liechtenstein"])
async def test_who_comes_back_has_been_where_one_can_go(name: str, made_maps: MadeMaps, tmp_path: Path,
                                                        request: pytest.FixtureRequest) -> None:  # fmt: skip
    """There and back lies within one way, for any charge, and neither goes beyond the map."""
    from wayhome.features.navigation import looking

    folder = request.getfixturevalue("roads") if name == "towns" else made_maps.put(tmp_path / "maps", name)
    where = {"helsinki": STATION, "towns": crossing("west", 4, 4), "liechtenstein": VADUZ}[name]
    async with car_at(folder, where) as (driver, shelf):
        anna = await driver.world.session()
        box = shelf.regions()[0].bounds
        for level in (10.2, 10.5, 11, 12.5, 17, 25, 45, 65, 100):
            driver.tell(**{looking.LEVELS[0]: level, looking.CAPACITIES[0]: 75})
            there, back = [await anna.call("navigation.reach", {"back": one}) for one in (False, True)]
            assert (there.rings and back.rings) or level < 10.5
            for ring in (*there.rings, *back.rings):
                assert all(box.south <= lat <= box.north and box.west <= lon <= box.east for lat, lon in ring), level
            wide = [[Point(*point) for point in ring] for ring in there.rings]
            for ring in back.rings:
                for start, end in pairwise(Point(*point) for point in ring):
                    for share in (0.0, 0.25, 0.5, 0.75):
                        one = Point(
                            start.latitude + share * (end.latitude - start.latitude),
                            start.longitude + share * (end.longitude - start.longitude),
                        )
                        assert any(answers._holds(of, one) or _edge(of, one) < 1.0 for of in wide), (level, one)
            if level == 65:
                assert max(len(ring) for ring in there.rings) > 20, "a line, and not stairs of some corners"


def _edge(ring: list[Point], point: Point) -> float:
    """m from a point to a ring."""
    snap = Course(Way((*ring, ring[0]), 0.0, 0.0, ())).snap_anywhere(point, None, 50.0, 1e9)
    return snap.beside if snap is not None else 1e9


def along_real_streets(way: Way, seed: int, off: float = 5.0) -> tuple[str, float]:
    """How a car is seen that is driven along a way as fast as its streets are, each position some metres off: how it
    ended, and how far off along the way it was at worst."""
    course, goal, chance = Course(way), way.shape[-1], random.Random(seed)
    leading = Leading("car", Journey("seed", (Stop(goal.latitude, goal.longitude),), 0.0))
    leading.look(Fix(0.0, way.shape[0], None, 0.0), 0.0, 0.0, "moving")
    leading.take(course, "0" * 64, "start")
    along, now, worst, speed = 0.0, 0.0, 0.0, 0.0
    east = METRES * math.cos(math.radians(goal.latitude))
    while along < course.length:
        now += 1.0
        piece = course.piece(along)
        speed = min(speed + 8.0, piece.speed if piece is not None else 30.0)
        along = min(course.length, along + speed / 3.6)
        there = course.point(along)
        told = Point(there.latitude + chance.gauss(0, off) / METRES, there.longitude + chance.gauss(0, off) / east)
        heading = (course.heading(along) + chance.gauss(0, 10)) % 360
        happened = leading.look(Fix(now, told, heading, speed), now, speed, "moving")
        worst = max(worst, abs(leading.track.now - along))
        if leading.track.standing != "on":
            return f"{leading.track.standing} after {along:.0f} of {course.length:.0f} m", worst
        if happened == ["arrived"]:
            return "arrived", course.length - along
    return "not arrived", worst


async def test_many_real_ways_are_driven_without_being_left(roads: Path, soak: bool) -> None:
    shelf, chance = await opened(roads), random.Random(11)
    try:
        found = 0
        for seed in range(400 if soak else 12):
            ends = [Point(chance.uniform(60.163, 60.174), chance.uniform(24.932, 24.955)) for _ in range(2)]
            try:
                way = (await shelf.ways(Wanted((ends[0], ends[1]))))[0]
            except NotFound:
                continue  # a point in the sea, or in a yard
            if way.length < 200:
                continue
            found += 1
            ended, left = along_real_streets(way, seed)
            assert ended == "arrived" and left <= 160, (seed, ends, ended, left)
        assert found > (200 if soak else 6)
    finally:
        await shelf.close()


@pytest.mark.long
async def test_in_a_whole_country_a_way_of_ten_kilometres(tmp_path: Path) -> None:
    """Left out, and said so, where the extract is not here."""
    await make(tmp_path / "maps", extract("liechtenstein"))
    async with car_at(tmp_path / "maps", VADUZ) as (driver, _):
        anna = await driver.world.session()
        await anna.call("navigation.start", {"stops": [stop(SCHAAN)]})
        course = await line(driver)
        assert 2_500 < course.length < 6_000
        await drive_on(driver, course, 0, course.length, 45, seed=3)
        assert driver.events() == ["NavigationStarted", "Arrived"]
