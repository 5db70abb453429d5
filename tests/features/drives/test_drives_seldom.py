"""Cars that tell little, late or seldom, and a hub that was away: what is kept of their drives."""

from __future__ import annotations

import pytest

from tests.features.drives.road import COARSE, DRIVE, FINE, PARK, Road, road
from tests.world import World
from wayhome.core.driving import GEAR, POWER, SPEED
from wayhome.errors import Conflict, NotFound
from wayhome.features.drives import figures

pytestmark = pytest.mark.anyio


async def asked(car: Road, kmh: float, gear: int, power: str = "ON") -> None:
    """The car's service is asked once, and then says nothing for five minutes."""
    car.tell({SPEED: kmh, GEAR: gear, POWER: power, figures.CHARGE: car.charge, **car.where()})
    await car.wait(300)


def after(car: Road, seconds: float) -> World:
    """The same household, so many s after its hub ceased: what the disk holds is all there is."""
    before = car.world
    world = World(features=before.hub.features, catalog=before.catalog, disk=list(before.store.disk))
    world.store.samples_taken = list(before.store.samples_taken)
    world.hub.blobs = before.hub.blobs
    world.clock.at = before.clock.now() + seconds
    return world


async def test_a_car_that_is_asked_every_five_minutes_keeps_the_whole_of_its_way() -> None:
    async with road() as car:
        await asked(car, 0, PARK, "OFF")
        for kmh in (50, 0, 80, 80, 50):
            car.roll(5_000)
            await asked(car, kmh, DRIVE)
        car.roll(3_000)
        for _ in range(3):
            await asked(car, 0, PARK, "OFF")
        (drive,) = car.drives
        assert drive.end is not None and drive.coarse
        assert drive.distance == pytest.approx(28_000, abs=2)
        assert drive.end - drive.start == pytest.approx(6 * 300, abs=10)
        assert drive.origin is not None and drive.origin.name == "Home"


async def test_a_car_that_is_never_seen_moving_has_its_drive_all_the_same() -> None:
    async with road() as car:
        await asked(car, 0, PARK, "OFF")
        car.roll(4_000)
        for _ in range(3):
            await asked(car, 0, PARK, "OFF")
        (drive,) = car.drives
        assert drive.distance == pytest.approx(4_000, abs=2) and drive.coarse


async def test_an_odometer_in_whole_kilometres_loses_no_short_drive_and_makes_up_none() -> None:
    async with road() as car:
        for _ in range(3):
            await car.stand(5, PARK, "OFF")
            for _ in range(45):
                car.roll(20)
                whole = {**car.where(), figures.ODOMETER: car.odometer // 1_000 * 1_000}
                car.tell({SPEED: 72.0, GEAR: DRIVE, POWER: "ON", **whole})
                await car.wait(1)
            for _ in range(60):
                whole = {**car.where(), figures.ODOMETER: car.odometer // 1_000 * 1_000}
                car.tell({SPEED: 0.0, GEAR: PARK, POWER: "OFF", **whole})
                await car.wait(1)
            # It wakes up later and tells one more kilometre, where it stood.
            car.tell({figures.ODOMETER: car.odometer // 1_000 * 1_000 + 1_000})
            await car.wait(30)
        assert len(car.drives) == 3
        assert all(one.end is not None and 700 < (one.distance or 0) <= 2_000 for one in car.drives)


async def test_a_car_that_drove_while_the_hub_was_away_is_noticed() -> None:
    async with road() as car:
        await car.stand(30, PARK, "OFF")
    async with after(car, 600) as world:
        again = Road(world, "car")
        again.at, again.odometer = car.at, car.odometer
        again.roll(6_000)
        await again.stand(60, PARK, "OFF")
        (drive,) = again.drives
        assert drive.distance == pytest.approx(6_000, abs=2) and drive.coarse


async def test_a_drive_in_whose_midst_the_hub_was_away_for_hours_says_that_it_may_have_gone_on() -> None:
    async with road() as car:
        await car.drive(120)
        clock = car.world.clock.now()
    async with after(car, 4 * 3_600) as world:
        again = Road(world, "car")
        await again.wait(5)
        (drive,) = again.drives
        assert drive.lost and drive.end == pytest.approx(clock, abs=3)


async def test_a_place_is_named_from_a_drive_and_every_drive_there_shows_it() -> None:
    async with road(FINE) as car:
        anna, mei = await car.world.session("anna", "owner"), await car.world.session("mei", "member")
        for _ in range(2):
            car.at = 0.0
            await car.drive(120)
            await car.stand(3, PARK)
            await car.stand(60, PARK, "OFF")
        first, second = car.drives
        changed = anna.read(["car/drive.now"])["car/drive.now"][0]
        answer = await mei.call("drives.name_place", {"id": first.id, "end": "goal", "name": " Oma "})
        assert (answer.place, answer.name, answer.before) == ("oma", "Oma", None)
        listed = (await anna.call("drives.list", {})).drives
        assert [one.goal.name for one in listed] == ["Oma", "Oma"]
        assert (await anna.call("drives.show", {"id": second.id})).drive.goal.place == "oma"
        assert "Oma" in (await anna.call("drives.export", {})).content.decode()
        now = anna.read(["car/drive.now"])["car/drive.now"][0]
        assert isinstance(now, dict) and isinstance(changed, dict) and now["kept"] != changed["kept"]
        assert isinstance(now["last"], dict) and now["last"]["goal"] == "Oma"
        # Another name for the same place, and back.
        answer = await anna.call("drives.name_place", {"id": second.id, "end": "goal", "name": "Grandma"})
        assert (answer.place, answer.before) == ("oma", "Oma")
        for data in (
            {"id": first.id, "end": "origin", "name": "Base"},
            {"id": first.id, "end": "goal", "name": "home"},
        ):
            with pytest.raises(Conflict):
                await anna.call("drives.name_place", data)
        await anna.call("drives.forget_place", {"place": "oma"})
        assert (await anna.call("drives.list", {})).drives[0].goal.name is None
        with pytest.raises(NotFound):
            await anna.call("drives.forget_place", {"place": "oma"})
        with pytest.raises(Conflict):
            await anna.call("drives.forget_place", {"place": "home"})
        # A right that holds there keeps a place; and an id is never given to another place again.
        answer = await anna.call("drives.name_place", {"id": first.id, "end": "goal", "name": "Oma"})
        assert answer.place == "oma-2"
        grant = {"to": "person:noor", "verb": "act", "glob": "*/light.**", "place": "oma-2"}
        await car.world.hub.household.write("grant", "g", grant, car.world.context())
        with pytest.raises(Conflict):
            await anna.call("drives.forget_place", {"place": "oma-2"})


async def test_a_car_that_tells_now_and_then_has_coarse_drives() -> None:
    async with road(COARSE) as car:
        car.tell(car.where())
        await car.wait(600)
        car.tell(car.where())
        began = car.world.clock.now()
        for _ in range(5):
            await car.wait(300)
            car.roll(6_000)
            car.tell(car.where())
        ended = car.world.clock.now()
        assert [one.end for one in car.drives] == [None]
        await car.wait(2_000)
        (drive,) = car.drives
        assert drive.coarse and not drive.lost
        assert drive.start == pytest.approx(began, abs=610) and drive.end == pytest.approx(ended, abs=2)
        assert drive.distance == 30_000
        assert (drive.charge_from, drive.charge_to) == (80, round(car.charge))
        assert drive.energy is None and drive.top is None
        assert drive.origin is not None and drive.origin.name == "Home"
        assert drive.goal is not None and drive.goal.latitude == pytest.approx(47 + 30_000 / 111_195, abs=1e-3)
        # Standing for a night, and waking up without having gone anywhere.
        await car.hush(9 * 3_600)
        car.tell(car.where())
        await car.wait(30)
        # Waking up somewhere else: it is told when it is heard of, with no time made up.
        await car.hush(9 * 3_600)
        car.roll(12_000)
        car.tell(car.where())
        await car.wait(2_000)
        _, second = car.drives
        assert second.distance == 12_000 and second.start == second.end


async def test_a_place_that_wanders_in_a_garage_is_no_drive() -> None:
    async with road((figures.LATITUDE, figures.LONGITUDE)) as car:
        for metres in (0, 90, -80, 120, -150, 60):
            car.tell({figures.LATITUDE: 47 + metres / 111_195, figures.LONGITUDE: 9.5})
            await car.wait(300)
        assert car.drives == []
        for step in range(1, 5):
            car.tell({figures.LATITUDE: 47 + step * 4_000 / 111_195, figures.LONGITUDE: 9.5})
            await car.wait(300)
        await car.wait(2_000)
        (drive,) = car.drives
        assert drive.distance is None and drive.goal is not None
