"""What somebody starts at home is led by the hub of the car, and seen at home."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.features.navigation.town import CATALOG, FEATURES, Driver, Streets, announce, at, settle, stop
from tests.hub.two_sites import Two, until
from wayhome.core.catalog import Refinement
from wayhome.core.thing import Thing
from wayhome.core.value import Fact
from wayhome.errors import NotFound
from wayhome.features.navigation.keeper import keeper_of

pytestmark = pytest.mark.anyio
GOAL = at(1_000, 600)
CAR = {"car": "car"}


class Apart(Two):
    """A home, and a car that is driven by the second on its own hub, which has the map."""

    def __init__(self) -> None:
        super().__init__(FEATURES, CATALOG)
        self.streets = Streets()
        self.car.hub.ports.maps = self.streets
        self.driver = Driver(self.car, "car", self.home)

    async def open(self) -> None:
        await super().open()
        announce(self.car)
        self.driver.report(0.0, 90.0)
        await self.driver.park()


@pytest.fixture
async def two() -> AsyncIterator[Apart]:
    two = Apart()
    await two.open()
    yield two
    await two.road.cut()
    await two.home.__aexit__()
    await two.car.__aexit__()


async def test_home_starts_it_and_the_cars_hub_leads(two: Apart) -> None:
    await two.met()
    await until(lambda: "car" in two.home.hub.household.house.things)
    anna = await two.home.session()
    made = await anna.call(
        "navigation.start", {"car": "car", "stops": [stop(at(300, 0), "First"), stop(GOAL)], "avoid_ferries": True}
    )
    assert made.guidance.state == "planning"
    await until(lambda: two.driver.now(two.home).get("state") == "under_way")
    assert two.streets.asked[0].avoid_ferries and two.driver.now()["by"] == "Anna"
    # The line lies in the car, and is fetched.
    shown = await anna.call("navigation.show", CAR)
    assert shown.way == two.driver.now()["way"] and shown.line.length == pytest.approx(1_600, abs=3)
    await two.driver.drive(at(100, 0))
    await until(lambda: abs(two.driver.now(two.home)["left"] - 1_500) < 20)
    await anna.call("navigation.skip", CAR)
    await until(lambda: two.driver.now().get("stops", 0) == 0)
    await until(lambda: two.driver.now(two.home).get("stops", 0) == 0)
    assert len(two.streets.asked[-1].points) == 2
    await until(lambda: two.driver.now(two.home)["way"] == two.driver.now()["way"] != shown.way)
    # The one of before was let go here, too.
    await settle()
    with pytest.raises(NotFound):
        await two.home.hub.ports.blobs.get(shown.way)
    await anna.call("navigation.stop", CAR)
    await until(lambda: two.driver.now() == {} and two.driver.now(two.home) == {})


async def test_what_is_started_while_they_are_apart_is_led_when_they_meet(two: Apart) -> None:
    await two.met()
    await until(lambda: "car" in two.home.hub.household.house.things)
    await two.road.cut()
    anna = await two.home.session()
    await anna.call("navigation.start", {"car": "car", "stops": [stop(GOAL)]})
    await two.driver.drive(at(100, 0))
    assert two.driver.now() == {}
    two.meet()
    await until(lambda: two.driver.now(two.home).get("state") == "under_way")
    assert two.driver.now(two.home)["left"] == pytest.approx(1_500, abs=20)


async def test_a_car_without_a_map_says_so_at_home(two: Apart) -> None:
    two.car.hub.ports.maps = None
    await two.met()
    await until(lambda: "car" in two.home.hub.household.house.things)
    await (await two.home.session()).call("navigation.start", {"car": "car", "stops": [stop(GOAL)]})
    await until(lambda: two.driver.now(two.home).get("state") == "no_way")
    assert two.driver.now(two.home)["trouble"] == "this hub has no maps"


async def test_the_house_gets_ready_by_its_own_hub_and_once(two: Apart) -> None:
    await two.met()
    await until(lambda: "car" in two.home.hub.household.house.things)
    house, door = two.home.puppet.host, at(0, 0)
    house.announce([Thing("lamp", "Lamp", "puppet", "light", {"light.on": Refinement()})])
    house.online(["lamp"], True)
    house.report([Fact("lamp/light.on", False)])
    place = {"name": "Home", "latitude": door.latitude, "longitude": door.longitude, "radius": 80}
    await two.home.hub.household.write("place", "home", place, two.home.context())
    anna = await two.home.session()
    wanted = {"name": "Welcome", "parts": [{"thing": "lamp", "states": {"light.on": True}}]}
    scene = (await anna.call("scenes.make", wanted)).scene
    await anna.call("navigation.choose", {"place": "home", "scene": scene.id})
    await until(lambda: "home" in two.car.hub.household.records("arriving"))
    two.driver.where = at(3_000, 0)
    await two.driver.stand(2)
    await anna.call("navigation.start", {"car": "car", "place": "home"})
    await until(lambda: two.driver.now(two.home).get("state") == "under_way")
    keeper_of(two.home.hub).turn()
    assert two.home.puppet.taken == [], "it has not set out yet"
    await two.driver.drive(at(2_700, 0))
    await until(lambda: two.driver.now(two.home).get("along", 0) > 200)
    for _ in range(3):
        keeper_of(two.home.hub).turn()
        await settle()
    await until(lambda: two.home.puppet.taken)
    assert [(one.path, one.target) for one in two.home.puppet.taken] == [("lamp/light.on", True)]
    ran = two.home.hub.household.records("scene_run")[scene.id].values()
    assert ran["by"] == "person:anna" and two.car.puppet.taken == []
