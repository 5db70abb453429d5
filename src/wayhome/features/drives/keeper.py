"""Keeping drives: looks at the cars once a second, and writes down what starts and what has ended.

A drive under way is a record without an end, written when it has gone its first hundred metres; all else is worked
out at its end from the drive log, which the store keeps anyway. So a hub that dies in the midst of it finds the record
at its next start and goes on (docs/adr/0033).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import msgspec

from wayhome import log
from wayhome.core.event import Event
from wayhome.core.record import Record
from wayhome.core.value import Context, Value
from wayhome.errors import HubError, NotFound
from wayhome.features.drives import figures, looking, rules, showing
from wayhome.features.drives.index import Index, Listener
from wayhome.features.drives.model import COLLECTION, KEEPING, NOW, OF_OTHERS, PLACE, Drive
from wayhome.features.drives.others import Others
from wayhome.features.drives.rules import Ended, Happened, Started, Unseen, Watch
from wayhome.features.drives.working_out import spot, unseen, worked_out
from wayhome.hub.running import Hub
from wayhome.hub.sites.sites import COLLECTION as SITE

EVERY = 1.0
SHOWN_EVERY = 2.0
ACTOR = "hub:drives"


class Running(msgspec.Struct):
    """A drive under way. ``rolled``: m by its speed so far. ``written``: its record is on the disk."""

    drive: Drive
    rolled: float = 0.0
    written: bool = False
    shown_at: float = 0.0


class Keeper:
    """One household's drives."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.index = Index(hub.zone, hub.household.house.records.get(COLLECTION, {}).values())
        self._watches: dict[str, Watch] = {}
        self._running: dict[str, Running] = {}
        self._due: deque[tuple[Drive, float | None]] = deque()
        """Drives that have ended and are still to be worked out, with the odometer then, until the disk has them."""
        self._writing = asyncio.Lock()
        self._of_others = 0
        self._others = Others()

    def recorded(self, record: Record) -> None:
        """A record was written or deleted, here or at another site. The course of a deleted drive goes with it, and
        one under way that somebody does not want at another site is dropped here, where its car is."""
        if record.collection == PLACE:
            self.index.renamed()
            for car in self._watches:
                self._show(car, self._running.get(car))
        if record.collection == KEEPING:
            self.hub.soon_run(self._drop_unwanted(self.hub.context(ACTOR)))
        if record.collection == SITE and record.gone:
            under_way = [one for one in self.index.open() if one.car not in self._running]
            self._due.extend((one, None) for one in self._others.left(record.id, under_way))
        before = self.index.find(record.id) if record.collection == COLLECTION and record.gone else None
        self.index.take(record)
        if record.collection == COLLECTION:
            self._tell_of_others(before or self.index.find(record.id))
        if before is not None:
            self._let_go(before)
            if before.track is not None:
                self.hub.soon_run(self.hub.blobs.delete(before.track))
            if before.car in self._watches:
                self._show(before.car, self._running.get(before.car))

    def _tell_of_others(self, drive: Drive | None) -> None:
        """What a car of another site says of its drives may come before their records: here is when to look again."""
        if drive is not None and self.hub.household.house.foreign(drive.car) is not None:
            self._of_others += 1
            self.hub.household.own(OF_OTHERS, self._of_others)

    def _let_go(self, drive: Drive) -> None:
        """It is deleted: it neither goes on nor is worked out."""
        running = self._running.get(drive.car)
        if running is not None and running.drive.id == drive.id:
            del self._running[drive.car]
        self._due = deque(one for one in self._due if one[0].id != drive.id)

    # Whose drives are kept

    def kept(self, car: str | None = None) -> bool:
        """Whether drives are kept: of the household, or of one car."""
        records = self.hub.household.records(KEEPING)
        names = ("all",) if car is None else ("all", f"car:{car}")
        return all(name not in records or records[name].values().get("on") is not False for name in names)

    async def keep(self, car: str | None, on: bool, context: Context) -> None:
        """Keep drives from now on, or no more: then one under way is dropped too."""
        await self.hub.household.write(KEEPING, "all" if car is None else f"car:{car}", {"on": on}, context)
        await self._drop_unwanted(context)

    async def _drop_unwanted(self, context: Context) -> None:
        for id in [id for id in self._running if not self.kept(id)]:
            await self._drop(id, context)

    async def _drop(self, car: str, context: Context) -> None:
        running = self._running.pop(car, None)
        self._show(car, None)
        if running is not None and running.written:
            with suppress(NotFound):
                await self.hub.household.delete(COLLECTION, running.drive.id, context)

    async def delete(self, drive: Drive, context: Context) -> None:
        """Delete a drive with its track. Raises NotFound, StoreError."""
        async with self._writing:
            self._let_go(drive)
            drive = self.index.find(drive.id) or drive
            if drive.track is not None:
                await self.hub.blobs.delete(drive.track)
            await self.hub.household.delete(COLLECTION, drive.id, context)
            await self._tell("DriveDeleted", drive, context)
        self._show(drive.car, self._running.get(drive.car))

    # Looking

    async def restore(self) -> None:
        """Take up the drives that were under way when the hub stopped, and where the other cars stood."""
        household = self.hub.household
        now = household.clock.now()
        self._others.look(household.house)
        for drive in sorted(self.index.open(), key=lambda one: one.start):
            thing = household.house.things.get(drive.car)
            if household.house.foreign(drive.car) is not None:
                continue  # its own site keeps it
            if thing is None or drive.car in self._running:
                self._due.append((msgspec.structs.replace(drive, end=drive.start, lost=True), None))
                continue
            seen = looking.look(household.house, thing, now)
            heard = max(seen.heard, drive.start)
            told = await looking.told(household, drive.car, drive.start, heard + 1)
            speed = told.get(figures.SPEED, ())
            name = figures.ODOMETER if seen.coarse else figures.SPEED
            moves = [at for at, value in told.get(name, ()) if seen.coarse or abs(value) > figures.ROLLING]
            rolling = bool(speed) and abs(speed[-1][1]) > figures.ROLLING
            moved = heard if rolling else max([drive.start, *moves[-1:]])
            self._watches[drive.car] = Watch(
                heard, heard, drive.start, moved, counts=seen.counts, mark=seen.counts.odometer, place=seen.place,
                coarse=seen.coarse, rolling=rolling,
            )  # fmt: skip
            self._running[drive.car] = Running(drive, figures.distance((), speed) or 0.0, True)
        for thing in [found for found in household.house.owned() if looking.drives(found)]:
            if thing.id not in self._watches:
                seen = looking.look(household.house, thing, now)
                self._watches[thing.id] = msgspec.structs.replace(rules.begin(seen), now=min(now, seen.heard or now))
            self._show(thing.id, self._running.get(thing.id))

    async def turn(self) -> None:
        """Look at every car, and write down what happened."""
        household = self.hub.household
        now = household.clock.now()
        self._others.look(household.house)
        for thing in [found for found in household.house.owned() if looking.drives(found)]:
            look = looking.look(household.house, thing, now)
            watch = self._watches.get(thing.id)
            if watch is None:
                watch = self._watches[thing.id] = rules.begin(look)
                self._show(thing.id, None)
            self._watches[thing.id], happened = rules.step(watch, look)
            for what in happened:
                await self._happened(thing.id, thing.name, what)
            await self._go_on(thing.id, now)
        for car in [car for car in self._watches if car not in household.house.things]:
            watch = self._watches.pop(car)
            if watch.start is not None:
                await self._happened(car, car, Ended(watch.start, max(watch.moved, watch.start), True))
        async with self._writing:
            for ended in list(self._due):
                if ended not in self._due:
                    continue  # deleted meanwhile
                self._due.remove(ended)
                try:
                    await self._close(*ended)
                except HubError:
                    self._due.append(ended)
                    raise

    async def _happened(self, car: str, name: str, what: Happened) -> None:
        match what:
            case Started(at, base, place, coarse):
                if self.kept(car):
                    drive = Drive(self.hub.ids.ulid(), car, name, at, coarse=coarse, base=base)
                    drive = msgspec.structs.replace(drive, charge_from=base.charge, origin=spot(self.hub, place))
                    self._running[car] = Running(drive)
            case Ended(_, at, lost, odometer):
                running = self._running.pop(car, None)
                self._show(car, None)
                if running is not None and running.written:
                    self._due.append((msgspec.structs.replace(running.drive, end=at, lost=lost), odometer))
            case Unseen():
                if self.kept(car):
                    self._due.append((unseen(self.hub, car, name, what), None))

    async def _go_on(self, car: str, now: float) -> None:
        running = self._running.get(car)
        if running is None:
            return
        watch = self._watches[car]
        running.rolled += looking.speed_now(self.hub.household.house, car, now) / 3.6 * EVERY
        went = self._went(running, watch)
        if not running.written and (went >= rules.LEAST or running.drive.coarse):
            await self._write(running.drive, "DriveStarted")
            running.written = True
        if running.written and abs(now - running.shown_at) >= SHOWN_EVERY:
            running.shown_at = now
            self._show(car, running)

    def _went(self, running: Running, watch: Watch) -> float:
        """Metres so far: by the odometer, unless it tells in steps that are too long yet."""
        metres = rules.gone(running.drive.base.odometer, watch.counts.odometer)
        return metres if metres is not None and metres >= figures.TRUSTED * running.rolled else running.rolled

    # Showing and writing

    def _show(self, car: str, running: Running | None) -> None:
        """Publish the running drive of a car of this site, its last one, and how often its list has changed."""
        if self.hub.household.house.foreign(car) is not None:
            return
        shown: dict[str, Value] | None = None
        watch = self._watches.get(car)
        if running is not None and running.written and watch is not None:
            shown = showing.under_way(self.hub, running.drive, watch.counts, self._went(running, watch))
        if car in self.hub.household.house.things:
            newest, kept = self.index.last(car), self.index.changed.get(car, 0)
            last = showing.last(self.hub, newest) if newest is not None else None
            self.hub.household.own(f"{car}/{NOW}", {"drive": shown, "last": last, "kept": kept})
        else:
            self.hub.household.vanish([f"{car}/{NOW}"])

    async def _close(self, drive: Drive, odometer: float | None) -> None:
        """Work out an ended drive and keep it; less than a hundred metres is none."""
        # What nobody heard of is known as far as it ever will be.
        done = await worked_out(self.hub, drive, odometer) if drive.distance is None else drive
        record = self.hub.household.house.record(COLLECTION, drive.id)
        if record is not None and record.gone:
            return  # deleted at another site meanwhile
        if done is not None:
            await self._write(done, "DriveEnded")
        else:
            with suppress(NotFound):
                await self.hub.household.delete(COLLECTION, drive.id, self.hub.context(ACTOR))
        self._show(drive.car, self._running.get(drive.car))

    async def _write(self, drive: Drive, event: str) -> None:
        context = self.hub.context(ACTOR)
        await self.hub.household.write(COLLECTION, drive.id, drive.fields(), context)
        await self._tell(event, drive, context)

    async def _tell(self, name: str, drive: Drive, context: Context) -> None:
        # About the drive, not the car: who may know of a car may not know where it was.
        household = self.hub.household
        data: dict[str, Value] = {"car": drive.car, "start": drive.start}
        await household.tell(Event(name, household.clock.now(), context, f"@{COLLECTION}/{drive.id}", data))

    async def run(self) -> None:
        """Look once a second, whatever goes wrong at one of them."""
        while True:
            await asyncio.sleep(EVERY)
            try:
                await self.turn()
            except HubError as error:
                log.get("drives").warning("a drive can't be kept yet", detail=error.detail)
            except Exception:
                log.get("drives").exception("looking at the cars failed")


@asynccontextmanager
async def life(hub: Hub) -> AsyncIterator[None]:
    """The feature's life: from the household's opening to its end."""
    keeper = Keeper(hub)
    listener = Listener(keeper.recorded)
    hub.household.watchers.append(listener)
    hub.extra["drives"] = keeper
    await keeper.restore()
    task = asyncio.create_task(keeper.run())
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        hub.household.watchers.remove(listener)
