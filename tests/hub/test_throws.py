"""Throws on a running hub: who may throw what at which screen, how often, and what they see."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.world import World, car
from wayhome.core.value import Fact
from wayhome.errors import Conflict, Locked, NotAllowed, NotFound, NotWhileDriving, TooLarge, TooMany
from wayhome.features.throws import feature
from wayhome.features.throws.keeper import Keeper, keeper
from wayhome.features.throws.model import HELD, LASTS, MOST, OPEN, Opened
from wayhome.hub.ports import Served
from wayhome.hub.session import Session

pytestmark = pytest.mark.anyio
THING = b"sealed" * 10
GLASS = "01jd00000000000000000glass"


@pytest.fixture
async def home() -> AsyncIterator[World]:
    async with World(features={"throws": feature}) as world:
        yield world


async def screen(world: World, device: str = GLASS, role: str = "owner", person: str = "anna", **more: Any) -> Session:
    session = await world.session(person, role, device=device, **more)
    values: dict[str, Any] = {"person": person, "name": device, "kind": "car", "role": role, **more}
    await world.hub.household.write("device", device, values, world.context())
    return session


def it(world: World) -> Keeper:
    return keeper(world.hub)


def guest(world: World, opened: Opened) -> Session:
    """As the door lets them in."""
    identity = it(world).identify(opened.token)
    assert identity is not None
    return world.hub.open_session(identity)


def throw(world: World, session: Session, content: bytes = THING) -> None:
    with it(world).taking(session) as one:
        it(world).take(session, one, content)


def told(world: World, device: str = GLASS, person: str = "anna") -> Any:
    shown = world.hub.household.published.find(f"@throw/{person}:{device}")
    return shown.fact[0] if shown is not None and shown.fact is not None else None


async def test_one_thing_comes_to_the_screen_that_showed_the_code_once(home: World) -> None:
    glass, other = await screen(home), await screen(home, "tablet")
    opened: Opened = await glass.call("throws.open")
    assert told(home) == {"id": opened.id, "state": "open", "size": 0}
    session = guest(home, opened)
    assert it(home).waits(session) == LASTS
    throw(home, session)
    assert told(home) == {"id": opened.id, "state": "thrown", "size": len(THING)}
    assert it(home).thrown(GLASS, opened.id) == THING
    with pytest.raises(NotFound):
        it(home).thrown("tablet", opened.id)
    with pytest.raises(Conflict):
        throw(home, session, b"another one" * 9)
    # Another screen of the same person neither takes it nor makes it void.
    await other.call("throws.close", {"id": opened.id})
    assert it(home).thrown(GLASS, opened.id) == THING
    await glass.call("throws.close", {"id": opened.id})
    assert told(home) is None and it(home).identify(opened.token) is None
    with pytest.raises(NotFound):
        it(home).thrown(GLASS, opened.id)


async def test_a_guest_sees_and_does_nothing_else(home: World) -> None:
    home.puppet.host.announce([car("su7")])
    home.puppet.host.report([Fact("su7/Vehicle.Speed", 0.0)])
    glass = await screen(home)
    opened = await glass.call("throws.open")
    session = guest(home, opened)
    assert session.read(["**", "@**", "@throw/*"]) == {}
    for name in [operation.name for operation in home.hub.operations]:
        with pytest.raises(NotAllowed):
            await session.call(name, {})
    for path in ("su7/Vehicle.Speed", "@throw/anna:" + GLASS, "@person/anna", "@throw/other"):
        assert not any(session.may(verb, path) for verb in ("read", "act", "provide", "share"))
    # What it may ends with its code, in a session that is open, too.
    await glass.call("throws.close", {"id": opened.id})
    home.hub.sessions.rejudge()
    assert not session.may("provide", f"@throw/{opened.id}")
    with pytest.raises(NotFound):
        throw(home, session)


async def test_a_code_counts_for_minutes_and_the_newest_of_a_screen(home: World) -> None:
    glass = await screen(home)
    first = await glass.call("throws.open")
    second = await glass.call("throws.open")
    assert it(home).identify(first.token) is None and it(home).identify("") is None
    assert it(home).identify(second.token + "x") is None
    session = guest(home, second)
    home.clock.move(LASTS - 1)
    throw(home, session)
    home.clock.move(LASTS - 1)
    assert it(home).thrown(GLASS, second.id) == THING, "what has come waits as long once more"
    home.clock.move(2)
    with pytest.raises(NotFound):
        it(home).thrown(GLASS, second.id)
    third = await glass.call("throws.open")
    home.clock.move(LASTS + 1)
    assert it(home).identify(third.token) is None
    # Set back, a clock lets no code count for longer.
    fourth = await glass.call("throws.open")
    home.clock.at -= 86_400
    home.clock.passed += LASTS + 1
    assert it(home).identify(fourth.token) is None


async def test_what_breaks_off_may_be_thrown_once_more_and_two_at_once_may_not(home: World) -> None:
    opened = await (await screen(home)).call("throws.open")
    session = guest(home, opened)
    with pytest.raises(TimeoutError), it(home).taking(session):
        with pytest.raises(Locked), it(home).taking(guest(home, opened)):
            raise AssertionError
        raise TimeoutError
    for bad in (b"", b"x" * 27, b"x" * (MOST + 1)):
        with pytest.raises(TooLarge):
            throw(home, session, bad)
    throw(home, session)


async def test_there_is_a_bound_to_codes_and_to_what_waits(home: World) -> None:
    screens = [await screen(home, f"screen-{n:02d}") for n in range(OPEN)]
    codes = [await one.call("throws.open") for one in screens]
    with pytest.raises(TooMany):
        await (await screen(home, "one-more")).call("throws.open")
    for code in codes[:HELD]:
        throw(home, guest(home, code))
    with pytest.raises(TooMany):
        throw(home, guest(home, codes[HELD]))
    await screens[0].call("throws.close", {"id": codes[0].id})
    throw(home, guest(home, codes[HELD]))


async def test_nothing_comes_to_a_driver_while_the_car_moves(home: World) -> None:
    home.puppet.host.announce([car("su7")])
    home.puppet.host.report([Fact("su7/Vehicle.Speed", 0.0), Fact("su7/Vehicle.LowVoltageSystemState", "OFF")])
    home.hub.household.every_moment()
    glass = await screen(home, seat="driver", car="su7")
    opened = await glass.call("throws.open")
    session = guest(home, opened)
    with pytest.raises(NotWhileDriving), it(home).taking(session) as one:
        home.puppet.host.report([Fact("su7/Vehicle.Speed", 50.0), Fact("su7/Vehicle.LowVoltageSystemState", "ON")])
        home.hub.household.every_moment()
        it(home).take(session, one, THING)
    with pytest.raises(NotWhileDriving):
        it(home).waits(session)
    with pytest.raises(NotWhileDriving):
        await glass.call("throws.open")
    await glass.call("throws.close", {"id": opened.id})  # giving up is always allowed


async def test_only_grown_up_people_s_screens_take_throws_and_only_as_long_as_they_are_there(home: World) -> None:
    for role in ("child", "guest"):
        with pytest.raises(NotAllowed):
            await (await screen(home, f"of-{role}", role, f"somebody-{role}")).call("throws.open")
    with pytest.raises(NotAllowed):
        await (await home.session()).call("throws.open")
    opened = await (await screen(home, "mei", "member", "mei")).call("throws.open")
    session = guest(home, opened)
    await home.hub.household.write("person", "mei", {"role": "guest"}, home.context())
    assert it(home).identify(opened.token) is None
    with pytest.raises(NotFound):
        throw(home, session)
    glass = await screen(home)
    again = await glass.call("throws.open")
    throw(home, guest(home, again))
    await home.hub.household.delete("device", GLASS, home.context())
    with pytest.raises(NotFound):
        it(home).thrown(GLASS, again.id)


async def test_a_code_leads_nowhere_that_only_the_hub_s_machine_finds(home: World) -> None:
    glass = await screen(home)
    for house, address in ((True, "https://wayhome.local:8300"), (False, "")):
        served = Served("https://wayhome.local:8300", house, False, True, True, [])
        home.hub.served = lambda served=served: served  # type: ignore[misc]
        assert (await glass.call("throws.open")).address == address
