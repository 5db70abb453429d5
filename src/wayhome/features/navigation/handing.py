"""Handing the next stop to a car that has a navigation of its own, by VSS: so it leads there too, and a simulated one
drives there."""

from __future__ import annotations

from wayhome.core.command import Command
from wayhome.core.value import Context
from wayhome.errors import HubError
from wayhome.features.navigation.model import Stop
from wayhome.hub.running import Hub

DESTINATION = "Vehicle.Cabin.Infotainment.Navigation.DestinationSet."
LATITUDE, LONGITUDE = DESTINATION + "Latitude", DESTINATION + "Longitude"
LASTS = 120.0
"""s that it is worth telling: a car that wakes up takes its time."""


async def hand(hub: Hub, car: str, stop: Stop, context: Context) -> None:
    """Wish that the car's own destination is this stop. What it says to that is seen where wishes are; nobody is led
    worse by it."""
    thing = hub.household.house.things.get(car)
    if thing is None:
        return
    told = {LATITUDE: stop.latitude, LONGITUDE: stop.longitude}
    if any(name not in thing.signals or thing.signals[name].fixed for name in told):
        return
    for name, value in told.items():
        own = Context(hub.ids.ulid(), context.actor, context.id)
        command = Command(hub.ids.ulid(), f"{car}/{name}", round(value, 6), hub.household.clock.now(), LASTS, own)
        try:
            await hub.household.wishes.ask(command)
        except HubError:
            return
