"""Ways as they are given to screens."""

from __future__ import annotations

import msgspec

from wayhome.features.navigation import energy, looking, polyline
from wayhome.hub.household import Household
from wayhome.hub.maps import Manoeuvre, Piece, Way


class NavigationWay(msgspec.Struct, omit_defaults=True):
    """A way. ``shape``: an encoded polyline with six digits after the point; ``stops``: the indexes of its points at
    which the stops are, without the start. ``length`` m, ``time`` s; ``charge``: percent at its end, below 0 where it
    does not reach; None: the car tells too little. ``mark``: of a plan, by what
    `navigation.start` knows it again."""

    shape: str
    length: float
    time: float
    manoeuvres: tuple[Manoeuvre, ...]
    pieces: tuple[Piece, ...]
    stops: tuple[int, ...]
    toll: bool = False
    ferry: bool = False
    motorway: bool = False
    charge: float | None = None
    mark: str = ""


def shown(household: Household, car: str, way: Way) -> NavigationWay:
    """A way for a car with what its battery holds now."""
    battery = looking.battery(household.house, car)
    eats = energy.consumption(household.records(energy.DRIVE).values(), car)
    charge = energy.at_goal(battery, eats, way.length)
    return NavigationWay(
        polyline.encoded(way.shape),
        way.length,
        way.time,
        way.manoeuvres,
        way.pieces,
        way.stops[1:],
        way.toll,
        way.ferry,
        way.motorway,
        None if charge is None else round(charge, 1),
    )
