"""Two households in one process hear nothing of each other, whatever each of them does."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.hub.outlet import Screen, watch
from tests.world import World, car, lamp
from wayhome.core.value import Fact
from wayhome.errors import HubError
from wayhome.features.home import feature as home

pytestmark = pytest.mark.anyio

DEEDS = st.sampled_from(["report", "wish", "write", "delete", "grant", "announce", "withdraw", "event", "time", "call"])
STEPS = st.lists(st.tuples(DEEDS, st.integers(0, 5)), min_size=1, max_size=15)


async def do(world: World, deed: str, number: int) -> None:
    """One random deed of a household. What it refuses does not matter here."""
    host, household = world.puppet.host, world.hub.household
    try:
        match deed:
            case "report":
                host.report([Fact("lamp/light.brightness", number * 10.0), Fact("car/Vehicle.Speed", float(number))])
            case "wish":
                await (await world.session()).act("lamp/light.on", number % 2 == 0, key=f"the-same-key-{number}")
            case "write":
                await household.write("place", f"p{number}", {"name": str(number)}, world.context())
            case "delete":
                await household.delete("place", f"p{number}", world.context())
            case "grant":
                await world.grant("person:noor", "read @place/*", id=f"g{number}")
            case "announce":
                host.announce([lamp(f"lamp-{number}")])
            case "withdraw":
                host.withdraw([f"lamp-{number}"])
            case "event":
                await world.happen("Rang")
            case "time":
                world.clock.move(number * 7 - 10)
                household.every_moment()
            case "call":
                await (await world.session()).call("home.audit", {"limit": 20})
    except HubError:
        pass


def state(world: World) -> Any:
    """Everything that a household is."""
    house = world.hub.household.house
    return (
        dict(house.things),
        dict(house.readings),
        dict(house.open),
        {name: dict(items) for name, items in house.records.items()},
        world.hub.household.published.rev,
        list(world.store.disk),
        [command.key for command in world.puppet.taken],
        len(world.hub.sessions),
    )


async def at_rest(*worlds: World) -> None:
    """What they have begun is done and kept, and what time alone brings is there: all that is a moment later, and on a
    busy machine more than one."""
    for world in worlds:
        world.hub.household.every_moment()
    await asyncio.sleep(0.02)
    for _ in range(100):
        await asyncio.sleep(0)
    for world in worlds:
        await world.hub.household.keeping.settle()


async def test_they_hear_nothing_of_each_other() -> None:
    loop = asyncio.get_running_loop()

    @settings(max_examples=max(30, settings().max_examples // 2))
    @given(STEPS)
    def check(steps: list[tuple[str, int]]) -> None:
        asyncio.run_coroutine_threadsafe(one(steps), loop).result(30)

    async def one(steps: list[tuple[str, int]]) -> None:
        async with World(features={"home": home}) as busy, World(features={"home": home}) as still:
            screens: list[Screen] = []
            for world in (busy, still):
                world.puppet.host.announce([lamp(), car()])
                await world.person("noor", "guest")
                for person, role in (("anna", "owner"), ("noor", "guest")):
                    screens.append(watch(await world.session(person, role), "**", "@**")[1])
            await at_rest(busy, still)
            before, heard = state(still), [len(screen.frames) for screen in screens[2:]]
            for deed, number in steps:
                await do(busy, deed, number)
            await at_rest(busy)
            assert state(still) == before
            assert [len(screen.frames) for screen in screens[2:]] == heard

    await asyncio.to_thread(check)


async def test_the_same_key_in_two_households_is_two_wishes() -> None:
    async with World() as one, World() as other:
        for world, target in ((one, True), (other, False)):
            world.puppet.host.announce([lamp()])
            command = await (await world.session()).act("lamp/light.on", target, key="one-key-for-both")
            await asyncio.sleep(0)
            assert command.target is target
            assert [c.target for c in world.puppet.taken] == [target]
