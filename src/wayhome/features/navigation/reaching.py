"""How far a charge reaches, on the map; and where a car was left, with the way on foot from there."""

from __future__ import annotations

from urllib.parse import quote

import msgspec

from wayhome.core.ids import record_path
from wayhome.errors import NotFound
from wayhome.features.navigation import bounding, energy, looking, planning
from wayhome.features.navigation.model import CarId
from wayhome.features.navigation.operations import NavigationCar, car_of
from wayhome.features.navigation.parked import COLLECTION, ParkedCar, parked
from wayhome.features.navigation.planning import Avoid, Origin
from wayhome.features.navigation.showing import NavigationWay, shown
from wayhome.hub.maps import Maps, Point
from wayhome.hub.operations import operation
from wayhome.hub.session import Session

NEAREST = 100.0
MOST = 150_000.0
"""m of road that are looked at: beyond that a router takes seconds, and a charge's reach is no surprise."""


class NavigationReachAsked(msgspec.Struct, forbid_unknown_fields=True):
    """``back``: there and back again."""

    car: CarId | None = None
    back: bool = False


class NavigationReach(msgspec.Struct):
    """What can be driven to. ``rings``: around it, as latitudes and longitudes; ``metres``: of road, ``capped`` where
    more was not looked at. ``reserve``: percent that stay; ``consumption``: kWh in 100 km, the average of so many
    ``drives`` of this car, or with 0 as usual for a car. The model is a simple one: no hills, no weather, no speed."""

    car: str
    rings: list[list[tuple[float, float]]]
    metres: float
    capped: bool
    reserve: float
    consumption: float
    drives: int


@operation("navigation.reach", reads=True)
async def reach(session: Session, data: NavigationReachAsked) -> NavigationReach:
    """What a car can reach with the charge that it has, and with `back` come back from: that lies within the other."""
    car = car_of(session, data.car)
    household = session.hub.household
    start = planning.origin(session.hub, car)
    eats = energy.consumption(household.records(energy.DRIVE).values(), car)
    metres = energy.reach(looking.battery(household.house, car), eats, back=data.back)
    if metres is None:
        raise NotFound("the car does not tell how much charge it has, and how much it holds")
    there = 2 * metres if data.back else metres
    rings = await _rings(planning.maps_of(session.hub), start.point, metres, there) if metres >= NEAREST else []
    shown_rings = [[(point.latitude, point.longitude) for point in ring] for ring in rings]
    capped = metres > MOST
    return NavigationReach(car, shown_rings, round(metres), capped, energy.RESERVE, eats.value, eats.drives)


async def _rings(maps: Maps, point: Point, metres: float, there: float) -> list[list[Point]]:
    """What is reached within so many m, within what is reached ``there``, one way; as far as the maps go: the smaller
    what is looked at, the finer is its line."""
    regions = [region.bounds for region in maps.regions()]
    if not regions:
        return await maps.reach(point, min(metres, MOST))  # which says that there is no map
    bounds = bounding.around(regions)
    most = min(MOST, max(NEAREST, bounding.farthest(bounds)))
    looked, of = min(metres, most), min(there, most)
    found = await maps.reach(point, looked, of if of > looked else None)
    return [ring for one in found if (ring := bounding.clipped(one, bounds))]


class NavigationWalk(msgspec.Struct, omit_defaults=True):
    """Where a car was left; from there on foot to where one wanted to go, where that is some way: the way, and as a
    link for the map of a phone (``geo:``)."""

    car: str
    parked: ParkedCar | None = None
    way: NavigationWay | None = None
    link: str | None = None


@operation("navigation.parked", reads=True)
async def where(session: Session, data: NavigationCar) -> NavigationWalk:
    """Where a car was left, and the way on foot from there to where it was led."""
    car = car_of(session, data.car)
    household = session.hub.household
    found = parked(household.house.record(COLLECTION, car))
    if found is None or not session.may("read", record_path(COLLECTION, car)):
        return NavigationWalk(car)
    goal = found.goal
    if goal is None:
        return NavigationWalk(car, found)
    (way, *_) = await planning.ways(session.hub, Origin(found.point), [goal], Avoid(), costing="pedestrian")
    at = f"{goal.latitude:.6f},{goal.longitude:.6f}"
    link = f"geo:{at}?q={at}" + (f"({quote(goal.name)})" if goal.name else "")
    line = msgspec.structs.replace(shown(household, car, way), charge=None)
    return NavigationWalk(car, found, line, link)
