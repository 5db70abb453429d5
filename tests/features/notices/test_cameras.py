"""Cameras in notices: what moves before one is told where an adult wants it, and not over and over; a car that comes
home is offered the one at the gate."""

from __future__ import annotations

import pytest

from tests.features.notices.house import House, house
from wayhome.core import driving
from wayhome.core.catalog import Refinement
from wayhome.core.thing import Thing
from wayhome.errors import NotAllowed, NotFound
from wayhome.features.notices.arriving import LATITUDE, LONGITUDE, Arriving, apart

pytestmark = pytest.mark.anyio

MOTION, PERSON = "yard/camera.motion", "yard/camera.person"


def camera(home: House, *noticed: str, id: str = "yard", area: str | None = "Yard") -> None:
    signals = {f"camera.{one}": Refinement() for one in ("state", *noticed)}
    home.world.puppet.host.announce([Thing(id, id.title(), "puppet", "camera", signals, area=area)])
    home.world.puppet.host.online([id], True)


async def moves(home: House, path: str = MOTION) -> None:
    home.tell({path: True})
    await home.wait(2)
    home.tell({path: False})
    await home.wait(2)


async def test_nothing_is_told_that_nobody_wants_to_know() -> None:
    async with house() as home:
        camera(home, "motion")
        home.tell({MOTION: False})
        await moves(home)
        assert home.kinds == []
        anna = await home.device()
        listed = await home.ask(anna, "notices.cameras")
        assert listed["cameras"] == [{"thing": "yard", "name": "Yard", "motion": "never"}] and listed["may"] is True


async def test_motions_of_some_minutes_are_one_notice() -> None:
    async with house() as home:
        camera(home, "motion")
        home.tell({MOTION: False})
        anna = await home.device()
        await home.ask(anna, "notices.camera", {"thing": "yard", "motion": "always"})
        for _ in range(20):
            await moves(home)
            await home.wait(20)
        (notice,) = home.all
        assert (notice.kind, notice.thing, notice.about) == ("motion", "yard", "yard/camera.state")
        await home.wait(70)
        assert home.standing == []
        await home.ask(anna, "notices.seen", {"all": True})
        await moves(home)
        assert len(home.all) == 1 and home.all[0].seen, "it is the same one, that somebody knows of"
        await home.wait(1_000)
        await moves(home)
        assert len(home.all) == 2
        await home.ask(anna, "notices.camera", {"thing": "yard", "motion": "never"})
        await home.wait(2_000)
        await moves(home)
        assert len(home.all) == 2


async def test_away_is_an_armed_alarm_or_nobody_home() -> None:
    async with house() as home:
        camera(home, "motion")
        phone = Thing("phone", "Anna's phone", "puppet", "phone", {"device_tracker.place": Refinement()})
        home.world.puppet.host.announce([phone])
        home.world.puppet.host.online(["phone"], True)
        home.tell({MOTION: False, "alarm/alarm.state": "disarmed"})
        anna = await home.device()
        await home.ask(anna, "notices.camera", {"thing": "yard", "motion": "away"})
        await moves(home)
        home.tell({"phone/device_tracker.place": "home"})
        await moves(home)
        assert home.kinds == [], "somebody may be home, and somebody is"
        home.tell({"phone/device_tracker.place": "not_home"})
        await moves(home)
        assert home.kinds == ["motion"]
        await home.wait(1_000)
        home.world.puppet.host.online(["phone"], False)
        await moves(home)
        assert home.kinds == ["motion"], "a phone that is not heard may be home"
        home.tell({"alarm/alarm.state": "armed_away"})
        await moves(home)
        assert home.kinds == ["motion", "motion"]


async def test_a_camera_that_knows_people_tells_of_people() -> None:
    async with house() as home:
        camera(home, "motion", "person")
        home.tell({MOTION: False, PERSON: False})
        anna = await home.device()
        await home.ask(anna, "notices.camera", {"thing": "yard", "motion": "always"})
        await moves(home)
        assert home.kinds == []
        await moves(home, PERSON)
        assert home.all[0].values["what"] == "person"


async def test_adults_choose_and_who_may_not_see_does_not_hear() -> None:
    async with house() as home:
        camera(home, "motion")
        home.tell({MOTION: False})
        anna, kim, noor = await home.device(), await home.device("kim", "child"), await home.device("noor", "guest")
        for who in (kim, noor):
            assert (await home.ask(who, "notices.cameras"))["cameras"] == []
            for name, wish in (("camera", {"thing": "yard", "motion": "always"}), ("gate", {"camera": ""})):
                with pytest.raises(NotAllowed):
                    await home.ask(who, f"notices.{name}", wish)
        with pytest.raises(NotFound):
            await home.ask(anna, "notices.camera", {"thing": "bell", "motion": "always"})
        await home.ask(anna, "notices.camera", {"thing": "yard", "motion": "always"})
        await moves(home)
        assert len((await home.ask(anna, "notices.list"))["notices"]) == 1
        assert (await home.ask(noor, "notices.list"))["notices"] == []


async def test_the_first_ring_of_a_camera_is_a_ring() -> None:
    async with house() as home:
        camera(home)
        signals = {"camera.state": Refinement(), "event.at": Refinement(device_class="doorbell")}
        home.world.puppet.host.announce([Thing("yard", "Yard", "puppet", "camera", signals)])
        home.tell({"yard/event.at": "2026-01-01T10:00:00+00:00"}, home.world.clock.now())
        await home.wait(1)
        assert home.kinds == ["doorbell"]
        # Also where its picture does not come.
        home.world.puppet.host.online(["yard"], False)
        await home.wait(70)
        home.tell({"yard/event.at": "2026-01-01T10:02:00+00:00"}, home.world.clock.now())
        await home.wait(1)
        assert home.kinds == ["doorbell", "doorbell"]


HOME = (52.5, 13.4)


async def road(home: House) -> None:
    signals = {signal: Refinement() for signal in (LATITUDE, LONGITUDE, driving.SPEED, driving.GEAR, driving.POWER)}
    cover = {"cover.state": Refinement(device_class="gate")}
    home.world.puppet.host.announce(
        [Thing("su7", "Su7", "puppet", "car", signals), Thing("gate", "Gate", "puppet", "gate", cover, area="Drive")]
    )
    home.world.puppet.host.online(["su7", "gate"], True)
    camera(home, id="yard", area="Yard")
    camera(home, id="drive", area="Drive")
    place = {"name": "Home", "latitude": HOME[0], "longitude": HOME[1], "radius": 80}
    await home.world.hub.household.write("place", "home", place, home.world.context())


def drive(home: House, metres: float, source_at: float | None = None) -> None:
    """The car is so far from home."""
    home.tell({f"su7/{driving.GEAR}": 3, f"su7/{driving.SPEED}": 30.0, f"su7/{driving.POWER}": "ON"})
    at = {f"su7/{LATITUDE}": HOME[0] + metres / 111_195, f"su7/{LONGITUDE}": HOME[1]}
    home.tell(at, source_at)


def park(home: House) -> None:
    home.tell({f"su7/{driving.GEAR}": 0, f"su7/{driving.SPEED}": 0.0, f"su7/{driving.POWER}": "OFF"})


def offered(home: House) -> list[str]:
    household = home.world.hub.household
    found = [f"@now/gate/{one}/camera.state" for one in ("yard", "drive")]
    return [path for path in found if (s := household.published.find(path)) is not None and s.fact is not None]


async def test_who_comes_home_is_offered_the_camera_at_the_gate_for_a_while() -> None:
    async with house() as home:
        await road(home)
        arriving = next(one for one in home.world.hub.household.watchers if isinstance(one, Arriving))
        drive(home, 100)
        assert offered(home) == [], "it was not away"
        for metres in (2_000, 900, 500):
            drive(home, metres)
            await home.wait(1)
            assert offered(home) == []
        drive(home, 250)
        assert offered(home) == ["@now/gate/drive/camera.state"]
        shown = home.world.hub.household.published.find(offered(home)[0])
        assert shown is not None and shown.fact is not None
        assert shown.fact[0]["car"] == "su7"  # type: ignore[index, call-overload]
        guest = await home.device("noor", "guest")
        assert guest.read(["@now/**"]) == {}
        # Parked, it goes; and standing about brings it no more.
        park(home)
        await home.wait(2)
        assert offered(home) == []
        drive(home, 100)
        assert offered(home) == []
        # Driven past: it goes when the car is far, and after five minutes in any case.
        for metres in (900, 200):
            drive(home, metres)
        assert len(offered(home)) == 1
        drive(home, 800)
        assert offered(home) == []
        drive(home, 200)
        home.world.clock.move(301)
        arriving.judge()
        assert offered(home) == []


async def test_old_positions_and_unknown_homes_offer_nothing() -> None:
    async with house() as home:
        await road(home)
        now = home.world.clock.now
        drive(home, 900)
        drive(home, 200, now() - 60)
        assert offered(home) == []
        await home.world.hub.household.delete("place", "home", home.world.context())
        drive(home, 200)
        assert offered(home) == []


async def test_an_adult_chooses_the_camera_or_none() -> None:
    async with house() as home:
        await road(home)
        anna = await home.device()
        for chosen, expected in (("yard", ["@now/gate/yard/camera.state"]), ("", [])):
            park(home)
            answer = await home.ask(anna, "notices.gate", {"camera": chosen})
            assert answer["chosen"] is True and answer["gate"] == (chosen or None)
            drive(home, 900)
            drive(home, 200)
            assert offered(home) == expected
        park(home)
        answer = await home.ask(anna, "notices.gate", {"camera": None})
        assert answer["chosen"] is False and answer["gate"] == "drive"
        with pytest.raises(NotFound):
            await home.ask(anna, "notices.gate", {"camera": "bell"})


def test_the_way_between_two_points() -> None:
    # Berlin's television tower to the Brandenburg Gate: 2.2 km on any map; and across the date line.
    assert abs(apart(52.5208, 13.4095, 52.5163, 13.3777) - 2_210) < 50
    assert apart(0, 179.999, 0, -179.999) < 250
