"""A household with a bell, guards, a car and people who carry phones, on a clock that tests move; its notices go to the
real push service."""

from __future__ import annotations

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import msgspec

from tests.peers.push_service import Browser, PushService
from tests.world import MemoryVault, World
from wayhome.adapters.catalog_files import load_catalog
from wayhome.core import driving
from wayhome.core.catalog import Refinement
from wayhome.core.grant import Role
from wayhome.core.thing import Thing
from wayhome.core.value import Fact
from wayhome.features import notices
from wayhome.features.charging.model import START_STOP
from wayhome.features.notices.conditions import CABLE, CHARGING, LIMIT, SOC
from wayhome.features.notices.living import NAME, Notices, living
from wayhome.features.notices.model import Notice
from wayhome.features.notices.push.sender import Reach
from wayhome.features.notices.watch import Watch
from wayhome.hub.ports import LogRow
from wayhome.hub.session import Identity, Session

CATALOG = load_catalog()
DOOR = "Vehicle.Cabin.Door.Row1.DriverSide.IsOpen"
WINDOW = "Vehicle.Cabin.Door.Row1.DriverSide.Window.Position"
LOCK = "Vehicle.Cabin.Door.Row1.DriverSide.IsLocked"
TRUNK = "Vehicle.Body.Trunk.Rear.IsOpen"
SEAT = "Vehicle.Cabin.Seat.Row1.DriverSide.OccupancyStatus"
TYRES = tuple(
    f"Vehicle.Chassis.Axle.{axle}.Wheel.{side}.Tire.IsPressureLow"
    for axle in ("Row1", "Row2")
    for side in ("Left", "Right")
)
BELL, SMOKE = "bell/binary_sensor.on", "smoke/binary_sensor.on"
CAR = (
    driving.SPEED,
    driving.GEAR,
    driving.POWER,
    DOOR,
    WINDOW,
    LOCK,
    TRUNK,
    SEAT,
    *TYRES,
    CHARGING,
    CABLE,
    LIMIT,
    START_STOP,
    *SOC,
)
SOON = 0.05
"""The first pause before a message is sent again, in these tests."""


def things() -> list[Thing]:
    def sensor(id: str, name: str, kind: str, device_class: str) -> Thing:
        return Thing(id, name, "puppet", kind, {"binary_sensor.on": Refinement(device_class=device_class)}, area="Hall")

    return [
        sensor("bell", "Front door", "doorbell", "doorbell"),
        sensor("smoke", "Stairs", "sensor", "smoke"),
        sensor("leak", "Cellar", "sensor", "moisture"),
        Thing("alarm", "Alarm", "puppet", "alarm", {"alarm.state": Refinement()}),
        Thing("lock", "Front door's lock", "puppet", "lock", {"lock.state": Refinement()}),
        Thing("car", "Aurora", "puppet", "car", {signal: Refinement() for signal in CAR}),
    ]


class House:
    """The household. ``shown``: what stands at ``@now/…``."""

    def __init__(self, world: World) -> None:
        self.world = world

    @property
    def notices(self) -> Notices:
        found = self.world.hub.extra[NAME]
        assert isinstance(found, Notices)
        return found

    @property
    def watch(self) -> Watch:
        return next(one for one in self.world.hub.household.watchers if isinstance(one, Watch))

    @property
    def all(self) -> list[Notice]:
        """What is kept, newest first."""
        return self.notices.shelf.all()

    @property
    def kinds(self) -> list[str]:
        """The kinds of what is kept, oldest first."""
        return [notice.kind for notice in reversed(self.all)]

    @property
    def standing(self) -> list[str]:
        return sorted(notice.kind for notice in self.notices.shelf.standing())

    @property
    def shown(self) -> dict[str, dict[str, Any]]:
        published = self.world.hub.household.published
        found = {notice.path: published.find(notice.path) for notice in self.all}
        return {
            path: shown.fact[0]  # type: ignore[misc]
            for path, shown in found.items()
            if shown is not None and shown.fact is not None
        }

    def tell(self, values: dict[str, Any], source_at: float | None = None) -> None:
        """Devices report, by path."""
        refused = self.world.puppet.host.report([Fact(path, value, source_at) for path, value in values.items()])
        assert refused == []

    def car(self, **values: Any) -> None:
        """The car reports, by the names above in small letters."""
        paths: dict[str, str] = {
            "speed": driving.SPEED,
            "gear": driving.GEAR,
            "power": driving.POWER,
            "door": DOOR,
            "window": WINDOW,
            "locked": LOCK,
            "trunk": TRUNK,
            "seat": SEAT,
            "charging": CHARGING,
            "cable": CABLE,
            "limit": LIMIT,
            "charge": SOC[0],
            "tyre": TYRES[0],
        }
        self.tell({f"car/{paths[name]}": value for name, value in values.items()})

    async def turn(self) -> None:
        """What was put off to the end of the loop's turn is done."""
        for _ in range(4):
            await asyncio.sleep(0)

    async def wait(self, seconds: float, step: float = 1.0) -> None:
        """Time passes; the hub looks once a step."""
        await self.turn()
        left = seconds
        while left > 0:
            self.world.clock.move(min(step, left))
            self.world.hub.household.every_moment()
            self.watch.judge()
            await self.turn()
            left -= step

    async def ring(self, seconds: float = 1.0) -> None:
        """Somebody holds the bell that long."""
        self.tell({BELL: True})
        await self.wait(seconds)
        self.tell({BELL: False})
        await self.turn()

    async def device(self, person: str = "anna", role: Role = "owner", *, id: str = "", **more: Any) -> Session:
        """A phone of somebody, signed in; the person is added first if need be."""
        hub = self.world.hub
        if hub.household.house.record("person", person) is None:
            await self.world.person(person, role)
        id = id or f"{person}-phone"
        values = {"person": person, "name": id, "kind": "phone", "role": role, **more}
        await hub.household.write("device", id, values, self.world.context())
        return hub.open_session(Identity(f"person:{person}", role, person, id))

    async def ask(self, session: Session, name: str, data: dict[str, Any] | None = None) -> Any:
        """Run an operation as the HTTP door does; its answer as plain values."""
        done = await session.call(name, data or {})
        return msgspec.to_builtins(done)

    async def subscribe(self, session: Session, service: PushService, **more: Any) -> Browser:
        """Turn push on on a device."""
        key = await self.ask(session, "notices.push_key")
        browser = service.subscribe(key["key"])
        await self.ask(session, "notices.subscribe", {**browser.subscription, **more})
        return browser

    async def until(self, true: Callable[[], object], seconds: float = 45.0) -> None:
        """Wait for what happens in real time: a message on its way."""
        async with asyncio.timeout(seconds):
            while not true():
                await asyncio.sleep(0.02)

    async def quiet(self) -> None:
        """Every message that is on its way has come to its end."""
        sender = self.notices.sender
        await self.until(lambda: not sender.under_way)


def claims(authorization: str) -> dict[str, Any]:
    """What the token of an Authorization header says."""
    token = authorization.removeprefix("vapid t=").partition(",")[0]
    body = token.split(".")[1]
    found: dict[str, Any] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return found


@asynccontextmanager
async def house(
    service: PushService | None = None,
    *,
    disk: list[LogRow] | None = None,
    vault: MemoryVault | None = None,
    at: float | None = None,
    first: float = SOON,
    calm: bool = True,
) -> AsyncIterator[House]:
    """The household. ``service``: where push may go; ``disk`` and ``vault``: as an earlier run left them; ``calm``:
    everything has reported that all is well."""
    reach = Reach(True, service.trust) if service is not None else Reach()
    feature = msgspec.structs.replace(notices.feature, life=lambda hub: living(hub, reach=reach, first=first))
    world = World(features={"notices": feature}, catalog=CATALOG, disk=disk, vault=vault)
    world.clock.at = time.time() if at is None else at  # tokens are checked by the clock on the wall
    async with world:
        made = House(world)
        world.puppet.host.announce(things())
        world.puppet.host.online([thing.id for thing in things()], True)
        if calm:
            made.tell({BELL: False, SMOKE: False, "leak/binary_sensor.on": False})
            made.tell({"alarm/alarm.state": "disarmed", "lock/lock.state": "locked"})
            made.tell({f"car/{tyre}": False for tyre in TYRES})
            made.car(speed=0.0, gear=126, power="OFF", door=False, window=0, locked=True, trunk=False, seat="EMPTY")
            made.car(charging=False, cable=False, limit=80, charge=60.0)
        await made.turn()
        yield made
