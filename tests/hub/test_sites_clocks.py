"""Records of two sites after a clock was far ahead for a while: they come to the same all the same."""

from __future__ import annotations

import pytest

from tests.hub.two_sites import Two, until
from tests.world import World

pytestmark = pytest.mark.anyio
YEARS = 3 * 365 * 86_400.0


def _name(world: World, place: str = "gym") -> object:
    record = world.hub.household.records("place").get(place)
    return record.values().get("name") if record is not None else None


async def _write(world: World, name: str) -> None:
    await world.hub.household.write("place", "gym", {"name": name}, world.context())


@pytest.mark.parametrize("wrong", ["home", "car"])
async def test_what_was_written_while_a_clock_was_years_ahead_is_overwritten_at_both(two: Two, wrong: str) -> None:
    late, right = (two.car, two.home) if wrong == "car" else (two.home, two.car)
    late.clock.at += YEARS
    await _write(late, "by a wrong clock")
    late.clock.at -= YEARS
    await two.met()
    await until(lambda: _name(right) == "by a wrong clock")
    for world in (right, late, right):
        two.home.clock.move(5)
        two.car.clock.move(5)
        await _write(world, f"later, at {world.hub.household.house.site}")
        await until(lambda: _name(two.home) == _name(two.car))
        assert _name(late) == f"later, at {world.hub.household.house.site}"
    assert two.home.hub.household.house.records["place"] == two.car.hub.household.house.records["place"]


async def test_what_was_deleted_while_a_clock_was_years_ahead_can_be_written_again(two: Two) -> None:
    await two.met()
    await _write(two.home, "Gym")
    await until(lambda: _name(two.car) == "Gym")
    await two.road.cut()
    two.car.clock.at += YEARS
    await two.car.hub.household.delete("place", "gym", two.car.context())
    two.car.clock.at -= YEARS
    two.meet()
    await until(lambda: _name(two.home) is None)
    await _write(two.home, "again")
    await until(lambda: _name(two.car) == "again")


async def test_a_full_exchange_brings_nothing_of_a_wrong_clock_back(two: Two) -> None:
    two.car.clock.at += YEARS
    await _write(two.car, "by a wrong clock")
    two.car.clock.at -= YEARS
    await two.met()
    await until(lambda: _name(two.home) == "by a wrong clock")
    await _write(two.home, "later")
    await until(lambda: _name(two.car) == "later")
    await two.road.cut()
    two.car.hub.household.heard["home"] = ("none of its own", 0)  # all records are told anew, both ways
    two.home.hub.household.heard["car"] = ("none of its own", 0)
    road = two.meet()
    await until(lambda: sum("later" in str(frame) for frame in road.frames if type(frame).__name__ == "Records") == 2)
    await two.home.hub.household.write("place", "den", {"name": "Den"}, two.home.context())
    await two.car.hub.household.write("place", "bay", {"name": "Bay"}, two.car.context())
    await until(lambda: _name(two.car, "den") and _name(two.home, "bay"))  # what was told before it is taken in by then
    assert _name(two.home) == _name(two.car) == "later"
