"""Where cars were left: a record for each, written when a car is parked, and how far it is on foot from there to where
one wanted to go."""

from __future__ import annotations

from contextlib import suppress

import msgspec

from wayhome import log
from wayhome.core.event import Event
from wayhome.core.ids import record_path
from wayhome.core.record import Record
from wayhome.core.value import Value
from wayhome.errors import HubError
from wayhome.features.navigation import looking, planning
from wayhome.features.navigation.course import apart
from wayhome.features.navigation.model import Stop, plain
from wayhome.features.navigation.planning import Avoid, Origin
from wayhome.hub import places
from wayhome.hub.maps import Point
from wayhome.hub.running import Hub

COLLECTION = "parked"
ON_FOOT = 80.0
"""m as the crow flies from where a car was left to the goal, beyond which the way on foot is offered."""
MOST_ON_FOOT = 5_000.0
"""Beyond that nobody parked for it."""
ACTOR = "hub:navigation"


class ParkedCar(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a car was left: degrees, when (s since 1970), and what is there. ``place``: the household's own. ``goal``:
    where one wanted to go, where that is some way from here; ``walk``: m to there on foot."""

    latitude: float
    longitude: float
    at: float
    name: str = ""
    place: str | None = None
    goal: Stop | None = None
    walk: float | None = None

    @property
    def point(self) -> Point:
        return Point(self.latitude, self.longitude)


def parked(record: Record | None) -> ParkedCar | None:
    """What such a record says; None for one that is gone or makes no sense."""
    if record is None or record.gone:
        return None
    try:
        return msgspec.convert(record.values(), ParkedCar)
    except msgspec.ValidationError:
        return None


class Parked:
    """Keeps the records of this site's cars."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._states: dict[str, str] = {}

    def restore(self) -> None:
        """What the cars were doing when the hub stopped is not known any more; from now on it is."""
        house = self._hub.household.house
        for thing in house.owned():
            state = looking.state(house, thing.id)
            if state is not None:
                self._states[thing.id] = state

    def look(self, car: str, state: str | None, goal: Stop | None) -> None:
        """A car does something. ``goal``: where it has just arrived."""
        before = self._states.get(car)
        if state is None or state == before:
            return
        self._states[car] = state
        if state == "moving" and self.walk(car) is not None:
            self._hub.soon_run(self._drove_on(car))
        if state == "parked" and before is not None:
            self._hub.soon_run(self._left(car, goal))

    def walk(self, car: str) -> float | None:
        """m on foot from where the car was left to where it was led."""
        found = parked(self._hub.household.house.record(COLLECTION, car))
        return found.walk if found is not None else None

    async def _left(self, car: str, goal: Stop | None) -> None:
        household = self._hub.household
        point = looking.place(household.house, car)
        if point is None:
            return
        place = places.at(household, point)
        name = place[1] if place is not None else await self._name(point)
        walk = await self._on_foot(point, goal) if goal is not None else None
        found = ParkedCar(
            round(point.latitude, 6), round(point.longitude, 6), household.clock.now(), name,
            place[0] if place is not None else None, goal if walk is not None else None, walk,
        )  # fmt: skip
        fields: dict[str, Value] = {**dict.fromkeys(ParkedCar.__struct_fields__), **plain(found)}
        context = self._hub.context(ACTOR)
        try:
            await household.write(COLLECTION, car, fields, context)
            if walk is not None and goal is not None:
                data: dict[str, Value] = {"car": car, "metres": walk, "goal": goal.name}
                about = record_path(COLLECTION, car)
                await household.tell(Event("LeftToWalk", household.clock.now(), context, about, data))
        except HubError as error:
            log.get("navigation").warning("where a car was left can't be kept", detail=error.detail)

    async def _drove_on(self, car: str) -> None:
        """Nobody walks from there any more."""
        await self._hub.household.write(COLLECTION, car, {"goal": None, "walk": None}, self._hub.context(ACTOR))

    async def _name(self, point: Point) -> str:
        maps = self._hub.ports.maps
        if maps is None:
            return ""
        with suppress(HubError):
            spot = await maps.at(point, "en")
            if spot is not None and (spot.distance is None or spot.distance <= ON_FOOT):
                return spot.local or spot.name
        return ""

    async def _on_foot(self, point: Point, goal: Stop) -> float | None:
        """m on foot; None: it is right there, or so far that nobody walks."""
        away = apart(point, Point(goal.latitude, goal.longitude))
        if not ON_FOOT < away <= MOST_ON_FOOT:
            return None
        with suppress(HubError):
            (way, *_) = await planning.ways(self._hub, Origin(point), [goal], Avoid(), costing="pedestrian")
            return round(way.length)
        return round(away)
