"""What becomes a notice of what devices report, and when it is over: the whole feature on a clock that tests move."""

from __future__ import annotations

from typing import Any

import pytest

from tests.features.notices.house import BELL, SMOKE, TYRES, House, house
from wayhome.core.thing import Thing
from wayhome.features.charging.model import START_STOP
from wayhome.features.notices import model
from wayhome.features.notices.slots import LEFT_OPEN_AFTER

pytestmark = pytest.mark.anyio


async def test_a_ring_is_a_notice_for_five_minutes() -> None:
    async with house() as home:
        await home.ring()
        (notice,) = home.all
        assert (notice.kind, notice.thing, notice.about, notice.count) == ("doorbell", "bell", BELL, 1)
        assert notice.values["name"] == "Front door" and notice.priority == "warn"
        assert home.shown[notice.path]["id"] == notice.id
        await home.wait(290)
        assert home.standing == ["doorbell"]
        await home.wait(15)
        assert home.standing == [] and home.shown == {}
        assert home.all[0].until is not None


async def test_rings_of_a_minute_count_up_and_a_later_one_is_new() -> None:
    async with house() as home:
        for _ in range(3):
            await home.ring(2)
            await home.wait(5)
        assert [(n.kind, n.count) for n in home.all] == [("doorbell", 3)]
        await home.wait(60)
        await home.ring()
        assert [(n.kind, n.count) for n in home.all] == [("doorbell", 1), ("doorbell", 3)]
        assert len(home.notices.shelf.standing()) == 1  # the new one stands in its place


async def test_whoever_rings_again_after_it_was_seen_is_seen_again() -> None:
    async with house() as home:
        phone = await home.device()
        await home.ring()
        await home.ask(phone, "notices.seen", {"all": True})
        assert home.all[0].seen
        await home.wait(10)
        await home.ring()
        assert [(n.kind, n.count, n.seen) for n in home.all] == [("doorbell", 2, {})]
        home.tell({SMOKE: True})
        await home.wait(3)
        await home.ask(phone, "notices.seen", {"all": True})
        home.tell({SMOKE: False})
        await home.wait(40)
        home.tell({SMOKE: True})
        await home.wait(3)
        smoke = next(n for n in home.all if n.kind == "smoke")
        assert smoke.count == 2 and smoke.seen  # the same smoke, that somebody knows of


async def test_a_bell_that_bounces_rings_once() -> None:
    async with house() as home:
        for _ in range(50):
            home.tell({BELL: True})
            home.tell({BELL: False})
        await home.wait(3)
        assert [(n.kind, n.count) for n in home.all] == [("doorbell", 1)]


async def test_what_a_bell_says_when_it_is_first_heard_is_no_ring() -> None:
    async with house(calm=False) as home:
        home.tell({BELL: True})
        await home.wait(5)
        assert home.kinds == []
        home.world.puppet.host.online(["bell"], False)
        home.world.puppet.host.online(["bell"], True)
        home.tell({BELL: True})
        await home.wait(5)
        assert home.kinds == []


async def test_an_event_bell_tells_of_old_rings_too_but_they_are_no_news() -> None:
    from wayhome.core.catalog import Refinement

    async with house() as home:
        gate = Thing("gate", "Gate", "puppet", "doorbell", {"event.at": Refinement(device_class="doorbell")})
        home.world.puppet.host.announce([gate])
        home.world.puppet.host.online(["gate"], True)
        now = home.world.clock.now()
        home.tell({"gate/event.at": "2026-01-01T10:00:00+00:00"}, now - 86_400)
        await home.wait(3)
        home.tell({"gate/event.at": "2026-01-01T10:05:00+00:00"}, now - 80_000)  # told late
        await home.wait(3)
        assert home.kinds == []
        home.tell({"gate/event.at": "2026-01-02T10:05:00+00:00"}, home.world.clock.now())
        await home.wait(3)
        assert home.kinds == ["doorbell"]


async def test_a_car_left_open_is_told_after_five_minutes() -> None:
    async with house() as home:
        home.car(door=True, locked=False)
        await home.wait(LEFT_OPEN_AFTER - 5)
        assert home.kinds == []
        await home.wait(10)
        (notice,) = home.all
        assert notice.kind == "left_open" and notice.values["unlocked"] is True
        assert [str(path).rsplit(".", 1)[1] for path in notice.values["open"]] == ["IsOpen"]  # type: ignore[union-attr]
        home.car(door=False)
        await home.wait(40)
        assert home.all[0].values["open"] == [] and home.standing == ["left_open"]  # still unlocked: it says so now
        home.car(locked=True)
        await home.wait(10)
        assert home.standing == []


@pytest.mark.parametrize("why", ["somebody sits in it", "it is on", "it drives"])
async def test_a_car_that_somebody_is_in_is_not_left(why: str) -> None:
    async with house() as home:
        if why == "somebody sits in it":
            home.car(seat="OCCUPIED", door=True)
        elif why == "it is on":
            home.car(power="ON", door=True)
        else:
            home.car(gear=127, speed=30.0, window=80)
        await home.wait(LEFT_OPEN_AFTER * 2, 5)
        assert home.kinds == []
        home.car(speed=0.0, gear=126, power="OFF", seat="EMPTY")
        await home.wait(LEFT_OPEN_AFTER + 30, 5)
        assert home.kinds == ["left_open"]


async def test_a_window_a_finger_wide_is_shut_and_a_wider_one_is_not() -> None:
    async with house() as home:
        home.car(window=4)
        await home.wait(LEFT_OPEN_AFTER + 30, 5)
        assert home.kinds == []
        home.car(window=20)
        await home.wait(LEFT_OPEN_AFTER + 30, 5)
        assert home.kinds == ["left_open"]


async def test_a_door_that_opens_and_shuts_fifty_times_makes_one() -> None:
    async with house() as home:
        for _ in range(50):  # somebody loads the car, or the sensor is broken
            home.car(door=True)
            await home.wait(20, 5)
            home.car(door=False)
            await home.wait(20, 5)
        assert home.kinds == []
        for _ in range(10):  # open for long enough each time
            home.car(door=True)
            await home.wait(LEFT_OPEN_AFTER + 30, 10)
            home.car(door=False)
            await home.wait(20, 5)
        begun = [notice.count for notice in home.all]
        assert len(begun) <= 3 and sum(begun) >= 9, begun  # not once per opening, and none is lost


async def test_a_car_that_was_away_and_is_left_open_again_is_told_again() -> None:
    async with house() as home:
        home.car(trunk=True)
        await home.wait(LEFT_OPEN_AFTER + 5, 5)
        home.car(trunk=False)
        await home.wait(10)
        home.car(power="ON", gear=127, speed=40.0)
        await home.wait(60, 5)
        home.car(power="OFF", gear=126, speed=0.0, trunk=True)
        await home.wait(LEFT_OPEN_AFTER + 30, 5)
        assert [(n.kind, n.count) for n in home.all] == [("left_open", 1), ("left_open", 1)]


async def charge(home: House, to: float, *, until: float = 80.0) -> None:
    home.car(cable=True, charging=True, limit=until)
    await home.wait(30, 5)
    home.car(charge=to)
    home.car(charging=False)
    await home.wait(30, 5)


async def test_charged_to_the_limit() -> None:
    async with house() as home:
        await charge(home, 80.0)
        (notice,) = home.all
        assert notice.kind == "charged" and notice.priority == "calm"
        assert (notice.values["charge"], notice.values["limit"]) == (80, 80)
        home.car(charging=True)  # it tops up: still charged
        await home.wait(60, 5)
        home.car(charging=False)
        await home.wait(60, 5)
        assert home.kinds == ["charged"] and home.standing == ["charged"]
        home.car(cable=False)
        await home.wait(10)
        assert home.standing == []


async def test_charging_that_breaks_off_and_one_that_somebody_stops() -> None:
    async with house() as home:
        await charge(home, 66.0)
        assert home.standing == ["charge_stopped"]
        home.car(charging=True)
        await home.wait(30, 5)
        assert home.standing == []
        session = await home.device()
        await session.act(f"car/{START_STOP}", "STOP")
        home.car(charging=False)
        await home.wait(30, 5)
        assert home.standing == []  # whoever stopped it knows


async def test_driving_off_is_not_the_end_of_charging_that_is_told() -> None:
    async with house() as home:
        home.car(cable=True, charging=True)
        await home.wait(30, 5)
        home.car(cable=False, charging=False)
        await home.wait(60, 5)
        assert home.kinds == []


@pytest.mark.parametrize(
    ("path", "bad", "good", "kind"),
    [
        (SMOKE, True, False, "smoke"),
        ("leak/binary_sensor.on", True, False, "water"),
        ("alarm/alarm.state", "triggered", "armed_away", "alarm"),
        ("lock/lock.state", "jammed", "locked", "jammed"),
        (f"car/{TYRES[0]}", True, False, "tyre_low"),
    ],
)
async def test_what_is_wrong_stands_until_it_is_over(path: str, bad: Any, good: Any, kind: str) -> None:
    async with house() as home:
        home.tell({path: bad})
        await home.wait(15)
        assert home.standing == [kind]
        home.tell({path: good})
        await home.wait(70)
        assert home.standing == [] and home.kinds == [kind]


async def test_a_sensor_that_does_not_answer_says_neither(path: str = SMOKE) -> None:
    async with house() as home:
        home.tell({path: True})
        await home.wait(3)
        home.world.puppet.host.online(["smoke"], False)
        await home.wait(600, 10)
        assert home.standing == ["smoke"]  # nobody knows that it stopped burning
        home.world.puppet.host.online(["smoke"], True)
        home.tell({path: False})
        await home.wait(60)
        assert home.standing == []


async def test_which_tyres() -> None:
    async with house() as home:
        home.tell({f"car/{TYRES[0]}": True, f"car/{TYRES[3]}": True})
        await home.wait(15)
        assert home.all[0].values["wheels"] == ["Row1.Wheel.Left", "Row2.Wheel.Right"]


async def test_a_link_that_needs_a_sign_in() -> None:
    async with house() as home:
        household = home.world.hub.household
        household.own("hub/link.roof", {"id": "roof", "name": "Roof", "state": "sign_in_needed"})
        await home.wait(10)
        (notice,) = home.all
        assert (notice.kind, notice.about, notice.values["name"]) == ("sign_in", "@link/roof", "Roof")
        household.own("hub/link.roof", {"id": "roof", "name": "Roof", "state": "connected"})
        await home.wait(10)
        assert home.standing == []


async def test_a_thing_that_is_gone_takes_its_notice_along() -> None:
    async with house() as home:
        home.tell({SMOKE: True})
        await home.wait(3)
        home.world.puppet.host.withdraw(["smoke"])
        await home.wait(2)
        assert home.standing == [] and home.kinds == ["smoke"]


# Clocks and rooms


async def test_a_clock_that_is_set_makes_none_and_loses_none() -> None:
    async with house() as home:
        home.car(door=True)
        await home.wait(60)
        home.world.clock.at += 86_400  # set ahead by a day: nobody has waited for five minutes
        await home.wait(30)
        assert home.kinds == []
        await home.wait(LEFT_OPEN_AFTER)
        assert home.standing == ["left_open"]
        home.tell({SMOKE: True})
        await home.wait(5)
        home.world.clock.at -= 3 * 86_400  # set back: what comes now comes before what was
        home.tell({SMOKE: False})
        await home.wait(40)
        assert home.standing == ["left_open"]
        await home.ring()
        home.tell({SMOKE: True})
        await home.wait(400)
        assert home.standing == ["left_open", "smoke"]  # the ring is over, though its clock says otherwise
        home.tell({SMOKE: False})
        home.car(door=False)
        await home.wait(60)
        assert home.standing == [] and home.shown == {}


async def test_a_clock_set_years_ahead_does_not_hide_a_fire() -> None:
    async with house() as home:
        await home.ring()
        await home.wait(400, 10)
        home.tell({SMOKE: True})
        await home.wait(5)
        home.world.clock.at += 400 * 86_400
        await home.notices.shelf.let_go()
        assert home.kinds == ["smoke"] and home.standing == ["smoke"] and len(home.shown) == 1
        home.tell({SMOKE: False})
        await home.wait(60)
        assert home.standing == []


async def test_no_more_than_two_hundred_are_kept() -> None:
    async with house() as home:
        home.tell({SMOKE: True})
        await home.wait(3)
        for _ in range(model.KEPT + 20):
            await home.ring()
            await home.wait(400, 100)
        assert len(home.all) == model.KEPT and home.standing == ["smoke"]
        assert len(home.world.hub.household.records(model.NOTICE)) == model.KEPT
        home.tell({SMOKE: False})
        await home.wait(60, 5)
        assert home.standing == []


async def test_a_full_disk_does_not_silence_smoke() -> None:
    async with house() as home:
        home.world.store.full = True
        home.tell({SMOKE: True})
        await home.wait(3)
        assert [notice["kind"] for notice in home.shown.values()] == ["smoke"]
        home.world.store.full = False
        home.tell({SMOKE: False})
        await home.wait(60)
        assert home.standing == []
