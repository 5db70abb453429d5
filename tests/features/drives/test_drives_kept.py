"""Which drives are kept of what a car does: the whole feature on a household in memory, second by second."""

from __future__ import annotations

import pytest

from tests.features.drives.road import DRIVE, FINE, PARK, Road, road
from tests.world import World
from wayhome.core.driving import GEAR, POWER, SPEED
from wayhome.core.value import Fact
from wayhome.errors import NotAllowed, NotFound
from wayhome.features.drives import figures, track
from wayhome.links.sim.config import SimConfig
from wayhome.links.sim.world import SimWorld

pytestmark = pytest.mark.anyio


async def park(car: Road) -> None:
    await car.stand(3, PARK)
    await car.stand(60, PARK, "OFF")


async def test_a_drive_has_its_figures_and_its_course() -> None:
    async with road() as car:
        await car.stand(5, PARK, "OFF")
        began = car.world.clock.now()
        await car.drive(600)
        ended = car.world.clock.now()
        await park(car)
        (drive,) = car.drives
        assert drive.start == pytest.approx(began, abs=3) and drive.end == pytest.approx(ended, abs=3)
        assert drive.distance == pytest.approx(600 * 20, rel=0.01)
        assert drive.energy == pytest.approx(12 * 0.18, rel=0.02)
        assert drive.moving == pytest.approx(600, abs=5) and drive.top == 72
        assert drive.charge_from == pytest.approx(80, abs=0.5)
        assert drive.charge_to == pytest.approx(80 - 12 * 0.18 / 75 * 100, abs=0.1)
        assert drive.outside == 6.5
        assert drive.origin is not None and (drive.origin.name, drive.origin.place) == ("Home", "home")
        assert drive.goal is not None and drive.goal.name is None
        assert drive.goal.latitude == pytest.approx(47 + 12_000 / 111_195, abs=1e-3)
        assert not drive.lost and not drive.coarse
        assert drive.track is not None
        course = track.unpack(await car.world.hub.blobs.get(drive.track))
        assert 595 <= len(course.at) <= 606
        assert max(v for v in course.speed if v is not None) == 72
        assert course.power[300] == -18_000 and course.latitude[0] == pytest.approx(47, abs=1e-3)


async def test_who_plugs_in_has_arrived() -> None:
    async with road() as car:
        await car.drive(60)
        ended = car.world.clock.now()
        await car.stand(5, PARK)
        car.tell({figures.PLUGGED: True})
        await car.stand(40, PARK)
        (drive,) = car.drives
        assert drive.end == pytest.approx(ended, abs=3)


async def test_lights_crossings_and_short_stops_are_parts_of_one_drive() -> None:
    async with road() as car:
        await car.drive(60)
        await car.stand(90)  # a red light
        await car.drive(60)
        await car.stand(240, PARK)  # a level crossing
        await car.drive(60)
        await car.stand(1_200)  # a jam, in gear
        await car.drive(60)
        await car.stand(20, PARK, "OFF")  # somebody gets in
        await car.drive(60)
        assert [one.end for one in car.drives] == [None]
        await park(car)
        (drive,) = car.drives
        assert drive.distance == pytest.approx(300 * 20, rel=0.02)
        assert drive.moving == pytest.approx(300, abs=12)


async def test_a_long_park_ends_a_drive_where_the_wheels_last_turned() -> None:
    async with road() as car:
        await car.drive(60)
        rested = car.world.clock.now()
        await car.stand(400, PARK)
        (drive,) = car.drives
        assert drive.end == pytest.approx(rested, abs=3)
        await car.drive(60)
        await park(car)
        assert len(car.drives) == 2


async def test_a_tunnel_does_not_cut_a_drive() -> None:
    async with road() as car:
        await car.drive(60)
        car.roll(18_000)
        await car.wait(20 * 60)
        await car.drive(60)
        await park(car)
        (drive,) = car.drives
        assert drive.distance == pytest.approx(2 * 1_200 + 18_000, rel=0.01)
        assert not drive.lost


async def test_a_car_that_comes_back_hours_later_has_one_drive_that_was_lost_and_one_unseen() -> None:
    async with road() as car:
        await car.drive(300)
        last = car.world.clock.now()
        await car.wait(3 * 3_600)
        (first,) = car.drives
        assert first.lost and first.end == pytest.approx(last, abs=3)
        car.roll(30_000)
        car.tell({figures.CONSUMED: car.consumed})
        await car.stand(5, PARK, "OFF")
        first, unseen = car.drives
        assert (
            unseen.coarse and unseen.lost and unseen.start == unseen.end == pytest.approx(car.world.clock.now(), abs=6)
        )
        assert unseen.distance == pytest.approx(30_000, abs=50)
        assert unseen.energy == pytest.approx(30 * 0.18, abs=0.1)
        await car.drive(60)
        await park(car)
        assert len(car.drives) == 3


async def test_no_drive_of_less_than_a_hundred_metres() -> None:
    async with road() as car:
        await car.drive(3, 20)
        await park(car)
        assert car.drives == []
        assert car.world.hub.household.records("drive") == {}


async def test_a_drive_goes_on_after_the_hub_was_gone_for_some_minutes() -> None:
    async with road() as car:
        await car.drive(120)
        disk, samples = car.world.store.disk, car.world.store.samples_taken
        clock, at, odometer = car.world.clock.now(), car.at, car.odometer
        (open_one,) = car.drives
        blobs = car.world.hub.blobs
    # As after a kill: what the disk holds is all there is.
    async with World(features=car.world.hub.features, catalog=car.world.catalog, disk=list(disk)) as world:
        world.store.samples_taken = list(samples)
        world.hub.blobs = blobs
        world.clock.at = clock + 240
        again = Road(world, "car")
        again.at, again.odometer, again.consumed = at, odometer + 3_000, car.consumed
        again.roll(0)
        await again.drive(120)
        await park(again)
        (drive,) = again.drives
        assert drive.id == open_one.id and drive.start == open_one.start
        assert drive.distance == pytest.approx(2_400 + 3_000 + 2_400, rel=0.02)


async def test_a_clock_that_jumps_cuts_a_drive_and_none_has_a_negative_time() -> None:
    async with road() as car:
        for jump in (-7_200.0, 86_400.0 * 3, -600.0):
            await car.drive(120)
            car.world.clock.at += jump
        await car.drive(120)
        await park(car)
        drives = car.drives
        assert 3 <= len(drives) <= 5
        for drive in drives:
            assert drive.end is not None and 0 <= drive.end - drive.start < 1_000
            assert drive.distance is not None and drive.distance < 5_000


async def test_repeated_late_and_wrong_reports_change_nothing() -> None:
    async with road() as car:
        for _ in range(120):
            await car.drive(1)
            now = car.world.clock.now()
            car.tell({SPEED: 30.0}, source_at=now - 300)
            car.tell({SPEED: 9_999.0})
            car.tell({SPEED: 72.0})
            car.tell({SPEED: 72.0})
        await park(car)
        (drive,) = car.drives
        assert drive.top == 72
        assert drive.distance == pytest.approx(120 * 20, rel=0.02)


async def test_an_odometer_that_is_reset_or_replaced_does_not_spoil_the_distance() -> None:
    async with road() as car:
        await car.drive(100)
        car.odometer = 0.0
        await car.drive(100)
        car.odometer = 4_000_000_000.0
        await car.drive(100)
        await park(car)
        (drive,) = car.drives
        assert drive.distance == pytest.approx(300 * 20, rel=0.03)


async def test_without_an_odometer_the_speed_counts_and_without_counters_the_charge() -> None:
    async with road((SPEED, GEAR, POWER, figures.CHARGE, figures.CAPACITIES[0])) as car:
        for second in range(600):
            told = {SPEED: 36.0, figures.CHARGE: 80 - second / 100, figures.CAPACITIES[0]: 75, GEAR: DRIVE, POWER: "ON"}
            car.tell(told)
            await car.wait(1)
        car.tell({SPEED: 0.0, GEAR: PARK, POWER: "OFF"})
        await car.wait(60)
        (drive,) = car.drives
        assert drive.distance == pytest.approx(6_000, rel=0.02)
        assert drive.energy == pytest.approx(0.06 * 75, rel=0.02)
        assert drive.origin is None and drive.goal is None


async def test_what_a_car_does_not_tell_is_not_made_up() -> None:
    async with road((SPEED, GEAR, POWER)) as car:
        for _ in range(120):
            car.tell({SPEED: 50.0, GEAR: DRIVE, POWER: "ON"})
            await car.wait(1)
        car.tell({SPEED: 0.0, GEAR: PARK, POWER: "OFF"})
        await car.wait(60)
        (drive,) = car.drives
        assert (drive.energy, drive.charge_from, drive.charge_to, drive.outside, drive.origin) == (None,) * 5


async def test_a_withdrawn_car_ends_its_drive() -> None:
    async with road() as car:
        await car.drive(120)
        car.world.puppet.host.withdraw(["car"])
        await car.wait(2)
        (drive,) = car.drives
        assert drive.end is not None and drive.lost
        assert car.world.hub.household.published.find("car/drive.now").gone_at is not None  # type: ignore[union-attr]


async def test_pausing_keeps_nothing_and_drops_what_is_under_way() -> None:
    async with road() as car:
        anna = await car.world.session("anna", "owner")
        await car.drive(120)
        assert len(car.drives) == 1
        kept = await anna.call("drives.keep", {"on": False, "car": "car"})
        assert (kept.all, kept.cars) == (True, {"car": False})
        assert car.drives == []
        await car.drive(120)
        await park(car)
        await anna.call("drives.keep", {"on": True, "car": "car"})
        await anna.call("drives.keep", {"on": False})
        await car.drive(120)
        await park(car)
        assert car.drives == []
        kept = await anna.call("drives.keep", {"on": True})
        assert kept.all
        await car.drive(120)
        await park(car)
        assert len(car.drives) == 1
        with pytest.raises(NotFound):
            await anna.call("drives.keep", {"on": False, "car": "nobody"})


async def test_the_running_drive_is_shown_live_to_adults_only() -> None:
    async with road() as car:
        anna, mei = await car.world.session("anna", "owner"), await car.world.session("mei", "member")
        leo, noor = await car.world.session("leo", "child"), await car.world.session("noor", "guest")
        await car.drive(120)
        for adult in (anna, mei):
            shown = adult.read(["car/drive.now"])["car/drive.now"][0]
            assert isinstance(shown, dict) and isinstance(shown["drive"], dict)
            assert shown["drive"]["distance"] == pytest.approx(2_400, rel=0.05)
            assert shown["drive"]["origin"]["name"] == "Home"  # type: ignore[index, call-overload]
        for other in (leo, noor):
            assert other.read(["car/drive.now"]) == {}
            for operation in ("list", "show", "export", "delete", "keep"):
                with pytest.raises(NotAllowed):
                    await other.call(f"drives.{operation}", {"id": car.drives[0].id, "on": True})
        await park(car)
        shown = anna.read(["car/drive.now"])["car/drive.now"][0]
        assert isinstance(shown, dict) and shown["drive"] is None


async def test_deleting_takes_record_and_course_and_is_told() -> None:
    async with road() as car:
        anna, noor = await car.world.session("anna", "owner"), await car.world.session("noor", "guest")
        for _ in range(2):
            await car.drive(120)
            await park(car)
        one, other = car.drives
        assert one.track is not None and other.track is not None
        await anna.call("drives.delete", {"id": one.id})
        assert [drive.id for drive in car.drives] == [other.id]
        with pytest.raises(NotFound):
            await car.world.hub.blobs.get(one.track)
        assert await car.world.hub.blobs.get(other.track)
        with pytest.raises(NotFound):
            await anna.call("drives.delete", {"id": one.id})
        lines = (await anna.call("home.audit", {"limit": 10})).lines
        (told,) = [line for line in lines if line.what == "DriveDeleted"]
        assert (told.actor, told.about) == ("person:anna", f"@drive/{one.id}")
        assert all("Drive" not in line.what for line in (await noor.call("home.audit", {"limit": 100})).lines)
        # One that goes on is not kept further, and does not come back at its end.
        await car.drive(120)
        running = car.drives[-1]
        await anna.call("drives.delete", {"id": running.id})
        await car.drive(30)
        await park(car)
        assert [drive.id for drive in car.drives] == [other.id]


async def test_a_name_of_two_hundred_characters_and_one_from_right_to_left() -> None:
    title = "‏הרכב של המשפחה 🚗 " + "x" * 180
    async with road(title=title) as car:
        name = "بيت العائلة " * 16
        values = {"name": name, "latitude": 47.0, "longitude": 9.5, "radius": 80}
        await car.world.hub.household.write("place", "home", values, car.world.context())
        await car.drive(120)
        await park(car)
        (drive,) = car.drives
        assert drive.name == title and drive.origin is not None and drive.origin.name == name[:200]


async def test_a_full_disk_costs_no_drive() -> None:
    async with road() as car:
        await car.drive(120)
        car.world.store.full = True
        car.tell({SPEED: 0.0, GEAR: PARK, POWER: "OFF"})
        for _ in range(40):
            car.world.clock.move(1)
            try:
                await car.keeper.turn()
            except Exception as error:
                assert "full" in str(error)
        car.world.store.full = False
        await car.wait(3)
        (drive,) = car.drives
        assert drive.end is not None and drive.distance == pytest.approx(2_400, rel=0.02)


async def test_the_simulators_day_is_the_drives_that_the_simulator_drove() -> None:
    async with road(FINE) as car:
        sim = SimWorld(SimConfig(start="home", stay=20, seed=11), car.world.clock.now())
        driven: list[tuple[float, float, float]] = []
        before, started = sim.car.odometer, None
        for _ in range(3 * 3_600):
            sim.advance(1)
            facts = sim.vehicle.facts()
            told = [Fact(f"car/{name}", value) for name, value in facts.items() if name in FINE]
            assert car.world.puppet.host.report(told) == []
            if sim.car.speed > 0 and started is None:
                started, before = sim.now, sim.car.odometer
            if started is not None and sim.day.chapter == "parked":
                driven.append((started, sim.now, sim.car.odometer - before))
                started = None
            await car.wait(1)
        drives = [drive for drive in car.drives if drive.end is not None]
        assert len(driven) >= 2
        assert len(drives) == len(driven)
        for drive, (start, end, metres) in zip(drives, driven, strict=True):
            assert drive.start == pytest.approx(start, abs=5)
            assert drive.end == pytest.approx(end, abs=60)
            assert drive.distance == pytest.approx(metres, abs=30)
            assert drive.energy is not None and drive.distance is not None
            assert 10 < drive.energy / drive.distance * 1e5 < 35
            assert drive.origin is not None and drive.charge_from is not None and drive.charge_to is not None
            assert drive.charge_from > drive.charge_to
            assert drive.top is not None and 90 < drive.top < 140
