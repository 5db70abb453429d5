"""What a drive came to: distance, energy, speeds, and its course second by second, from the drive log. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import msgspec

from wayhome.core.record import Record
from wayhome.features.drives.model import Counts, DrivePlace
from wayhome.features.drives.rules import MOST, apart

type Samples = Sequence[tuple[float, float]]
"""(time in s since 1970, value), in order of time."""

BATTERY = "Vehicle.Powertrain.TractionBattery."
SPEED = "Vehicle.Speed"
ODOMETER = "Vehicle.TraveledDistance"
LATITUDE = "Vehicle.CurrentLocation.Latitude"
LONGITUDE = "Vehicle.CurrentLocation.Longitude"
ALTITUDE = "Vehicle.CurrentLocation.Altitude"
POWER = BATTERY + "CurrentPower"
CHARGE = BATTERY + "StateOfCharge.Current"
SHOWN_CHARGE = BATTERY + "StateOfCharge.Displayed"
CONSUMED = BATTERY + "AccumulatedConsumedEnergy"
CHARGED = BATTERY + "AccumulatedChargedEnergy"
PLUGGED = BATTERY + "Charging.ChargingPort.AnyPosition.IsChargingCableConnected"
OUTSIDE = "Vehicle.Exterior.AirTemperature"
CAPACITIES = (BATTERY + "NetCapacity", BATTERY + "GrossCapacity")
LOGGED = (SPEED, ODOMETER, LATITUDE, LONGITUDE, ALTITUDE, POWER, CHARGE, SHOWN_CHARGE, CONSUMED, CHARGED, OUTSIDE)
"""Every signal that a drive is worked out of."""

GAP = 60.0
"""A value counts for so many s: what happened between two samples that are further apart nobody knows."""
TRUSTED = 0.8
"""An odometer is taken by its word if it tells at least this share of what the speed comes to."""
CLOSE = 2.0
"""s between two samples of a speed that changes."""
ROLLING = 2.0
"""km/h above which the wheels turn."""
FASTEST = 450.0
"""km/h that no car of a household goes: a sensor's mistake."""


class Figures(msgspec.Struct, frozen=True):
    """See ``model.Drive`` for the units. None: the car does not tell."""

    distance: float | None
    energy: float | None
    charge_from: float | None
    charge_to: float | None
    moving: float | None
    top: float | None
    outside: float | None


def distance(odometer: Samples, speed: Samples, base: float | None = None) -> float | None:
    """Metres: what the odometer went on by (over a reset of it, too), else the speed (km/h) over time. The latter
    also where the odometer told far less than the speed: then it ceased to tell on the way."""
    marks = [value for _, value in odometer]
    if base is not None:
        marks.insert(0, base)
    steps = [after - before for before, after in pairwise(marks) if 0 < after - before <= MOST]
    rolled = [
        _between(abs(a), abs(b), later - at) / 3.6
        for (at, a), (later, b) in pairwise(speed)
        if 0 < later - at <= GAP and max(abs(a), abs(b)) <= FASTEST
    ]
    if steps and sum(steps) >= TRUSTED * sum(rolled):
        return sum(steps)
    return sum(rolled) if rolled else 0.0 if marks else None


def _between(before: float, after: float, seconds: float) -> float:
    """The speed over the time between two samples. A speed that holds is not told anew, so over more than a moment it
    was what it was, not on its way to the next."""
    return (before + after) / 2 * seconds if seconds <= CLOSE else before * seconds


def energy(
    consumed: Samples, charged: Samples, base: Counts, charge: tuple[float | None, float | None], capacity: float | None
) -> float | None:
    """kWh that the drive took: by the battery's own counters, less what braking put back; else by the state of
    charge (percent, at the start and at the end) of a known capacity (kWh); else nobody knows."""
    used = _risen(consumed, base.consumed)
    if used is not None:
        return used - (_risen(charged, base.charged) or 0.0)
    first, last = charge
    if first is None or last is None or not capacity or last > first:
        return None
    return (first - last) / 100 * capacity


def _risen(samples: Samples, base: float | None) -> float | None:
    marks = [value for _, value in samples]
    if base is not None:
        marks.insert(0, base)
    if len(marks) < 2:
        return None
    return sum(after - before for before, after in pairwise(marks) if after > before)


def figures(
    log: Mapping[str, Samples], end: float, base: Counts, capacity: float | None, odometer: float | None = None
) -> Figures:
    """A drive's figures from the samples between its start and end. ``odometer``: what it came to, told later."""
    marks = [*log.get(ODOMETER, ()), *([(end, odometer)] if odometer is not None else [])]
    speed = [(at, value) for at, value in log.get(SPEED, ()) if abs(value) <= FASTEST]
    if speed and speed[-1][0] < end:
        speed.append((end, speed[-1][1]))
    levels = log.get(CHARGE) or log.get(SHOWN_CHARGE) or ()
    first = base.charge if base.charge is not None else levels[0][1] if levels else None
    last = levels[-1][1] if levels else base.charge
    warm = [value for _, value in log.get(OUTSIDE, ())]
    return Figures(
        distance=distance(marks, speed, base.odometer),
        energy=energy(log.get(CONSUMED, ()), log.get(CHARGED, ()), base, (first, last), capacity),
        charge_from=first,
        charge_to=last,
        moving=_moving(speed),
        top=max((abs(value) for _, value in speed), default=None),
        outside=sum(warm) / len(warm) if warm else None,
    )


def _moving(speed: Samples) -> float | None:
    if not speed:
        return None
    steps = ((a, b[0] - a[0]) for a, b in pairwise(speed))
    return sum(seconds for (_, value), seconds in steps if seconds <= GAP and abs(value) > ROLLING)


def spot(at: tuple[float, float] | None, places: Iterable[Record]) -> DrivePlace | None:
    """A place with the household's name for it: of those that it lies in, the one whose middle is nearest."""
    if at is None:
        return None
    found: list[tuple[float, str, str]] = []
    for record in places:
        values = record.values()
        latitude, longitude, radius = (values.get(name) for name in ("latitude", "longitude", "radius"))
        if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
            continue
        away = apart(at, (latitude, longitude))
        # A car stands beside the house, and its receiver is some metres off.
        if away <= max(100.0, float(radius) if isinstance(radius, int | float) else 0.0) + 50:
            found.append((away, record.id, str(values.get("name") or record.id)))
    if not found:
        return DrivePlace(at[0], at[1])
    _, place, name = min(found)
    return DrivePlace(at[0], at[1], place, name[:200])
