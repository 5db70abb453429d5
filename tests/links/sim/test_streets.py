"""The car on real streets: real Valhalla on a real extract of OpenStreetMap."""

from __future__ import annotations

from collections.abc import AsyncIterator

import anyio
import msgspec
import pytest

from tests.links.sim.host import Bench
from tests.links.sim.streets import GOAL, HOME, NOWHERE, WHERE, WORK, Drive, limit, longest
from tests.peers.maps import MadeMaps, opened
from wayhome.adapters.maps.shelf import MapShelf
from wayhome.core.catalog import Catalog
from wayhome.demo import settling
from wayhome.errors import BadInput, Refused
from wayhome.hub.maps import Point, Wanted
from wayhome.links.sim.config import SimConfig
from wayhome.links.sim.course import Course, apart
from wayhome.links.sim.town import inside

pytestmark = [pytest.mark.anyio, pytest.mark.real]
CABLE = "car/Vehicle.Powertrain.TractionBattery.Charging.ChargingPort.AnyPosition.IsChargingCableConnected"


@pytest.fixture(scope="module")
async def shelf(made_maps: MadeMaps, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[MapShelf]:
    shelf = await opened(made_maps.put(tmp_path_factory.mktemp("sim") / "maps", "helsinki"))
    yield shelf
    await shelf.close()


@pytest.fixture
async def drive(catalog: Catalog, shelf: MapShelf) -> AsyncIterator[Drive]:
    bench = Drive(catalog, shelf)
    async with anyio.create_task_group() as group:
        group.start_soon(bench.run.run)
        await bench.live(1.1)
        yield bench
        group.cancel_scope.cancel()


async def test_it_drives_on_the_streets_by_their_limits_and_comes_home(drive: Drive, shelf: MapShelf) -> None:
    course: list[Point] = []
    speeds: list[float] = []
    waits = 0

    def look() -> bool:
        nonlocal waits
        if drive.day.pace is None:
            return drive.day.at_home and drive.day.chapter == "parked"
        speed, place = drive.world.car.speed * 3.6, drive.world.car.place
        most = limit(drive.pace, place)
        assert most is None or speed <= 1.1 * most
        assert Course(drive.pace.way.shape).off(drive.told) < 5.0
        course.append(drive.told)
        speeds.append(speed)
        waits += speed == 0 and 30 < place < drive.pace.course.length - 30
        return False

    await drive.each_second(3_600, look)
    assert drive.day.at_home and drive.world.car.cable == "ac"
    assert apart(drive.told, HOME) < 60
    assert longest(course) < 25
    moving = [speed for speed in speeds if speed > 0]
    assert 12 < sum(moving) / len(moving) < 40 and max(moving) > 25
    assert 5 < waits < len(speeds) / 2
    # Not by its own word alone: Valhalla finds a street under what the car told.
    matched = await shelf.limits(course[:400:2])
    assert sum(piece.end - piece.start + 1 for piece in matched) > 0.97 * 200
    assert drive.host.refused == []


async def test_it_goes_where_somebody_wishes_and_parks_there(drive: Drive) -> None:
    await drive.go(WORK)
    await drive.live(1.0)
    assert drive.host.value(GOAL + "Latitude") == WORK.latitude
    assert drive.day.goal is not None and drive.day.goal.point == WORK
    await drive.each_second(900, lambda: drive.day.chapter == "parked")
    assert apart(drive.told, WORK) < 60
    assert drive.host.value("car/Vehicle.Powertrain.Transmission.CurrentGear") == 126
    assert drive.host.value("car/Vehicle.LowVoltageSystemState") == "LOCK"
    assert drive.host.value("car/Vehicle.Cabin.Door.Row1.DriverSide.IsLocked") is True
    await drive.live(2.0)
    assert drive.host.value(GOAL + "Latitude") is None, "it has arrived, and goes nowhere"
    # From where it is parked somebody gets in, and leaves.
    await drive.go(HOME)
    await drive.each_second(30, lambda: drive.world.car.speed > 3)
    assert drive.day.chapter == "driving" and drive.host.value(GOAL + "Longitude") == HOME.longitude
    await drive.each_second(900, lambda: drive.day.chapter == "parked")
    assert drive.day.at_home and drive.world.car.cable == "ac"


async def test_led_it_takes_the_way_that_was_chosen(drive: Drive, shelf: MapShelf) -> None:
    start = drive.told
    usual = Course((await shelf.ways(Wanted((start, WORK))))[0].shape)
    chosen = (await shelf.ways(Wanted((start, Point(60.1725, 24.946), WORK))))[0]
    other = Course(chosen.shape)
    assert max(usual.off(other.point(n)) for n in range(0, int(other.length), 20)) > 150
    drive.host.ways["car"] = msgspec.structs.replace(chosen, stops=(0, len(chosen.shape) - 1))
    await drive.go(WORK)
    seen: list[Point] = []
    await drive.each_second(900, lambda: bool(seen.append(drive.told)) or drive.day.chapter == "parked")
    assert apart(drive.told, WORK) < 60
    assert max(other.off(one) for one in seen if apart(one, start) > 100) < 12
    # Led elsewhere, or by nobody, it goes its own way.
    await drive.go(HOME)
    await drive.each_second(900, lambda: drive.day.at_home)


async def test_it_goes_home_by_itself_when_it_has_stood_long_enough(drive: Drive) -> None:
    await drive.go(WORK)
    await drive.run.steer({"skip": 600})
    assert drive.day.here is not None and drive.day.here.kind == "asked"
    await drive.run.steer({"skip": 1_800})
    assert drive.day.at_home


async def test_where_no_road_leads_it_says_so_and_drives_on(drive: Drive) -> None:
    goal = drive.day.goal
    with pytest.raises(Refused, match="can't go there"):
        await drive.go(NOWHERE)
    await drive.live(1.5)
    assert drive.day.goal == goal and drive.day.chapter == "driving"
    assert drive.host.value(GOAL + "Latitude") is None
    # One half alone goes nowhere: it has no other to go with.
    await drive.set(GOAL + "Latitude", WORK.latitude)
    await drive.live(5.0)
    assert drive.day.goal == goal
    await drive.go(WORK)
    await drive.live(1.0)
    assert drive.day.goal is not None and drive.day.goal.point == WORK
    with pytest.raises(Refused):
        await drive.go(NOWHERE)
    await drive.live(1.0)
    assert drive.host.value(GOAL + "Latitude") == WORK.latitude, "where it was to go before stands"


async def test_low_it_charges_at_a_station_and_goes_on(drive: Drive) -> None:
    await drive.go(WORK)
    await drive.live(1.0)
    await drive.run.steer({"soc": 9.0})
    await drive.each_second(1_200, lambda: drive.host.value(CABLE) is True)
    assert drive.day.here is not None and drive.day.here.kind == "station"
    assert min(apart(drive.told, one.point) for one in drive.day.town.stations) < 60
    await drive.live(3.0)
    car = drive.world.car
    assert car.charging and 5_000 < car.pack.power <= 1_000 * drive.day.here.power
    await drive.run.steer({"soc": 79.8})
    await drive.each_second(1_800, lambda: drive.day.chapter == "parked" and drive.day.here.kind == "asked")  # type: ignore[union-attr]
    assert apart(drive.told, WORK) < 60 and car.cable is None


async def test_what_stands_there_gives_no_more_than_it_has(drive: Drive) -> None:
    car = drive.world.car
    await drive.run.steer({"park": True, "skip": 60, "soc": 30.0})
    car.plug("dc", 50_000.0)
    await drive.live(3.0)
    assert car.pack.power == pytest.approx(50_000, rel=0.03)


@pytest.mark.parametrize("start", ["driving", "home"])
async def test_the_same_seed_drives_the_same_course(catalog: Catalog, shelf: MapShelf, start: str) -> None:
    async def course(seed: int) -> list[Point]:
        bench = Drive(catalog, shelf, SimConfig(seed=seed, start=start, stay=0.5, delay=0))  # type: ignore[arg-type]
        found: list[Point] = []
        async with anyio.create_task_group() as group:
            group.start_soon(bench.run.run)
            await bench.live(0.2)
            for _ in range(40):
                await bench.run.steer({"skip": 5})
                position = bench.world.car.position
                found.append(Point(position.latitude, position.longitude))
            group.cancel_scope.cancel()
        return found

    first = await course(3)
    assert first == await course(3) != await course(4)
    assert len(set(first)) > 10


async def test_a_missed_turn_is_driven_another_way(drive: Drive) -> None:
    right = drive.pace.course
    goal = drive.day.goal
    await drive.run.steer({"miss": True})
    assert drive.pace.through and drive.day.goal == goal
    far = 0.0

    def look() -> bool:
        nonlocal far
        far = max(far, right.off(drive.told))
        return drive.day.pace is not None and not drive.pace.through

    await drive.each_second(240, look)
    assert far > 20, "it went on as if nothing had happened"
    assert drive.world.car.speed > 0 or drive.day.standing == 0
    await drive.each_second(900, lambda: drive.day.chapter == "parked")
    assert goal is not None and apart(drive.told, goal.point) < 60


async def test_a_position_that_jumps_and_one_that_is_lost(drive: Drive) -> None:
    await drive.run.steer({"jump": {"metres": 250, "seconds": 6}})
    await drive.live(2.0)
    assert drive.pace.course.off(drive.told) == pytest.approx(250, abs=60)
    await drive.live(6.0)
    assert drive.pace.course.off(drive.told) < 5
    await drive.run.steer({"gap": 20})
    await drive.live(1.0)
    drive.host.told.clear()
    before, place = drive.told, drive.world.car.odometer
    await drive.live(15.0)
    assert not [path for _, path, _, _ in drive.host.told if path.startswith(WHERE)]
    assert drive.told == before and drive.world.car.odometer > place
    await drive.live(8.0)
    assert drive.pace.course.off(drive.told) < 5 and drive.told != before


async def test_it_stands_as_long_as_it_is_kept(drive: Drive) -> None:
    await drive.run.steer({"stand": 40})
    await drive.live(20.0)
    assert drive.world.car.speed == 0 and drive.day.chapter == "driving"
    place = drive.world.car.odometer
    await drive.live(15.0)
    assert drive.world.car.odometer == place
    await drive.each_second(60, lambda: drive.world.car.odometer > place + 20)
    assert drive.world.car.odometer > place + 20


async def test_steered_and_let_go_it_goes_on_to_its_goal(drive: Drive) -> None:
    goal = drive.day.goal
    await drive.run.steer({"speed": 20})
    await drive.live(15.0)
    assert drive.world.car.speed == pytest.approx(20 / 3.6, abs=0.1)
    await drive.run.steer({"speed": None})
    await drive.live(2.0)
    assert drive.day.goal == goal and drive.day.pace is not None
    await drive.run.steer({"homewards": 0.5})
    await drive.live(1.0)
    assert drive.day.goal is not None and drive.day.goal.kind == "home" and drive.world.car.speed > 0
    await drive.run.steer({"park": True})
    await drive.each_second(60, lambda: drive.day.chapter == "parked")
    assert not drive.day.at_home and drive.world.car.cable is None
    await drive.run.steer({"skip": 1_500})
    assert drive.day.at_home


async def test_hours_on_the_streets(drive: Drive) -> None:
    before = drive.world.car.odometer
    await drive.run.steer({"skip": 2 * 3_600})
    assert 5_000 < drive.world.car.odometer - before < 60_000
    assert 20 < drive.world.car.pack.soc < 90 and drive.host.refused == []


# Maps that come, go, and do not answer


async def test_before_its_first_map_it_waits_and_tells_no_position(catalog: Catalog, shelf: MapShelf) -> None:
    bench = Drive(catalog, shelf)
    bench.maps.coming = True
    bench.host.spots = {}
    async with anyio.create_task_group() as group:
        group.start_soon(bench.run.run)
        await bench.live(10.0)
        assert bench.host.value("car/Vehicle.Speed") == 0 and WHERE + "Latitude" not in bench.host.house.readings
        bench.maps.coming = False
        await bench.live(3.0)
        assert WHERE + "Latitude" not in bench.host.house.readings, "where is home?"
        bench.host.spots = {"home": HOME}
        await bench.live(3.0)
        assert bench.day.chapter == "driving" and apart(bench.told, HOME) < 3_000
        assert GOAL + "Latitude" in {f"car/{name}" for name in bench.host.house.things["car"].signals}
        group.cancel_scope.cancel()


async def test_a_map_that_never_comes_is_not_waited_for(catalog: Catalog, shelf: MapShelf) -> None:
    bench = Drive(catalog, shelf)
    bench.maps.coming = True
    async with anyio.create_task_group() as group:
        group.start_soon(bench.run.run)
        await bench.live(75.0)
        assert bench.world.streets is None and bench.world.car.speed + bench.world.day.elapsed > 0
        assert WHERE + "Latitude" in bench.host.house.readings
        group.cancel_scope.cancel()


async def test_a_map_that_is_removed_and_one_of_elsewhere(drive: Drive) -> None:
    drive.maps.gone = True
    await drive.live(3.0)
    assert drive.world.streets is None and apart(drive.told, Point(47.1, 9.5)) < 30_000
    assert GOAL + "Latitude" not in {f"car/{name}" for name in drive.host.house.things["car"].signals}
    with pytest.raises(BadInput, match="no real streets"):
        await drive.run.steer({"stand": 5})
    drive.maps.gone = False
    drive.host.spots = {"home": NOWHERE}
    await drive.live(3.0)
    assert drive.world.streets is None
    drive.host.spots = {"home": WORK}
    await drive.live(3.0)
    assert apart(drive.day.town.home.point, WORK) < 1


async def test_roads_that_do_not_answer_are_asked_again(drive: Drive) -> None:
    drive.maps.silent = True
    with pytest.raises(Refused):
        await drive.go(WORK)
    await drive.run.steer({"on_the_road": 0.2})
    await drive.live(5.0)
    assert drive.world.car.speed == 0
    drive.maps.silent = False
    await drive.each_second(120, lambda: drive.world.car.speed > 3)
    assert drive.day.chapter == "driving" and drive.world.car.speed > 3


async def test_without_a_map_there_is_nothing_to_miss(bench: Bench) -> None:
    for order in ({"miss": True}, {"homewards": 0.5}, {"stand": 3}):
        with pytest.raises(BadInput):
            await bench.run.steer(order)
    assert not any("DestinationSet" in name for name in bench.host.house.things["car"].signals)


async def test_addresses_of_a_map_to_live_at(shelf: MapShelf) -> None:
    region = shelf.regions()[0]
    spots = await settling.chosen(shelf, region)
    assert spots == await settling.chosen(shelf, region), "both hubs of the demo see the same"
    assert set(spots) == {"home", "work", "school"} and len(set(spots.values())) == 3
    for point in spots.values():
        there = await shelf.at(point, "en")
        assert there is not None and there.kind == "address" and inside(region.bounds, point)
    times = await shelf.matrix(list(spots.values()))
    assert all(cell is not None for row in times for cell in row)
