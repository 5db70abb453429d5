"""Links that lie, hang, crash in odd ways and never stop talking: the household goes on, and says what is wrong."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from tests.bad_days.acting import ENDS, Actor, House, only_ready, play
from tests.hub.outlet import watch
from wayhome.core.command import Command
from wayhome.core.value import Context, Fact
from wayhome.errors import AuthNeeded, BadInput, Unreachable
from wayhome.hub import supervisor


@pytest.mark.parametrize("end", ENDS, ids=lambda name: name.replace(" ", "-"))
def test_whatever_a_link_ends_with_it_is_tried_again_then_parked(end: str) -> None:
    async def story(house: House) -> None:
        async def plays(actor: Actor) -> None:
            raise ENDS[end]()

        other = await house.link(only_ready, name="Other")
        actor = await house.link(plays)
        await asyncio.sleep(0.5)
        assert house.status().state == "waiting"
        assert house.status().retry_at is not None
        await asyncio.sleep(600)
        assert house.status().state == "quarantined"
        assert actor.starts == supervisor.CRASHES
        assert house.status().detail and len(house.status().detail) <= 500
        assert house.status("other").state == "connected" and other.starts == 1
        actor.plays = Actor.stay
        house.hub.links.wake("puppet")
        await asyncio.sleep(0.5)
        assert house.status().state == "connected"

    play(story)


@pytest.mark.parametrize("ready_first", [False, True])
def test_a_link_that_connects_and_then_crashes_is_parked_too(ready_first: bool) -> None:
    async def story(house: House) -> None:
        async def plays(actor: Actor) -> None:
            if ready_first:
                actor.host.ready()
                await asyncio.sleep(2)
            raise KeyError("a bug")

        actor = await house.link(plays)
        await asyncio.sleep(900)
        assert house.status().state == "quarantined"
        assert actor.starts == supervisor.CRASHES

    play(story)


def test_one_crash_a_day_parks_no_link() -> None:
    async def story(house: House) -> None:
        async def plays(actor: Actor) -> None:
            actor.host.ready()
            await asyncio.sleep(supervisor.SETTLED + 1)
            raise KeyError("a bug")

        actor = await house.link(plays)
        await asyncio.sleep(1_800)
        assert actor.starts > 2 * supervisor.CRASHES
        assert house.status().state in ("connected", "waiting")

    play(story)


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (Unreachable("no network"), "waiting"),
        (AuthNeeded("token revoked"), "sign_in_needed"),
        (ExceptionGroup("group", [ExceptionGroup("inner", [AuthNeeded("revoked")])]), "sign_in_needed"),
        (ExceptionGroup("group", [Unreachable("one"), Unreachable("other")]), "waiting"),
        (BadInput("\ud800" * 1000 + "x" * 10_000_000), "waiting"),
    ],
    ids=["unreachable", "sign-in", "sign-in-in-groups", "unreachable-in-a-group", "long-words"],
)
def test_a_bad_network_parks_no_link(error: Exception, state: str) -> None:
    async def story(house: House) -> None:
        async def plays(actor: Actor) -> None:
            raise error

        actor = await house.link(plays)
        await asyncio.sleep(7_200)
        assert house.status().state == state
        assert actor.starts == 1 if state == "sign_in_needed" else 20 < actor.starts < 60
        assert len(house.status().detail or "") <= 500

    play(story)


def test_a_link_that_will_not_end_does_not_hold_up_the_hub() -> None:
    async def story(house: House) -> None:
        async def plays(actor: Actor) -> None:
            actor.host.ready()
            while True:
                try:
                    await asyncio.sleep(1_000)
                except asyncio.CancelledError:
                    if house.clock.steady() > 300:
                        raise

        async def fails_at_the_end(actor: Actor) -> None:
            actor.host.ready()
            try:
                await asyncio.Event().wait()
            finally:
                raise RuntimeError("a bug while stopping")

        await house.link(plays)
        await house.link(fails_at_the_end, "Other")
        await asyncio.sleep(1)
        began = house.clock.steady()
        await house.hub.links.remove("other", Context("c", "test"))
        assert house.clock.steady() - began < 1
        await house.hub.links.remove("puppet", Context("c", "test"))
        assert house.clock.steady() - began < 2 * supervisor.STOP_WITHIN
        assert house.hub.links.instances == {}
        await asyncio.sleep(300)

    play(story)


EXECUTES: dict[str, Callable[[], BaseException]] = {**ENDS, "its own timeout": lambda: TimeoutError()}


@pytest.mark.parametrize("end", EXECUTES, ids=lambda name: name.replace(" ", "-"))
def test_whatever_execute_ends_with_the_wish_ends_and_the_asker_hears(end: str) -> None:
    async def story(house: House) -> None:
        actor = await house.link()
        await asyncio.sleep(0.1)

        async def executes(command: Command) -> None:
            raise EXECUTES[end]()

        actor.executes = executes
        session = house.owner()
        _, screen = watch(session, "lamp/**")
        await asyncio.sleep(0.1)
        command = await session.act("lamp/light.on", True)
        await asyncio.sleep(0.1)
        assert house.hub.household.house.open == {}
        assert screen.of("command")[-1]["state"] == "failed"
        assert screen.wishes == {}
        assert command.key in {c.key for c in actor.executed}
        actor.executes = None
        await session.act("lamp/light.on", False)
        actor.host.report([Fact("lamp/light.on", False)])
        await asyncio.sleep(0.1)
        assert screen.of("command")[-1]["state"] == "done"

    play(story)


def test_a_link_that_hangs_in_execute_hangs_nobody_else() -> None:
    async def story(house: House) -> None:
        actor = await house.link()
        await asyncio.sleep(0.1)

        async def hang(command: Command) -> None:
            await asyncio.Event().wait()

        actor.executes = hang
        session = house.owner()
        _, screen = watch(session, "**")
        await asyncio.sleep(0.1)
        for number in range(300):
            await session.act("lamp/light.brightness", float(number % 100), key=f"key-{number:05}", ttl=5)
        actor.host.report([Fact("car/Vehicle.Speed", 50.0)])
        await asyncio.sleep(0.2)
        assert screen.facts["car/Vehicle.Speed"][0] == 50.0
        await asyncio.sleep(60)
        assert house.hub.household.house.open == {}
        assert screen.wishes == {}
        assert screen.of("command")[-1]["state"] == "expired"
        assert len(house.hub.links._carrying) == 0

    play(story)
