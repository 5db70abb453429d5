"""What a moving car takes away: from the driver's screen, and from every screen."""

from __future__ import annotations

import pytest

from tests.world import World, car, lamp
from wayhome.core.catalog import Refinement
from wayhome.core.thing import Thing
from wayhome.core.value import Fact
from wayhome.errors import NotWhileDriving

pytestmark = pytest.mark.anyio
DOOR = "car/Vehicle.Cabin.Door.Row1.DriverSide.IsLocked"


def move(world: World, speed: float) -> None:
    world.puppet.host.report(
        [
            Fact("car/Vehicle.LowVoltageSystemState", "ON"),
            Fact("car/Vehicle.Powertrain.Transmission.CurrentGear", 127 if speed else 126),
            Fact("car/Vehicle.Speed", speed),
        ]
    )


async def test_the_driver_holds_to_unlock_while_moving_and_a_passenger_does_not() -> None:
    async with World() as world:
        lock = Thing("door", "Door", "puppet", "lock", {"lock.locked": Refinement()})
        world.puppet.host.announce([car(), lock, lamp()])
        move(world, 50.0)
        driver = await world.session(seat="driver", car="car")
        with pytest.raises(NotWhileDriving):
            await driver.act("door/lock.locked", False)
        assert (await driver.act("lamp/light.on", True)).state == "sent"
        assert (await driver.act("door/lock.locked", False, held=True)).state == "sent"
        passenger = await world.session(seat="passenger", car="car")
        assert (await passenger.act("door/lock.locked", False)).state == "sent"
        move(world, 0.0)
        assert driver.restrictions().setup
        assert (await driver.act("door/lock.locked", True)).state == "sent"


async def test_the_driving_state_is_published_and_unknown_speed_counts_as_moving() -> None:
    async with World() as world:
        world.puppet.host.announce([car()])
        move(world, 0.0)
        readings = world.hub.household.house.readings
        assert readings["car/driving.state"].value == "parked"
        world.puppet.host.report(
            [Fact("car/Vehicle.Powertrain.Transmission.CurrentGear", 127), Fact("car/Vehicle.Speed", 30.0)]
        )
        assert readings["car/driving.state"].value == "moving"
        world.puppet.host.report([Fact("car/Vehicle.Speed", 0.0)])
        assert readings["car/driving.state"].value == "idling"
        world.clock.move(11)
        world.hub.household.every_moment()
        assert readings["car/driving.state"].value == "moving"


async def test_the_driver_of_an_unknown_car_is_taken_to_be_moving() -> None:
    async with World() as world:
        driver = await world.session(seat="driver", car="elsewhere")
        assert not driver.restrictions().keyboard


async def test_driving_controls_are_never_operated_from_a_screen() -> None:
    async with World() as world:
        world.puppet.host.announce([car()])
        owner = await world.session()
        with pytest.raises(NotWhileDriving):
            await owner.act("car/Vehicle.Powertrain.Transmission.CurrentGear", 127)
