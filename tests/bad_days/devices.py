"""A house full of devices, and the link to them: slow, forgetful, repeating itself, sometimes gone."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

from wayhome.core.catalog import Catalog, Refinement, Signal
from wayhome.core.command import Command, harmless
from wayhome.core.thing import Thing
from wayhome.core.traits import SIGNALS
from wayhome.core.value import Fact, Value
from wayhome.errors import HubError, NotFound, Refused, Unreachable
from wayhome.hub.link import LinkHost, Picture

CATALOG = Catalog(
    [
        *SIGNALS,
        Signal("Vehicle.Speed", "sensor", "float", "km/h", keep="telemetry"),
        Signal("Vehicle.Powertrain.Transmission.CurrentGear", "sensor", "int8"),
        Signal("Vehicle.LowVoltageSystemState", "sensor", "string"),
    ]
)
LINK = "house"
SPEED = "car/Vehicle.Speed"
THINGS = {
    thing.id: thing
    for thing in (
        Thing("lamp", "Lamp", LINK, "light", {"light.on": Refinement(), "light.brightness": Refinement()}),
        Thing("door", "Door", LINK, "lock", {"lock.locked": Refinement()}),
        Thing("bell", "Bell", LINK, "button", {"button.press": Refinement()}),
        Thing("heater", "Heater", LINK, "heater", {"climate.target_temperature": Refinement(step=0.5)}),
        Thing(
            "car",
            "Car",
            LINK,
            "car",
            {signal.path: Refinement() for signal in CATALOG.signals().values() if signal.path.startswith("Vehicle")},
        ),
    )
}
DIMMER = "lamp/light.brightness"
PLAIN_LAMP = Thing("lamp", "Lamp", LINK, "light", {"light.on": Refinement()})
"""The lamp after its dimmer was taken out."""
START: dict[str, Value] = {
    "lamp/light.on": False,
    "lamp/light.brightness": 50.0,
    "door/lock.locked": True,
    "heater/climate.target_temperature": 20.0,
    SPEED: 0.0,
    "car/Vehicle.Powertrain.Transmission.CurrentGear": 126,
    "car/Vehicle.LowVoltageSystemState": "OFF",
}
SKEW = {"lamp": 0.0, "door": -7.0, "heater": 200.0, "car": 0.4, "bell": 0.0}
"""How wrong each device's own clock is, in s."""


class Devices:
    """The devices themselves: they outlive every crash of the hub."""

    def __init__(self, chance: random.Random, now: Callable[[], float]) -> None:
        self.state = dict(START)
        self.present = set(THINGS)
        self.dims = True
        """Whether the lamp still has its dimmer."""
        self.done: dict[str, int] = {}
        """How often each wish was carried out, by key."""
        self.wrong: list[str] = []
        self.run: Wire | None = None
        """The link's run that is connected now, if any."""
        self.calm = False
        self._chance = chance
        self._now = now

    def act(self, command: Command) -> None:
        """A wish has arrived at its device."""
        signal = CATALOG.signal(command.path.partition("/")[2])
        self.done[command.key] = self.done.get(command.key, 0) + 1
        if self.done[command.key] > 1 and not harmless(signal):
            self.wrong.append(f"{command.path} was carried out {self.done[command.key]} times for {command.key}")
        if command.path in self.state:
            self.change(command.path, command.target)

    def change(self, path: str, value: Value) -> None:
        """The device is in a new state, and says so: perhaps twice, late, or never."""
        self.state[path] = value
        times = 1 if self.calm else self._chance.choice((0, 1, 1, 1, 1, 2))
        for _ in range(times):
            asyncio.get_running_loop().call_later(self._chance.uniform(0.0, 0.4), self._tell, self._said(path))

    def now(self, path: str, value: Value) -> None:
        """The device is in a new state, and says so at once."""
        self.state[path] = value
        if self.has(path):
            self._tell(self._said(path))

    def _said(self, path: str) -> Fact:
        thing = path.partition("/")[0]
        source_at = self._now() + SKEW[thing] if thing != "bell" else None
        return Fact(path, self.state[path], source_at)

    def _tell(self, fact: Fact) -> None:
        if self.run is not None and fact.path.partition("/")[0] in self.present:
            self.run.host.report([fact])

    def things(self) -> list[Thing]:
        """What there is, as the link describes it."""
        found = {id: THINGS[id] for id in sorted(self.present)}
        if "lamp" in found and not self.dims:
            found["lamp"] = PLAIN_LAMP
        return list(found.values())

    def has(self, path: str) -> bool:
        """Whether there is such a signal now."""
        return path.partition("/")[0] in self.present and (self.dims or path != DIMMER)

    def all(self) -> list[Fact]:
        """Everything, as read anew."""
        return [self._said(path) for path in self.state if self.has(path)]


class Wire:
    """One run of the link."""

    def __init__(self, host: LinkHost, devices: Devices, chance: random.Random) -> None:
        self.host = host
        self.dead = False
        self._devices = devices
        self._chance = chance
        self._trouble: asyncio.Future[None] | None = None

    def fail(self, error: Exception) -> None:
        """The connection breaks, or the link has a bug."""
        if self._trouble is not None and not self._trouble.done():
            self._trouble.set_exception(error)

    async def run(self) -> None:
        devices = self._devices
        await asyncio.sleep(self._chance.uniform(0.0, 0.3))
        self._trouble = asyncio.get_running_loop().create_future()
        self.host.announce(devices.things())
        self.host.report(devices.all())
        self.host.ready()
        devices.run = self
        try:
            await self._trouble
        finally:
            if devices.run is self:
                devices.run = None

    async def execute(self, command: Command) -> None:
        if self.dead:
            await asyncio.Event().wait()
        if command.expires <= self.host.now():
            self._devices.wrong.append(f"{command.path} was sent {self.host.now() - command.expires} s too late")
        if self._devices.run is not self:
            raise Unreachable("the connection is gone")
        loop, luck = asyncio.get_running_loop(), 9 if self._devices.calm else self._chance.randint(0, 12)
        if luck == 0:
            raise Refused("the device said no")
        if luck == 1:
            raise ValueError("a bug in the link")
        if luck == 2:
            await asyncio.Event().wait()
        if luck != 3:  # else lost on the way
            loop.call_later(
                self._chance.uniform(0.0, 0.2) * self._chance.choice((1, 1, 10)), self._devices.act, command
            )
        await asyncio.sleep(self._chance.uniform(0.0, 0.3))

    async def picture(self, thing_id: str) -> Picture:
        raise NotFound("no camera here")


TROUBLES: tuple[Callable[[], Exception], ...] = (
    lambda: Unreachable("the network is gone"),
    lambda: HubError("something else"),
    lambda: RuntimeError("a bug in the link"),
    lambda: ExceptionGroup("several", [Unreachable("one"), Unreachable("another")]),
)
"""What a link can end with."""
