"""A car is about to come to a place of the household: everybody who may know is told, and the scene that an owner has
chosen for that runs.

The hub of the car tells it. The scene runs at the site where most of its things are: across sites only people wish. So
the home's hub looks at what the car's hub says of the way, and gets the house ready by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from typing import Annotated

import msgspec
from msgspec import Meta

from wayhome import log
from wayhome.core.event import Event
from wayhome.core.ids import record_path
from wayhome.core.published import Shown
from wayhome.core.record import Record
from wayhome.core.value import Value
from wayhome.errors import HubError
from wayhome.features.navigation.course import Course
from wayhome.features.navigation.leading import Leading
from wayhome.features.navigation.model import COLLECTION, NOW, Guidance, Journey, Stop, journey
from wayhome.hub import places
from wayhome.hub.maps import Point
from wayhome.hub.running import Hub
from wayhome.hub.session import Identity

CHOICE = "arriving"
"""The collection that says which scene runs for which place, by the place's id."""
SOON = 10.0
"""Minutes to a place from which on a car is about to come."""
ACTOR = "hub:navigation"
SCENE_PART = "scene_part"
"""The collection of what is in scenes: ``<scene>:<thing>``."""
MOVED = 50.0
"""m that a car has driven towards a place before it counts as coming: somebody may only look how far it is."""


class ArrivingScene(msgspec.Struct, frozen=True, omit_defaults=True):
    """Which scene runs when a car is about to come. ``by``: the owner who chose it, with whose rights it runs; empty:
    the hub's own."""

    scene: Annotated[str, Meta(min_length=1, max_length=64)]
    by: str = ""


def choice(record: Record | None) -> ArrivingScene | None:
    """What was chosen; None: nothing."""
    if record is None or record.gone:
        return None
    try:
        return msgspec.convert(record.values(), ArrivingScene)
    except msgspec.ValidationError:
        return None


def still_soon(before: Journey, told: Collection[int], wanted: Journey, course: Course) -> tuple[int, ...]:
    """The stops of a journey, by their numbers, of which it was told on the one that it takes the place of that the car
    is about to come, and it still is: somebody has put a stop in, and no scene runs a second time for that."""
    known = [_spot(before.stops[number]) for number in told]
    return tuple(
        number
        for number, stop in enumerate(wanted.stops)
        if _spot(stop) in known and number < len(course.stops) and course.time(course.stops[number]) <= SOON * 60
    )


def _spot(stop: Stop) -> tuple[float, float, str | None]:
    return stop.latitude, stop.longitude, stop.place


class Arriving:
    """Tells it, once for each stop of a journey."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._far: dict[str, str] = {}
        """The journeys of cars of other sites that were seen to be about to end, by car."""
        self._goals: dict[str, tuple[float, float, str | None]] = {}
        """Where those are about to come that are at this moment."""

    def look(self, leading: Leading) -> bool:
        """Whether a car is about to come somewhere, which it was not a moment ago."""
        told = len(leading.announced)
        if leading.track.moved < MOVED or leading.track.standing == "off" or not leading.track.joined:
            return False
        for number in range(leading.passed, len(leading.journey.stops)):
            minutes = leading.minutes_to(number)
            if minutes is None or minutes > SOON or number in leading.announced:
                continue
            leading.announced.add(number)
            place = self._place(leading.journey, number)
            if place is not None:
                self._hub.soon_run(self._soon(leading, number, place, max(0, round(minutes))))
        return len(leading.announced) > told

    def look_far(self) -> None:
        """Whether a car of another site is about to come to where it goes. To be called once a second."""
        household = self._hub.household
        for car, record in household.records(COLLECTION).items():
            thing, wanted = household.house.things.get(car), journey(record)
            if thing is None or thing.site == household.house.site or wanted is None:
                continue
            goal = _spot(wanted.stops[-1])
            if not _is_soon(household.published.find(f"{car}/{NOW}")):
                self._goals.pop(car, None)
                continue
            known = self._goals.get(car) == goal  # on the journey that this one took the place of
            self._goals[car] = goal
            if self._far.get(car) != wanted.start:
                self._far[car] = wanted.start
                if known:
                    continue
                number = len(wanted.stops) - 1
                place = self._place(wanted, number)
                chosen = choice(household.house.record(CHOICE, place)) if place is not None else None
                if chosen is not None and self._here(chosen.scene):
                    self._hub.soon_run(self._run(chosen, f"{wanted.start}.{number}"))

    def _place(self, wanted: Journey, number: int) -> str | None:
        """The place of the household at a stop, if any."""
        stop = wanted.stops[number]
        if stop.place in self._hub.household.records(places.PLACE):
            return stop.place
        found = places.at(self._hub.household, Point(stop.latitude, stop.longitude))
        return found[0] if found is not None else None

    def _here(self, scene: str) -> bool:
        """Whether most of a scene's things are at this site."""
        house = self._hub.household.house
        things = (id.partition(":") for id in self._hub.household.records(SCENE_PART))
        sites = Counter(house.things[one[2]].site for one in things if one[0] == scene and one[2] in house.things)
        return not sites or min(sites, key=lambda site: (-sites[site], site)) == house.site

    async def _soon(self, leading: Leading, number: int, place: str, minutes: int) -> None:
        household, context = self._hub.household, self._hub.context(ACTOR)
        data: dict[str, Value] = {"car": leading.car, "place": place, "minutes": minutes}
        about = record_path(COLLECTION, leading.car)
        await household.tell(Event("ArrivingSoon", household.clock.now(), context, about, data))
        chosen = choice(household.house.record(CHOICE, place))
        if chosen is not None and self._here(chosen.scene):
            await self._run(chosen, f"{leading.journey.start}.{number}")

    async def _run(self, chosen: ArrivingScene, key: str) -> None:
        """Run it as any session would. A scene never opens nor unlocks anything, so neither does this."""
        identity = Identity(ACTOR, "owner")
        if chosen.by:
            person = self._hub.household.records("person").get(chosen.by)
            if person is None or person.values().get("role") != "owner":
                log.get("navigation").warning("who chose this scene is no owner any more", scene=chosen.scene)
                return
            identity = Identity(f"person:{chosen.by}", "owner", chosen.by)
        session = self._hub.open_session(identity)
        try:
            await session.call("scenes.run", {"scene": chosen.scene, "key": key[:64]})
        except HubError as error:
            log.get("navigation").warning("the scene for an arrival did not run", detail=error.detail)
        finally:
            self._hub.sessions.close(session, "done")


def _is_soon(shown: Shown | None) -> bool:
    """Whether what a car's hub shows of its way says that the car is about to come."""
    if shown is None or not shown.fact or (len(shown.fact) > 3 and shown.fact[3] != "good"):
        return False
    try:
        now = msgspec.convert(shown.fact[0], Guidance)
    except msgspec.ValidationError:
        return False
    coming = now.state == "under_way" and (now.along or 0.0) >= MOVED
    return coming and now.time is not None and now.time <= SOON * 60
