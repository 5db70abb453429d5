"""What happens around an arrival: a sent destination is taken up, the household is told, the house gets ready, the way
on foot is offered; and how far a charge reaches."""

from __future__ import annotations

import pytest

from tests.features.navigation.town import FEATURES, Driver, at, settle, stop, town
from wayhome.core.catalog import Refinement
from wayhome.core.thing import Thing
from wayhome.core.value import Fact
from wayhome.errors import BadInput, NotAllowed, NotFound
from wayhome.features.navigation import looking
from wayhome.features.navigation.course import METRES
from wayhome.features.notices import feature as notices

pytestmark = pytest.mark.anyio
GOAL = at(1_000, 600)


async def test_a_sent_destination_is_taken_up() -> None:
    async with town() as (driver, _, _voice):
        mei = await driver.world.session("mei", "member")
        sent = await mei.call(
            "destinations.put", {"name": "Gym", "latitude": GOAL.latitude, "longitude": GOAL.longitude}
        )
        words = await mei.call("destinations.put", {"name": "Somewhere"})
        with pytest.raises(NotFound, match="nobody knows where"):
            await mei.call("navigation.start", {"destination": words.id})
        made = await mei.call("navigation.start", {"destination": sent.id})
        assert made.guidance.goal.name == "Gym"
        left = (await mei.call("destinations.list")).destinations
        assert [one.name for one in left] == ["Somewhere"]
        with pytest.raises(NotFound, match="not there any more"):
            await mei.call("navigation.start", {"destination": sent.id})
        # It is one of those where she went last, which is nobody else's business.
        assert [one.name for one in (await mei.call("places.list")).recent] == ["Gym"]
        anna = await driver.world.session()
        assert (await anna.call("places.list")).recent == [] and anna.read(["@recent/*"]) == {}


async def test_the_household_is_told_once_that_it_comes_home_and_the_chosen_scene_runs() -> None:
    async with town() as (driver, _, _voice):
        world = driver.world
        world.puppet.host.announce([Thing("lamp", "Lamp", "puppet", "light", {"light.on": Refinement()})])
        world.puppet.host.online(["lamp"], True)
        world.puppet.host.report([Fact("lamp/light.on", False)])
        anna, mei = await world.session(), await world.session("mei", "member")
        scene = (
            await anna.call(
                "scenes.make", {"name": "Welcome", "parts": [{"thing": "lamp", "states": {"light.on": True}}]}
            )
        ).scene
        with pytest.raises(NotAllowed, match="only an owner"):
            await mei.call("navigation.choose", {"place": "home", "scene": scene.id})
        for wrong in ({"place": "nowhere", "scene": scene.id}, {"place": "home", "scene": "nothing00"}):
            with pytest.raises(NotFound):
                await anna.call("navigation.choose", wrong)
        made = await anna.call("navigation.choose", {"place": "home", "scene": scene.id})
        assert [(one.place, one.scene) for one in made.chosen] == [("home", scene.id)] and made.minutes == 10
        # From 15 km away, home is 18 minutes off.
        driver.where = at(15_000, 0)
        await driver.stand(2)
        await mei.call("navigation.start", {"place": "home"})
        await driver.drive(at(14_000, 0))
        assert "ArrivingSoon" not in driver.events() and world.puppet.taken == []
        await driver.drive(at(7_000, 0), 100)
        await settle()
        assert driver.events().count("ArrivingSoon") == 1 and driver.events().count("SceneRan") == 1
        assert [(one.path, one.target) for one in world.puppet.taken] == [("lamp/light.on", True)]
        told = next(
            row.event for row in world.store.disk if getattr(row, "event", None) and row.event.name == "ArrivingSoon"
        )
        assert told.data == {"car": "car", "place": "home", "minutes": 10} and told.about == "@navigation/car"
        # Who chose it is no owner any more: nothing runs.
        await anna.call("navigation.stop")
        await world.person("otto", "owner")
        await world.hub.household.write("person", "anna", {"role": "member"}, world.context())
        driver.where = at(3_000, 0)
        await driver.stand(3)
        await mei.call("navigation.start", {"place": "home"})
        await driver.drive(at(2_500, 0))
        assert driver.events().count("ArrivingSoon") == 2 and driver.events().count("SceneRan") == 1


async def test_nothing_runs_unless_somebody_chose_it_and_not_for_who_only_looks() -> None:
    async with town() as (driver, _, _voice):
        anna = await driver.world.session()
        driver.where = at(3_000, 0)
        await driver.stand(2)
        await anna.call("navigation.start", {"place": "home"})
        await driver.stand(5)
        assert "ArrivingSoon" not in driver.events()
        await driver.drive(at(2_800, 0))
        assert "ArrivingSoon" in driver.events() and "SceneRan" not in driver.events()
        assert (await anna.call("navigation.choose", {"place": "home"})).chosen == []


async def test_a_place_that_is_named_is_one_only_where_it_lies() -> None:
    """Or who may lead a car could have happen anywhere what an owner chose for an arrival at home."""
    async with town() as (driver, _, _voice):
        mei = await driver.world.session("mei", "member")
        there = [stop(at(3_000, 0), "Elsewhere\n\u202enow", place="home"), stop(at(40, 0), "Home", place="home")]
        await mei.call("navigation.start", {"stops": there})
        shown = await mei.call("navigation.show")
        assert [(one.name, one.place) for one in shown.stops] == [("Elsewhere now", None), ("Home", "home")]


async def test_who_parks_some_way_off_is_shown_the_way_on_foot() -> None:
    async with town() as (driver, streets, _):
        mei = await driver.world.session("mei", "member")
        await mei.call("navigation.start", {"stops": [stop(GOAL, "Café (old town)")]})
        await driver.drive(at(1_000, 0))
        await driver.drive(GOAL)
        assert driver.now()["state"] == "arrived"
        await driver.drive(at(1_000, 850))
        await driver.park()
        await settle()
        await driver.second()
        assert driver.now()["walk"] == pytest.approx(250, abs=2) and driver.events()[-1] == "LeftToWalk"
        found = await mei.call("navigation.parked")
        assert found.parked.name == "Some street" and found.parked.walk == pytest.approx(250, abs=2)
        assert found.way.length == pytest.approx(250, abs=2) and streets.asked[-1].costing == "pedestrian"
        assert found.link == "geo:47.005396,9.513187?q=47.005396,9.513187(Caf%C3%A9%20%28old%20town%29)"
        assert mei.read(["@parked/car"])


async def test_the_way_on_foot_is_a_notice_until_the_car_drives_on() -> None:
    async with town(features={**FEATURES, "notices": notices}) as (driver, _, _voice):
        mei, noor = await driver.world.session("mei", "member"), await driver.world.session("noor", "guest")
        await mei.call("navigation.start", {"stops": [stop(GOAL, "Café")]})
        await driver.drive(at(1_000, 0))
        await driver.drive(GOAL)
        await driver.drive(at(1_000, 850))
        await driver.park()
        await settle()
        (told,) = (await mei.call("notices.list")).notices
        assert (told.kind, told.until, told.values["name"]) == ("walk", None, "Café")
        assert told.values["metres"] == pytest.approx(250, abs=2)
        assert told.values["latitude"] == pytest.approx(GOAL.latitude)
        assert (await noor.call("notices.list")).notices == []
        await driver.drive(at(1_000, 950))
        await settle()
        (over,) = (await mei.call("notices.list")).notices
        assert over.until is not None


async def test_who_parks_in_front_of_it_is_there() -> None:
    async with town() as (driver, _, _voice):
        mei = await driver.world.session("mei", "member")
        await mei.call("navigation.start", {"stops": [stop(at(300, 0))]})
        await driver.drive(at(240, 0))
        await driver.park()
        await settle()
        await driver.second()
        assert driver.now()["state"] == "arrived" and "walk" not in driver.now()
        assert (await mei.call("navigation.parked")).way is None
        # And where it was left at home says so.
        await driver.drive(at(0, 0))
        await driver.park()
        await settle()
        found = (await mei.call("navigation.parked")).parked
        assert (found.place, found.name, found.goal) == ("home", "Home", None)


async def test_who_is_parked_at_a_stop_has_not_come_to_the_next_one() -> None:
    async with town() as (driver, _, _voice):
        mei = await driver.world.session("mei", "member")
        await mei.call("navigation.start", {"stops": [stop(at(250, 0), "Shop"), stop(at(0, 0), "Home")]})
        await driver.drive(at(250, 0))
        await driver.park()
        await driver.second(60)
        assert driver.now()["state"] == "under_way" and driver.events().count("Arrived") == 0
        await driver.drive(at(20, 0))
        await driver.park()
        assert driver.now()["state"] == "arrived"


async def test_an_arrival_goes_by_itself() -> None:
    async with town() as (driver, _, _voice):
        await (await driver.world.session()).call("navigation.start", {"stops": [stop(at(300, 0))]})
        await driver.drive(at(300, 0))
        assert driver.now()["state"] == "arrived"
        await driver.second(901)
        assert driver.now() == {}


async def test_how_far_a_charge_reaches() -> None:
    async with town() as (driver, _, _voice):
        anna, household = await driver.world.session(), driver.world.hub.household
        driver.tell(**{looking.LEVELS[0]: 13.0})
        found = await anna.call("navigation.reach")
        assert found.metres == pytest.approx(2.25 / 18 * 100_000, abs=1) and not found.capped and found.drives == 0
        assert found.rings[0][0][0] == pytest.approx(47 + found.metres / METRES, abs=1e-4)
        assert (await anna.call("navigation.reach", {"back": True})).metres == pytest.approx(found.metres / 2, abs=1)
        for number in range(3):
            drive = {"car": "car", "start": float(number), "distance": 10_000.0, "energy": 1.5}
            await household.write("drive", f"d{number}", drive, driver.world.context())
        own = await anna.call("navigation.reach")
        assert (own.consumption, own.drives) == (15.0, 3) and own.metres == pytest.approx(15_000, abs=1)
        driver.tell(**{looking.LEVELS[0]: 90.0})
        whole = await anna.call("navigation.reach")
        assert whole.capped and whole.metres == pytest.approx(400_000, abs=1)
        driver.tell(**{looking.LEVELS[0]: 9.0})
        assert (await anna.call("navigation.reach")).rings == []


async def test_a_car_that_does_not_tell_its_charge_has_no_reach() -> None:
    async with town() as (driver, _, _voice):
        from tests.features.navigation.town import announce

        announce(driver.world, "other")
        other = Driver(driver.world, "other")
        other.report(0.0, 0.0)
        with pytest.raises(NotFound, match="does not tell how much charge"):
            await (await driver.world.session()).call("navigation.reach", {"car": "other"})


async def test_nothing_is_said_when_there_is_nothing_to_say() -> None:
    async with town() as (driver, _, voice):
        anna = await driver.world.session()
        with pytest.raises(NotFound, match="nothing to say"):
            await anna.call("navigation.say")
        await anna.call("navigation.start", {"stops": [stop(GOAL, "家")]})
        await anna.call("navigation.say", {"units": "feet"})
        await anna.call("navigation.say", {"units": "yards", "language": "zh"})
        assert voice.said == [
            ("Follow Street 0. In half a mile, turn left onto Street 1.", "en"),
            ("沿Street 0出发。0.5英里后左转，进入Street 1。", "zh"),
        ]
        with pytest.raises(BadInput):
            await anna.call("navigation.say", {"units": "leagues"})
        driver.world.hub.ports.speech = None
        with pytest.raises(NotFound, match="no voice"):
            await anna.call("navigation.say")
