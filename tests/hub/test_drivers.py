"""Whose screens are the driver's: by the seat of a screen, and by what people carry."""

from __future__ import annotations

from typing import Any

import pytest

from tests.hub.outlet import Screen, watch
from tests.hub.test_driving import move
from tests.hub.test_live import turn
from tests.world import World, car
from wayhome.core.driving import driver
from wayhome.errors import NotWhileDriving
from wayhome.features.people import feature
from wayhome.hub.session import Session

pytestmark = pytest.mark.anyio


async def device(world: World, id: str, person: str, kind: str, **more: str | bool) -> Session:
    values = {"person": person, "name": id, "kind": kind, "role": "owner", **more}
    await world.hub.household.write("device", id, values, world.context())
    return await world.session(person, device=id)


def told(screen: Screen) -> dict[str, Any]:
    return screen.of("limits")[-1]


def test_who_drives() -> None:
    assert driver(None, []) is None
    assert driver(None, ["anna", "anna"]) == "anna"
    assert driver(None, ["anna", "mei"]) is None
    assert driver("mei", ["anna"]) == "mei"


async def test_the_drivers_phone_has_the_drivers_rules_and_a_passengers_tablet_has_not() -> None:
    async with World() as world:
        world.puppet.host.announce([car()])
        move(world, 0.0)
        for person in ("anna", "mei"):
            await world.person(person, "owner")
        seats = {"seat": "driver", "car": "car"}
        glass, phone = await device(world, "glass", "anna", "car", **seats), await device(world, "p", "anna", "phone")
        tablet = await device(world, "t", "mei", "tablet", seat="passenger", car="car")
        mei, desk = await device(world, "m", "mei", "phone"), await device(world, "d", "anna", "browser", placed=True)
        screens = [watch(s, "**", limits=True)[1] for s in (glass, phone, tablet, mei, desk)]
        assert [told(s)["state"] for s in screens] == ["parked"] * 5
        assert [s.frames[0]["t"] for s in screens] == ["limits"] * 5
        move(world, 50.0)
        await turn()
        assert [told(s)["state"] for s in screens] == ["moving", "moving", "parked", "parked", "parked"]
        assert [told(s)["keyboard"] for s in screens] == [False, False, True, True, True]
        assert (told(screens[1])["seat"], told(screens[1])["car"]) == ("driver", "car")
        await world.hub.household.write("driver", "car", {"person": "mei"}, world.context())
        await turn()
        assert [told(s)["state"] for s in screens] == ["moving", "parked", "parked", "moving", "parked"]
        move(world, 0.0)
        await turn()
        assert [told(s)["state"] for s in screens] == ["parked"] * 5
        assert all(len(s.of("limits")) <= 3 for s in screens), "told again without news"


async def test_a_screen_of_which_nobody_said_where_it_is_may_be_at_the_wheel() -> None:
    async with World() as world:
        world.puppet.host.announce([car()])
        move(world, 0.0)
        for person in ("anna", "mei"):
            await world.person(person, "owner")
        kinds = [("g", "anna", "browser"), ("t", "mei", "tablet"), ("p", "mei", "phone"), ("tv", "mei", "tv")]
        sessions = [await device(world, *kind) for kind in kinds]
        desk = await device(world, "d", "mei", "browser", placed=True)
        screens = [watch(session, "**", limits=True)[1] for session in (*sessions, desk)]
        move(world, 50.0)
        await turn()
        assert [told(s)["state"] for s in screens] == ["moving", "moving", "parked", "parked", "parked"]
        assert (told(screens[0])["seat"], told(screens[0])["car"]) == ("driver", "car")
        assert world.hub.drivers.rides_along(sessions[1].identity) == ["car"]
        await turn()
        assert [told(s)["state"] for s in screens] == ["moving", "parked", "parked", "parked", "parked"]
        # The car's own screen is known: what is left is not at the wheel.
        await world.hub.household.write(
            "device", "g", {"seat": "driver", "car": "car", "placed": True}, world.context()
        )
        move(world, 0.0)
        move(world, 50.0)
        await turn()
        assert [told(s)["state"] for s in screens] == ["moving", "parked", "parked", "parked", "parked"]
        # Anna is said to drive, and her phone is the driver's; Mei's screens are not, whatever they are.
        await world.hub.household.write("device", "g", {"seat": "elsewhere", "car": None}, world.context())
        await world.hub.household.write("driver", "car", {"person": "anna"}, world.context())
        await turn()
        assert [told(s)["state"] for s in screens] == ["parked"] * 5


async def test_who_is_the_only_adult_drives() -> None:
    async with World() as world:
        world.puppet.host.announce([car()])
        await world.person("anna", "owner")
        await world.person("kid", "child")
        move(world, 50.0)
        phones = [await device(world, f"p-{who}", who, "phone") for who in ("anna", "kid")]
        assert [phone.restrictions().keyboard for phone in phones] == [False, True]
        await world.person("mei", "member")
        assert phones[0].restrictions().keyboard, "one of two: nobody knows which"


async def test_what_is_said_on_one_screen_frees_no_other() -> None:
    async with World() as world:
        world.puppet.host.announce([car()])
        for person in ("anna", "mei"):
            await world.person(person, "owner")
        move(world, 50.0)
        glass, desk = [await device(world, id, "anna", "browser") for id in ("g", "d")]
        phone = await device(world, "p", "anna", "phone")
        world.hub.drivers.rides_along(phone.identity)
        world.hub.drivers.rides_along(desk.identity)
        assert [one.restrictions().keyboard for one in (glass, desk)] == [False, True]


async def test_whoever_rides_along_is_free_until_the_car_is_parked() -> None:
    async with World() as world:
        world.puppet.host.announce([car()])
        move(world, 50.0)
        await world.person("anna", "owner")
        glass = await device(world, "glass", "anna", "car", seat="driver", car="car")
        phone = await device(world, "p", "anna", "phone")
        _, screen = watch(phone, "**", limits=True)
        assert told(screen)["state"] == "moving" and not phone.restrictions().keyboard
        assert world.hub.drivers.rides_along(phone.identity) == ["car"]
        await turn()
        assert told(screen)["state"] == "parked" and phone.restrictions().keyboard
        assert not glass.restrictions().keyboard, "the glass stays the driver's"
        move(world, 0.0)
        move(world, 30.0)
        await turn()
        assert told(screen)["state"] == "moving", "the next drive begins anew"


async def test_who_was_removed_drives_no_more_and_a_guest_can_be_named() -> None:
    async with World() as world:
        world.puppet.host.announce([car()])
        await world.person("robin", "guest")
        await world.hub.household.write("driver", "car", {"person": "robin"}, world.context())
        assert world.hub.drivers.of("car") == "robin"
        await world.hub.household.delete("person", "robin", world.context())
        assert world.hub.drivers.of("car") is None


async def test_a_client_that_did_not_ask_is_not_told() -> None:
    async with World() as world:
        world.puppet.host.announce([car()])
        _, screen = watch(await world.session(seat="driver", car="car"), "**")
        move(world, 50.0)
        await turn()
        assert screen.of("limits") == []


async def test_who_drives_is_said_while_parked() -> None:
    async with World(features={"people": feature}) as world:
        world.puppet.host.announce([car()])
        move(world, 50.0)
        glass = await world.session("anna", seat="driver", car="car")
        with pytest.raises(NotWhileDriving):
            await glass.call("people.drives", {"car": "car", "person": None})
