"""The schedule in a real hub with the simulated car: a night, a person, a kill, a car that says no."""

from __future__ import annotations

from typing import Any

import pytest

from tests.features.charging.garage import Garage, garage
from wayhome.errors import BadInput, NotAllowed, NotFound
from wayhome.features.charging.model import START_STOP
from wayhome.hub.ports import LogRow
from wayhome.links.sim.faults import Fault

pytestmark = pytest.mark.anyio
NIGHT = {"car": "car", "on": True, "start": "22:00", "end": "06:00"}


async def night(it: Garage, **more: Any) -> Any:
    owner = await it.session()
    await owner.call("charging.change", {**NIGHT, **more})
    return owner


async def test_plugged_in_at_six_it_charges_only_in_its_window() -> None:
    async with garage("2026-11-25T17:58") as it:
        owner = await night(it)
        assert it.record()["doing"] == "unplugged"
        await it.steer(plug="ac")
        await it.until("2026-11-25T18:03")
        assert not it.charging()
        assert (await owner.call("charging.plan", {"car": "car"})).doing == "waits"
        await it.until("2026-11-25T21:59")
        assert not it.charging() and len(it.told()) == 1
        await it.until("2026-11-25T22:02")
        assert it.charging() and it.record()["doing"] == "charges"
        await it.until("2026-11-26T06:30")
        assert not it.charging() and it.record()["doing"] == "charged"
        assert it.ways()[1:] == [("22:00", "START")]
        assert [one.state for one in it.told()] == ["done", "done"]


async def test_the_end_of_the_window_ends_it_on_the_night_with_an_hour_twice() -> None:
    async with garage("2026-10-24T21:00", soc=10.0) as it:
        await night(it, start="01:30", end="03:00")
        await it.steer(plug="ac")
        await it.until("2026-10-25T05:00")
        # 01:30 to 03:00 by the clock on the wall is two and a half hours that night: some 25 kWh.
        assert it.ways()[-2:] == [("01:30", "START"), ("03:00", "STOP")]
        assert it.told()[-1].at - it.told()[-2].at == 2.5 * 3600
        assert not it.charging()


async def test_charge_now_stands_until_the_cable_is_out() -> None:
    async with garage("2026-11-25T18:00") as it:
        owner = await night(it)
        await it.steer(plug="ac")
        await it.until("2026-11-25T18:30")
        said = await owner.call("charging.now", {"car": "car", "do": "start"})
        await it.until("2026-11-25T18:35")
        assert said.car == "car" and it.charging()
        shown = await owner.call("charging.plan", {"car": "car"})
        assert (shown.doing, shown.hand, shown.by) == ("by_hand", "START", "person:anna")
        before = len(it.told())
        await it.until("2026-11-26T07:00")
        assert len(it.told()) == before, "neither the window's start nor its end is its business now"
        await it.steer(unplug=True)
        assert it.record()["doing"] == "unplugged"
        await it.steer(plug="ac", soc=30.0)
        await it.until("2026-11-26T07:10")
        assert it.record()["doing"] == "waits" and not it.charging()


async def test_a_person_who_stops_it_in_the_window_is_not_fought_and_may_go_back_to_the_plan() -> None:
    async with garage("2026-11-25T22:30") as it:
        owner = await night(it)
        await it.steer(plug="ac")
        await it.until("2026-11-25T23:00")
        assert it.charging() and it.told() == []
        await owner.act(f"car/{START_STOP}", "STOP")
        await it.until("2026-11-26T01:00")
        assert not it.charging() and it.told() == [] and it.record()["doing"] == "by_hand"
        await owner.call("charging.now", {"car": "car", "do": "plan"})
        await it.until("2026-11-26T01:05")
        assert it.charging() and [one.target for one in it.told()] == ["START"]


async def test_killed_in_the_window_it_goes_on_and_still_ends_in_time() -> None:
    disk: list[LogRow] = []
    async with garage("2026-11-25T21:00", disk=disk, soc=10.0) as it:
        await night(it, end="01:00")
        await it.steer(plug="ac")
        await it.until("2026-11-25T23:00")
        assert it.charging()
    # The car charged on by itself meanwhile.
    async with garage("2026-11-26T00:30", disk=disk, soc=30.0, plugged=True) as it:
        await it.until("2026-11-26T00:40")
        assert it.charging() and it.record()["doing"] == "charges", "found as it was left: nobody's hand"
        await it.until("2026-11-26T01:05")
        assert not it.charging() and it.told()[-1].target == "STOP"
    async with garage("2026-11-26T03:00", disk=disk, soc=35.0, plugged=True) as it:
        # The hub was off meanwhile, and finds it charging again outside of the window: that was somebody's doing.
        await it.until("2026-11-26T03:05")
        assert it.record()["doing"] == "by_hand" and it.charging()


async def test_why_it_charges_can_be_followed_to_the_person_who_set_the_plan() -> None:
    async with garage("2026-11-25T22:10") as it:
        owner = await it.session()
        await it.steer(plug="ac")
        await it.until("2026-11-25T22:20")
        await owner.call("charging.change", {**NIGHT, "start": "23:00"})
        await it.until("2026-11-25T22:25")
        lines = (await owner.call("home.why", {"path": f"car/{START_STOP}"})).lines
        assert [(line.what, line.actor) for line in lines] == [
            ("wished", "feature:charging"),
            ("ChargingStoppedByPlan", "feature:charging"),
            ("RecordWritten", "person:anna"),
        ]
        assert lines[1].value == {"because": "outside"}


async def test_a_car_that_says_no_is_told_again_and_then_said_so() -> None:
    async with garage("2026-11-25T21:50") as it:
        owner = await night(it)
        await it.steer(plug="ac")
        await it.until("2026-11-25T21:58")
        assert not it.charging()
        it.run.world.faults.put(Fault("car", "refusing"), it.run.world.now)
        await it.until("2026-11-25T23:30")
        shown = await owner.call("charging.plan", {"car": "car"})
        assert shown.doing == "trouble" and "says no" in shown.trouble
        starts = [one for one in it.told() if one.target == "START"]
        assert 4 <= len(starts) <= 6 and {one.state for one in starts} == {"failed"}
        it.run.world.faults.clear("car")
        await it.until("2026-11-26T01:10")
        assert it.charging() and it.record()["doing"] == "charges"


async def test_who_may_what() -> None:
    async with garage("2026-11-25T12:00") as it:
        await night(it)
        member = await it.session("member", "mei")
        assert (await member.call("charging.change", {"car": "car", "days": [0, 1, 1]})).days == [0, 1]
        assert "@charging/car" in member.read(["@charging/*"])
        for role, person in (("child", "leo"), ("guest", "noor")):
            session = await it.session(role, person)
            assert session.read(["@charging/*"]) == {}
            with pytest.raises(NotAllowed):
                await session.call("charging.plan", {"car": "car"})
            with pytest.raises(NotAllowed):
                await session.call("charging.change", {"car": "car", "on": False})


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"car": "car"},
        {"car": "car", "start": "24:00"},
        {"car": "car", "end": "7:5"},
        {"car": "car", "days": []},
        {"car": "car", "days": [7]},
        {"car": "car", "days": [0, 1, 2, 3, 4, 5, 6, 0]},
        {"car": "car", "limit": 20},
        {"car": "car", "limit": 80},  # the simulated car keeps its own
        {"car": "living-lamp", "on": True},
        {"car": "nobody", "on": True},
        {"car": "x" * 500, "on": True},
        {"car": "car", "on": "yes"},
        {"car": "car", "on": True, "standing": {}},
    ],
)
async def test_what_makes_no_sense_is_refused(sent: dict[str, Any]) -> None:
    async with garage("2026-11-25T12:00") as it:
        owner = await it.session()
        with pytest.raises((BadInput, NotFound)):
            await owner.call("charging.change", sent)
        assert it.hub.household.records("charging") == {}
