"""Positions as receivers tell them: seldom, wavering while the car stands, without a heading; and clocks that are asked
one after the other."""

from __future__ import annotations

import random

import pytest

from tests.features.navigation.town import Driver, at, stop, town
from wayhome.core import driving
from wayhome.features.navigation import looking
from wayhome.hub.maps import Point

pytestmark = pytest.mark.anyio
GOAL = at(1_000, 600)


def wavering(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between asking one clock and the other pass some microseconds, and not always as many."""
    clock, chance = driver.world.clock, random.Random(5)
    now = clock.now
    monkeypatch.setattr(clock, "now", lambda: now() - chance.random() * 1e-5)


async def start(driver: Driver, goal: Point = GOAL) -> None:
    await (await driver.world.session("mei")).call("navigation.start", {"stops": [stop(goal)]})


async def test_a_jump_is_not_confirmed_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    async with town() as (driver, streets, _):
        wavering(driver, monkeypatch)
        await start(driver)
        await driver.drive(at(200, 0))
        where, driver.where = driver.where, at(1_000, 500)
        driver.report(50.0, 0.0)
        for _ in range(3):  # nothing new comes; it is looked at every second all the same
            await driver.second()
        assert 1_300 < driver.now()["left"] <= 1_400
        driver.where = where
        await driver.drive(at(300, 0))
        assert driver.now()["left"] == pytest.approx(1_300, abs=20) and len(streets.asked) == 1


async def test_a_jump_is_believed_where_the_car_then_stands_and_tells_nothing_more() -> None:
    async with town() as (driver, streets, _):
        await start(driver)
        await driver.drive(at(200, 0))
        driver.where = at(1_000, 595)
        driver.report(20.0, 0.0)
        await driver.park()
        assert driver.now()["state"] == "under_way"
        for _ in range(6):
            await driver.second()
        assert driver.now()["state"] == "arrived" and len(streets.asked) == 1


async def test_a_jump_is_not_believed_of_a_car_that_moves_and_tells_no_place_any_more() -> None:
    async with town() as (driver, streets, _):
        await start(driver)
        await driver.drive(at(200, 0))
        driver.where = at(1_000, 500)
        driver.report(50.0, 0.0)
        for _ in range(8):
            await driver.second()
        assert 1_200 < driver.now()["left"] <= 1_400 and len(streets.asked) == 1


async def test_a_car_that_tells_its_place_seldom_is_not_lost_between(monkeypatch: pytest.MonkeyPatch) -> None:
    async with town() as (driver, _, _voice):
        wavering(driver, monkeypatch)
        await start(driver)
        states = set()
        for number in range(12):
            place = at(80.0 * number, 0)
            driver.tell(**{driving.GEAR: 127, driving.POWER: "ON"})
            driver.tell(**{looking.LATITUDE: place.latitude, looking.LONGITUDE: place.longitude})
            for _ in range(40):
                await driver.second()
                if number > 6:
                    states.add(driver.now()["state"])
        assert states == {"under_way"}


async def stands(driver: Driver, seconds: int, *, speed: float | None) -> None:
    """It stands, and its receiver tells each second another place some metres off."""
    chance = random.Random(11)
    for _ in range(seconds):
        place = at(chance.gauss(0, 2.5), chance.gauss(0, 2.5))
        told = {looking.LATITUDE: round(place.latitude, 6), looking.LONGITUDE: round(place.longitude, 6)}
        driver.tell(**told, **({} if speed is None else {driving.SPEED: speed}))
        await driver.second()


@pytest.mark.parametrize("speed", [0.0, None])
async def test_who_stands_has_not_come_anywhere(speed: float | None) -> None:
    async with town() as (driver, streets, _):
        await start(driver, at(250, 0))
        await stands(driver, 60, speed=speed)
        assert driver.now()["state"] == "under_way" and "Arrived" not in driver.events()
        await driver.world.hub.household.write(
            "place",
            "gym",
            {"name": "Gym", "latitude": at(3_000, 0).latitude, "longitude": at(3_000, 0).longitude, "radius": 80},
            driver.world.context(),
        )
        await (await driver.world.session("mei")).call("navigation.start", {"place": "gym"})
        await stands(driver, 60, speed=speed)
        assert "ArrivingSoon" not in driver.events()
        # Beside its way, too: on a car park nobody is led anew all the time.
        asked = len(streets.asked)
        await stands(driver, 60, speed=speed)
        assert len(streets.asked) == asked


async def test_a_car_that_tells_no_heading_may_turn_slowly() -> None:
    async with town() as (driver, streets, _):
        await start(driver)

        async def drive(to: Point, kmh: float) -> None:
            from wayhome.features.navigation.course import apart

            while (left := apart(driver.where, to)) > 0.5:
                share = min(1.0, kmh / 3.6 / left)
                here = driver.where
                driver.where = Point(
                    here.latitude + (to.latitude - here.latitude) * share,
                    here.longitude + (to.longitude - here.longitude) * share,
                )
                driver.tell(
                    **{
                        driving.SPEED: kmh,
                        driving.GEAR: 127,
                        driving.POWER: "ON",
                        looking.LATITUDE: round(driver.where.latitude, 6),
                        looking.LONGITUDE: round(driver.where.longitude, 6),
                    }
                )
                await driver.second()

        driver.tell(**{looking.HEADING: None})
        await drive(at(1_000, 0), 50)
        await drive(at(1_000, 80), 25)
        assert len(streets.asked) == 1 and driver.now()["state"] == "under_way"
        await drive(at(1_000, 200), 25)
        await drive(at(1_000, 120), 25)
        await driver.planned()
        assert len(streets.asked) > 1  # and who turns round is seen to, as slowly as he goes
