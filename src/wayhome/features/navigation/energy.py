"""How far a charge reaches: a first, simple model. Every kilometre takes the same: what this car's own drives took on
average, else what an electric car takes. It knows no hills, no weather and no speed. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from wayhome.core.record import Record
from wayhome.features.navigation.looking import Battery

DRIVE = "drive"
"""The collection of drives: their ``distance`` in m and ``energy`` in kWh."""
USUAL = 18.0
"""kWh in 100 km where nothing is known of the car."""
ENOUGH = 20_000.0
"""m of drives from which on their average says something."""
NEWEST = 30
RESERVE = 10.0
"""Percent that stay in the battery."""
LEAST, MOST = 8.0, 60.0
"""kWh in 100 km that a car can take: an average beyond is a mistake of its counters."""


class Consumption(msgspec.Struct, frozen=True):
    """kWh in 100 km. ``drives``: of so many of the car's own; 0: as usual for a car."""

    value: float = USUAL
    drives: int = 0


def consumption(records: Iterable[Record], car: str) -> Consumption:
    """The average of a car's newest drives."""
    found: list[tuple[float, float, float]] = []
    for record in records:
        values = record.values()
        numbers = _numbers(values, ("start", "distance", "energy"))
        if values.get("car") == car and numbers is not None and numbers[1] >= 1_000 and numbers[2] > 0:
            found.append((numbers[0], numbers[1], numbers[2]))
    newest = sorted(found, reverse=True)[:NEWEST]
    metres, energy = sum(one[1] for one in newest), sum(one[2] for one in newest)
    if metres < ENOUGH:
        return Consumption()
    value = energy / metres * 100_000
    return Consumption(round(value, 1), len(newest)) if LEAST <= value <= MOST else Consumption()


def _numbers(values: Mapping[str, object], names: tuple[str, ...]) -> list[float] | None:
    found = [values.get(name) for name in names]
    if any(isinstance(one, bool) or not isinstance(one, int | float) for one in found):
        return None
    return [float(one) for one in found if isinstance(one, int | float)]


def reach(battery: Battery, consumption: Consumption, *, back: bool = False) -> float | None:
    """m that can be gone until the reserve is left; ``back``: there and back again. None: the car tells too little."""
    if battery.level is None:
        return None
    usable = max(0.0, battery.level - RESERVE)
    if battery.capacity:
        metres = usable / 100 * battery.capacity / consumption.value * 100_000
    elif battery.range is not None and battery.level > 0:
        metres = battery.range * usable / battery.level
    else:
        return None
    return metres / 2 if back else metres


def at_goal(battery: Battery, consumption: Consumption, metres: float) -> float | None:
    """Percent that are left after so many m; below 0: it does not reach. None: the car tells too little."""
    if battery.level is None:
        return None
    if battery.capacity:
        return battery.level - metres / 100_000 * consumption.value / battery.capacity * 100
    if battery.range:
        return battery.level * (1 - metres / battery.range)
    return None
