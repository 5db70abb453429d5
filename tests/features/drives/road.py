"""A household with a car that a test drives second by second, on the clock of the simulated world."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.world import World
from wayhome.adapters.catalog_files import load_catalog
from wayhome.core.catalog import Refinement
from wayhome.core.driving import GEAR, POWER
from wayhome.core.thing import Thing
from wayhome.core.value import Fact
from wayhome.features.drives import feature, figures
from wayhome.features.drives.keeper import Keeper
from wayhome.features.drives.model import Drive
from wayhome.features.home import feature as home
from wayhome.hub.ports import LogRow

CATALOG = load_catalog()
FINE = (*figures.LOGGED, *figures.CAPACITIES[:1], figures.PLUGGED, GEAR, POWER)
COARSE = (figures.ODOMETER, figures.LATITUDE, figures.LONGITUDE, figures.SHOWN_CHARGE)
PARK, DRIVE = 126, 127


class Road:
    """A world with a car on it. ``at``: metres north of the household's door."""

    def __init__(self, world: World, name: str) -> None:
        self.world = world
        self.car = name
        self.at = 0.0
        self.odometer = 12_000_000.0
        self.consumed = 4_000.0
        self.charge = 80.0

    @property
    def keeper(self) -> Keeper:
        keeper = self.world.hub.extra["drives"]
        assert isinstance(keeper, Keeper)
        return keeper

    @property
    def drives(self) -> list[Drive]:
        """What is kept, oldest first."""
        return self.keeper.index.newest_first()[::-1]

    def tell(self, values: dict[str, Any], source_at: float | None = None) -> None:
        facts = [Fact(f"{self.car}/{name}", value, source_at) for name, value in values.items()]
        refused = self.world.puppet.host.report(facts)
        assert refused == []

    def where(self) -> dict[str, Any]:
        """Odometer, place and charge as they are now."""
        return {
            figures.ODOMETER: round(self.odometer),
            figures.LATITUDE: round(47.0 + self.at / 111_195, 6),
            figures.LONGITUDE: 9.5,
            figures.SHOWN_CHARGE: round(self.charge),
        }

    async def wait(self, seconds: float) -> None:
        """Time passes, and nothing is told."""
        for _ in range(int(seconds)):
            self.world.clock.move(1)
            self.world.hub.household.every_moment()
            await self.keeper.turn()
        await asyncio.sleep(0)

    async def hush(self, seconds: float) -> None:
        """The hub sleeps that long, as a machine does that is suspended."""
        self.world.clock.move(seconds)
        self.world.hub.household.every_moment()
        await self.keeper.turn()

    def roll(self, metres: float) -> None:
        """So far on, by the car's own counters."""
        self.at += metres
        self.odometer += metres
        self.consumed += metres * 0.00018
        self.charge -= metres * 0.00018 / 75 * 100

    async def drive(self, seconds: float, kmh: float = 72.0, **more: Any) -> None:
        """On the road with this speed, telling everything once a second."""
        for _ in range(int(seconds)):
            self.roll(kmh / 3.6)
            self.tell(
                {
                    figures.SPEED: kmh,
                    GEAR: DRIVE,
                    POWER: "ON",
                    figures.POWER: -250.0 * kmh,
                    figures.ALTITUDE: 450.0 + self.at / 100,
                    figures.CONSUMED: self.consumed,
                    figures.CHARGED: 900.0,
                    figures.CHARGE: self.charge,
                    figures.OUTSIDE: 6.5,
                    figures.CAPACITIES[0]: 75,
                    **self.where(),
                    **more,
                }
            )
            await self.wait(1)

    async def stand(self, seconds: float, gear: int = DRIVE, power: str = "ON") -> None:
        """Standing, telling its speed every second as most cars do."""
        for _ in range(int(seconds)):
            self.tell({figures.SPEED: 0.0, GEAR: gear, POWER: power, **self.where()})
            await self.wait(1)


@asynccontextmanager
async def road(
    signals: tuple[str, ...] = FINE, *, name: str = "car", title: str = "Aurora", disk: list[LogRow] | None = None
) -> AsyncIterator[Road]:
    """The household with its car, which nobody has driven yet; ``disk``: as an earlier run left it."""
    async with World(features={"drives": feature, "home": home}, catalog=CATALOG, disk=disk) as world:
        await world.hub.household.write(
            "place", "home", {"name": "Home", "latitude": 47.0, "longitude": 9.5, "radius": 80}, world.context()
        )
        car = Thing(name, title, "puppet", "car", {signal: Refinement() for signal in signals})
        world.puppet.host.announce([car])
        made = Road(world, name)
        yield made
