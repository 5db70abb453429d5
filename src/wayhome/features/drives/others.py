"""Drives under way in cars of other sites. Their own hub ends them, unless it belongs to the household no more: then
what it told last is all that there will be."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from wayhome.core.house import House
from wayhome.core.thing import Thing
from wayhome.core.value import Value
from wayhome.features.drives.model import NOW, Drive


class _Told(msgspec.Struct, frozen=True):
    """The site of a car, and what it told last of its drive under way. ``at``: when, s since 1970."""

    site: str
    at: float = 0.0
    drive: dict[str, Value] = {}


class Others:
    """What the cars of other sites told last: kept apart, as it goes with the car."""

    def __init__(self) -> None:
        self._told: dict[str, _Told] = {}

    def look(self, house: House) -> None:
        """Take in what they tell now."""
        self._told = {thing.id: _told(house, thing.id, thing.site) for thing in _foreign(house)}

    def left(self, site: str, under_way: Iterable[Drive]) -> list[Drive]:
        """Those of the drives under way that were of a car of ``site``, ended as far as it told of them."""
        return [
            _ended(drive, told)
            for drive in under_way
            if (told := self._told.get(drive.car)) is not None and told.site == site
        ]


def _foreign(house: House) -> Iterable[Thing]:
    return (thing for thing in house.things.values() if thing.site != house.site)


def _told(house: House, car: str, site: str) -> _Told:
    reading = house.readings.get(f"{car}/{NOW}")
    drive = reading.value.get("drive") if reading is not None and isinstance(reading.value, dict) else None
    return _Told(site, reading.at, drive) if reading is not None and isinstance(drive, dict) else _Told(site)


def _ended(drive: Drive, told: _Told) -> Drive:
    if told.drive.get("id") != drive.id:
        return msgspec.structs.replace(drive, end=drive.start, lost=True)
    number = {name: float(v) for name, v in told.drive.items() if isinstance(v, int | float)}
    return msgspec.structs.replace(
        drive,
        end=max(drive.start, told.at),
        lost=True,
        distance=number.get("distance"),
        energy=number.get("energy"),
        charge_to=number.get("charge"),
    )
