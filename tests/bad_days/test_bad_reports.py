"""What a link reports: only its own, only what can be, and the good counts whatever else comes along."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.bad_days.acting import CATALOG, Actor, House, only_ready, play
from tests.core.strategies import hostile
from tests.hub.outlet import watch
from tests.world import lamp
from wayhome.core.command import Command
from wayhome.core.decide import MAX_THINGS
from wayhome.core.thing import Thing
from wayhome.core.value import Context, Fact, Value
from wayhome.errors import BadInput, Conflict, Refused, TooMany


def test_a_link_speaks_only_for_itself() -> None:
    async def story(house: House) -> None:
        actor = await house.link()
        await asyncio.sleep(0.1)
        await house.link(only_ready, "Liar")
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
