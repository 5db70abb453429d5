"""One household at two sites: a scene is made, changed and run at each, with or without the other."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.features.scenes.house import COOLED, THINGS, WARMTH, House
from tests.hub.two_sites import Two, anna, until
from wayhome.adapters.catalog_files import load_catalog
from wayhome.features.home import feature as home
from wayhome.features.scenes import feature, model

pytestmark = pytest.mark.anyio


class Both(Two):
    """The house of the other scenes' tests at home, its car on a hub of its own."""

    def __init__(self) -> None:
        super().__init__({"scenes": feature, "home": home}, load_catalog())
        self.house, self.garage = House(self.home), House(self.car)

    async def open(self) -> None:
        await super().open()
        self.house.open(tuple(thing for thing in THINGS if thing.id not in ("car", "lamp")))
        self.garage.open(tuple(thing for thing in THINGS if thing.id == "car"))

    async def meets(self) -> None:
        self.meet()
        await until(lambda: self.value(self.home, f"car/{WARMTH}") is not None)
        await until(lambda: self.value(self.car, "heater/climate.mode") is not None)
        await until(lambda: "anna" in self.car.hub.household.records("person"))

    async def call(self, world: Any, operation: str, /, **data: Any) -> Any:
        session: Any = await anna(world)
        return await session.call(f"scenes.{operation}", data)


@pytest.fixture
async def two() -> AsyncIterator[Both]:
    two = Both()
    await two.open()
    await two.meets()
    yield two
    await two.road.cut()
    await two.home.__aexit__()
    await two.car.__aexit__()


PARTS = [
    {"thing": "heater", "states": {"climate.target_temperature": 23}},
    {"thing": "car", "states": {COOLED: False, WARMTH: 18}},
]


async def test_made_at_home_run_in_the_car_undone_at_home(two: Both) -> None:
    made = await two.call(two.home, "make", name="Arrive", parts=PARTS)
    await until(lambda: made.scene.id in model.scenes(two.car.hub.household))
    await until(lambda: len(model.parts(two.car.hub.household, made.scene.id)) == 2)
    ran = await two.call(two.car, "run", scene="Arrive")
    assert {outcome.state for outcome in ran.outcomes} == {"done"}
    assert two.house.value("heater/climate.target_temperature") == 23 and two.garage.value(f"car/{WARMTH}") == 18
    await until(lambda: model.last(two.home.hub.household, made.scene.id) is not None)
    await until(lambda: two.value(two.home, f"car/{WARMTH}") == 18)
    await until(lambda: two.value(two.home, f"car/{COOLED}") is False)
    undone = await two.call(two.home, "undo", scene="Arrive")
    assert {outcome.state for outcome in undone.outcomes} == {"done", "same"}  # the heater's mode, which stayed
    assert two.house.value("heater/climate.target_temperature") == 21 and two.garage.value(f"car/{WARMTH}") == 22


async def test_apart_what_lies_elsewhere_waits_and_the_rest_is_done(two: Both) -> None:
    made = await two.call(two.home, "make", name="Arrive", parts=PARTS)
    await until(lambda: len(model.parts(two.car.hub.household, made.scene.id)) == 2)
    await two.road.cut()
    ran = await two.call(two.car, "run", scene="Arrive")
    told = {f"{outcome.thing}/{outcome.signal}": outcome.state for outcome in ran.outcomes}
    assert told == {f"car/{COOLED}": "done", f"car/{WARMTH}": "done", "heater/climate.target_temperature": "waits"}
    assert two.house.value("heater/climate.target_temperature") == 21
    two.meet()
    await until(lambda: two.house.value("heater/climate.target_temperature") == 23)
    await until(lambda: two.value(two.car, "heater/climate.target_temperature") == 23)
    await two.call(two.car, "undo", scene="Arrive")
    await until(lambda: two.house.value("heater/climate.target_temperature") == 21)


async def test_both_change_one_scene_apart_and_both_have_their_way(two: Both) -> None:
    made = await two.call(two.home, "make", name="Arrive", parts=PARTS)
    id = made.scene.id
    await until(lambda: len(model.parts(two.car.hub.household, id)) == 2)
    await two.road.cut()
    await two.call(two.home, "change", scene=id, leave_out=["heater"])
    hall = {"thing": "hall", "states": {"light.on": True}}
    await two.call(two.home, "change", scene=id, put=[hall], icon="home")
    two.car.clock.move(1)
    await two.call(two.car, "change", scene=id, name="Home", put=[{"thing": "car", "states": {WARMTH: 24}}])
    two.meet()
    wanted = {"car": {WARMTH: 24}, "hall": {"light.on": True}}
    for world in (two.home, two.car):
        household = world.hub.household
        await until(lambda its=household: {t: p.states for t, p in model.parts(its, id).items()} == wanted)  # type: ignore[misc]
        await until(lambda its=household: model.scenes(its)[id].name == "Home")  # type: ignore[misc]


async def test_deleted_at_home_while_it_is_changed_in_the_car(two: Both) -> None:
    made = await two.call(two.home, "make", name="Arrive", parts=PARTS)
    id = made.scene.id
    await until(lambda: len(model.parts(two.car.hub.household, id)) == 2)
    await two.road.cut()
    await two.call(two.home, "delete", scene=id)
    two.car.clock.move(1)
    await two.call(two.car, "change", scene=id, put=[{"thing": "car", "states": {WARMTH: 24}}])
    two.meet()
    # Changed later than deleted: it is there, whole as far as it was touched, and the same at both.
    await until(lambda: id in model.scenes(two.home.hub.household))
    await until(lambda: {*model.parts(two.home.hub.household, id)} == {"car"})
    await until(lambda: {*model.parts(two.car.hub.household, id)} == {"car"})
    shown = await two.call(two.home, "show", scene=id)
    assert shown.scene.name == "Arrive"


async def test_two_of_one_name_made_apart_stay_two(two: Both) -> None:
    await two.road.cut()
    await two.call(two.home, "make", name="Arrive", parts=PARTS[:1])
    await two.call(two.car, "make", name="Arrive", parts=PARTS[1:])
    two.meet()
    for world in (two.home, two.car):
        await until(lambda its=world.hub.household: len(model.scenes(its)) == 2)  # type: ignore[misc]
    with pytest.raises(Exception, match="2 scenes are called"):
        await two.call(two.home, "run", scene="Arrive")
    one, other = (await two.call(two.home, "list")).scenes
    await two.call(two.home, "change", scene=other.id, name="Arrive by car")
    await two.call(two.home, "run", scene=one.id)
