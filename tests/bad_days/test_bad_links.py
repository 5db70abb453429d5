"""Links that lie, hang, crash in odd ways and never stop talking: the household goes on, and says what is wrong."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bad_days import virtual_time
from tests.bad_days.simulator import SkewedClock
from tests.core.strategies import hostile
from tests.hub.outlet import watch
from tests.world import CAR, MemoryBlobs, MemoryStore, MemoryVault, PuppetConfig, SeededIds, car, lamp
from wayhome.core.catalog import Catalog
from wayhome.core.command import Command
from wayhome.core.decide import MAX_THINGS
from wayhome.core.thing import Thing
from wayhome.core.traits import SIGNALS
from wayhome.core.value import Context, Fact, Value
from wayhome.errors import AuthNeeded, BadInput, Conflict, NotFound, Refused, TooMany, Unreachable
from wayhome.hub import supervisor
from wayhome.hub.link import Link, LinkHost, Picture
from wayhome.hub.running import Hub, Ports
from wayhome.hub.session import Identity, Session

CATALOG = Catalog((*SIGNALS, *CAR))


class Unspeakable(Exception):
    """One that can't even be turned into text."""

    def __str__(self) -> str:
        raise RuntimeError("no words")


class Actor:
    """A link that does what the test says, as often as it is started."""

    def __init__(self, host: LinkHost) -> None:
        self.host = host
        self.starts = 0
        self.plays: Callable[[Actor], Awaitable[None]] = Actor.stay
        self.executes: Callable[[Command], Awaitable[None]] | None = None
        self.executed: list[Command] = []

    async def run(self) -> None:
        self.starts += 1
        await self.plays(self)

    async def stay(self) -> None:
        self.host.announce([lamp(link=self.host.id), car(link=self.host.id)])
        self.host.ready()
        await asyncio.Event().wait()

    async def execute(self, command: Command) -> None:
        self.executed.append(command)
        if self.executes is not None:
            await self.executes(command)

    async def picture(self, thing_id: str) -> Picture:
        raise NotFound("no camera here")


class House:
    """A hub on virtual time with one or more such links."""

    def __init__(self) -> None:
        self.store = MemoryStore()
        self.clock = SkewedClock()
        kinds = {"actor": Link("actor", "Actor", PuppetConfig, lambda host, config: Actor(host))}
        ports = Ports(self.store, MemoryBlobs(), MemoryVault(), self.clock, SeededIds())
        self.hub = Hub(CATALOG, ports, {}, kinds)

    async def __aenter__(self) -> House:
        await self.hub.__aenter__()
        await self.hub.household.write("person", "anna", {"name": "Anna", "role": "owner"}, Context("c", "test"))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.hub.__aexit__()

    async def link(self, plays: Callable[[Actor], Awaitable[None]] = Actor.stay, name: str = "Puppet") -> Actor:
        instance = await self.hub.links.add("actor", name, {}, {}, Context("c", "test"))
        actor = instance.run
        assert isinstance(actor, Actor)
        actor.plays = plays
        await asyncio.sleep(0)
        return actor

    def status(self, id: str = "puppet") -> Any:
        return self.hub.links.find(id).status

    def owner(self) -> Session:
        return self.hub.open_session(Identity("person:anna", "owner", "anna"))


def play(story: Callable[[House], Awaitable[None]]) -> None:
    """Run a story in a house of its own."""

    async def whole() -> None:
        async with House() as house:
            await story(house)

    virtual_time.run(whole())


ENDS: dict[str, Callable[[], BaseException]] = {
    "a bug": lambda: ZeroDivisionError("division by zero"),
    "an exit": lambda: SystemExit(3),
    "a cancellation that leaked": lambda: asyncio.CancelledError("inner"),
    "the end of a generator": lambda: GeneratorExit(),
    "no words": lambda: Unspeakable(),
    "half a letter": lambda: ValueError("\ud800" * 10),
    "ten megabytes": lambda: ValueError("x" * 10_000_000),
    "out of memory": lambda: MemoryError(),
    "too deep": lambda: RecursionError("too deep"),
    "several bugs": lambda: ExceptionGroup("group", [ValueError("one"), Unreachable("two")]),
    "an assertion": lambda: AssertionError(),
}


@pytest.mark.parametrize("end", ENDS, ids=lambda name: name.replace(" ", "-"))
def test_whatever_a_link_ends_with_it_is_tried_again_then_parked(end: str) -> None:
    async def story(house: House) -> None:
        async def plays(actor: Actor) -> None:
            raise ENDS[end]()

        other = await house.link(_only_ready, name="Other")
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


def test_a_link_speaks_only_for_itself() -> None:
    async def story(house: House) -> None:
        actor = await house.link()
        await asyncio.sleep(0.1)
        await house.link(_only_ready, "Liar")
        liar = house.hub.links.find("liar").run
        assert isinstance(liar, Actor)
        actor.host.online(["lamp"], True)
        actor.host.report([Fact("lamp/light.on", True)])
        refused = liar.host.report(
            [
                Fact("lamp/light.on", False),
                Fact("lamp/thing.online", False),
                Fact("hub/hub.info", {"name": "Evil"}),
                Fact("@person/anna", {"role": "guest"}),
                Fact("nobody/light.on", True),
            ]
        )
        assert len(refused) == 5
        for thing in (
            lamp(link="liar"),
            lamp(link="puppet"),
            Thing("hub", "Hub", "liar", "hub", {}),
            Thing("../x", "X", "liar", "x", {}),
            Thing("spy", "Spy", "liar", "car", {"driving.state": CATALOG.signal("light.on")}),  # type: ignore[dict-item]
            Thing("spy", "", "liar", "x", {}),
            Thing("spy", "Spy", "liar", "x", {"no such": CATALOG.signal("light.on")}),  # type: ignore[dict-item]
        ):
            with pytest.raises((BadInput, Conflict)):
                liar.host.announce([thing])
        liar.host.withdraw(["nothing"])
        with pytest.raises(Conflict):
            liar.host.withdraw(["lamp"])
        liar.host.online(["lamp"], False)
        session = house.owner()
        assert session.read(["lamp/light.on"])["lamp/light.on"][0] is True
        assert session.read(["lamp/thing.online"])["lamp/thing.online"][0] is True
        actor.host.report([Fact("car/Vehicle.Speed", 80.0), Fact("car/driving.state", "parked")])
        assert session.read(["car/driving.state"])["car/driving.state"][0] == "moving"

    play(story)


async def _only_ready(actor: Actor) -> None:
    actor.host.ready()
    await asyncio.Event().wait()


PATHS = ["lamp/light.on", "lamp/light.brightness", "car/Vehicle.Speed", "lamp/thing.online", "car/thing.online"]
facts = st.builds(
    Fact,
    st.sampled_from(PATHS) | st.text(max_size=12),
    hostile,
    st.none() | st.floats() | st.just(10**400),
    st.sampled_from(["good", "stale", "unreachable", "bad"]),
)


@settings(max_examples=40)
@given(st.lists(st.lists(facts, max_size=6), max_size=6))
def test_whatever_a_link_reports_the_good_counts_and_the_rest_is_refused(batches: list[list[Fact]]) -> None:
    async def story(house: House) -> None:
        actor = await house.link()
        await asyncio.sleep(0.1)
        _, screen = watch(house.owner(), "**")
        _, binary = watch(house.owner(), "**", format="msgpack", rate=None)
        await asyncio.sleep(0.1)
        for number, batch in enumerate(batches):
            at = house.clock.now()
            refused = actor.host.report([*batch, Fact("lamp/light.brightness", float(number))])
            assert all(isinstance(sentence, str) and len(sentence) < 1_000 for sentence in refused)
            shown = house.owner().read(["lamp/**"])["lamp/light.brightness"]
            assert shown[0] == number
            assert shown[1] == at
            await asyncio.sleep(0.2)
        assert screen.facts == binary.facts == house.owner().read(["**"])
        assert house.status().state == "connected"

    play(story)


def test_ten_megabytes_of_text_are_refused() -> None:
    async def story(house: House) -> None:
        actor = await house.link()
        await asyncio.sleep(0.1)
        assert actor.host.report([Fact("lamp/light.effect", "x" * 10_000_000)])
        _, screen = watch(house.owner(), "**")
        before = sum(len(str(frame)) for frame in screen.frames)
        long: Value = "x" * 10_000_000
        odd: list[Value] = [long, [long], {"a": long}]
        for value in odd:
            actor.host.report([Fact("lamp/light.on", value), Fact("lamp/light.brightness", value)])
        await asyncio.sleep(0.5)
        after = sum(len(str(frame)) for frame in screen.frames)
        assert after - before < 100_000

    play(story)


def test_a_link_that_announces_too_much_is_told_so_and_the_house_stands() -> None:
    async def story(house: House) -> None:
        async def plays(actor: Actor) -> None:
            actor.host.announce(lamp(f"lamp-{number}", "puppet") for number in range(MAX_THINGS + 1))
            actor.host.ready()
            await asyncio.Event().wait()

        await house.link(name="Other")
        await house.link(plays)
        await asyncio.sleep(0.5)
        assert len(house.hub.household.house.things) == MAX_THINGS
        assert house.status().state == "waiting"
        assert str(MAX_THINGS) in house.status().detail
        with pytest.raises(TooMany):
            house.hub.links.find("other").announce([lamp("one-more", "other")])
        await house.hub.links.remove("puppet", Context("c", "test"))
        assert set(house.hub.household.house.things) == {"lamp", "car"}
        house.hub.links.find("other").announce([lamp("one-more", "other")])

    play(story)


def test_garbage_instead_of_things_and_facts_crashes_the_link_not_the_hub() -> None:
    garbage: list[Any] = [None, 5, "lamp", b"x", [Fact], [None], {"a": 1}, [Fact(None, 1)], [Fact(7, 1)]]  # type: ignore[arg-type]

    async def story(house: House) -> None:
        actor = await house.link()
        await asyncio.sleep(0.1)
        for wrong in garbage:
            for call in (actor.host.announce, actor.host.report, actor.host.withdraw):
                try:
                    call(wrong)
                except Exception as error:
                    assert not isinstance(error, MemoryError)
        actor.host.report([Fact("lamp/light.on", True)])
        assert house.owner().read(["lamp/light.on"])["lamp/light.on"][0] is True
        house.hub.household.every_moment()
        await asyncio.sleep(5)
        assert house.status().state == "connected"

    play(story)


def test_garbage_in_a_report_costs_only_itself() -> None:
    async def story(house: House) -> None:
        actor = await house.link()
        await asyncio.sleep(0.1)
        wrong: Any = [Fact("lamp/light.on", True), Fact(None, 1), None, Fact("lamp/light.brightness", 7.0)]  # type: ignore[arg-type]
        assert len(actor.host.report(wrong)) == 2
        await asyncio.sleep(1)
        saved = {reading.path: reading.value for reading in (await house.store.load()).readings}
        assert (saved["lamp/light.on"], saved["lamp/light.brightness"]) == (True, 7.0)

    play(story)


def test_words_of_a_refusal_can_be_anything() -> None:
    async def story(house: House) -> None:
        actor = await house.link()
        await asyncio.sleep(0.1)

        async def refuse(command: Command) -> None:
            raise Refused("\ud800" + "x" * 10_000_000)

        actor.executes = refuse
        session = house.owner()
        _, screen = watch(session, "**")
        await session.act("lamp/light.on", True)
        await asyncio.sleep(0.2)
        last = screen.of("command")[-1]
        assert (last["state"], last["code"]) == ("failed", "refused")
        assert len(last["why"]) <= 500
        actor.host.note("\udfff" + "y" * 1_000)
        assert sys.getsizeof(house.status().detail) < 2_000

    play(story)
