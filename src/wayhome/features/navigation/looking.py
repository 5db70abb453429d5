"""Looking at a car: where it is, how fast it goes, what its battery holds."""

from __future__ import annotations

import msgspec

from wayhome.core import driving
from wayhome.core.house import House
from wayhome.core.thing import Thing
from wayhome.core.value import Reading
from wayhome.features.navigation.tracking import Fix
from wayhome.hub.maps import Point

LATITUDE = "Vehicle.CurrentLocation.Latitude"
LONGITUDE = "Vehicle.CurrentLocation.Longitude"
HEADING = "Vehicle.CurrentLocation.Heading"
ACCURACY = "Vehicle.CurrentLocation.HorizontalAccuracy"
BATTERY = "Vehicle.Powertrain.TractionBattery."
LEVELS = (BATTERY + "StateOfCharge.Current", BATTERY + "StateOfCharge.Displayed")
CAPACITIES = (BATTERY + "NetCapacity", BATTERY + "GrossCapacity")
RANGES = (BATTERY + "Range", "Vehicle.Powertrain.Range")
WATCHED = (LATITUDE, LONGITUDE, driving.SPEED, driving.STATE)
FRESH = 10.0
"""So many s a speed or a heading says something."""
LATE = 60.0
"""A position whose own time is so many s older than when it was told, is of that time: clocks differ by less."""


def located(thing: Thing) -> bool:
    """Whether a thing is a car that can be led: it tells where it is."""
    return {LATITUDE, LONGITUDE} <= thing.signals.keys()


def place(house: House, car: str) -> Point | None:
    """Where it was last, however long ago that is: who sleeps stays where it is."""
    latitude, longitude = _number(house, car, LATITUDE), _number(house, car, LONGITUDE)
    return None if latitude is None or longitude is None else Point(latitude, longitude)


def fix(house: House, car: str, now: float, steady: float) -> Fix | None:
    """What it tells of where it is. ``now``: s since 1970, ``steady``: by the steady clock; None: nothing of this run
    of the hub."""
    found = [house.readings.get(f"{car}/{name}") for name in (LATITUDE, LONGITUDE)]
    told = [one for one in found if one is not None and one.quality == "good"]
    point = place(house, car)
    if len(told) < 2 or point is None:
        return None
    when = max(_time(one) for one in told)
    at = steady - max(0.0, now - when)
    heading = _number(house, car, HEADING, now)
    return Fix(at, point, heading, speed(house, car, now), _number(house, car, ACCURACY, now), when)


def speed(house: House, car: str, now: float) -> float | None:
    """km/h; None: it is not told, or was too long ago."""
    found = _number(house, car, driving.SPEED, now)
    return None if found is None else abs(found)


def state(house: House, car: str) -> str | None:
    """What the car is doing: ``parked``, ``idling``, ``moving``; None: it does not tell."""
    reading = house.readings.get(f"{car}/{driving.STATE}")
    return reading.value if reading is not None and isinstance(reading.value, str) else None


class Battery(msgspec.Struct, frozen=True):
    """What a car tells of its battery: percent, kWh, and m that it itself thinks it can go."""

    level: float | None = None
    capacity: float | None = None
    range: float | None = None


def battery(house: House, car: str) -> Battery:
    """As it is told now, or was told last."""
    return Battery(*(_first(house, car, names) for names in (LEVELS, CAPACITIES, RANGES)))


def _first(house: House, car: str, names: tuple[str, ...]) -> float | None:
    return next((value for name in names if (value := _number(house, car, name)) is not None), None)


def _number(house: House, car: str, name: str, now: float | None = None) -> float | None:
    """A signal's number; with ``now``: only where it is good and of these seconds."""
    reading = house.readings.get(f"{car}/{name}")
    if reading is None or reading.quality == "bad" or isinstance(reading.value, bool):
        return None
    if now is not None and (reading.quality != "good" or abs(now - reading.at) > FRESH):
        return None
    return float(reading.value) if isinstance(reading.value, int | float) else None


def _time(reading: Reading) -> float:
    source = reading.source_at
    return source if source is not None and source < reading.at - LATE else reading.at
