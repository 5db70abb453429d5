"""A link that lies, hangs, floods and dies: it harms itself only, and its status says so."""

from __future__ import annotations

import asyncio
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.hub.outlet import watch
from tests.hub.two_sites import outcome
from tests.world import World, car, lamp
from wayhome.core import decide
from wayhome.core.catalog import Refinement
from wayhome.core.thing import Thing
from wayhome.core.value import Fact
from wayhome.errors import TooMany
from wayhome.hub import supervisor

pytestmark = pytest.mark.anyio
GARBAGE: list[Any] = [
    math.nan,
    math.inf,
    -math.inf,
    10**400,
    -(2**64),
    "\ud800",
    "x" * 10_000_000,
    b"bytes",
    object(),
    {1: 2},
    {"a": {"b": math.nan}},
    [[[[[[[[[[[[1]]]]]]]]]]]],
    [1] * 100_000,
    1j,
    set(),
    print,
    Exception("no"),
]
PATHS: list[Any] = [
    "lamp/light.on",
    "lamp/light.brightness",
    "lamp/light.effect",
    "car/Vehicle.Speed",
    "lamp/climate.mode",
    "other/light.on",
    "hub/hub.info",
    "hub/link.puppet",
    "@person/anna",
    "lamp/thing.info",
    "lamp/thing.online",
    "car/driving.state",
    "",
    "/",
    "lamp/",
    "../etc/passwd",
    "x" * 100_000,
    "lamp/light.on\ud800",
    None,
    7,
    b"lamp/light.on",
]


async def turn(times: int = 5) -> None:
    for _ in range(times):
        await asyncio.sleep(0)


async def test_whatever_it_reports_is_refused_with_words_or_shown_as_bad() -> None:
    async with World() as world:
        host = world.puppet.host
        host.announce([lamp(**{"light.effect": Refinement()}), car()])
        other = await world.hub.links.add("puppet", "Other", {}, {}, world.context())
        other.announce([lamp("other", link=other.id)])
        _, screen = watch(await world.session(), "**", "@**")
        before = dict(screen.facts)
        garbage = st.sampled_from(range(len(GARBAGE))).map(GARBAGE.__getitem__)
        value = garbage | st.floats() | st.integers() | st.text(max_size=5) | st.none() | st.booleans()
        facts = st.builds(Fact, st.sampled_from(PATHS), value, st.none() | st.floats() | garbage)
        loop = asyncio.get_running_loop()

        @settings(max_examples=settings().max_examples * 3)
        @given(st.lists(facts, max_size=6))
        def check(sent: list[Fact]) -> None:
            async def one() -> None:
                refused = host.report(sent)
                assert all(isinstance(text, str) and 0 < len(text) < 1_000 for text in refused)
                assert host.report([Fact("lamp/light.on", True)]) == []
                await turn()

            asyncio.run_coroutine_threadsafe(one(), loop).result(20)

        await asyncio.to_thread(check)
        for path in ("hub/hub.info", "@person/anna", "other/light.on", "lamp/thing.info", "car/thing.info"):
            assert screen.facts.get(path) == before.get(path), path
        for path, (shown, _, *more) in screen.facts.items():
            if path == "lamp/light.brightness" and not more:
                assert 0 <= shown <= 100
            assert len(str(shown)) < 100_000
        assert screen.facts["lamp/light.on"][0] is True


async def test_one_that_is_no_fact_does_not_cost_the_others() -> None:
    async with World() as world:
        host = world.puppet.host
        host.announce([lamp()])
        odd: list[Any] = [None, 7, "lamp/light.on", Fact(7, True), Fact(None, None)]  # type: ignore[arg-type]
        refused = host.report([Fact("lamp/light.on", True), *odd, Fact("lamp/light.brightness", 20.0)])
        assert len(refused) == len(odd)
        assert world.hub.household.house.readings["lamp/light.brightness"].value == 20.0
        await world.hub.household.keeping.settle()
        kept = [row.reading.path for row in world.store.disk if hasattr(row, "reading")]
        assert {"lamp/light.on", "lamp/light.brightness"} <= set(kept)


async def test_a_device_that_reports_something_else_never_fulfils_a_wish() -> None:
    async with World() as world:
        host = world.puppet.host
        host.announce([lamp()])
        session = await world.session()
        _, screen = watch(session, "lamp/**")
        await session.act("lamp/light.brightness", 80, ttl=20)
        for lie in (10.0, "80", True, None, [80], 400.0, math.nan):
            host.report([Fact("lamp/light.brightness", lie)])
        await turn()
        assert screen.wishes["lamp/light.brightness"][0] == 80
        world.clock.move(60)
        world.hub.household.every_moment()
        await turn()
        assert screen.of("command")[-1]["state"] == "expired"


@pytest.mark.parametrize("odd", [ValueError("odd"), KeyError(), RecursionError(), SystemError("?"), AssertionError()])
async def test_an_odd_error_in_execute_fails_that_wish_only(odd: Exception) -> None:
    async with World() as world:
        host = world.puppet.host
        host.announce([lamp()])
        session = await world.session()
        _, screen = watch(session, "lamp/**")
        world.puppet.on_execute = [odd, None]
        await session.act("lamp/light.on", True)
        await turn(10)
        last = screen.of("command")[-1]
        assert (last["state"], last["code"]) == ("failed", "internal")
        assert type(odd).__name__ in last["why"]
        await session.act("lamp/light.brightness", 30)
        host.report([Fact("lamp/light.brightness", 30.0)])
        await turn(10)
        assert screen.of("command")[-1]["state"] == "done"


async def test_one_that_hangs_in_execute_holds_up_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    async with World() as world:
        host = world.puppet.host
        host.announce([lamp(f"lamp-{n}") for n in range(50)])
        session = await world.session()

        async def hang(command: Any) -> None:
            await asyncio.Event().wait()

        monkeypatch.setattr(world.puppet, "execute", hang)
        async with asyncio.timeout(20):
            keys = [(await session.act(f"lamp-{n}/light.on", True, ttl=5)).key for n in range(50)]
        world.clock.move(6)
        world.hub.household.every_moment()
        states = {(await outcome(world, key)).state for key in keys}
        assert states == {"expired"}
        assert not world.hub.household.house.open


async def test_one_that_dies_again_and_again_is_stopped_with_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "FIRST_WAIT", 0.001)
    async with World() as world:
        host = world.puppet.host
        host.announce([lamp()])
        instance = world.hub.links.find("puppet")
        _, screen = watch(await world.session(), "**")
        world.puppet.trouble = [ZeroDivisionError("a bug")] * 20
        world.puppet.up.clear()
        assert instance.task is not None
        instance.task.cancel()
        instance.task = asyncio.create_task(world.hub.links._keep_running(instance))
        async with asyncio.timeout(45):
            while instance.status.state != "quarantined":
                await asyncio.sleep(0.01)
        await turn()
        shown = screen.facts["hub/link.puppet"][0]
        assert shown["words"] == "Stopped after repeated errors"
        assert "ZeroDivisionError" in shown["detail"] and shown["advice"]
        assert screen.facts["lamp/thing.online"][0] is False
        assert len(world.puppet.trouble) == 20 - supervisor.CRASHES
        world.puppet.trouble.clear()
        world.hub.links.wake("puppet")
        await asyncio.wait_for(world.puppet.up.wait(), 45)
        assert instance.status.state == "connected"


async def test_more_things_than_a_household_holds() -> None:
    async with World() as world:
        host = world.puppet.host
        room = decide.MAX_THINGS
        with pytest.raises(TooMany):
            host.announce(Thing(f"t{n}", "T", "puppet", "lamp", {"light.on": Refinement()}) for n in range(room + 1))
        assert len(world.hub.household.house.things) == room
        assert host.report([Fact(f"t{room - 1}/light.on", True)]) == []
        _, screen = watch(await world.session(), "t7/**")
        host.report([Fact("t7/light.on", True)])
        await turn()
        assert screen.facts["t7/light.on"][0] is True
        host.withdraw([f"t{n}" for n in range(room)])
        assert not world.hub.household.house.things


async def test_a_million_facts_at_once_leave_the_latest(soak: bool) -> None:
    async with World() as world:
        host = world.puppet.host
        host.announce([car(), lamp()])
        _, screen = watch(await world.session(), "**")
        _, every = watch(await world.session(), "car/Vehicle.Speed", rate=None)
        count = 1_000_000 if soak else 100_000
        world.store.room = False
        host.report(Fact("car/Vehicle.Speed", float(n % 200)) for n in range(count))
        host.report([Fact("lamp/light.on", True)])
        await asyncio.sleep(0.2)
        assert screen.facts["car/Vehicle.Speed"][0] == every.facts["car/Vehicle.Speed"][0] == float((count - 1) % 200)
        assert screen.facts["lamp/light.on"][0] is True
        assert world.hub.household.dropped > count * 0.9
