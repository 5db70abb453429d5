"""Running scenes and undoing them: with the runner's rights, whatever one thing does, and only what is still so."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.features.scenes.house import CHARGING, COOLED, WARMTH, House, house, made
from tests.features.scenes.test_scenes_made import _drive
from wayhome.errors import BadInput, Conflict, Expired, NotAllowed, TooMany, Unreachable
from wayhome.features.scenes.model import UNDO, last
from wayhome.hub.ports import CommandRow, Row

pytestmark = pytest.mark.anyio

FILM: dict[str, Any] = {
    "lamp": {"light.on": True, "light.brightness": 10, "light.hue": 20, "light.saturation": 80},
    "hall": {"light.on": False},
    "heater": {"climate.target_temperature": 19.5},
    "gate": {"cover.state": "closed"},
    "door": {"lock.locked": True},
    "car": {COOLED: False, WARMTH: 18, CHARGING + "IsCharging": True},
}


def states(answer: Any) -> dict[str, str]:
    return {f"{outcome.thing}/{outcome.signal}": outcome.state for outcome in answer.outcomes}


async def test_run_and_undo() -> None:
    async with house() as it:
        anna = await it.world.session()
        await made(anna, "Film", **FILM)
        ran = await anna.call("scenes.run", {"scene": "Film"})
        assert states(ran) == {
            "lamp/light.on": "same", "lamp/light.brightness": "done", "lamp/light.hue": "done",
            "lamp/light.saturation": "done", "hall/light.on": "same", "heater/climate.target_temperature": "done",
            "gate/cover.state": "done", "door/lock.locked": "done", f"car/{COOLED}": "done", f"car/{WARMTH}": "done",
            f"car/{CHARGING}IsCharging": "done",
        }  # fmt: skip
        assert it.taken[f"car/{CHARGING}StartStopCharging"] == "START" and it.taken["gate/cover.close"] is True
        it.say({"lamp/light.color_temp": None})  # it shows a colour now
        undone = await anna.call("scenes.undo", {"scene": "Film", "run": ran.run})
        assert it.value("lamp/light.brightness") == 40 and it.value("lamp/light.color_temp") == 2700
        assert it.value("heater/climate.target_temperature") == 21 and it.value(f"car/{COOLED}") is True
        assert it.value(f"car/{WARMTH}") == 22 and it.value(f"car/{CHARGING}IsCharging") is False
        # What was open before stays shut: nothing is opened or unlocked by undoing.
        assert it.value("gate/cover.state") == "closed" and it.value("door/lock.locked") is True
        assert "gate/cover.open" not in it.taken and set(states(undone).values()) <= {"done", "same"}
        with pytest.raises(Conflict, match="undone already"):
            await anna.call("scenes.undo", {"scene": "Film"})


async def test_every_effect_names_its_cause() -> None:
    async with house() as it:
        anna = await it.world.session()
        await made(anna, "Film", heater={"climate.target_temperature": 19.5})
        await anna.call("scenes.run", {"scene": "Film"})
        why = await anna.call("home.why", {"path": "heater/climate.target_temperature"})
        assert [(line.what, line.name) for line in why.lines] == [
            ("reported", "Puppet"), ("wished", "Anna"), ("SceneRan", "Anna")
        ]  # fmt: skip
        await anna.call("scenes.undo", {"scene": "Film"})
        why = await anna.call("home.why", {"path": "heater/climate.target_temperature"})
        assert [line.what for line in why.lines] == ["reported", "wished", "SceneUndone", "SceneRan"]


async def test_what_fails_stops_none_of_the_others() -> None:
    async with house() as it:
        anna = await it.world.session()
        await made(anna, "Film", **FILM)
        it.wrong["heater"] = Unreachable("the heater does not answer")
        it.deaf.add("door")
        it.world.puppet.host.withdraw(["hall"])
        ran = await anna.call("scenes.run", {"scene": "Film"})
        told = states(ran)
        assert told["heater/climate.target_temperature"] == "failed" and told["door/lock.locked"] == "sent"
        assert told["hall/light.on"] == "failed" and told["lamp/light.brightness"] == "done"
        by = {outcome.thing: (outcome.code, outcome.why, outcome.name) for outcome in ran.outcomes}
        assert by["heater"][:2] == ("unreachable", "the heater does not answer")
        assert by["hall"] == ("not_found", "it is not there any more", "Hall lamp")
        it.world.clock.move(60)
        it.world.hub.household.every_moment()
        shown = await anna.call("scenes.show", {"scene": "Film"})
        assert {part.thing: part.there for part in shown.parts}["hall"] is False
        later = {outcome.thing: (outcome.state, outcome.code) for outcome in shown.last.outcomes}
        assert later["door"] == ("failed", "expired") and later["heater"] == ("failed", "unreachable")
        assert later["hall"] == ("failed", "not_found")


async def test_undo_leaves_what_somebody_else_changed() -> None:
    async with house() as it:
        anna, ben = await it.world.session(), await it.world.session("ben", "member")
        await made(anna, "Film", **FILM)
        await anna.call("scenes.run", {"scene": "Film"})
        await ben.act("lamp/light.brightness", 90)
        await ben.act(f"car/{WARMTH}", 25)
        await asyncio.sleep(0.01)
        undone = states(await anna.call("scenes.undo", {"scene": "Film"}))
        assert it.value("lamp/light.brightness") == 90 and undone["lamp/light.brightness"] == "changed"
        assert it.value(f"car/{WARMTH}") == 25 and it.value(f"car/{COOLED}") is True
        assert it.value("heater/climate.target_temperature") == 21


async def test_undone_before_the_devices_have_reported() -> None:
    async with house() as it:
        anna = await it.world.session()
        await made(anna, "Film", heater={"climate.target_temperature": 19.5})
        it.deaf.add("heater")
        assert states(await anna.call("scenes.run", {"scene": "Film"})) == {"heater/climate.target_temperature": "sent"}
        it.deaf.clear()
        await anna.call("scenes.undo", {"scene": "Film"})
        assert it.taken["heater/climate.target_temperature"] == 21


async def test_run_twice_at_once_and_undone_once() -> None:
    async with house() as it:
        anna, ben = await it.world.session(), await it.world.session("ben", "member")
        await made(anna, "Film", **FILM)
        answers = await asyncio.gather(*(who.call("scenes.run", {"scene": "Film"}) for who in (anna, ben, anna)))
        assert len({answer.run for answer in answers}) == 3
        await anna.call("scenes.run", {"scene": "Film"})
        await anna.call("scenes.undo", {"scene": "Film"})
        assert it.value("heater/climate.target_temperature") == 21 and it.value("lamp/light.brightness") == 40


async def test_asked_again_with_one_key_it_is_one_run() -> None:
    async with house() as it:
        anna = await it.world.session()
        await made(anna, "Film", heater={"climate.target_temperature": 19.5})
        asked = {"scene": "Film", "key": "tap-0001"}
        one, other = await asyncio.gather(anna.call("scenes.run", asked), anna.call("scenes.run", asked))
        third = await anna.call("scenes.run", asked)
        assert one.run == other.run == third.run and states(third) == {"heater/climate.target_temperature": "done"}
        assert len(it.world.puppet.taken) == 1
        with pytest.raises(Expired):
            await anna.call("scenes.run", {"scene": "Film", "until": it.world.clock.now() - 1})


async def test_an_undo_whose_answer_got_lost_is_asked_for_again() -> None:
    async with house() as it:
        anna, ben = await it.world.session(), await it.world.session("ben", "member")
        await made(anna, "Film", heater={"climate.target_temperature": 19.5})
        await anna.call("scenes.run", {"scene": "Film"})
        asked = {"scene": "Film", "key": "undo-0001", "ttl": 20.0}
        first = await anna.call("scenes.undo", asked)
        assert states(first)["heater/climate.target_temperature"] == "done"
        assert (await anna.call("scenes.undo", asked)).outcomes == []
        with pytest.raises(Conflict):
            await ben.call("scenes.undo", asked)
        await anna.call("scenes.run", {"scene": "Film"})
        assert states(await anna.call("scenes.undo", asked))["heater/climate.target_temperature"] == "done"
        with pytest.raises(Expired):
            await anna.call("scenes.undo", {"scene": "Film", "until": it.world.clock.now()})


async def test_with_the_rights_of_who_runs_it() -> None:
    async with house() as it:
        await made(await it.world.session(), "Film", **FILM)
        child = await it.world.session("kim", "child")
        shown = await child.call("scenes.show", {"scene": "Film"})
        assert {part.thing for part in shown.parts} == {"lamp", "hall", "heater", "gate", "car"}  # no locks for a child
        ran = states(await child.call("scenes.run", {"scene": "Film"}))
        assert ran["lamp/light.brightness"] == "done" and ran["heater/climate.target_temperature"] == "failed"
        assert "door/lock.locked" not in ran and it.value("door/lock.locked") is False
        await made(await it.world.session(), "Shut", door={"lock.locked": True})
        with pytest.raises(NotAllowed, match="nothing in Shut"):
            await child.call("scenes.run", {"scene": "Shut"})
        guest = await it.world.session("gus", "guest")
        with pytest.raises(NotAllowed):  # a guest who is not at home
            await guest.call("scenes.run", {"scene": "Film"})


async def test_who_drives_runs_and_holds_for_what_locks() -> None:
    async with house() as it:
        await made(await it.world.session(), "Leave", **FILM)
        await _drive(it)
        driver = await it.world.session(seat="driver", car="car")
        ran = states(await driver.call("scenes.run", {"scene": "Leave"}))
        assert ran["door/lock.locked"] == "failed" and ran["lamp/light.brightness"] == "done"
        assert ran[f"car/{CHARGING}IsCharging"] == "failed"  # for when it is parked
        held = states(await driver.call("scenes.run", {"scene": "Leave", "held": True}))
        assert held["door/lock.locked"] == "done"


async def test_undo_is_offered_for_a_while_only() -> None:
    async with house() as it:
        anna = await it.world.session()
        await made(anna, "Film", heater={"climate.target_temperature": 19.5})
        ran = await anna.call("scenes.run", {"scene": "Film"})
        assert ran.undo_until == ran_at(it) + UNDO
        it.world.clock.move(UNDO)
        with pytest.raises(Conflict, match="too long ago"):
            await anna.call("scenes.undo", {"scene": "Film"})
        assert (await anna.call("scenes.show", {"scene": "Film"})).last.undo_until is None


def ran_at(it: House) -> float:
    rows = [row.command for row in it.world.store.disk if isinstance(row, CommandRow)]
    return rows[0].at


async def test_a_run_is_undone_after_a_restart() -> None:
    disk: list[Row] = []
    async with house(disk) as it:
        anna = await it.world.session()
        await made(anna, "Film", **FILM)
        await anna.call("scenes.run", {"scene": "Film"})
    async with house(disk) as it:
        it.say({"heater/climate.target_temperature": 19.5, "lamp/light.brightness": 77})
        anna = await it.world.session()
        undone = states(await anna.call("scenes.undo", {"scene": "Film"}))
        assert it.value("heater/climate.target_temperature") == 21 and undone["lamp/light.brightness"] == "changed"
        assert it.value("lamp/light.brightness") == 77


async def test_who_may_do_none_of_it_uses_up_nobody_s_way_back() -> None:
    async with house() as it:
        anna, kim = await it.world.session(), await it.world.session("kim", "child")
        gus = await it.world.session("gus", "guest")  # who is not at home
        await made(anna, "Film", lamp={"light.brightness": 10}, door={"lock.locked": True})
        await anna.call("scenes.run", {"scene": "Film"})
        with pytest.raises(NotAllowed, match="nothing in Film"):
            await gus.call("scenes.undo", {"scene": "Film"})
        it.say({"door/lock.locked": False})
        undone = await kim.call("scenes.undo", {"scene": "Film"})
        # A child does not see the lock, and not that somebody has opened it since.
        assert states(undone)["lamp/light.brightness"] == "done"
        assert not [path for path in states(undone) if path.startswith("door/")]


async def test_each_state_counts_as_a_wish() -> None:
    async with house() as it:
        anna = await it.world.session()
        await made(anna, "Film", **FILM)
        anna.spend(9_990)
        with pytest.raises(TooMany):
            await anna.call("scenes.run", {"scene": "Film"})
        assert it.world.puppet.taken == []


@pytest.mark.parametrize("key", ["short", "k" * 65])
async def test_a_key_of_no_length_that_keys_have(key: str) -> None:
    async with house() as it:
        anna = await it.world.session()
        await made(anna, "Film", lamp={"light.on": False})
        for operation in ("scenes.run", "scenes.undo"):
            with pytest.raises(BadInput):
                await anna.call(operation, {"scene": "Film", "key": key})


async def test_what_an_earlier_run_was_refused_is_not_the_later_one_s() -> None:
    async with house() as it:
        anna, kim = await it.world.session(), await it.world.session("kim", "child")
        it.deaf.add("lamp")
        id = await made(anna, "Film", lamp={"light.brightness": 10}, heater={"climate.target_temperature": 19.5})
        first = asyncio.create_task(kim.call("scenes.run", {"scene": "Film"}))
        await asyncio.sleep(0.1)
        second = await anna.call("scenes.run", {"scene": "Film"})
        assert states(await first)["heater/climate.target_temperature"] == "failed"
        kept = last(it.world.hub.household, id)
        assert kept is not None and (kept.run, kept.refused) == (second.run, {})
