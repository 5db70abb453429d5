"""A home and a car, each a whole hub, for tests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tests.hub.wires import Road
from tests.world import World, car, lamp
from wayhome.core.catalog import Catalog
from wayhome.core.command import Command
from wayhome.core.value import Fact
from wayhome.hub.feature import Feature
from wayhome.hub.ports import Footage
from wayhome.hub.session import Identity

LOCK = "su7/Vehicle.Cabin.Door.Row1.DriverSide.IsLocked"


async def until(what: Callable[[], object], seconds: float = 20.0) -> None:
    async with asyncio.timeout(seconds):
        while not what():
            await asyncio.sleep(0.005)


async def outcome(world: World, key: str) -> Command:
    """What came of a wish, once its end is kept: in the house it is over a moment earlier."""
    async with asyncio.timeout(20):
        while (command := await world.store.command(key)) is None or command.open:
            await asyncio.sleep(0.005)
    return command


class Two:
    """The home and the car."""

    def __init__(
        self,
        features: dict[str, Feature] | None = None,
        catalog: Catalog | None = None,
        disks: tuple[Footage | None, Footage | None] = (None, None),
    ) -> None:
        at_home, in_the_car = disks
        self.home = World(site="home", features=features, catalog=catalog, files=at_home)
        self.car = World(site="car", features=features, catalog=catalog, files=in_the_car)
        self.car.store.name = "log-car"
        self.road: Road

    async def open(self) -> None:
        await self.home.__aenter__()
        await self.car.__aenter__()
        for world in (self.home, self.car):
            world.hub.sites.who = lambda device: Identity("person:anna", "owner", "anna", device)
        await self.home.person("anna", "owner")
        for site in ("home", "car"):
            await self.home.hub.household.write("site", site, {"name": site.title()}, self.home.context())
        self.home.puppet.host.announce([lamp()])
        self.car.puppet.host.announce([car("su7")])
        self.home.puppet.host.online(["lamp"], True)
        self.car.puppet.host.online(["su7"], True)
        self.home.puppet.host.report([Fact("lamp/light.on", False)])
        self.car.puppet.host.report([Fact("su7/Vehicle.Speed", 0.0), Fact(LOCK, True)])

    def meet(self) -> Road:
        self.road = Road(self.home, self.car)
        return self.road

    async def met(self) -> None:
        self.meet()
        await until(lambda: self.value(self.home, "su7/Vehicle.Speed") is not None)
        await until(lambda: self.value(self.car, "lamp/light.on") is not None)
        await until(lambda: "anna" in self.car.hub.household.records("person"))

    @staticmethod
    def value(world: World, path: str) -> object:
        reading = world.hub.household.house.readings.get(path)
        return None if reading is None else reading.value


async def anna(world: World) -> object:
    return world.hub.open_session(Identity("person:anna", "owner", "anna", "phone"))
