"""Changing a device that is signed in: what it is called, and where in which car it sits."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType

from wayhome.core import driving
from wayhome.core.driving import Seat
from wayhome.core.value import Value
from wayhome.errors import BadInput, NotFound, NotWhileDriving
from wayhome.features.people import model, rules, who
from wayhome.features.people.operations import Done
from wayhome.hub.operations import operation
from wayhome.hub.session import Session


class DeviceChanges(msgspec.Struct, forbid_unknown_fields=True):
    """What changes of a device; what is not sent stays. ``seat`` and ``car`` are for screens in a car."""

    device: str
    name: str | UnsetType = UNSET
    seat: Seat | UnsetType = UNSET
    car: str | UnsetType | None = UNSET


@operation("people.device_change", fresh=True, parked=True)
async def device_change(session: Session, data: DeviceChanges) -> Done:
    """Change what a device is called and where it sits.

    Your own, as an owner any. A screen at the wheel of a car that is not parked stays there: whoever drives must not be
    made a passenger from elsewhere.
    """
    device = who.door(session).devices.all().get(data.device)
    if device is None:
        raise NotFound(f"there is no device {data.device[:60]!r} of yours")
    rules.may_revoke(who.actor(session), device)
    values: dict[str, Value] = {}
    if data.name is not UNSET:
        values["name"] = rules.clean_name(data.name)
    seat = device.seat if data.seat is UNSET else data.seat
    car = device.car if data.car is UNSET else data.car
    if seat == "elsewhere":
        car = None
    if (seat, car) != (device.seat, device.car):
        if seat != "elsewhere" and (car is None or car not in session.hub.cars()):
            raise BadInput("a seat belongs to a car of the household", advice="Say which car the screen is in.")
        if device.seat == "driver" and device.car is not None and session.hub.drivers.state(device.car) != "parked":
            raise NotWhileDriving("this screen is at the wheel of a car that is not parked")
        values |= {"seat": seat, "car": car}
    if data.seat is not UNSET and not device.placed:
        if seat != "driver" and any(_rolls(session, car) for car in session.hub.cars()):
            raise NotWhileDriving("where this screen is can be said once the car stands")
        values["placed"] = True
    if not values:
        return Done()
    context = session.context()
    await session.hub.household.write(model.DEVICE, device.id, values, context)
    await who.door(session).members.tell_changed(device, values, context)
    return Done()


def _rolls(session: Session, car: str) -> bool:
    """Whether a car is known to be on the road; one that is not heard of keeps nobody from saying it."""
    speed = session.hub.household.house.readings.get(f"{car}/{driving.SPEED}")
    return session.hub.drivers.state(car) == "moving" and speed is not None and speed.quality == "good"
