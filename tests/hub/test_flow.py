"""From a device's report to a screen, and from a tap to the device and back."""

from __future__ import annotations

import asyncio

import pytest

from tests.hub.outlet import watch
from tests.world import World, lamp
from wayhome.core.value import Fact
from wayhome.errors import BadInput, Conflict, Expired, NotAllowed, NotFound, Refused, StoreError

pytestmark = pytest.mark.anyio


async def turn(times: int = 3) -> None:
    """Let the loop run what is due."""
    for _ in range(times):
        await asyncio.sleep(0)


async def test_a_report_reaches_the_screen_in_the_same_loop_turn() -> None:
    async with World() as world:
        world.puppet.host.announce([lamp()])
        _, screen = watch(await world.session(), "lamp/light.**")
        world.puppet.host.report([Fact("lamp/light.on", True)])
        assert "lamp/light.on" not in screen.facts
        await turn(2)
        assert screen.facts["lamp/light.on"] == [True, world.clock.at]


async def test_a_wish_is_shown_apart_until_the_device_reports() -> None:
    async with World() as world:
        world.puppet.host.announce([lamp()])
        world.puppet.host.report([Fact("lamp/light.on", False)])
        session = await world.session()
        _, screen = watch(session, "lamp/**")
        command = await session.act("lamp/light.on", True)
        await turn()
        assert command.state == "sent"
        assert screen.facts["lamp/light.on"][0] is False
        assert screen.wishes["lamp/light.on"][:3] == [True, "sent", command.key]
        assert [c.key for c in world.puppet.taken] == [command.key]
        world.puppet.host.report([Fact("lamp/light.on", True)])
        await turn()
        assert screen.facts["lamp/light.on"][0] is True
        assert screen.wishes == {}
        assert [f["state"] for f in screen.of("command")] == ["sent", "done"]


async def test_the_same_key_is_one_wish_and_another_body_a_conflict() -> None:
    async with World() as world:
        world.puppet.host.announce([lamp()])
        session = await world.session()
        first = await session.act("lamp/light.on", True, key="key-00001")
        await turn()
        world.puppet.host.report([Fact("lamp/light.on", True)])
        again = await session.act("lamp/light.on", True, key="key-00001")
        await turn()
        assert (first.state, again.state, len(world.puppet.taken)) == ("sent", "done", 1)
        with pytest.raises(Conflict):
            await session.act("lamp/light.on", False, key="key-00001")
        other = await world.session("mei", "member")
        with pytest.raises(Conflict):
            await other.act("lamp/light.on", True, key="key-00001")


async def test_the_same_key_gets_the_outcome_that_is_not_yet_on_the_disk() -> None:
    async with World() as world:
        world.puppet.host.announce([lamp()])
        session = await world.session()
        await session.act("lamp/light.on", True, key="key-00001")
        world.store.held = []
        world.puppet.host.report([Fact("lamp/light.on", True)])
        assert (await session.act("lamp/light.on", True, key="key-00001")).state == "done"


async def test_the_key_holds_after_a_restart() -> None:
    async with World() as world:
        world.puppet.host.announce([lamp()])
        session = await world.session()
        await session.act("lamp/light.on", True, key="key-00001")
        world.puppet.host.report([Fact("lamp/light.on", True)])
    async with World(disk=world.store.disk) as after:
        session = await after.session()
        assert (await session.act("lamp/light.on", True, key="key-00001")).state == "done"
        assert after.puppet.taken == []


async def test_a_wish_is_not_acknowledged_nor_shown_before_it_is_durable() -> None:
    async with World() as world:
        world.puppet.host.announce([lamp()])
        session = await world.session()
        _, screen = watch(session, "lamp/**")
        world.store.held = []
        asking = asyncio.create_task(session.act("lamp/light.on", True))
        await turn(5)
        assert not asking.done()
        assert screen.wishes == {}
        assert world.puppet.taken == []
        world.store.release()
        assert (await asking).state == "sent"
        await turn()
        assert "lamp/light.on" in screen.wishes


async def test_a_full_disk_refuses_the_wish_and_forgets_it() -> None:
    async with World() as world:
        world.puppet.host.announce([lamp()])
        session = await world.session()
        world.store.full = True
        with pytest.raises(StoreError):
            await session.act("lamp/light.on", True, key="key-00001")
        assert world.hub.household.house.open == {}
        with pytest.raises(StoreError):
            await world.person("mei", "member")
        assert "mei" not in world.hub.household.records("person")
        world.store.full = False
        assert (await session.act("lamp/light.on", True, key="key-00001")).state == "sent"


async def test_a_refusal_of_the_device_is_told_to_who_asked() -> None:
    async with World() as world:
        world.puppet.host.announce([lamp()])
        session = await world.session()
        _, screen = watch(session, "lamp/**")
        world.puppet.on_execute = [Refused("the bulb is broken")]
        await session.act("lamp/light.on", True)
        await turn(5)
        last = screen.of("command")[-1]
        assert (last["state"], last["code"], last["why"]) == ("failed", "refused", "the bulb is broken")
        assert screen.wishes == {}


async def test_a_wish_that_comes_after_its_time_is_refused_and_one_that_was_taken_is_told() -> None:
    async with World() as world:
        world.puppet.host.announce([lamp()])
        session = await world.session()
        until = world.clock.now() + 5
        with pytest.raises(Expired):
            await session.act("lamp/light.on", True, key="too-late", until=world.clock.now() - 0.1)
        assert world.puppet.taken == []
        command = await session.act("lamp/light.on", True, key="in-time-1", until=until)
        assert command.ttl == 5
        world.clock.move(6)
        again = await session.act("lamp/light.on", True, key="in-time-1", until=until)
        assert again.key == "in-time-1"


async def test_a_wish_without_a_report_expires_with_a_reason() -> None:
    async with World() as world:
        world.puppet.host.announce([lamp()])
        session = await world.session()
        _, screen = watch(session, "lamp/**")
        await session.act("lamp/light.on", True, ttl=5)
        world.clock.move(6)
        world.hub.household.every_moment()
        await turn()
        assert screen.of("command")[-1]["state"] == "expired"
        assert screen.wishes == {}


async def test_a_newer_wish_replaces_the_older() -> None:
    async with World() as world:
        world.puppet.host.announce([lamp()])
        session = await world.session()
        _, screen = watch(session, "lamp/**")
        await session.act("lamp/light.brightness", 20, key="key-00001")
        await session.act("lamp/light.brightness", 80, key="key-00002")
        await turn()
        assert screen.wishes["lamp/light.brightness"][0] == 80
        ended = [f for f in screen.of("command") if f["state"] == "failed"]
        assert [(f["key"], f["code"]) for f in ended] == [("key-00001", "replaced")]


async def test_the_rounding_of_a_device_still_fulfils_the_wish() -> None:
    async with World() as world:
        world.puppet.host.announce([lamp()])
        session = await world.session()
        command = await session.act("lamp/light.brightness", 50.0)
        world.puppet.host.report([Fact("lamp/light.brightness", 127 / 255 * 100)])
        world.hub.household.keeping.flush()
        assert (await world.store.command(command.key)).state == "done"  # type: ignore[union-attr]


async def test_what_cannot_be_is_refused_with_words() -> None:
    async with World() as world:
        world.puppet.host.announce([lamp()])
        session = await world.session()
        for path, target, kind in (
            ("lamp/light.on", "yes", BadInput),
            ("lamp/light.brightness", 101, BadInput),
            ("lamp/light.brightness", float("nan"), BadInput),
            ("lamp/light.brightness", True, BadInput),
            ("lamp/thing.online", True, BadInput),
            ("lamp/lock.locked", False, BadInput),
            ("nobody/light.on", True, NotFound),
            ("../etc", True, BadInput),
        ):
            with pytest.raises(kind) as caught:
                await session.act(path, target)
            assert len(caught.value.detail) > 8
        assert world.puppet.taken == []


async def test_links_report_only_their_own_and_only_what_fits() -> None:
    async with World() as world:
        world.puppet.host.announce([lamp()])
        household = world.hub.household
        assert household.report("other", [Fact("lamp/light.on", True)]) != []
        assert len(household.report("puppet", [Fact("lamp/climate.mode", "heat"), Fact("x/light.on", True)])) == 2
        household.report("puppet", [Fact("lamp/light.brightness", 400)])
        assert household.house.readings["lamp/light.brightness"].quality == "bad"
        with pytest.raises(Conflict):
            household.announce("other", [lamp(link="other")])


async def test_rights_hide_what_is_not_yours() -> None:
    async with World() as world:
        world.puppet.host.announce([lamp(), lamp("bedroom")])
        world.puppet.host.report([Fact("lamp/light.on", True), Fact("bedroom/light.on", True)])
        guest = await world.session("noor", "guest")
        with pytest.raises(NotAllowed):
            await guest.act("lamp/light.on", False)  # not known to be at home
        with pytest.raises(NotFound):
            await guest.act("lamp/lock.locked", False)
        _, screen = watch(guest, "**", "@**")
        assert "lamp/light.on" in screen.facts
        assert not [path for path in screen.facts if path.startswith("@")]


async def test_a_change_of_grants_takes_effect_on_open_sockets() -> None:
    async with World() as world:
        world.puppet.host.announce([lamp()])
        world.puppet.host.report([Fact("lamp/light.on", True)])
        nobody = await world.session("noor", "guest")
        _, screen = watch(nobody, "@place/*", "lamp/**")
        await world.hub.household.write("place", "home", {"name": "Home"}, world.context())
        await turn()
        assert "@place/home" not in screen.facts
        await world.grant("person:noor", "read @place/*")
        await turn()
        assert screen.facts["@place/home"][0] == {"name": "Home"}
        await world.hub.household.delete("grant", "g1", world.context())
        await turn()
        assert "@place/home" not in screen.facts
        await world.hub.household.delete("person", "noor", world.context())
        await turn()
        assert screen.closed is not None
        assert screen.closed[0] == 4401


async def test_a_counted_grant_is_used_up() -> None:
    async with World() as world:
        world.puppet.host.announce([lamp()])
        guest = await world.session("noor", "guest")
        await world.grant("person:noor", "act lamp/light.brightness uses 1")
        assert (await guest.act("lamp/light.brightness", 10)).state == "sent"
        with pytest.raises(NotAllowed):
            await guest.act("lamp/light.brightness", 20)


async def test_two_households_in_one_process_hear_nothing_of_each_other() -> None:
    async with World() as one, World() as other:
        one.puppet.host.announce([lamp()])
        other.puppet.host.announce([lamp()])
        _, screen = watch(await other.session(), "**", "@**")
        before = len(screen.frames)
        one.puppet.host.report([Fact("lamp/light.on", True)])
        await one.hub.household.write("place", "home", {"name": "One"}, one.context())
        await (await one.session()).act("lamp/light.on", False)
        await turn(5)
        assert len(screen.frames) == before
        assert "lamp/light.on" not in screen.facts
        assert other.puppet.taken == []


async def test_a_slow_lock_that_took_the_wish_has_time_to_report() -> None:
    from wayhome.core.catalog import Refinement
    from wayhome.core.thing import Thing

    async with World() as world:
        world.puppet.host.announce([Thing("door", "Door", "puppet", "lock", {"lock.locked": Refinement()})])
        session = await world.session()
        _, screen = watch(session, "door/**")
        await session.act("door/lock.locked", True)
        await turn(5)
        world.clock.move(8)  # longer than a lock's time to live of 5 s
        world.hub.household.every_moment()
        assert screen.wishes["door/lock.locked"][0] is True
        world.puppet.host.report([Fact("door/lock.locked", True)])
        await turn()
        assert screen.of("command")[-1]["state"] == "done"
        await session.act("door/lock.locked", False)
        await turn(5)
        world.clock.move(31)
        world.hub.household.every_moment()
        await turn()
        assert screen.of("command")[-1]["state"] == "expired"
