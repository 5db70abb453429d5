"""The household's places: named, called otherwise, forgotten; and each person's own recent ones."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.world import World
from wayhome.errors import BadInput, Conflict, NotAllowed, NotFound, NotWhileDriving
from wayhome.features.places import feature
from wayhome.hub import places
from wayhome.hub.maps import Point

pytestmark = pytest.mark.anyio
WORK = {"name": "Work", "latitude": 47.15, "longitude": 9.51, "icon": "work"}


@asynccontextmanager
async def household() -> AsyncIterator[World]:
    async with World(features={"places": feature}) as world:
        home = {"name": "Home", "latitude": 47.0, "longitude": 9.5, "radius": 80, "icon": "home"}
        await world.hub.household.write("place", "home", home, world.context())  # type: ignore[arg-type]
        yield world


async def test_a_place_is_named_called_otherwise_and_forgotten() -> None:
    async with household() as world:
        mei = await world.session("mei", "member")
        made = await mei.call("places.add", WORK)
        assert (made.id, made.name, made.icon, made.latitude, made.favourite) == ("work", "Work", "work", 47.15, False)
        await mei.call("places.add", {**WORK, "name": "Alp", "favourite": True})
        assert [one.id for one in (await mei.call("places.list")).places] == ["home", "alp", "work"]
        again = await mei.call("places.rename", {"id": "work", "name": "Mei's  office", "favourite": True})
        assert (again.name, again.favourite, again.icon) == ("Mei's office", True, "work")
        assert not (await mei.call("places.rename", {"id": "work", "favourite": False})).favourite
        left = await mei.call("places.remove", {"id": "work"})
        assert [one.id for one in left.places] == ["home", "alp"]
        # An id is never given again: it may stand in somebody's grant.
        assert (await mei.call("places.add", WORK)).id == "work-2"


async def test_what_is_refused() -> None:
    async with household() as world:
        anna = await world.session()
        await anna.call("places.add", WORK)
        for data in ({**WORK, "name": "wORK"}, {**WORK, "name": "home"}):
            with pytest.raises(Conflict, match="already"):
                await anna.call("places.add", data)
        with pytest.raises(Conflict):
            await anna.call("places.rename", {"id": "work", "name": "Home"})
        for wrong in (
            {**WORK, "name": "  "},
            {**WORK, "name": "\u200b"},
            {**WORK, "latitude": 91},
            {**WORK, "icon": "x"},
        ):
            with pytest.raises(BadInput):
                await anna.call("places.add", wrong)
        with pytest.raises(Conflict, match="home is not forgotten"):
            await anna.call("places.remove", {"id": "home"})
        await world.grant("person:mei", "act lamp/** when work")
        with pytest.raises(Conflict, match="may do something"):
            await anna.call("places.remove", {"id": "work"})
        assert next(one for one in (await anna.call("places.list")).places if one.id == "work").held
        with pytest.raises(NotFound):
            await anna.call("places.remove", {"id": "nowhere"})
        for role in ("guest", "child"):
            other = await world.session(f"some-{role}", role)
            with pytest.raises(NotAllowed):
                await other.call("places.list")


async def test_who_drives_names_nothing_but_forgets_a_recent_one() -> None:
    async with household() as world:
        from tests.world import car
        from wayhome.core.value import Fact

        world.puppet.host.announce([car()])
        world.puppet.host.online(["car"], True)
        world.puppet.host.report([Fact("car/Vehicle.Speed", 50.0), Fact("car/Vehicle.LowVoltageSystemState", "ON")])
        mei = await world.session("mei", "owner", seat="driver", car="car")
        for name, data in (("add", WORK), ("rename", {"id": "home", "favourite": True}), ("remove", {"id": "home"})):
            with pytest.raises(NotWhileDriving):
                await mei.call(f"places.{name}", data)
        await places.remember(world.hub.household, "mei", world.ids.ulid(), "Gym", Point(47.1, 9.5), world.context())
        (gym,) = (await mei.call("places.list")).recent
        assert (await mei.call("places.remove", {"id": gym.id})).recent == []


async def test_recent_ones_are_ones_own_few_and_each_once() -> None:
    async with household() as world:
        hub = world.hub.household
        mei, anna = await world.session("mei", "member"), await world.session()
        for number in range(25):
            world.clock.move(1)
            point = Point(47.0 + number / 100, 9.5)
            await places.remember(hub, "mei", world.ids.ulid(), f"Place {number}", point, world.context())
        found = (await mei.call("places.list")).recent
        assert [one.name for one in found] == [f"Place {number}" for number in reversed(range(5, 25))]
        world.clock.move(1)
        await places.remember(hub, "mei", world.ids.ulid(), "Place 9", Point(47.0901, 9.5), world.context())
        names = [one.name for one in (await mei.call("places.list")).recent]
        assert names[0] == "Place 9" and names.count("Place 9") == 1 and len(names) == 20
        assert (await anna.call("places.list")).recent == [] and anna.read(["@recent/**"]) == {}
        with pytest.raises(NotFound):
            await anna.call("places.remove", {"id": found[0].id})
        # Not even by name: owners read all records, but nobody's own ones.
        assert anna.read([f"@recent/{found[0].id}"]) == {} and mei.read([f"@recent/{found[0].id}"])


async def test_a_place_that_nobody_located_is_one_all_the_same() -> None:
    async with household() as world:
        anna = await world.session()
        await world.hub.household.write("place", "cabin", {"name": "Cabin", "latitude": "x"}, world.context())
        cabin = next(one for one in (await anna.call("places.list")).places if one.id == "cabin")
        assert cabin.latitude is None and cabin.name == "Cabin"
