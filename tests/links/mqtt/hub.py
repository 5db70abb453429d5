"""A hub in memory with a broker's link, and a car and a phone of another link that do what they are told."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from typing import Any

import msgspec

from tests.world import MemoryBlobs, MemoryStore, MemoryVault
from wayhome.adapters.catalog_files import load_catalog
from wayhome.adapters.clock_system import SystemClock
from wayhome.adapters.ids_random import RandomIds
from wayhome.core.catalog import Refinement
from wayhome.core.command import Command
from wayhome.core.thing import Thing
from wayhome.core.value import Context, Fact, Value
from wayhome.errors import NotFound
from wayhome.features.home import feature as home
from wayhome.features.links import feature as links
from wayhome.hub.link import Link, LinkHost, Picture
from wayhome.hub.running import Hub, Ports
from wayhome.hub.session import Identity, Session
from wayhome.links.homeassistant import link as homeassistant
from wayhome.links.mqtt import link as mqtt

V = "Vehicle."
BATTERY = V + "Powertrain.TractionBattery."
FLAP = BATTERY + "Charging.ChargingPort.AnyPosition.IsFlapOpen"
CAR: dict[str, Value] = {
    BATTERY + "StateOfCharge.Displayed": 71.0,
    BATTERY + "Range": 312_400,
    BATTERY + "Charging.IsCharging": False,
    BATTERY + "Charging.ChargingPort.AnyPosition.IsChargingCableConnected": True,
    BATTERY + "Charging.ChargeLimit": 80,
    BATTERY + "Charging.StartStopCharging": "STOP",
    FLAP: False,
    V + "Cabin.HVAC.IsAirConditioningActive": False,
    V + "Cabin.HVAC.Station.Row1.Driver.Temperature": 21.0,
    V + "Cabin.HVAC.AmbientAirTemperature": 8.5,
    V + "Chassis.Axle.Row1.Wheel.Left.Tire.Pressure": 250,
    V + "CurrentLocation.Latitude": 52.5,
    V + "CurrentLocation.Longitude": 13.4,
    V + "Body.Trunk.Rear.IsOpen": False,
    V + "Body.Horn.IsActive": False,
    V + "Body.Lights.Hazard.IsSignaling": False,
    V + "Speed": 0.0,
    V + "Powertrain.Transmission.CurrentGear": 126,
    V + "TraveledDistance": 12_345_678,
    **{f"{V}Cabin.Door.Row{row}.{side}Side.{what}": what == "IsLocked"
       for row in (1, 2) for side in ("Driver", "Passenger") for what in ("IsLocked", "IsOpen")},
}  # fmt: skip
PHONE: dict[str, Value] = {"device_tracker.place": "home", "device_tracker.latitude": 52.4}


class Nothing(msgspec.Struct, frozen=True):
    """No settings."""


class Garage:
    """The run of a link with a car and a phone."""

    def __init__(self, host: LinkHost, settings: Any) -> None:
        self.host = host
        self.done: list[tuple[str, Value]] = []

    async def run(self) -> None:
        self.drive_up()
        self.host.ready()
        await asyncio.Event().wait()

    def drive_up(self) -> None:
        for id, name, kind, said in (("su7", "SU7", "car", CAR), ("phone", "Phone", "phone", PHONE)):
            self.host.announce([Thing(id, name, self.host.id, kind, {signal: Refinement() for signal in said})])
            self.say(id, said)
        self.host.online(["su7", "phone"], True)

    def say(self, id: str, said: Mapping[str, Value]) -> None:
        refused = self.host.report([Fact(f"{id}/{signal}", value) for signal, value in said.items()])
        assert not refused, refused

    async def execute(self, command: Command) -> None:
        self.done.append((command.path, command.target))
        id, _, signal = command.path.partition("/")
        self.say(id, {signal: command.target})

    async def picture(self, thing_id: str) -> Picture:
        raise NotFound("no picture")


@contextlib.asynccontextmanager
async def household() -> AsyncIterator[tuple[Hub, Session, Garage]]:
    """A hub with its owner signed in, a car and a phone."""
    clock = SystemClock()
    ids = RandomIds(clock)
    ports = Ports(MemoryStore(), MemoryBlobs(), MemoryVault(), clock, ids)
    garage = Link("garage", "Garage", Nothing, Garage)
    kinds = {"mqtt": mqtt, "homeassistant": homeassistant, "garage": garage}
    async with Hub(load_catalog(), ports, {"home": home, "links": links}, kinds) as hub:
        context = Context(ids.ulid(), "test")
        await hub.household.write("person", "ada", {"name": "Ada", "role": "owner", "tracker": "phone"}, context)
        session = hub.open_session(Identity("person:ada", "owner", "ada", signed_in_at=clock.now()))
        status = await session.call("links.add", {"link": "garage", "name": "Garage"})
        run = hub.links.find(status.id).run
        assert isinstance(run, Garage)
        yield hub, session, run


def value(hub: Hub, path: str) -> Value:
    found = hub.household.house.readings.get(path)
    return None if found is None else found.value
