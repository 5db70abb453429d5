"""Looking at cars: what their readings say at this moment, and what was told of them over a time."""

from __future__ import annotations

from wayhome.core import driving
from wayhome.core.house import House
from wayhome.core.thing import Thing
from wayhome.core.value import Reading
from wayhome.features.drives import figures
from wayhome.features.drives.figures import Samples
from wayhome.features.drives.model import Counts, Look
from wayhome.hub.household import Household

FRESH = 10.0
"""A speed says so many s that a car moves."""
MOST_CHANGES = 100_000
_TOLD = (*figures.LOGGED, driving.GEAR, driving.POWER)


def drives(thing: Thing) -> bool:
    """Whether a thing can be noticed driving: by its speed, its odometer or its place."""
    return not {driving.SPEED, figures.ODOMETER, figures.LATITUDE}.isdisjoint(thing.signals)


def look(house: House, thing: Thing, now: float) -> Look:
    """The car as its readings tell. Those of before a restart count for counters and place, not for motion."""
    coarse = driving.SPEED not in thing.signals
    found = {name: house.readings.get(f"{thing.id}/{name}") for name in _TOLD}
    heard = max((_time(one, coarse) for one in found.values() if one is not None), default=0.0)
    state = house.readings.get(f"{thing.id}/{driving.STATE}")
    speed, power, gear = found[driving.SPEED], found[driving.POWER], found[driving.GEAR]
    cable = house.readings.get(f"{thing.id}/{figures.PLUGGED}")
    plugged = cable is not None and cable.quality == "good" and cable.value is True
    rolling = _number(speed) if speed is not None and speed.quality == "good" else None
    parked = (
        gear is not None and gear.value == driving.PARK if coarse else state is not None and state.value == "parked"
    )
    turning = rolling is not None and figures.ROLLING <= abs(rolling) <= figures.FASTEST and not parked
    latitude, longitude = _number(found[figures.LATITUDE]), _number(found[figures.LONGITUDE])
    return Look(
        now=now,
        heard=min(heard, now),
        moving=turning and speed is not None and abs(now - speed.at) <= FRESH,
        rolling=turning,
        parked=parked,
        off=plugged or (power is not None and power.value in ("OFF", "LOCK")),
        coarse=coarse,
        counts=Counts(
            _number(found[figures.ODOMETER]),
            _number(found[figures.CONSUMED]),
            _number(found[figures.CHARGED]),
            _first(_number(found[figures.CHARGE]), _number(found[figures.SHOWN_CHARGE])),
        ),
        place=(latitude, longitude) if latitude is not None and longitude is not None else None,
    )


def capacity(house: House, car: str) -> float | None:
    """What its battery holds, kWh."""
    return _first(*(_number(house.readings.get(f"{car}/{name}")) for name in figures.CAPACITIES))


def speed_now(house: House, car: str, now: float) -> float:
    """km/h, 0 where it is not known."""
    reading = house.readings.get(f"{car}/{driving.SPEED}")
    if reading is None or reading.quality != "good" or abs(now - reading.at) > FRESH:
        return 0.0
    return abs(_number(reading) or 0.0)


async def told(household: Household, car: str, start: float, end: float) -> dict[str, Samples]:
    """All that a car told between two moments, of what drives are worked out of; first what held at the start."""
    await household.keeping.settle()
    found: dict[str, Samples] = {}
    for name in figures.LOGGED:
        signal = household.house.catalog.find(name)
        path = f"{car}/{name}"
        if signal is None:
            continue
        if signal.keep == "telemetry":
            samples: Samples = await household.store.samples(path, start - figures.GAP, end + 1e-3)
        else:
            changes = await household.store.history(path, start - figures.GAP, end + 1e-3, MOST_CHANGES)
            samples = [(_time(one, True), value) for one in changes if (value := _number(one)) is not None]
        if within := _within(sorted(samples), start, end):
            found[name] = within
    return found


def _within(samples: Samples, start: float, end: float) -> Samples:
    before = [value for at, value in samples if at < start]
    return [*((start, value) for value in before[-1:]), *(one for one in samples if start <= one[0] <= end)]


def _time(reading: Reading, own: bool) -> float:
    # A service that is asked now and then says when the car told it: that counts, not when the service was asked.
    return reading.source_at if own and reading.source_at is not None else reading.at


def _number(reading: Reading | None) -> float | None:
    if reading is None or reading.quality == "bad" or isinstance(reading.value, bool):
        return None
    return float(reading.value) if isinstance(reading.value, int | float) else None


def _first(*values: float | None) -> float | None:
    return next((value for value in values if value is not None), None)
