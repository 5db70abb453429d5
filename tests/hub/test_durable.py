"""What is acknowledged is on the disk, whoever asks twice, goes away meanwhile, or meets a hub that restarts."""

from __future__ import annotations

import asyncio

import pytest

from tests.hub.outlet import watch
from tests.hub.test_flow import turn
from tests.world import World, lamp
from wayhome.core.catalog import Refinement
from wayhome.core.clock import Stamp
from wayhome.core.command import Command
from wayhome.core.record import write
from wayhome.core.thing import Thing
from wayhome.errors import BadInput, Expired, NotAllowed, StoreError
from wayhome.hub.ports import CommandRow

pytestmark = pytest.mark.anyio
BELL = Thing("bell", "Bell", "puppet", "button", {"button.press": Refinement()})


async def test_who_asks_again_hears_no_sooner_than_who_asked_first() -> None:
    async with World() as world:
        world.puppet.host.announce([lamp()])
        session = await world.session()
        world.store.held = []
        asks = [asyncio.create_task(session.act("lamp/light.on", True, key="key-00001")) for _ in range(2)]
        await turn()
        assert not any(ask.done() for ask in asks)
        world.store.release()
        assert {(await ask).state for ask in asks} == {"sent"}
        await turn()
        assert len(world.puppet.taken) == 1


async def test_both_hear_that_the_disk_is_full_and_the_key_is_free_again() -> None:
    async with World() as world:
        world.puppet.host.announce([lamp()])
        session = await world.session()
        world.store.held = []
        asks = [asyncio.create_task(session.act("lamp/light.on", True, key="key-00001")) for _ in range(2)]
        await turn()
        world.store.full = True
        world.store.release()
        for ask in asks:
            with pytest.raises(StoreError):
                await ask
        world.store.full, world.store.held = False, None
        assert (await session.act("lamp/light.on", True, key="key-00001")).state == "sent"


async def test_a_wish_goes_on_when_who_asked_has_gone() -> None:
    async with World() as world:
        world.puppet.host.announce([lamp()])
        session = await world.session()
        world.store.held = []
        ask = asyncio.create_task(session.act("lamp/light.on", True, key="key-00001"))
        await turn()
        ask.cancel()
        await turn()
        world.store.release()
        world.store.held = None
        await turn()
        assert [command.key for command in world.puppet.taken] == ["key-00001"]
        assert (await session.act("lamp/light.on", True, key="key-00001")).state == "sent"


async def test_a_record_whose_writer_has_gone_is_the_same_in_memory_and_on_the_disk() -> None:
    async with World() as world:
        _, screen = watch(await world.session(), "@place/*")
        world.store.held = []
        task = asyncio.create_task(world.hub.household.write("place", "home", {"name": "Home"}, world.context()))
        await turn()
        task.cancel()
        await turn()
        assert "@place/home" not in screen.facts
        world.store.release()
        await turn()
        assert world.hub.household.records("place")["home"].values() == {"name": "Home"}
        assert screen.facts["@place/home"][0] == {"name": "Home"}


async def test_records_that_could_not_be_kept_do_not_count() -> None:
    async with World() as world:
        household = world.hub.household
        await household.write("place", "home", {"name": "Home"}, world.context())
        guest = await world.session("noor", "guest")
        world.store.held = []
        writes = [
            asyncio.create_task(household.write("place", "home", {"name": name}, world.context()))
            for name in ("One", "Two")
        ]
        writes.append(asyncio.create_task(world.grant("person:noor", "read @place/*")))
        await turn()
        world.hub.sessions.rejudge()
        world.store.full = True
        world.store.release()
        for task in writes:
            with pytest.raises(StoreError):
                await task
        assert household.records("place")["home"].values() == {"name": "Home"}
        assert household.records("grant") == {}
        assert not guest.may("read", "@place/home")


async def test_a_record_of_another_site_is_acknowledged_when_it_is_on_the_disk_also_the_second_time() -> None:
    async with World() as world:
        household = world.hub.household
        there = write(None, "place", "home", {"name": "Home"}, Stamp(int(world.clock.at * 1000), 0, "car"))
        world.store.held = []
        takes = [asyncio.create_task(household.receive(there, world.context())) for _ in range(2)]
        await turn()
        assert not any(take.done() for take in takes)
        world.store.release()
        for take in takes:
            await take


async def test_a_press_that_a_restart_cut_off_is_neither_done_nor_sent_again() -> None:
    async with World() as world:
        world.puppet.host.announce([BELL])
        command = await (await world.session()).act("bell/button.press", True)
        disk = list(world.store.disk)
    async with World(disk=disk) as after:
        await turn(5)
        after.hub.household.keeping.flush()
        ended = await after.store.command(command.key)
        assert ended is not None
        assert (ended.state, ended.code) == ("failed", "interrupted")
        assert after.puppet.taken == []


@pytest.mark.parametrize(("later", "taken"), [(2.0, [20]), (8.0, [])])
async def test_a_wish_of_before_a_restart_is_worth_no_more_where_the_clock_was_set_back(
    later: float, taken: list[int]
) -> None:
    async with World() as world:
        world.puppet.host.announce([lamp()])
        await (await world.session()).act("lamp/light.brightness", 20, ttl=5)
        disk = list(world.store.disk)
    after = World(disk=disk)
    after.clock.move(later)
    after.clock.move(-30)
    async with after:
        after.puppet.host.announce([lamp()])
        await turn(5)
        assert [command.target for command in after.puppet.taken] == taken


async def test_a_key_stands_for_one_wish_also_when_the_clock_was_a_day_ahead_meanwhile() -> None:
    async with World() as world:
        world.puppet.host.announce([BELL])
        session = await world.session()
        await session.act("bell/button.press", True, key="key-00001")
        await turn()
        world.clock.move(90_000)
        world.hub.household.every_moment()
        world.clock.move(-90_000)
        assert (await session.act("bell/button.press", True, key="key-00001")).state == "done"
        await turn()
        assert len(world.puppet.taken) == 1


async def test_a_key_stands_for_one_wish_also_when_the_clock_is_set_by_days_after_a_restart() -> None:
    async with World() as world:
        world.puppet.host.announce([BELL])
        await (await world.session()).act("bell/button.press", True, key="key-00001")
        await turn()
        assert len(world.puppet.taken) == 1
    async with World(disk=world.store.disk) as again:
        again.puppet.host.announce([BELL])
        again.clock.at = world.clock.at + 3 * 86_400  # it was behind for as long as the machine was off
        again.hub.household.every_moment()
        assert (await (await again.session()).act("bell/button.press", True, key="key-00001")).state == "done"
        await turn()
        assert again.puppet.taken == []


async def test_a_key_whose_wish_was_let_go_on_the_disk_is_no_new_wish() -> None:
    async with World() as world:
        world.puppet.host.announce([BELL])
        session = await world.session()
        await session.act("bell/button.press", True, key="key-00001")
        await turn()
    async with World(disk=world.store.disk) as again:
        again.puppet.host.announce([BELL])
        again.store.disk[:] = [row for row in again.store.disk if not isinstance(row, CommandRow)]
        session = await again.session()
        with pytest.raises(Expired):
            await session.act("bell/button.press", True, key="key-00001", until=world.clock.at + 5)
        await turn()
        assert again.puppet.taken == []


async def test_a_wish_that_was_replaced_before_it_went_out_is_not_sent() -> None:
    async with World() as world:
        world.puppet.host.announce([lamp()])
        session = await world.session()
        await session.act("lamp/light.brightness", 20, key="key-00001")
        await session.act("lamp/light.brightness", 80, key="key-00002")
        await turn()
        assert [command.target for command in world.puppet.taken] == [80]


async def test_a_key_uses_up_a_counted_grant_once_however_often_it_is_sent() -> None:
    async with World() as world:
        world.puppet.host.announce([lamp()])
        guest = await world.session("noor", "guest")
        await world.grant("person:noor", "act lamp/light.brightness uses 2")
        world.store.held = []
        asks = [asyncio.create_task(guest.act("lamp/light.brightness", 10, key="key-00001")) for _ in range(3)]
        await turn()
        for _ in range(3):
            world.store.release()
            await turn(6)
        assert {(await ask).state for ask in asks} == {"sent"}
        world.store.held = None
        assert len(world.puppet.taken) == 1
        with pytest.raises(BadInput):
            await guest.act("lamp/light.brightness", 1_000)  # what can't be costs nothing
        assert world.hub.household.records("grant")["g1"].values()["uses"] == 1


async def test_two_wishes_at_once_do_not_share_one_use() -> None:
    async with World() as world:
        world.puppet.host.announce([lamp()])
        guest = await world.session("noor", "guest")
        await world.grant("person:noor", "act lamp/light.brightness uses 1")
        asks = [guest.act("lamp/light.brightness", level) for level in (10, 20)]
        ends = await asyncio.gather(*asks, return_exceptions=True)
        assert [type(end) for end in ends] == [Command, NotAllowed]


async def test_a_grant_that_is_being_taken_away_gives_nothing_any_more() -> None:
    async with World() as world:
        world.puppet.host.announce([lamp()])
        guest = await world.session("noor", "guest")
        await world.grant("person:noor", "act lamp/light.brightness uses 2")
        world.store.held = []
        revoked = asyncio.create_task(world.hub.household.delete("grant", "g1", world.context()))
        await turn()
        with pytest.raises(NotAllowed):
            await guest.act("lamp/light.brightness", 10)
        world.store.release()
        await revoked
