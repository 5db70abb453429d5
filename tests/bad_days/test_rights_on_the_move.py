"""Rights that change at the worst moment: between two frames, while a screen is away, in the middle of a snapshot.
What the simulator found, told one by one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.bad_days.screens import Mirror
from tests.hub.outlet import Screen, watch
from tests.hub.two_sites import until
from tests.world import World, lamp
from wayhome.core.value import Fact
from wayhome.hub import frames, live

pytestmark = pytest.mark.anyio
DOOR = "read @place/*"


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with World() as world:
        world.puppet.host.announce([lamp()])
        world.puppet.host.report([Fact("lamp/light.on", True), Fact("lamp/light.brightness", 10.0)])
        await world.hub.household.write("place", "home", {"name": "Home"}, world.context())
        await world.person("noor", "guest")
        yield world


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def mirrored(screen: Screen) -> Mirror:
    """What a screen knows by what it was sent so far."""
    mirror = Mirror()
    for frame in screen.frames:
        mirror.take(frame)
    return mirror


@pytest.mark.parametrize("rate", [10.0, None])
async def test_news_of_the_same_turn_arrive_all_the_same(world: World, rate: float | None) -> None:
    noor = await world.session("noor", "guest")
    _, screen = watch(noor, "lamp/**", "@place/*", rate=rate)
    await settle()
    world.puppet.host.report([Fact("lamp/light.brightness", 20.0)])
    await world.grant("person:noor", DOOR)
    world.puppet.host.report([Fact("lamp/light.on", False)])
    await settle()
    assert screen.facts["lamp/light.brightness"][0] == 20.0
    assert screen.facts["lamp/light.on"][0] is False
    assert "@place/home" in screen.facts


async def test_who_was_away_while_rights_changed_takes_a_snapshot(world: World) -> None:
    await world.grant("person:noor", DOOR)
    noor = await world.session("noor", "guest")
    client, screen = watch(noor, "lamp/**", "@place/*")
    assert "@place/home" in screen.facts
    world.hub.live.leave(client)
    await world.hub.household.delete("grant", "g1", world.context())
    screen.frames.clear()
    watch(noor, "lamp/**", "@place/*", screen=screen, epoch=screen.epoch, rev=screen.rev)
    assert screen.frames[0]["t"] == "snap"
    assert "@place/home" not in screen.facts


async def test_who_wants_something_else_does_not_resume_what_it_had(world: World) -> None:
    anna = await world.session()
    client, screen = watch(anna, "lamp/light.on")
    world.hub.live.leave(client)
    screen.frames.clear()
    watch(anna, "lamp/**", screen=screen, epoch=screen.epoch, rev=screen.rev)
    assert screen.frames[0]["t"] == "snap"
    assert "lamp/light.brightness" in screen.facts


async def test_a_change_of_rights_is_a_new_epoch_on_the_open_line(world: World) -> None:
    noor = await world.session("noor", "guest")
    _, screen = watch(noor, "lamp/**", "@place/*")
    await world.grant("person:noor", DOOR)
    await settle()
    (told,) = [frame for frame in screen.of("delta") if "epoch" in frame]
    assert told["epoch"] != screen.of("snap")[0]["epoch"]
    _, other = watch(noor, "lamp/**", "@place/*")
    assert other.epoch == told["epoch"]


@pytest.mark.parametrize("format", ["json", "msgpack"])
async def test_what_came_and_went_in_one_turn_is_gone(world: World, format: str) -> None:
    _, screen = watch(await world.session(), "**", rate=None, format=format)
    await settle()
    world.puppet.host.report([Fact("lamp/light.on", False)])
    world.puppet.host.withdraw(["lamp"])
    await settle()
    assert not [path for path in screen.facts if path.startswith("lamp/")]
    world.puppet.host.withdraw(["lamp"])
    world.puppet.host.announce([lamp()])
    world.puppet.host.report([Fact("lamp/light.on", True)])
    await settle()
    assert screen.facts["lamp/light.on"][0] is True


async def test_a_wish_does_not_come_back_with_the_thing(world: World) -> None:
    anna = await world.session()
    client, screen = watch(anna, "**")
    await anna.act("lamp/light.on", False)
    await settle()
    assert screen.wishes
    world.hub.live.leave(client)
    world.puppet.host.withdraw(["lamp"])
    world.puppet.host.announce([lamp()])
    world.puppet.host.report([Fact("lamp/light.on", True)])
    watch(anna, "**", screen=screen, epoch=screen.epoch, rev=screen.rev)
    assert screen.wishes == {}


async def test_a_wish_ends_when_its_thing_no_longer_has_that(world: World) -> None:
    anna = await world.session()
    _, screen = watch(anna, "**")
    await anna.act("lamp/light.brightness", 77.0)
    await settle()
    plain = lamp()
    del plain.signals["light.brightness"]
    world.puppet.host.announce([plain])
    await settle()
    assert world.hub.household.house.open == {}
    last = screen.of("command")[-1]
    assert (last["state"], last["code"]) == ("failed", "not_found")
    assert screen.wishes == {} and "lamp/light.brightness" not in screen.facts


async def test_parts_of_a_snapshot_that_may_no_longer_be_sent_are_not(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "PART", 200)
    monkeypatch.setattr(live, "LOW", 10)
    for number in range(20):
        await world.hub.household.write("place", f"p{number}", {"name": "x" * 100}, world.context())
    await world.grant("person:noor", DOOR)
    noor = await world.session("noor", "guest")
    screen = Screen()
    screen.stuck = 11
    watch(noor, "**", "@place/*", screen=screen)
    assert screen.frames[0]["more"] is True
    await world.hub.household.delete("grant", "g1", world.context())
    before = len(screen.frames)
    screen.stuck = 0
    await until(lambda: mirrored(screen).facts == noor.read(["**", "@place/*"]))
    mirror = mirrored(screen)
    late = [path for frame in screen.frames[before:] for path in frame.get("set", ()) if path.startswith("@")]
    assert late == []
    assert not [path for path in mirror.facts if path.startswith("@")]
    parts = [frame.get("part", 1) for frame in screen.frames[before:] if frame["t"] == "snap"]
    assert parts == list(range(1, len(parts) + 1)) and len(parts) > 2
