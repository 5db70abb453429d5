"""The machine's clock jumps, hours ahead and back: no stale wish is fulfilled, no right lasts longer, all goes on."""

from __future__ import annotations

import asyncio

import pytest

from tests.hub.outlet import watch
from tests.world import World, car, lamp
from wayhome.core.catalog import Refinement
from wayhome.core.thing import Thing
from wayhome.core.value import Fact
from wayhome.errors import NotAllowed

pytestmark = pytest.mark.anyio
HOUR = 3_600.0


async def turn(times: int = 8) -> None:
    for _ in range(times):
        await asyncio.sleep(0)


@pytest.mark.parametrize("jump", [5 * HOUR, -5 * HOUR, 40 * 24 * HOUR, -40 * 24 * HOUR])
async def test_facts_and_wishes_go_on(jump: float) -> None:
    async with World() as world:
        host, household = world.puppet.host, world.hub.household
        host.announce([lamp(), car()])
        session = await world.session()
        _, screen = watch(session, "**")
        host.report([Fact("lamp/light.brightness", 10.0, world.clock.at), Fact("car/Vehicle.Speed", 50.0)])
        await session.act("lamp/light.on", True, key="before-the-jump", ttl=30)
        await turn()
        world.clock.at += jump
        household.every_moment()
        await turn()
        # How old the wish is, nobody knows any more: it ends, instead of being fulfilled hours later.
        assert screen.of("command")[-1]["state"] == "expired"
        assert "lamp/light.on" not in screen.wishes
        host.report([Fact("lamp/light.brightness", 20.0, world.clock.at), Fact("car/Vehicle.Speed", 0.0)])
        await turn()
        assert screen.facts["lamp/light.brightness"][0] == 20.0
        again = await session.act("lamp/light.brightness", 30.0, ttl=30)
        await turn()
        host.report([Fact("lamp/light.brightness", 30.0, world.clock.at)])
        await turn()
        last = screen.of("command")[-1]
        assert (last["key"], last["state"]) == (again.key, "done")
        world.clock.at -= jump
        household.every_moment()
        host.report([Fact("lamp/light.brightness", 40.0, world.clock.at)])
        await turn()
        assert screen.facts["lamp/light.brightness"][0] == 40.0
        await household.write("place", "home", {"name": "Home"}, world.context())
        assert household.records("place")["home"].values() == {"name": "Home"}


@pytest.mark.parametrize("back", [0.0, -4.0, -50.0])
async def test_a_wish_is_worth_no_more_where_the_clock_is_set_back_while_the_disk_is_slow(back: float) -> None:
    async with World() as world:
        world.puppet.host.announce([lamp()])
        session = await world.session()
        world.store.held = []
        wishing = asyncio.create_task(session.act("lamp/light.on", True, key="held-by-the-disk", ttl=5))
        await turn()
        world.clock.passed += 6
        world.clock.at += 6 + back
        world.store.release()
        world.store.held = None
        await wishing
        await turn()
        assert world.puppet.taken == []
        world.hub.household.every_moment()
        assert not world.hub.household.house.open
        await session.act("lamp/light.on", True, key="in-its-own-time", ttl=5)
        await turn()
        assert [one.key for one in world.puppet.taken] == ["in-its-own-time"]


@pytest.mark.parametrize("jump", [5 * HOUR, -5 * HOUR])
async def test_the_same_key_stays_the_same_wish(jump: float) -> None:
    async with World() as world:
        world.puppet.host.announce([lamp()])
        session = await world.session()
        await session.act("lamp/light.on", True, key="once-and-only")
        await turn()
        world.clock.at += jump
        world.hub.household.every_moment()
        await asyncio.sleep(0.05)
        assert (await session.act("lamp/light.on", True, key="once-and-only")).state == "expired"
        assert len(world.puppet.taken) == 1


@pytest.mark.parametrize("jump", [5 * HOUR, -5 * HOUR])
async def test_a_place_known_before_the_jump_opens_nothing_after(jump: float) -> None:
    async with World() as world:
        host = world.puppet.host
        tracker = Thing("noor-phone", "Phone", "puppet", "tracker", {"device_tracker.place": Refinement()})
        host.announce([lamp(), tracker])
        await world.person("noor", "guest", tracker="noor-phone")
        host.report([Fact("noor-phone/device_tracker.place", "home")])
        guest = await world.session("noor", "guest")
        await turn()
        await guest.act("lamp/light.on", True)
        world.clock.at += jump
        world.hub.sessions.rejudge()
        with pytest.raises(NotAllowed):
            await guest.act("lamp/light.on", False)
        host.report([Fact("noor-phone/device_tracker.place", "home")])
        world.hub.sessions.rejudge()
        await guest.act("lamp/light.on", False)


async def test_a_car_whose_speed_is_old_counts_as_moving_and_is_believed_again() -> None:
    async with World() as world:
        host, household = world.puppet.host, world.hub.household
        host.announce([car()])
        host.report([Fact("car/Vehicle.LowVoltageSystemState", "ON"), Fact("car/Vehicle.Speed", 0.0)])
        host.report([Fact("car/Vehicle.Powertrain.Transmission.CurrentGear", 127)])
        assert household.house.readings["car/driving.state"].value == "idling"
        world.clock.at += 5 * HOUR
        household.every_moment()
        assert household.house.readings["car/driving.state"].value == "moving"
        for _ in range(2):
            host.report([Fact("car/Vehicle.Speed", 0.0)])
            assert household.house.readings["car/driving.state"].value == "idling"
            world.clock.at -= 5 * HOUR
            household.every_moment()
            assert household.house.readings["car/driving.state"].value == "moving"
