"""Leading the cars of this site: what somebody asked for becomes a way, and what a car tells of its position becomes
guidance. A journey that was asked for at another site is a record, and is led here all the same."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import msgspec

from wayhome import log
from wayhome.core.command import Command
from wayhome.core.event import Event
from wayhome.core.published import Shown
from wayhome.core.record import Record
from wayhome.core.value import Context, Value
from wayhome.errors import BadInput, Conflict, HubError, NotFound, StoreError
from wayhome.features.navigation import energy, handing, keeping, looking, picking, planning
from wayhome.features.navigation.arriving import Arriving, still_soon
from wayhome.features.navigation.course import Course
from wayhome.features.navigation.leading import Happened, Leading
from wayhome.features.navigation.model import COLLECTION, NOW, Guidance, Journey, Led, What, journey
from wayhome.features.navigation.parked import Parked
from wayhome.features.navigation.planning import Avoid, Origin
from wayhome.features.navigation.telling import ACTOR, Telling
from wayhome.features.navigation.tracking import ROLLS, Fix
from wayhome.hub.maps import Way
from wayhome.hub.running import Hub

NO_STOP = "End the guidance instead."
EVERY = 1.0
STAYS = 900.0
"""s that an arrival stands before it goes by itself."""


class Keeper:
    """A watcher of one household."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.parked = Parked(hub)
        self.arriving = Arriving(hub)
        self.telling = Telling(hub)
        self._leading: dict[str, Leading] = {}
        self._starting: dict[str, str] = {}
        self._turn = asyncio.Lock()
        self._dirty: set[str] = set()

    # Being told

    def published(self, shown: Shown, state: bool) -> None:
        if shown.part != "fact" or not shown.path.endswith(looking.WATCHED):
            return
        car = shown.path.partition("/")[0]
        if not self._dirty:
            self.hub.soon(self._news)  # latitude and longitude come one after the other, and are one position
        self._dirty.add(car)

    def commanded(self, command: Command) -> None:
        return

    def recorded(self, record: Record) -> None:
        if record.collection == energy.DRIVE:
            self.telling.drove()
        if record.collection != COLLECTION:
            return
        car, wanted = record.id, journey(record)
        self.telling.names(car, wanted)
        if self._is_ours(car) and (wanted is None or self._starting.get(car) != wanted.start):
            self._follow(car, wanted)

    def happened(self, event: Event) -> None:
        return

    def maps_changed(self) -> None:
        """What led nowhere may do so now."""
        for leading in self._leading.values():
            leading.try_again()

    def _is_ours(self, car: str) -> bool:
        thing = self.hub.household.house.things.get(car)
        return thing is not None and thing.site == self.hub.household.house.site

    def _follow(self, car: str, wanted: Journey | None) -> None:
        """A journey was written, here or at another site, or taken back."""
        leading = self._leading.get(car)
        if wanted is None:
            if leading is not None:
                self._drop(car)
        elif leading is None or leading.journey.start != wanted.start:
            self._leading[car] = new = Leading(car, wanted)
            self.telling.show(new, anew=True)
            self.hub.soon_run(self._plan(new, "start"))
        else:
            # Somebody at another site left out a stop.
            passed = min(wanted.passed, len(wanted.stops) - 1)
            if passed > leading.passed:
                leading.passed = passed
                self.hub.soon_run(self._plan(leading, "rerouted"))

    async def restore(self) -> None:
        """Go on with what was under way when the hub stopped."""
        household = self.hub.household
        for thing in household.house.owned():
            if looking.located(thing):
                household.own(f"{thing.id}/{NOW}", None)
        for car, record in household.records(COLLECTION).items():
            wanted = journey(record)
            if wanted is None:
                continue
            self.telling.names(car, wanted)
            if not self._is_ours(car):
                continue
            if wanted.passed >= len(wanted.stops):
                self.hub.soon_run(self._forget(car))  # it had arrived
                continue
            self._leading[car] = leading = Leading(car, wanted)
            if wanted.file is not None:
                with suppress(HubError):  # then it is looked for anew
                    course = await asyncio.to_thread(_course, await self.hub.blobs.get(wanted.file))
                    leading.go_on(course, wanted.file)
            self.telling.show(leading, anew=True)
        self.parked.restore()

    # What people do

    def way(self, car: str) -> Way | None:
        """The way on which a car is led now."""
        leading = self._leading.get(car)
        return leading.course.way if leading is not None and leading.course is not None else None

    def of(self, car: str) -> Leading | None:
        return self._leading.get(car)

    async def start(self, car: str, wanted: Journey, way: Way, context: Context) -> Guidance:
        """Lead a car of this site along a way. Raises StoreError; then what was before goes on. Raises Conflict where
        somebody else has started it somewhere at the same moment."""
        course = await asyncio.to_thread(Course, way)
        async with self._turn:
            file = await self.hub.blobs.put(await asyncio.to_thread(keeping.pack, wanted.start, way))
            before = self._leading.get(car)
            goes_on = before is not None and before.arrived is None  # who has come is told of anew when they come again
            told = still_soon(before.journey, before.announced, wanted, course) if before and goes_on else ()
            kept = msgspec.structs.replace(wanted, led=Led(wanted.start, file, 0, told))
            self._starting[car] = wanted.start
            try:
                record = await self.hub.household.write(COLLECTION, car, kept.fields(), context)
            except BaseException:
                self.hub.soon_run(self.telling.let_go(file))
                raise
            finally:
                self._starting.pop(car, None)
            standing = journey(self.hub.household.house.record(COLLECTION, record.id))
            if standing is None or standing.start != wanted.start:
                raise Conflict("somebody else has started this car somewhere")
            self._leading[car] = leading = Leading(car, kept)
        leading.look(self._fix(car), self._steady, None, None)
        leading.take(course, file, "start")
        guidance = self.telling.show(leading, anew=True)
        await self.telling.tell("NavigationStarted", leading, context)
        await handing.hand(self.hub, car, leading.left[0], context)
        return guidance

    async def stop(self, car: str, context: Context) -> None:
        """Lead it no more. Raises NotFound, StoreError."""
        leading = self._leading.get(car)
        await self.hub.household.delete(COLLECTION, car, context)
        data: dict[str, Value] = {"car": car}
        if leading is None or leading.arrived is None:
            await self.telling.event("NavigationStopped", car, data, context)

    async def skip(self, leading: Leading, context: Context) -> None:
        """Leave out the next stop. Raises NotFound where there is none but the goal."""
        if not leading.skip():
            raise NotFound("there is no stop before the goal", advice=NO_STOP)
        await self.telling.write(leading, context)
        await self._plan(leading, "rerouted")
        await handing.hand(self.hub, leading.car, leading.left[0], context)

    def guidance(self, leading: Leading) -> Guidance:
        """How a car is led at this moment."""
        return self.telling.show(leading, anew=True)

    # Looking

    @property
    def _steady(self) -> float:
        return self.hub.household.clock.steady()

    def _fix(self, car: str) -> Fix | None:
        return looking.fix(self.hub.household.house, car, self.hub.household.clock.now(), self._steady)

    def _news(self) -> None:
        cars, self._dirty = self._dirty, set()
        for car in cars:
            try:
                self._look(car)
            except Exception:
                log.get("navigation").exception("a car's position could not be taken in")

    def _look(self, car: str) -> None:
        if not self._is_ours(car):
            return
        house = self.hub.household.house
        state = looking.state(house, car)
        leading = self._leading.get(car)
        goal = leading.goal if leading is not None and leading.arrived is not None else None
        self.parked.look(car, state, goal)
        if leading is None:
            return
        speed = looking.speed(house, car, self.hub.household.clock.now())
        for what in leading.look(self._fix(car), self._steady, speed, state):
            self.hub.soon_run(self._happened(leading, what))
        if leading.wants_way(self._steady):
            self.hub.soon_run(self._plan(leading, "start" if leading.course is None else "rerouted"))
        self._end_of(leading, state)
        if self._leading.get(car) is leading:
            if self.arriving.look(leading):
                self.hub.soon_run(self._keep(leading))  # a restart does not tell it once more
            self.telling.show(leading)

    async def _keep(self, leading: Leading) -> None:
        try:
            await self.telling.write(leading, self.hub.context(ACTOR))
        except StoreError as error:
            log.get("navigation").warning("how far a journey is can't be kept", detail=error.detail)

    def _end_of(self, leading: Leading, state: str | None) -> None:
        """An arrival goes when the car drives on after it was parked, or by itself."""
        if leading.arrived is None:
            return
        leading.parked_since_arrival = leading.parked_since_arrival or state == "parked"
        leading.walk = self.parked.walk(leading.car) if state == "parked" else None
        if self._steady - leading.arrived > STAYS or (leading.parked_since_arrival and state == "moving"):
            self.hub.soon_run(self._forget(leading.car))

    def turn(self) -> None:
        """What time alone brings. To be called once a second."""
        for car in list(self._leading):
            self._look(car)
        self.arriving.look_far()

    async def _happened(self, leading: Leading, what: Happened) -> None:
        context = self.hub.context(ACTOR)
        await self.telling.write(leading, context)
        await self.telling.tell("Arrived" if what == "arrived" else "StopReached", leading, context)
        if what == "stop":
            await handing.hand(self.hub, leading.car, leading.left[0], context)

    async def _plan(self, leading: Leading, say: What) -> None:
        """Look for a way from where the car is over all that is still to come, and take it."""
        if leading.planning:
            return  # it sees by itself that a stop was left out, or reached, meanwhile
        leading.planning = True
        new = leading.course is None
        try:
            while True:
                passed = leading.passed
                way, meant = await self._way(leading, new)
                course = await asyncio.to_thread(Course, way)
                if passed == leading.passed:
                    break
            file = await self.hub.blobs.put(await asyncio.to_thread(keeping.pack, self.hub.ids.ulid(), way))
            if self._leading.get(leading.car) is not leading or passed != leading.passed:
                await self.telling.let_go(file)
                return
            leading.take(course, file, say if meant else "rerouted")
        except HubError as error:
            leading.failed(error.detail, self._steady)
            return
        finally:
            leading.planning = False
            if self._leading.get(leading.car) is leading:
                self.telling.show(leading, anew=True)
        await self._took(leading, file, new)

    async def _took(self, leading: Leading, file: str, new: bool) -> None:
        """A way was taken: keep that, and tell it. Where the disk has no room the car is led along it all the same."""
        context = self.hub.context(ACTOR)
        try:
            if not await self.telling.write(leading, context):
                await self.telling.let_go(file)
                return
            await self.telling.tell("NavigationStarted" if new else "Rerouted", leading, context)
        except StoreError as error:
            log.get("navigation").warning("a way can't be kept", detail=error.detail)
        if new:
            await handing.hand(self.hub, leading.car, leading.left[0], context)

    async def _way(self, leading: Leading, new: bool) -> tuple[Way, bool]:
        """A way from where the car is, and whether it is the one that was meant: who chose one at another site, or long
        ago, is not asked again."""
        wanted, track = leading.journey, leading.track
        start = planning.origin(self.hub, leading.car)
        if track.last is not None and (track.last.speed or 0.0) >= ROLLS:
            start = Origin(start.point, track.heading)
        avoid = Avoid(wanted.avoid_tolls, wanted.avoid_motorways, wanted.avoid_ferries)
        if new:
            with suppress(BadInput, Conflict):
                way = await picking.picked(self.hub, start, leading.left, avoid, wanted.way, wanted.mark)
                return way, True
        (way, *_) = await planning.ways(self.hub, start, leading.left, avoid)
        return way, not new

    # Telling and keeping

    def _drop(self, car: str) -> None:
        self._leading.pop(car, None)
        self.telling.forget(car)
        if car in self.hub.household.house.things:
            self.hub.household.own(f"{car}/{NOW}", None)

    async def _forget(self, car: str) -> None:
        with suppress(NotFound):
            await self.hub.household.delete(COLLECTION, car, self.hub.context(ACTOR))

    async def run(self) -> None:
        """Look once a second, whatever goes wrong at one of them."""
        while True:
            await asyncio.sleep(EVERY)
            try:
                self.turn()
            except Exception:
                log.get("navigation").exception("looking at the cars failed")


def _course(content: bytes) -> Course:
    return Course(keeping.unpack(content))


@asynccontextmanager
async def life(hub: Hub) -> AsyncIterator[None]:
    """The feature's life: from the household's opening to its end."""
    keeper = Keeper(hub)
    hub.extra["navigation"] = keeper
    hub.household.watchers.append(keeper)
    hub.leads = keeper.way
    maps = hub.ports.maps
    if maps is not None:
        maps.changed.append(keeper.maps_changed)
    await keeper.restore()
    task = asyncio.create_task(keeper.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        if maps is not None:
            maps.changed.remove(keeper.maps_changed)
        hub.household.watchers.remove(keeper)


def keeper_of(hub: Hub) -> Keeper:
    """The keeper of a running hub."""
    keeper = hub.extra["navigation"]
    assert isinstance(keeper, Keeper)
    return keeper
