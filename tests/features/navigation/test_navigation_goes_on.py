"""A car is led on after a restart, through trouble and full disks; and who may lead it."""

from __future__ import annotations

import asyncio

import pytest

from tests.features.navigation.town import Driver, announce, at, settle, stop, town
from wayhome.errors import BadInput, HubError, NotAllowed, NotFound, NotWhileDriving, StoreError, Unreachable
from wayhome.features.navigation.looking import LATITUDE

pytestmark = pytest.mark.anyio
GOAL = at(1_000, 600)
"""The way there: 1,000 m east, then left, 600 m north."""


async def started(driver: Driver, *, role: str = "owner", **data: object) -> None:
    session = await driver.world.session("mei", role)
    await session.call("navigation.start", {"stops": [stop(GOAL)], **data})
    await settle()


async def test_after_a_restart_it_goes_on_where_it_was() -> None:
    async with town() as (driver, streets, _):
        await started(driver, stops=[stop(at(300, 0), "First"), stop(GOAL)])
        await driver.drive(at(500, 0))
        disk, blobs = driver.world.store.disk, driver.world.hub.ports.blobs
        way = driver.now()["way"]
    from tests.features.navigation.town import CATALOG, FEATURES
    from tests.world import World

    after = World(features=FEATURES, catalog=CATALOG, maps=streets, disk=disk)
    after.hub.ports.blobs = blobs
    after.hub.blobs._own = blobs  # type: ignore[attr-defined]
    async with after:
        again = Driver(after, "car")
        announce(after)
        assert again.now()["way"] == way and again.now().get("stops", 0) == 0
        again.where = at(500, 0)
        await again.drive(at(700, 0))
        assert len(streets.asked) == 1
        assert again.now()["state"] == "under_way" and again.now()["left"] == pytest.approx(900, abs=20)


async def test_what_was_told_before_a_restart_is_not_told_again() -> None:
    async with town() as (driver, _, _voice):
        driver.where = at(4_000, 0)
        await driver.stand(2)
        await (await driver.world.session()).call("navigation.start", {"place": "home"})
        await driver.drive(at(3_800, 0))
        assert driver.events().count("ArrivingSoon") == 1
        disk = driver.world.store.disk
    async with town(disk=disk) as (again, _, _voice):
        again.where = at(3_800, 0)
        await again.stand(2)
        await again.drive(at(3_500, 0))
        assert again.now()["state"] == "under_way" and again.events().count("ArrivingSoon") == 1


async def test_a_stop_that_is_put_in_tells_nothing_again() -> None:
    async with town() as (driver, _, _voice):
        driver.where = at(4_000, 0)
        await driver.stand(2)
        anna = await driver.world.session()
        await anna.call("navigation.start", {"place": "home"})
        await driver.drive(at(3_800, 0))
        assert driver.events().count("ArrivingSoon") == 1
        (record,) = driver.world.hub.household.records("navigation").values()
        (home,) = record.values()["stops"]  # type: ignore[misc]
        await anna.call("navigation.start", {"stops": [stop(at(3_600, 0)), home]})
        await driver.drive(at(3_650, 0))
        assert driver.now()["state"] == "under_way" and driver.events().count("ArrivingSoon") == 1


async def test_who_has_come_and_comes_once_more_is_told_of_again() -> None:
    async with town() as (driver, _, _voice):
        driver.where = at(4_000, 0)
        await driver.stand(2)
        anna = await driver.world.session()
        await anna.call("navigation.start", {"place": "home"})
        (record,) = driver.world.hub.household.records("navigation").values()
        (home,) = record.values()["stops"]  # type: ignore[misc]
        await driver.drive(at(0, 0))
        await driver.park()
        assert driver.now()["state"] == "arrived" and driver.events().count("ArrivingSoon") == 1
        # Only something from the shop.
        await anna.call("navigation.start", {"stops": [stop(at(800, 0)), home]})
        await driver.drive(at(600, 0))
        assert driver.events().count("ArrivingSoon") == 2


async def test_a_way_that_is_lost_is_looked_for_anew() -> None:
    async with town() as (driver, _streets, _):
        await started(driver)
        await driver.drive(at(500, 0))
        disk = driver.world.store.disk
    async with town(disk=disk) as (again, other, _):
        await again.drive(at(100, 0))
        assert len(other.asked) == 1 and again.now()["state"] == "under_way"


async def test_a_car_that_never_told_where_it_is_is_not_led() -> None:
    async with town() as (driver, _, _voice):
        announce(driver.world, "other")
        anna = await driver.world.session()
        with pytest.raises(NotFound, match="does not tell where it is"):
            await anna.call("navigation.start", {"stops": [stop(GOAL)], "car": "other"})
        with pytest.raises(BadInput, match="2 cars"):
            await anna.call("navigation.start", {"stops": [stop(GOAL)]})


async def test_guests_and_children_neither_lead_nor_see() -> None:
    async with town() as (driver, _, _voice):
        await started(driver)
        for role in ("guest", "child"):
            other = await driver.world.session(f"some-{role}", role)
            for name in ("plan", "start", "show", "stop", "skip", "say", "reach", "parked", "chosen"):
                with pytest.raises(NotAllowed):
                    await other.call(f"navigation.{name}", {})
            assert other.read(["car/navigation.now", "@navigation/*", "@parked/*"]) == {}
        member = await driver.world.session("leo", "member")
        assert member.read(["car/navigation.now"])


@pytest.mark.parametrize(
    "data",
    [
        {}, {"stops": []}, {"stops": [{"latitude": 91, "longitude": 0}]}, {"stops": [stop(GOAL)] * 11},
        {"stops": [stop(GOAL)], "place": "home"}, {"stops": [{"latitude": 1, "longitude": 2, "name": "x" * 121}]},
        {"stops": [stop(GOAL)], "way": 3}, {"stops": "home"}, {"stops": [stop(GOAL)], "odd": 1},
    ],
)  # fmt: skip
async def test_what_is_nowhere_is_not_started(data: dict[str, object]) -> None:
    async with town() as (driver, _, _voice):
        with pytest.raises(BadInput):
            await (await driver.world.session()).call("navigation.start", data)
        assert driver.now() == {}


async def test_what_another_version_wrote_is_no_journey() -> None:
    async with town() as (driver, _, _voice):
        await driver.world.hub.household.write("navigation", "car", {"stops": 7}, driver.world.context())
        await driver.world.hub.household.write(
            "navigation", "none", {"start": "x", "stops": []}, driver.world.context()
        )
        await settle()
        assert driver.now() == {}
        await started(driver)
        assert driver.now()["state"] == "under_way"


async def test_a_stop_that_is_reached_while_a_way_is_looked_for_stays_reached() -> None:
    async with town() as (driver, streets, _):
        await started(driver, stops=[stop(at(300, 0), "First"), stop(GOAL)])
        await driver.drive(at(200, 0))
        streets.hold = asyncio.Event()
        await driver.drive(at(200, 110))
        assert driver.now()["state"] == "off_route"
        mei = await driver.world.session("mei")
        skipping = asyncio.create_task(mei.call("navigation.skip"))
        await settle()
        streets.hold.set()
        await skipping
        await driver.planned()
        assert driver.now().get("stops", 0) == 0 and len(streets.asked[-1].points) == 2
        assert driver.now()["state"] == "under_way"


async def test_trouble_while_starting_is_the_hubs_own_word() -> None:
    async with town() as (driver, streets, _):
        streets.trouble = Unreachable("the roads of the map could not be read")
        with pytest.raises(HubError) as caught:
            await (await driver.world.session()).call("navigation.start", {"stops": [stop(GOAL)]})
        assert caught.value.code == "unreachable" and LATITUDE in driver.world.hub.household.house.things["car"].signals


async def test_of_two_who_start_at_once_one_is_led_and_the_record_says_the_same() -> None:
    async with town() as (driver, _, _voice):
        anna, mei = await driver.world.session(), await driver.world.session("mei", "member")
        both = [
            one.call("navigation.start", {"stops": [stop(goal, name)]})
            for one, goal, name in ((anna, GOAL, "Goal"), (mei, at(0, 900), "Elsewhere"))
        ]
        answers = await asyncio.gather(*both, return_exceptions=True)
        await settle()
        assert any(not isinstance(one, BaseException) for one in answers)
        kept = driver.world.hub.household.records("navigation")["car"].values()
        leading = driver.keeper.of("car")
        assert leading is not None and leading.journey.start == kept["start"] and kept["led"]["way"] == leading.file
        assert driver.now()["goal"]["name"] == leading.goal.name == kept["stops"][0]["name"]
        assert len(driver.world.hub.ports.blobs._blobs) == 1  # type: ignore[attr-defined]


async def test_a_full_disk_does_not_leave_a_car_without_its_new_way() -> None:
    async with town() as (driver, streets, voice):
        await started(driver)
        first = driver.now()["way"]
        await driver.drive(at(1_000, 0))
        driver.world.store.full = True
        await driver.drive(at(1_080, 0))
        now = driver.now()
        assert len(streets.asked) == 2 and now["way"] != first and "trouble" not in now
        assert (now["state"], now["say"]["what"]) == ("under_way", "rerouted") and voice.said == []
        driver.world.store.full = False
        await driver.drive(at(1_080, 300))
        assert driver.now()["state"] == "under_way"


async def test_who_drives_starts_and_stops_but_chooses_nothing() -> None:
    async with town() as (driver, _, _voice):
        await driver.drive(at(100, 0))
        wheel = await driver.world.session("mei", "owner", seat="driver", car="car")
        sent = await wheel.call(
            "destinations.put", {"name": "Gym", "latitude": GOAL.latitude, "longitude": GOAL.longitude}
        )
        assert (await wheel.call("navigation.start", {"destination": sent.id})).guidance.state == "under_way"
        with pytest.raises(NotWhileDriving):
            await wheel.call("navigation.choose", {"place": "home"})
        await wheel.call("navigation.stop")
        assert driver.now() == {}


async def test_by_a_records_word_nothing_is_read_or_deleted_that_is_no_way() -> None:
    async with town() as (driver, _, _voice):
        hub, context = driver.world.hub, driver.world.context()
        letter = await hub.blobs.put(b"somebody's own")
        await started(driver)
        start = driver.now()["way"] and hub.household.records("navigation")["car"].values()["start"]
        for wrong in (letter, "../../etc/passwd", "", "x" * 64):
            await hub.household.write("navigation", "car", {"led": {"start": start, "way": wrong}}, context)
            await settle()
        await hub.household.delete("navigation", "car", context)
        await settle()
        assert await hub.blobs.get(letter) == b"somebody's own" and driver.now() == {}
        mei = await driver.world.session("mei")
        await hub.household.write("navigation", "car", {"start": "x", "stops": [stop(GOAL)], "at": 1.0}, context)
        hub.household.own("car/navigation.now", {"state": "under_way", "goal": stop(GOAL), "way": letter})
        with pytest.raises(StoreError, match="damaged"):
            await mei.call("navigation.show")
