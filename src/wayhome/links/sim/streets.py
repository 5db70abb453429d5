"""The streets under the car: where the household's maps have its home, the car lives and drives there; this asks the
maps what the car's day has to know."""

from __future__ import annotations

from collections.abc import Callable

from wayhome import log
from wayhome.core.value import Value
from wayhome.errors import BadInput, HubError, NotFound, Refused
from wayhome.hub.link import LinkHost
from wayhome.hub.maps import Maps, Point, Wanted, Way
from wayhome.links.sim.course import Course, apart, beyond
from wayhome.links.sim.led import rest
from wayhome.links.sim.pace import WINDOW
from wayhome.links.sim.street_day import Asked
from wayhome.links.sim.town import HOME, Goal, covered, survey
from wayhome.links.sim.world import SimWorld

HELD = 60.0
"""Seconds that the car waits for its first map, and for a home in it, before it drives in its valley."""
ASIDE = (0.0, 35.0, -35.0, 70.0, -70.0, 105.0, -105.0)
"""Degrees off straight on, in which a road is looked for that is not the right one."""
FAR = (70.0, 130.0)
"""Metres behind a junction that is missed."""
JUNCTIONS = 12
"""So many junctions are looked at for one at which another road goes."""
RIGHT = 45.0
"""Degrees around the right road that are not wrong enough."""
WRONG = 25.0
"""Metres off the way at which one has missed it."""

type Seen = tuple[object, ...]


class Streets:
    """The maps as the link's run needs them. To be looked at (``look``) about once a second. ``car``: its id in the
    household."""

    def __init__(self, host: LinkHost, world: SimWorld, car: Callable[[], str]) -> None:
        self._host = host
        self._world = world
        self._car = car
        self._seen: Seen | None = None
        self._since = 0.0

    async def look(self) -> bool:
        """See whether there is a map of where the household lives, and have the car live there. True: what the car can
        do is different now."""
        maps, places, now = self._host.maps(), self._host.places(), self._host.now()
        if maps is None:
            return False
        world, home = self._world, places.get(HOME)
        made = tuple((one.id, one.revision) for one in maps.regions())
        coming = maps.making is not None and maps.making.error is None
        seen: Seen = (made, tuple(sorted(places.items())), coming)
        first = self._seen is None
        if first:
            self._since = now
        elif seen == self._seen and not world.held:
            return False
        self._seen = seen
        if home is not None and covered(maps.regions(), home):
            return await self._settle(maps, places)
        if world.streets is not None:
            world.leave_streets()
            return True
        # Before its first map is there nobody knows where it lives: it waits, and does not jump out of its valley.
        if (first or world.held) and (coming if not made else home is None) and now - self._since < HELD:
            if not world.held:
                world.hold()
        elif world.held:
            world.leave_streets()
        return False

    async def _settle(self, maps: Maps, places: dict[str, Point]) -> bool:
        streets = self._world.streets
        if streets is not None and streets.town.home.point == places[HOME]:
            return False  # another region came: the car drives on
        try:
            town = await survey(maps, places, self._world.config.seed)
        except HubError as error:
            log.get("sim").warning("the car stays in its valley", reason=error.detail)
            if self._world.held:
                self._world.leave_streets()
            return False
        self._world.settle(town)
        await self.answer()
        return streets is None

    async def answer(self) -> None:
        """Tell the car's day what it has asked for."""
        day = self._world.streets
        asked = day.asked if day is not None else None
        if day is None or asked is None:
            return
        maps = self._host.maps()
        for goal in asked.goals:
            try:
                way = self._led(asked, goal) or (None if maps is None else await _way(maps, asked, goal))
            except (NotFound, BadInput):
                continue
            except HubError:
                if day.asked is asked:
                    day.later()
                return
            if day.asked is asked:  # else somebody wished something else meanwhile
                day.take(way, goal)
            return
        if day.asked is asked:
            day.take(None)

    def _led(self, asked: Asked, goal: Goal) -> Way | None:
        """The way there on which the household leads the car; None: on none, or elsewhere."""
        way = self._host.led(self._car()) if asked.share is None else None
        return None if way is None else rest(way, asked.start, asked.heading, goal.point)

    async def check(self, signal: str, target: Value) -> None:
        """Somebody wishes half of a destination: whether a road leads there. Raises Refused."""
        vehicle, car = self._world.vehicle, self._world.car
        goal = vehicle.destination.whole(signal, target, vehicle.waiting)
        maps = self._host.maps()
        if goal is None or maps is None:
            return
        here = car.position
        try:
            await maps.ways(Wanted((Point(here.latitude, here.longitude), goal)))
        except HubError as error:
            vehicle.take_back()
            raise Refused(f"{vehicle.name} can't go there: {error.detail}", advice="Choose another place.") from None

    async def miss(self) -> None:
        """Have the car leave its way: it goes straight on where it is to turn, else turns off where it is to go on,
        and finds back later. Raises BadInput."""
        day, maps, car = self._world.streets, self._host.maps(), self._world.car
        pace = day.pace if day is not None else None
        if day is None or maps is None or pace is None or day.chapter != "driving" or pace.through:
            raise BadInput(
                "the car drives no way of the map just now", advice="Order `start_drive`, or wish a destination."
            )
        for mark in pace.junctions(car.place + max(12.0, car.speed**2 / 2))[:JUNCTIONS]:
            wrong = await _wrong(maps, pace.course, car.place, mark)
            if wrong is not None:
                day.take(wrong, through=True)
                return
        raise BadInput("there is no junction ahead at which it could go wrong", advice="Order it earlier on the way.")


async def _way(maps: Maps, asked: Asked, goal: Goal) -> Way:
    """Raises NotFound, BadInput, and what says that nobody answers."""
    points = (asked.start, goal.point)
    if asked.heading is not None:
        try:
            return (await maps.ways(Wanted(points, asked.heading)))[0]
        except (NotFound, BadInput):
            pass  # no road leads on: then one turns round
    return (await maps.ways(Wanted(points)))[0]


async def _wrong(maps: Maps, course: Course, place: float, mark: float) -> Way | None:
    """A way from ``place`` over the junction at ``mark`` that does not go on as the course does."""
    came, right = course.heading(mark - WINDOW), course.heading(mark + WINDOW)
    here, junction = course.point(place), course.point(mark)
    for far in FAR:
        for aside in ASIDE:
            heading = (came + aside) % 360.0
            if abs((heading - right + 180.0) % 360.0 - 180.0) < RIGHT:
                continue
            goal = beyond(junction, heading, far)
            try:
                way = (await maps.ways(Wanted((here, goal), course.heading(place))))[0]
            except (NotFound, BadInput):
                continue
            end = way.shape[-1]
            straight = way.length <= mark - place + 2 * far and apart(way.shape[0], here) < 10.0
            passes = Course(way.shape).off(junction) < 6.0
            if straight and passes and course.off(end) > WRONG and apart(end, junction) > WRONG:
                return way
    return None
