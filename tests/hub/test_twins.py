"""A thing that two links see: whose word counts, where wishes go, and what happens when one of the two leaves."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator

import msgspec
import pytest

from tests.world import MemoryBlobs, MemoryStore, MemoryVault
from wayhome.adapters.catalog_files import load_catalog
from wayhome.adapters.clock_system import SystemClock
from wayhome.adapters.ids_random import RandomIds
from wayhome.core.catalog import Refinement
from wayhome.core.command import Command
from wayhome.core.thing import Thing
from wayhome.core.value import Context, Fact, Value
from wayhome.errors import NotFound
from wayhome.hub.instance import Instance
from wayhome.hub.link import Link, LinkHost, Picture
from wayhome.hub.running import Hub, Ports
from wayhome.hub.session import Identity, Session

pytestmark = pytest.mark.anyio
ON, DIM, EFFECT = "light.on", "light.brightness", "light.effect"


class Nothing(msgspec.Struct, frozen=True):
    """No settings."""


class Side:
    """A link that does nothing by itself; its lamps obey at once."""

    def __init__(self, host: LinkHost, settings: Nothing) -> None:
        self.host = host
        self.done: list[tuple[str, Value]] = []

    async def run(self) -> None:
        self.host.ready()
        await asyncio.Event().wait()

    def lamp(self, id: str, *marks: str, signals: tuple[str, ...] = (ON, DIM)) -> None:
        self.host.announce([Thing(id, id, self.host.id, "light", {s: Refinement() for s in signals}, marks=marks)])
        self.host.online([id], True)

    def say(self, path: str, value: Value) -> list[str]:
        return self.host.report([Fact(path, value)])

    async def execute(self, command: Command) -> None:
        self.done.append((command.path, command.target))
        self.say(command.path, command.target)

    async def picture(self, thing_id: str) -> Picture:
        raise NotFound("no picture")


@contextlib.asynccontextmanager
async def house() -> AsyncIterator[tuple[Hub, Session, Side, Side]]:
    """A hub with a far link and a near one."""
    clock = SystemClock()
    ids = RandomIds(clock)
    kinds = {"far": Link("far", "Far", Nothing, Side), "near": Link("near", "Near", Nothing, Side, hops=1)}
    ports = Ports(MemoryStore(), MemoryBlobs(), MemoryVault(), clock, ids)
    async with Hub(load_catalog(), ports, {}, kinds) as hub:
        context = Context(ids.ulid(), "test")
        found = [await hub.links.add(kind, kind, {}, {}, context) for kind in ("far", "near")]
        await asyncio.sleep(0)
        for one in found:
            assert isinstance(one.run, Side)
        yield hub, hub.open_session(Identity("person:ada", "owner", "ada")), *(one.run for one in found)  # type: ignore[misc]


def value(hub: Hub, path: str) -> Value:
    found = hub.household.house.readings.get(path)
    return None if found is None else found.value


async def done(hub: Hub, session: Session, path: str, target: Value) -> None:
    command = await session.act(path, target)
    for _ in range(200):
        if command.key not in hub.household.house.open:
            break
        await asyncio.sleep(0.005)
    assert hub.household.wishes._recent[command.key].state == "done", path


async def test_the_nearer_speaks_and_the_other_takes_over() -> None:
    async with house() as (hub, session, far, near):
        far.lamp("lamp", "a", signals=(ON, DIM, EFFECT))
        far.say(f"lamp/{ON}", False)
        far.say(f"lamp/{EFFECT}", "blink")
        near.lamp("lamp-2", "a", "b")
        assert set(hub.household.house.things) == {"lamp"}
        assert set(near.host.things()) == {"lamp-2"} and "lamp-2" in near.host.taken()

        near.say(f"lamp-2/{ON}", True)
        assert value(hub, f"lamp/{ON}") is True
        far.say(f"lamp/{ON}", False)  # a little behind
        assert value(hub, f"lamp/{ON}") is True
        assert far.say("other/light.on", True)  # still refused, as before

        await done(hub, session, f"lamp/{DIM}", 40.0)
        assert near.done == [(f"lamp-2/{DIM}", 40.0)] and far.done == []
        # What only the far one can do goes to it, and its word on that counts.
        await done(hub, session, f"lamp/{EFFECT}", "okay")
        assert far.done == [(f"lamp/{EFFECT}", "okay")] and value(hub, f"lamp/{EFFECT}") == "okay"

        near.host.online(["lamp-2"], False)
        assert value(hub, "lamp/thing.online") is True
        assert value(hub, f"lamp/{ON}") is False, "what the other said last"
        await done(hub, session, f"lamp/{ON}", True)
        assert far.done[-1] == (f"lamp/{ON}", True)
        far.host.online(["lamp"], False)
        assert value(hub, "lamp/thing.online") is False
        near.host.online(["lamp-2"], True)
        assert value(hub, "lamp/thing.online") is True


async def test_who_stood_behind_comes_forth() -> None:
    async with house() as (hub, session, far, near):
        far.lamp("lamp", "a")
        near.lamp("lamp-2", "a")
        near.say(f"lamp-2/{ON}", True)
        far.host.withdraw(["lamp"])
        assert set(hub.household.house.things) == {"lamp-2"}
        assert value(hub, f"lamp-2/{ON}") is True and value(hub, "lamp-2/thing.online") is True
        await done(hub, session, f"lamp-2/{ON}", False)
        # And the other way round: the near one leaves, nothing is seen of it.
        far.lamp("lamp", "a")
        assert set(hub.household.house.things) == {"lamp-2"} and hub.twins.found() == {"lamp-2": ["near", "far"]}
        far.host.withdraw(["lamp"])
        assert hub.twins.found() == {}
        assert set(hub.household.house.things) == {"lamp-2"}


async def test_a_link_that_is_removed() -> None:
    async with house() as (hub, _, far, near):
        far.lamp("lamp", "a")
        near.lamp("lamp-2", "a")
        await hub.links.remove("near", Context("x", "test"))
        assert set(hub.household.house.things) == {"lamp"} and hub.twins.found() == {}
        assert value(hub, "lamp/thing.online") is True


async def test_an_owner_s_word_outweighs_marks() -> None:
    async with house() as (hub, _, far, near):
        far.lamp("lamp", "a")
        near.lamp("lamp-2", "a")
        context = Context("x", "test")
        await hub.twins.set_apart("lamp", True, context)
        assert set(hub.household.house.things) == {"lamp", "lamp-2"}
        # Also when they describe themselves anew, in whichever order.
        far.lamp("lamp", "a", signals=(ON,))
        near.lamp("lamp-2", "a", signals=(ON,))
        far.lamp("lamp", "a")
        assert set(hub.household.house.things) == {"lamp", "lamp-2"}
        await hub.twins.set_apart("lamp", False, context)
        assert len(hub.household.house.things) == 1
        with pytest.raises(NotFound):
            await hub.twins.set_apart("nothing", True, context)


async def test_what_is_not_the_same() -> None:
    async with house() as (hub, _, far, near):
        far.lamp("lamp", "a")
        far.lamp("twin", "a")
        near.lamp("near-lamp", "a")
        assert len(hub.household.house.things) == 3, "a mark of several says of none which it is"
        far.lamp("meter", "m", signals=("switch.on",))
        near.lamp("bulb", "m")
        assert "bulb" in hub.household.house.things, "nothing in common"
        near.lamp("plain")
        assert "plain" in hub.household.house.things
        far.lamp("one", "x", "y")
        near.lamp("first", "x")
        near.lamp("second", "y")
        assert "first" not in hub.household.house.things and "second" in hub.household.house.things
        assert isinstance(hub.links.find("near"), Instance)
