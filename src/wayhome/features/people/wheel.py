"""Who drives, and who only rides along."""

from __future__ import annotations

import msgspec

from wayhome.errors import NotFound
from wayhome.features.people import who
from wayhome.features.people.operations import Done, Nothing
from wayhome.hub.drivers import DRIVER
from wayhome.hub.operations import operation
from wayhome.hub.session import Session


class Wheel(msgspec.Struct, forbid_unknown_fields=True):
    """Who drives this car; ``person`` null: whoever its driver's screen is signed in for."""

    car: str
    person: str | None = None


class Riding(msgspec.Struct):
    """The cars, by id, that no longer take you for their driver until they are parked."""

    cars: list[str]


@operation("people.drives", parked=True)
async def drives(session: Session, data: Wheel) -> Done:
    """Say who drives a car.

    Their phone and watch then follow the driver's rules while that car is not parked.
    """
    if data.car not in session.hub.cars() or not session.sees(f"{data.car}/thing.info"):
        raise NotFound(f"there is no car {data.car[:80]!r}")
    if data.person is not None and data.person not in who.door(session).sign_in.people():
        raise NotFound(f"there is no person {data.person[:80]!r}")
    await session.hub.household.write(DRIVER, data.car, {"person": data.person}, session.context())
    return Done()


@operation("people.passenger")
async def passenger(session: Session, data: Nothing) -> Riding:
    """Say that you do not drive, though the household takes you for the driver.

    It holds until the car is parked, for your phone and watch; said on a screen of which nobody said where it is, for
    that screen alone. The screen at the driver's seat stays the driver's.
    """
    who.person(session)
    return Riding(session.hub.drivers.rides_along(session.identity))
