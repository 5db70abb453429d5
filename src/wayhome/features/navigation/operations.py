"""Leading a car somewhere: planning, starting, showing, leaving out a stop, stopping."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from wayhome.core.ids import legible, record_path
from wayhome.errors import BadInput, NotFound
from wayhome.features.navigation import keeping, picking, planning
from wayhome.features.navigation.keeper import NO_STOP, keeper_of
from wayhome.features.navigation.model import (
    COLLECTION,
    MOST_MARK,
    MOST_STOPS,
    NOW,
    CarId,
    Guidance,
    Journey,
    Led,
    Stop,
    journey,
    plain,
)
from wayhome.features.navigation.planning import Avoid
from wayhome.features.navigation.showing import NavigationWay, shown
from wayhome.hub import cars, places
from wayhome.hub.maps import Point
from wayhome.hub.operations import operation
from wayhome.hub.session import Session

DESTINATION = "destination"
"""The collection of places that were sent to a car."""
NOT_LED = "Start somewhere first."

type Stops = Annotated[list[Stop], Meta(min_length=1, max_length=MOST_STOPS)]


class NavigationCar(msgspec.Struct, forbid_unknown_fields=True):
    """A car's thing id; none: the household's only car."""

    car: CarId | None = None


class NavigationAsked(msgspec.Struct, forbid_unknown_fields=True):
    """Where to: ``stops``, the last of them the goal. ``avoid_…``: where there is another way. ``alternatives``: so
    many other ways at most; over several stops there are none."""

    stops: Stops
    car: CarId | None = None
    avoid_tolls: bool = False
    avoid_motorways: bool = False
    avoid_ferries: bool = False
    alternatives: Annotated[int, Meta(ge=0, le=2)] = 2


class NavigationPlan(msgspec.Struct):
    """The best way first. ``shape`` begins where the car is."""

    car: str
    ways: list[NavigationWay]


@operation("navigation.plan")
async def plan(session: Session, data: NavigationAsked) -> NavigationPlan:
    """Ways for a car from where it is, with how long they take and what charge is left at the end."""
    car = car_of(session, data.car)
    start = planning.origin(session.hub, car)
    avoid = Avoid(data.avoid_tolls, data.avoid_motorways, data.avoid_ferries)
    found = await planning.ways(session.hub, start, data.stops, avoid, alternatives=data.alternatives)
    marks = await asyncio.to_thread(lambda: [picking.mark(way) for way in found])
    ways = [shown(session.hub.household, car, way) for way in found]
    return NavigationPlan(car, [msgspec.structs.replace(way, mark=mark) for way, mark in zip(ways, marks, strict=True)])


class NavigationStart(msgspec.Struct, forbid_unknown_fields=True):
    """Where to, by one of these: ``stops``; ``place``, the id of a place of the household; ``destination``, the id of
    one that was sent to the car, which is taken up by that. ``mark``: that of the way that was chosen of the plan: it
    is taken also where the car has moved on since. ``way``: without a mark, which one, in the order in which they are
    found now."""

    stops: Stops | None = None
    place: str | None = None
    destination: str | None = None
    car: CarId | None = None
    avoid_tolls: bool = False
    avoid_motorways: bool = False
    avoid_ferries: bool = False
    way: Annotated[int, Meta(ge=0, le=2)] = 0
    mark: Annotated[str, Meta(min_length=1, max_length=MOST_MARK)] | None = None


class NavigationNow(msgspec.Struct, omit_defaults=True):
    """How a car is led; the same as its signal ``navigation.now``. None: it is not led."""

    car: str
    guidance: Guidance | None = None


@operation("navigation.start")
async def start(session: Session, data: NavigationStart) -> NavigationNow:
    """Lead a car somewhere. What was before ends with it, unless there is no way: then it goes on.

    A way that was chosen is taken, or it is refused (`conflict`), and the ways are to be looked at anew. One that was
    chosen at another site is told with `rerouted` where the car can't take it any more, and the best one is taken.

    The hub that the car belongs to leads it; where that is another one, it is told, and says at `navigation.now` what
    came of it. A car that takes destinations (VSS) is told the next stop.
    """
    car = car_of(session, data.car)
    hub, context = session.hub, session.context()
    stops, sent = _stops(session, car, data)
    record = hub.household.house.record("person", session.identity.person or "")
    by = "" if record is None else str(record.values().get("name") or "")
    wanted = Journey(
        hub.ids.ulid(), tuple(stops), hub.household.clock.now(), by[:120], data.way, data.avoid_tolls,
        data.avoid_motorways, data.avoid_ferries, data.mark,
    )  # fmt: skip
    if hub.household.house.foreign(car) is None:
        avoid = Avoid(data.avoid_tolls, data.avoid_motorways, data.avoid_ferries)
        begin = planning.origin(hub, car)
        way = await picking.picked(hub, begin, stops, avoid, data.way, data.mark)
        guidance = await keeper_of(hub).start(car, wanted, way, context)
    else:
        await hub.household.write(COLLECTION, car, wanted.fields(), context)
        guidance = Guidance("planning", wanted.stops[-1], wanted.by, stops=len(stops) - 1)
    if sent is not None:
        await places.taken_up(hub.household, DESTINATION, sent, context)
    goal = stops[-1]
    if session.identity.person is not None and goal.place is None and goal.name:
        point = Point(goal.latitude, goal.longitude)
        await places.remember(hub.household, session.identity.person, hub.ids.ulid(), goal.name, point, context)
    return NavigationNow(car, guidance)


@operation("navigation.stop")
async def stop(session: Session, data: NavigationCar) -> NavigationNow:
    """Lead a car no more. One that was told its destination keeps it until it is told another."""
    car = car_of(session, data.car)
    try:
        await keeper_of(session.hub).stop(car, session.context())
    except NotFound:
        raise NotFound("this car is not led anywhere", advice=NOT_LED) from None
    return NavigationNow(car)


@operation("navigation.skip")
async def skip(session: Session, data: NavigationCar) -> NavigationNow:
    """Leave out the next stop, and go on to the one after it."""
    car = car_of(session, data.car)
    hub = session.hub
    wanted = journey(hub.household.house.record(COLLECTION, car))
    if wanted is None:
        raise NotFound("this car is not led anywhere", advice=NOT_LED)
    leading = keeper_of(hub).of(car)
    if leading is not None:
        await keeper_of(hub).skip(leading, session.context())
        return NavigationNow(car, keeper_of(hub).guidance(leading))
    if wanted.passed >= len(wanted.stops) - 1:
        raise NotFound("there is no stop before the goal", advice=NO_STOP)
    led = Led(wanted.start, wanted.file, wanted.passed + 1, wanted.soon)
    await hub.household.write(COLLECTION, car, {"led": plain(led)}, session.context())
    return NavigationNow(car, guidance_of(session, car))


class NavigationShown(msgspec.Struct, omit_defaults=True):
    """How a car is led, over which stops, and the way that it is led along: ``way`` is its id, as in the guidance; both
    are None while there is none."""

    car: str
    guidance: Guidance | None = None
    stops: tuple[Stop, ...] = ()
    way: str | None = None
    line: NavigationWay | None = None


@operation("navigation.show", reads=True)
async def show(session: Session, data: NavigationCar) -> NavigationShown:
    """The way that a car is led along, with its manoeuvres and roads.

    Asked anew when the guidance names another one.
    """
    car = car_of(session, data.car)
    household = session.hub.household
    guidance = guidance_of(session, car)
    wanted = journey(household.house.record(COLLECTION, car))
    if guidance is None or wanted is None:
        return NavigationShown(car)
    way = guidance.way
    if way is None or not keeping.is_file(way):
        return NavigationShown(car, guidance, wanted.stops)
    line = await asyncio.to_thread(keeping.unpack, await session.hub.blobs.get(way))
    return NavigationShown(car, guidance, wanted.stops, way, shown(household, car, line))


def car_of(session: Session, wanted: str | None) -> str:
    """A car that this session may know the way of. Raises NotFound, BadInput."""
    car = cars.meant(session, wanted)
    if not session.sees(f"{car}/{NOW}"):
        raise NotFound(f"there is no car {car[:64]!r} for you")
    return car


def guidance_of(session: Session, car: str) -> Guidance | None:
    """What stands at its signal, here or as the car's own hub told it."""
    reading = session.hub.household.house.readings.get(f"{car}/{NOW}")
    value: Any = reading.value if reading is not None else None
    try:
        return msgspec.convert(value, Guidance) if value is not None else None
    except msgspec.ValidationError:
        return None  # of another version


def _stop(session: Session, given: Stop) -> Stop:
    """A stop as it is kept: its name a single line, and the household's place only where it lies there: what happens on
    an arrival at home does not happen elsewhere."""
    place, point = given.place, Point(given.latitude, given.longitude)
    record = session.hub.household.records(places.PLACE).get(place or "")
    known = record is not None and session.may("read", record_path(places.PLACE, record.id))
    if record is None or not known or not places.holds(record, point):
        place = None
    return msgspec.structs.replace(given, place=place, name=legible(given.name))


def _stops(session: Session, car: str, data: NavigationStart) -> tuple[list[Stop], str | None]:
    """The stops that are meant, and the sent destination that is taken up. Raises BadInput, NotFound."""
    given = [one for one in (data.stops, data.place, data.destination) if one is not None]
    if len(given) != 1:
        raise BadInput("where to is said by `stops`, `place` or `destination`")
    records = session.hub.household.records
    if data.stops is not None:
        return [_stop(session, one) for one in data.stops], None
    if data.place is not None:
        record = records(places.PLACE).get(data.place)
        if record is None or not session.may("read", record_path(places.PLACE, record.id)):
            raise NotFound(f"there is no place {data.place[:40]!r}")
        point = places.point_of(record)
        if point is None:
            raise NotFound("nobody has said where this place is", advice="Set it in the settings.")
        name = str(record.values().get("name") or record.id)[:120]
        return [Stop(point.latitude, point.longitude, name, record.id)], None
    sent = records(DESTINATION).get(data.destination or "")
    if sent is None or sent.values().get("car") != car or not session.may("read", record_path(DESTINATION, sent.id)):
        raise NotFound("this destination is not there any more")
    point = places.point_of(sent)
    if point is None:
        raise NotFound("nobody knows where this is", advice="Search for it on the map, and start there.")
    return [Stop(point.latitude, point.longitude, str(sent.values().get("name") or "")[:120])], sent.id
