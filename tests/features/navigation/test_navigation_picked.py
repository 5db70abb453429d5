"""The way that somebody picked is the one that is driven, however the ways are found by the time of the start; and
where that can't be, it is said."""

from __future__ import annotations

import pytest

from tests.features.navigation.test_navigation_two_sites import Apart, two
from tests.features.navigation.town import Driver, at, settle, stop, town
from tests.hub.two_sites import until
from wayhome.errors import BadInput, Conflict
from wayhome.features.navigation import picking, polyline
from wayhome.features.navigation.course import Course, apart
from wayhome.hub.maps import Point

__all__ = ["two"]
pytestmark = pytest.mark.anyio
GOAL = at(1_000, 600)
WANTED = {"stops": [stop(GOAL)]}
EAST, NORTH = at(1_000, 0), at(0, 600)
"""The corners of the two ways there."""


def over(driver: Driver) -> set[Point]:
    """The corners that the way leads over that the car is led along."""
    leading = driver.keeper.of("car")
    assert leading is not None and leading.course is not None
    course: Course = leading.course
    return {one for one in (EAST, NORTH) if course.snap_anywhere(one, None, 50.0, course.length) is not None}


async def marks(driver: Driver) -> list[str]:
    made = await (await driver.world.session()).call("navigation.plan", WANTED)
    return [one.mark for one in made.ways]


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(("number", "corner"), [(0, EAST), (1, NORTH)])
async def test_in_whatever_order_they_are_found(turned: bool, number: int, corner: Point) -> None:
    async with town() as (driver, streets, _):
        mark = (await marks(driver))[number]
        streets.turned = turned
        await (await driver.world.session()).call("navigation.start", {**WANTED, "mark": mark})
        assert over(driver) == {corner}
        assert driver.now()["say"]["what"] == "start"


async def test_where_the_car_has_gone_on_along_it() -> None:
    async with town() as (driver, streets, _):
        mark = (await marks(driver))[0]
        await driver.drive(at(400, 0))
        streets.turned = True
        await (await driver.world.session()).call("navigation.start", {**WANTED, "mark": mark})
        assert over(driver) == {EAST} and driver.now()["left"] == pytest.approx(1_200, abs=20)


async def test_one_that_is_not_found_by_itself_any_more_is_led_along_all_the_same() -> None:
    async with town() as (driver, streets, _):
        mark = (await marks(driver))[0]
        await driver.drive(at(0, 60))  # northwards: only ways to the north are found
        await (await driver.world.session()).call("navigation.start", {**WANTED, "mark": mark})
        assert over(driver) == {EAST} and driver.now()["state"] == "under_way"
        assert 1 <= len(streets.asked[-1].through) <= picking.FORCED
        assert driver.now().get("stops", 0) == 0


async def test_one_that_can_not_be_taken_any_more_is_refused_and_what_was_before_goes_on() -> None:
    async with town() as (driver, streets, _):
        session = await driver.world.session()
        await session.call("navigation.start", {"stops": [stop(at(2_000, 0), "Before")]})
        mark = (await marks(driver))[0]
        await driver.drive(at(0, 60))
        streets.stubborn = True
        with pytest.raises(Conflict, match="can't be taken any more") as refused:
            await session.call("navigation.start", {**WANTED, "mark": mark})
        assert "choose" in refused.value.hint and driver.now()["goal"]["name"] == "Before"


@pytest.mark.parametrize("wanted", [
    {"stops": [stop(at(500, 0)), stop(GOAL)], "way": 1}, {**WANTED, "way": 2},
    {**WANTED, "mark": "no line"}, {**WANTED, "mark": polyline.encoded([Point(95.0, 9.5), GOAL])},
    {**WANTED, "mark": ""}, {**WANTED, "mark": "?" * 2_001},
])  # fmt: skip
async def test_a_way_that_there_is_not(wanted: dict[str, object]) -> None:
    async with town() as (driver, _, _voice):
        with pytest.raises(BadInput) as refused:
            await (await driver.world.session()).call("navigation.start", wanted)
        assert driver.now() == {}
        if "way" in wanted:
            assert "only" in refused.value.detail and "navigation.plan" in refused.value.hint


async def test_a_number_in_range_is_taken_as_before() -> None:
    async with town() as (driver, _, _voice):
        await (await driver.world.session()).call("navigation.start", {**WANTED, "way": 1})
        assert over(driver) == {NORTH}


@pytest.mark.parametrize("stubborn", [False, True])
async def test_picked_at_home_it_is_taken_in_the_car_or_told_as_another(two: Apart, stubborn: bool) -> None:
    await two.met()
    await until(lambda: "car" in two.home.hub.household.house.things)
    (way, *_) = (await (await two.car.session()).call("navigation.plan", {**WANTED, "car": "car"})).ways
    two.streets.turned = True
    if stubborn:
        await two.driver.drive(at(0, 60))
        two.streets.stubborn = True
    await (await two.home.session()).call("navigation.start", {**WANTED, "car": "car", "mark": way.mark})
    await until(lambda: two.driver.now(two.home).get("state") == "under_way")
    assert over(two.driver) == ({NORTH} if stubborn else {EAST})
    assert two.driver.now()["say"]["what"] == ("rerouted" if stubborn else "start")
    await settle()


def test_what_is_behind_is_not_asked_for() -> None:
    points = [at(100.0 * number, 0) for number in range(11)]
    assert picking.ahead(points, at(0, 0)) == points[1:]
    assert picking.ahead(points, at(390, 30)) == points[5:]
    assert picking.ahead(points, at(1_100, 0)) == [points[-1]]
    # It leads by where the car is once more, at its end.
    loop = [*points, *(at(1_000 - 100.0 * number, 80) for number in range(11))]
    assert len(picking.ahead(loop, at(10, 70))) == len(loop) - 1
    assert apart(picking.ahead([GOAL], at(0, 0))[0], GOAL) == 0
