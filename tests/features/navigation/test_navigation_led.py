"""A car is led: started, followed, off its way, under the ground, arrived, stopped; who may, and what is refused."""

from __future__ import annotations

import random

import pytest

from tests.features.navigation.town import OWN_NAVIGATION, Driver, at, plain, settle, stop, town
from wayhome.errors import NotFound, StoreError, Unreachable
from wayhome.features.navigation import keeping
from wayhome.hub.maps import Point

pytestmark = pytest.mark.anyio
GOAL = at(1_000, 600)
"""The way there: 1,000 m east, then left, 600 m north."""


async def started(driver: Driver, *, role: str = "owner", **data: object) -> None:
    session = await driver.world.session("mei", role)
    await session.call("navigation.start", {"stops": [stop(GOAL)], **data})
    await settle()


async def test_a_plan_tells_ways_and_the_charge_at_the_goal() -> None:
    async with town() as (driver, streets, _):
        anna = await driver.world.session()
        made = await anna.call("navigation.plan", {"stops": [stop(GOAL)], "avoid_tolls": True})
        assert made.car == "car" and len(made.ways) == 2
        best = made.ways[0]
        assert best.length == pytest.approx(1_600, abs=2) and best.time == pytest.approx(115, abs=1)
        assert [one.kind for one in best.manoeuvres] == ["start", "left", "arrive"]
        assert best.charge == pytest.approx(80 - 1.6 * 0.18 / 75 * 100, abs=0.1)
        assert streets.asked[0].avoid_tolls and streets.asked[0].alternatives == 2
        over = await anna.call("navigation.plan", {"stops": [stop(at(500, 0)), stop(GOAL)]})
        assert len(over.ways) == 1 and over.ways[0].stops[-1] > over.ways[0].stops[0] > 0
        assert driver.now() == {} and driver.events() == []


async def test_it_is_led_there_told_when_to_turn_and_has_arrived() -> None:
    async with town() as (driver, _, voice):
        await started(driver)
        now = driver.now()
        assert (now["state"], now["goal"]["name"], now["by"], now["say"]["what"]) == (
            "under_way",
            "Goal",
            "Mei",
            "start",
        )
        assert now["left"] == pytest.approx(1_600, abs=3) and now["next"]["kind"] == "left" and now["limit"] == 50
        assert now["eta"] == pytest.approx(driver.world.clock.now() + 115, abs=3) and now["road"] == "Street 0"
        said = [now["say"]["what"]]
        mei = await driver.world.session("mei")
        for corner in (at(1_000, 0), GOAL):
            while True:
                await driver.drive(_towards(driver.where, corner, 25))
                now = driver.now()
                if now["say"]["what"] != said[-1]:
                    said.append(now["say"]["what"])
                    await mei.call("navigation.say", {"language": "en" if len(said) % 2 else "zh"})
                if driver.where == corner:
                    break
        assert said == ["start", "near", "now", "near", "arrived"]
        assert [text for text, _ in voice.said] == [
            "250米后左转，进入Street 1。",
            "Turn left onto Street 1.",
            "250米后到达目的地。",
            "You have arrived at Goal.",
        ]
        assert now["state"] == "arrived" and now["left"] == 0
        assert driver.events() == ["NavigationStarted", "Arrived"]
        await driver.park()
        assert driver.now()["state"] == "arrived" and "walk" not in driver.now()
        await driver.drive(at(1_000, 800))
        assert driver.now() == {} and "navigation" not in _standing(driver)


def _towards(start: Point, end: Point, metres: float) -> Point:
    from wayhome.features.navigation.course import apart

    share = min(1.0, metres / max(0.1, apart(start, end)))
    if share > 0.98:
        return end
    return Point(
        start.latitude + (end.latitude - start.latitude) * share,
        start.longitude + (end.longitude - start.longitude) * share,
    )


def _standing(driver: Driver) -> set[str]:
    household = driver.world.hub.household
    return {name for name in household.house.records if household.records(name)}


async def test_a_noisy_course_is_one_way() -> None:
    async with town() as (driver, streets, _):
        await started(driver)
        chance = random.Random(7)
        noise = lambda _: (chance.gauss(0, 6), chance.gauss(0, 6))  # noqa: E731
        for corner in (at(1_000, 0), at(1_000, 500)):
            await driver.drive(corner, 45, beside=noise)
        assert len(streets.asked) == 1 and driver.now()["state"] == "under_way"
        assert driver.now()["left"] == pytest.approx(100, abs=20)


async def test_who_misses_a_turn_is_led_anew_within_some_seconds() -> None:
    async with town() as (driver, streets, _):
        await started(driver)
        first = driver.now()["way"]
        await driver.drive(at(1_000, 0))
        await driver.drive(at(1_080, 0))
        await driver.planned()
        assert len(streets.asked) == 2 and streets.asked[1].heading == pytest.approx(90, abs=1)
        now = driver.now()
        assert now["state"] == "under_way" and now["way"] != first and now["say"]["what"] == "rerouted"
        assert driver.events() == ["NavigationStarted", "Rerouted"]
        # The old way's file is gone, the new one is there.
        blobs = driver.world.hub.ports.blobs
        with pytest.raises(NotFound):
            await blobs.get(first)
        assert keeping.unpack(await blobs.get(now["way"])).length > 500


async def test_one_wrong_position_is_nothing() -> None:
    async with town() as (driver, streets, _):
        await started(driver)
        await driver.drive(at(300, 0))
        await driver.drive(at(400, 0), beside=lambda number: (0.0, 400.0) if number == 3 else (0.0, 0.0))
        await driver.drive(at(500, 0), beside=lambda number: (0.0, 45.0) if number == 2 else (0.0, 0.0))
        assert len(streets.asked) == 1 and driver.now()["left"] == pytest.approx(1_100, abs=20)


async def test_a_jump_that_is_told_twice_is_believed() -> None:
    async with town() as (driver, streets, _):
        await started(driver)
        await driver.drive(at(200, 0))
        driver.where = at(900, 0)  # it was carried, or the positions before were wrong
        await driver.stand(1)
        assert driver.now()["left"] == pytest.approx(1_400, abs=20)
        await driver.drive(at(930, 0))
        assert driver.now()["left"] == pytest.approx(670, abs=20) and len(streets.asked) == 1


async def test_in_a_tunnel_it_goes_on_by_its_speed() -> None:
    async with town() as (driver, streets, _):
        streets.tunnels = [(200.0, 800.0)]
        await started(driver)
        await driver.drive(at(200, 0))
        driver.silent = True
        await driver.drive(at(500, 0))
        now = driver.now()
        assert now["state"] == "under_way" and now["tunnel"] and now["left"] == pytest.approx(1_100, abs=40)
        assert now["at"][1] == pytest.approx(at(500, 0).longitude, abs=0.0006)
        await driver.drive(at(820, 0))
        driver.silent = False
        await driver.drive(at(860, 0))
        assert driver.now()["left"] == pytest.approx(740, abs=20) and len(streets.asked) == 1


async def test_a_position_that_stands_still_while_the_wheels_turn_is_none() -> None:
    async with town() as (driver, streets, _):
        streets.tunnels = [(200.0, 800.0)]
        await started(driver)
        await driver.drive(at(200, 0))
        frozen = driver.where
        for _ in range(20):
            driver.where = frozen
            driver.report(50.0, 90.0)
            await driver.second()
        assert driver.now()["left"] == pytest.approx(1_400 - 20 * 50 / 3.6, abs=40)
        assert driver.now()["state"] == "under_way" and len(streets.asked) == 1


async def test_in_the_open_no_position_is_told_as_such() -> None:
    async with town() as (driver, _, _voice):
        await started(driver)
        await driver.drive(at(200, 0))
        driver.silent = True
        await driver.drive(at(700, 0))
        assert driver.now()["state"] == "no_position"
        driver.silent = False
        await driver.drive(at(800, 0))
        assert driver.now()["state"] == "under_way" and driver.now()["left"] == pytest.approx(800, abs=20)


async def test_who_turns_round_is_led_anew() -> None:
    async with town() as (driver, streets, _):
        await started(driver)
        await driver.drive(at(500, 0))
        await driver.drive(at(400, 0))
        await driver.planned()
        assert len(streets.asked) >= 2 and "Rerouted" in driver.events()


async def test_where_no_way_leads_on_the_old_one_stays_and_it_is_said() -> None:
    async with town() as (driver, streets, voice):
        await started(driver)
        way = driver.now()["way"]
        await driver.drive(at(1_000, 0))
        streets.trouble = NotFound("no road leads there")
        await driver.drive(at(1_080, 0))
        await driver.planned()
        now = driver.now()
        assert (now["state"], now["trouble"], now["way"]) == ("no_way", "no road leads there", way)
        await (await driver.world.session("mei")).call("navigation.say")
        assert voice.said[-1][0] == "There is no way there any more."
        asked = len(streets.asked)
        await driver.stand(3)
        assert len(streets.asked) == asked  # it is not asked every second
        streets.trouble = None
        streets.changed[0]()
        await driver.stand(2)
        assert driver.now()["state"] == "under_way" and driver.now()["way"] != way and "trouble" not in driver.now()


async def test_who_comes_back_to_the_old_way_by_himself_is_on_it() -> None:
    async with town() as (driver, streets, _):
        await started(driver)
        await driver.drive(at(500, 0))
        streets.trouble = Unreachable("the roads of the map could not be read")
        await driver.drive(at(500, 110))
        assert driver.now()["state"] == "no_way"
        await driver.drive(at(600, 110))
        await driver.drive(at(600, 0))
        await driver.drive(at(700, 0))
        now = driver.now()
        assert now["state"] == "under_way" and "trouble" not in now and now["left"] == pytest.approx(900, abs=20)


async def test_stops_are_reached_one_after_the_other_and_can_be_left_out() -> None:
    async with town(*OWN_NAVIGATION) as (driver, streets, _):
        stops = [stop(at(300, 0), "First"), stop(at(600, 0), "Second"), stop(GOAL)]
        await started(driver, stops=stops)
        mei = await driver.world.session("mei")
        assert driver.now()["stops"] == 2
        told = [(command.path.rpartition(".")[2], command.target) for command in driver.world.puppet.taken]
        first = at(300, 0)
        assert told == [("Latitude", round(first.latitude, 6)), ("Longitude", round(first.longitude, 6))]
        await driver.drive(at(320, 0))
        assert driver.now()["stops"] == 1 and driver.events()[-1] == "StopReached"
        assert driver.now()["say"]["what"] in ("stop", "near", "now")
        shown = await mei.call("navigation.skip")
        assert shown.guidance.stops == 0 if hasattr(shown.guidance, "stops") else True
        await settle()
        assert driver.now().get("stops", 0) == 0 and len(streets.asked[-1].points) == 2
        last = [command.target for command in driver.world.puppet.taken][-1]
        assert last == round(GOAL.longitude, 6)
        with pytest.raises(NotFound, match="no stop before") as told:
            await mei.call("navigation.skip")
        assert told.value.hint == "End the guidance instead."


async def test_a_new_goal_takes_the_place_of_the_old_one_unless_no_way_leads_there() -> None:
    async with town() as (driver, streets, _):
        await started(driver)
        mei = await driver.world.session("mei")
        streets.trouble = NotFound("no road leads there")
        with pytest.raises(NotFound, match="no road leads there"):
            await mei.call("navigation.start", {"stops": [stop(at(0, 900), "Elsewhere")]})
        far = {"stops": [{"latitude": 10.0, "longitude": 10.0, "name": "Far away"}]}
        with pytest.raises(NotFound, match="Far away is outside of the maps"):
            await mei.call("navigation.start", far)
        assert driver.now()["goal"]["name"] == "Goal"
        streets.trouble = None
        driver.world.store.full = True
        with pytest.raises(StoreError):
            await mei.call("navigation.start", {"stops": [stop(at(0, 900), "Elsewhere")]})
        await settle()
        assert driver.now()["goal"]["name"] == "Goal"
        driver.world.store.full = False
        await mei.call("navigation.start", {"stops": [stop(at(0, 900), "Elsewhere")]})
        assert driver.now()["goal"]["name"] == "Elsewhere"
        shown = await mei.call("navigation.show")
        assert shown.way == driver.now()["way"] and [one.name for one in shown.stops] == ["Elsewhere"]
        await mei.call("navigation.stop")
        assert driver.now() == {} and driver.events()[-1] == "NavigationStopped"
        with pytest.raises(NotFound, match="not led"):
            await mei.call("navigation.stop")
        assert plain(await mei.call("navigation.show")) == {"car": "car"}
