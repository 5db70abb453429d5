"""A household whose devices obey, for scenes: two lamps, a heater, a gate, blinds, a front door, a player, a car."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from tests.world import World
from wayhome.adapters.catalog_files import load_catalog
from wayhome.core.catalog import Refinement
from wayhome.core.command import Command
from wayhome.core.thing import Thing
from wayhome.core.value import Fact, Value
from wayhome.errors import HubError
from wayhome.features.home import feature as home
from wayhome.features.scenes import feature
from wayhome.hub.ports import Row
from wayhome.hub.session import Session

P = Refinement()
HVAC = "Vehicle.Cabin.HVAC."
COOLED = HVAC + "IsAirConditioningActive"
WARMTH = HVAC + "Station.Row1.Driver.Temperature"
DOOR = "Vehicle.Cabin.Door.Row1.DriverSide."
CHARGING = "Vehicle.Powertrain.TractionBattery.Charging."
FIXED = Refinement(fixed=True)

LAMP = {"light.on": P, "light.brightness": P, "light.color_temp": P, "light.hue": P, "light.saturation": P}
THINGS = (
    Thing("lamp", "Lamp", "puppet", "light", LAMP, area="Living room"),
    Thing("hall", "Hall lamp", "puppet", "light", {"light.on": P, "light.brightness": P}, area="Hall"),
    Thing(
        "heater", "Heater", "puppet", "heater",
        {"climate.mode": P, "climate.target_temperature": Refinement(min=7, max=30, step=0.5), "climate.preset": P},
        area="Living room",
    ),
    Thing(
        "gate", "Gate", "puppet", "gate",
        {"cover.state": Refinement(device_class="gate"), "cover.position": FIXED, "cover.open": P, "cover.close": P},
    ),
    Thing("blind", "Blind", "puppet", "blind", {"cover.state": P, "cover.position": P, "cover.close": P}),
    Thing("door", "Front door", "puppet", "lock", {"lock.locked": P, "lock.state": P, "lock.open": P}, area="Hall"),
    Thing("vault", "Vault", "puppet", "lock", {"lock.locked": Refinement(code="number")}),
    Thing("radio", "Radio", "puppet", "speaker", {f"media_player.{w}": P for w in ("on", "playing", "volume", "next")}),
    Thing("movie", "Movie", "puppet", "scene", {"scene.activate": P}),
    Thing(
        "car", "Car", "puppet", "car",
        {
            **dict.fromkeys((COOLED, WARMTH, DOOR + "IsLocked", DOOR + "Window.Position"), P),
            **dict.fromkeys((CHARGING + "StartStopCharging", "Vehicle.Body.Trunk.Rear.IsOpen"), P),
            "Vehicle.Cabin.IsWindowChildLockEngaged": P,
            **dict.fromkeys(("Vehicle.Body.Horn.IsActive", "Vehicle.Body.Lights.Hazard.IsSignaling"), P),
            **dict.fromkeys(("Vehicle.Speed", CHARGING + "IsCharging"), FIXED),
            **dict.fromkeys(("Vehicle.Powertrain.Transmission.CurrentGear", "Vehicle.LowVoltageSystemState"), FIXED),
        },
    ),
)  # fmt: skip
AT_FIRST: dict[str, Value] = {
    "lamp/light.on": True, "lamp/light.brightness": 40.0, "lamp/light.color_temp": 2700.0,
    "hall/light.on": False, "hall/light.brightness": 0.0,
    "heater/climate.mode": "heat", "heater/climate.target_temperature": 21.0, "heater/climate.preset": "none",
    "gate/cover.state": "open", "gate/cover.position": 100.0, "blind/cover.state": "open", "blind/cover.position": 70.0,
    "door/lock.locked": False, "door/lock.state": "unlocked", "vault/lock.locked": True,
    "radio/media_player.on": True, "radio/media_player.playing": True, "radio/media_player.volume": 30.0,
    f"car/{COOLED}": True, f"car/{WARMTH}": 22.0, f"car/{DOOR}IsLocked": True, f"car/{DOOR}Window.Position": 50,
    f"car/{CHARGING}IsCharging": False, "car/Vehicle.Body.Trunk.Rear.IsOpen": False,
    "car/Vehicle.Body.Horn.IsActive": False, "car/Vehicle.Body.Lights.Hazard.IsSignaling": False,
    "car/Vehicle.Speed": 0.0, "car/Vehicle.Powertrain.Transmission.CurrentGear": 126,
    "car/Vehicle.LowVoltageSystemState": "OFF",
}  # fmt: skip
PRESSED = {
    "gate/cover.close": ("gate/cover.state", "closed"),
    "gate/cover.open": ("gate/cover.state", "open"),
}


class House:
    """The household. ``deaf``: things that take a wish and never report. ``wrong``: what a thing says instead."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.deaf: set[str] = set()
        self.wrong: dict[str, HubError] = {}

    async def execute(self, command: Command) -> None:
        self.world.puppet.taken.append(command)
        thing = command.path.partition("/")[0]
        if thing in self.wrong:
            raise self.wrong[thing]
        if thing not in self.deaf:
            path, value = PRESSED.get(command.path, (command.path, command.target))
            if command.path.endswith("StartStopCharging"):
                path, value = f"car/{CHARGING}IsCharging", command.target == "START"
            self.say({path: value})

    def say(self, facts: dict[str, Value]) -> None:
        """Devices report."""
        refused = self.world.puppet.host.report([Fact(path, value) for path, value in facts.items()])
        assert refused == []

    def value(self, path: str) -> Value:
        return self.world.hub.household.house.readings[path].value

    @property
    def taken(self) -> dict[str, Value]:
        """What the devices were told, by path."""
        return {command.path: command.target for command in self.world.puppet.taken}

    def open(self, things: tuple[Thing, ...] = THINGS) -> None:
        self.world.puppet.execute = self.execute  # type: ignore[method-assign]
        self.world.puppet.host.announce(things)
        self.world.puppet.host.online([thing.id for thing in things], True)
        ids = {thing.id for thing in things}
        self.say({path: value for path, value in AT_FIRST.items() if path.partition("/")[0] in ids})


@asynccontextmanager
async def house(disk: list[Row] | None = None) -> AsyncIterator[House]:
    """The household, open; on a disk that may hold an earlier life of it."""
    world = World(features={"scenes": feature, "home": home}, catalog=load_catalog(), disk=disk)
    async with world:
        it = House(world)
        it.open()
        yield it


async def made(session: Session, name: str, **wanted: dict[str, Any]) -> str:
    """Make a scene; its id."""
    parts = [{"thing": thing, "states": states} for thing, states in wanted.items()]
    answer = await session.call("scenes.make", {"name": name, "parts": parts})
    return str(answer.scene.id)
