"""The household's actor: the one writer of its house.

Everything runs on one event loop, and between ``decide`` and ``evolve`` nothing is awaited: so there is one
writer without a lock. Facts are published at once and their rows ride the next commit; wishes, records and events
are acknowledged, and shown, only after their commit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from wayhome.core import decide, driving, sited
from wayhome.core import thing as things
from wayhome.core.catalog import Catalog
from wayhome.core.command import Command
from wayhome.core.event import Event
from wayhome.core.house import Announced, Change, Commanded, House, Recorded, Reported, Withdrawn, evolve, paths_of
from wayhome.core.ids import whose
from wayhome.core.published import Published, Shown
from wayhome.core.record import Record
from wayhome.core.thing import Thing
from wayhome.core.value import Context, Fact, Reading, Value
from wayhome.errors import HubError
from wayhome.hub.keeping import Keeping
from wayhome.hub.ports import Clock, CommandRow, EventRow, Ids, ReadingRow, Row, SampleRow, StandsRow, Store, ThingRow
from wayhome.hub.records import Records
from wayhome.hub.watcher import Watcher
from wayhome.hub.wishes import Wishes

AT_ONCE = 10_000
"""A report's rows go to the store in parts of so many: a flood must not pile up where there is no room for it."""
REPEAT = 30.0
"""An unchanged reading is published and kept anew at most this often, in s."""


class Household:
    """One household: its house, what is published of it, and its store."""

    def __init__(
        self, catalog: Catalog, store: Store, clock: Clock, ids: Ids, *, node: str = "home", market: str = "world"
    ) -> None:
        self.house = House(catalog, node)
        self.store = store
        self.keeping = Keeping(store)
        self.clock = clock
        self.ids = ids
        self.market = market
        self.published = Published(ids.ulid())
        self.watchers: list[Watcher] = []
        self.log_name = ""
        """What this site's log is called."""
        self.log_names: list[tuple[str, int]] = []
        """What it was called before, each with its last number under that name."""
        self.heard: dict[str, tuple[str, int]] = {}
        """How far the logs of other sites are kept here: by site, the log's name and the number."""
        self.wishes = Wishes(self.house, store, self.keeping, clock, self.take)
        self.recording = Records(self.house, self.keeping, clock, self._recorded)

    @property
    def dropped(self) -> int:
        """Telemetry samples that were not kept because the disk could not follow."""
        return self.keeping.dropped

    # Life

    async def open(self) -> list[Command]:
        """Load what stands. Readings count as stale until their links report anew. Returns the wishes that were
        under way when the hub stopped, for the supervisor to look after."""
        saved = await self.store.load()
        for thing in saved.things:
            evolve(self.house, Announced(thing))
            self._show_thing(thing, online=False)
        for reading in saved.readings:
            thing_id, _, name = reading.path.partition("/")
            owner = self.house.things.get(thing_id)
            if owner is None or name in (things.INFO, things.ONLINE):
                continue
            old = Reading(reading.path, reading.value, reading.at, reading.source_at, "stale", reading.context)
            evolve(self.house, Reported(old, True, True))
            self.published.fact(reading.path, old.shown())
        for record in saved.records:
            evolve(self.house, Recorded(record, record.stamp))
            self._show_record(record)
        for command in saved.open_commands:
            evolve(self.house, Commanded(command))
            self.published.wish(command.path, command)
        self.wishes.remember(saved.keys)
        self.log_name, self.log_names, self.heard = saved.log, saved.before, dict(saved.heard)
        return saved.open_commands

    def every_moment(self) -> None:
        """What time alone brings, to be called a few times a second: expiry, driving states, late rows."""
        now = self.clock.now()
        self.wishes.every_moment()
        for thing in self.house.owned():
            if driving.SPEED in thing.signals:
                self._drive(thing.id, now)
        self.keeping.every_moment()

    # Facts

    def report(self, link: str, facts: Iterable[Fact], cause: str | None = None, actor: str | None = None) -> list[str]:
        """Take a link's facts; a sentence for each that was refused. See ``LinkHost.report``."""
        now = self.clock.now()
        house = self.house
        refused: list[str] = []
        rows: list[Row] = []
        for fact in facts:
            path: object = getattr(fact, "path", None)
            if not isinstance(path, str):
                refused.append(f"{type(fact).__name__} is no fact with a path")
                continue
            if cause is not None:
                known = self.wishes.known(cause)
                parent = known.context.id if known is not None else None
            else:
                wish = house.wishes.get(fact.path)
                parent = wish.context.id if wish is not None else None
            name = fact.path.partition("/")[2]
            context = None
            if parent is not None or (actor is not None and not self._telemetry(name)):
                context = Context(self.ids.ulid(), actor or f"link:{link}", parent)
            before = house.readings.get(fact.path)
            try:
                changes = decide.report(house, link, fact, now, context)
            except HubError as error:
                refused.append(error.detail)
                continue
            except (TypeError, ValueError, AttributeError, OverflowError) as error:
                # A link's mistake must not cost what else it reported.
                refused.append(f"{fact.path[:80]}: {type(error).__name__}: {error}"[:200])
                continue
            for change in changes:
                if isinstance(change, Reported):
                    self._take_reading(change, before, rows)
                else:
                    self._take_one(change, rows)
            if name in driving.SIGNALS:
                self._drive(fact.path.partition("/")[0], now)
            if len(rows) >= AT_ONCE:
                self.keeping.keep(rows)
                rows = []
        if rows:
            self.keeping.keep(rows)
        return refused

    def _telemetry(self, name: str) -> bool:
        """Whether it is telemetry, which has no line in the log: who provides it stands in its thing's ``link``, and a
        context for each sample would cost more than the sample."""
        signal = self.house.catalog.find(name)
        return signal is not None and signal.keep == "telemetry"

    def _take_reading(self, change: Reported, before: Reading | None, rows: list[Row]) -> None:
        reading = change.reading
        evolve(self.house, change)
        if not change.news and before is not None:
            shown = self.published.find(reading.path)
            if shown is not None and shown.fact is not None and reading.at - float(str(shown.fact[1])) < REPEAT:
                return
        self._publish(self.published.fact(reading.path, reading.shown()), change.state)
        if whose(reading.path.partition("/")[0]) is not None:
            return  # what is one person's own is shown, and kept nowhere
        if not change.state:
            rows.append(SampleRow(reading))
        elif change.news:
            rows.append(ReadingRow(reading))

    def own(self, path: str, value: Value, at: float | None = None) -> None:
        """A reading of the hub's own: a link's status, a car's driving state. Kept only in memory. ``at``: since when
        (s since 1970), where that is not now."""
        reading = Reading(path, value, self.clock.now() if at is None else at)
        evolve(self.house, Reported(reading, True, True))
        self._publish(self.published.fact(path, reading.shown()), True)

    def _drive(self, car: str, now: float) -> None:
        state = decide.drive_state(self.house, car, now)
        if state is not None:
            self.own(f"{car}/{driving.STATE}", state)
            self.own(f"{car}/{driving.RESTRICTIONS}", driving.shown(state, self.market))

    # Things

    def announce(self, link: str, announced: Iterable[Thing]) -> None:
        """Things of a link. Raises BadInput or Conflict at the first that can't be; those before it count."""
        rows: list[Row] = []
        try:
            for described in announced:
                thing = described
                if thing.site != self.house.site:
                    thing = msgspec.structs.replace(thing, site=self.house.site)
                before = self.house.things.get(thing.id)
                for change in decide.announce(self.house, link, thing, self.clock.now()):
                    if not isinstance(change, Announced):
                        self._take_one(change, rows)
                        continue
                    evolve(self.house, change)
                    if whose(thing.id) is None:
                        rows.append(ThingRow(thing.id, thing))
                    if before is not None:
                        self.vanish(f"{thing.id}/{name}" for name in before.signals.keys() - thing.signals.keys())
                    self._show_thing(thing, online=None)
        finally:
            if rows:
                self.keeping.keep(rows)

    def move(self, thing: Thing, site: str, marks: tuple[str, ...]) -> None:
        """A thing is at another site from now on, which may be this one. ``marks``: by which links know it."""
        rows: list[Row] = []
        for change in sited.move(self.house, thing, site, marks, self.clock.now()):
            if isinstance(change, Commanded):
                self._take_one(change, rows)
                continue
            evolve(self.house, change)
            if isinstance(change, Announced):
                row = ThingRow(thing.id, change.thing)
                rows.append(row if site == self.house.site else StandsRow(row))
                self._show_thing(change.thing, online=False if site == self.house.site else None)
            elif isinstance(change, Reported):
                self.show(change.reading, True)
        self.keeping.keep(rows)

    def withdraw(self, link: str, thing_ids: Iterable[str]) -> None:
        """Things of a link that are gone for good."""
        rows: list[Row] = []
        for thing_id in thing_ids:
            for change in decide.withdraw(self.house, link, thing_id, self.clock.now()):
                self._take_one(change, rows)
        if rows:
            self.keeping.keep(rows)

    def online(self, link: str, thing_ids: Iterable[str], online: bool) -> None:
        """Whether things of a link answer."""
        for thing_id in thing_ids:
            thing = self.house.things.get(thing_id)
            if thing is None or thing.link != link or thing.site != self.house.site:
                continue
            path = f"{thing_id}/{things.ONLINE}"
            before = self.house.readings.get(path)
            if before is None or before.value is not online:
                self.own(path, online)

    def _show_thing(self, thing: Thing, online: bool | None) -> None:
        self.own(f"{thing.id}/{things.INFO}", thing.info())
        if online is not None or self.house.readings.get(f"{thing.id}/{things.ONLINE}") is None:
            self.own(f"{thing.id}/{things.ONLINE}", bool(online))

    def vanish(self, paths: Iterable[str]) -> None:
        for path in paths:
            shown = self.published.gone(path, self.clock.now())
            if shown is not None:
                self._publish(shown, True)

    # Wishes

    def waits(self, command: Command, waits: bool) -> None:
        """Show that a wish waits for the way to the site that owns its thing, or that it is on its way."""
        current = self.house.wishes.get(command.path)
        if current is not None and current.key == command.key:
            wish = self.published.wish(command.path, current, waits)
            assert wish is not None
            self._publish(wish, True)

    # Records and events

    def records(self, collection: str) -> Mapping[str, Record]:
        """The records of a collection that stand, by id."""
        return {key: r for key, r in self.house.records.get(collection, {}).items() if not r.gone}

    def ever(self, collection: str) -> set[str]:
        """The ids of all records of a collection that are or ever were there."""
        return {*self.house.records.get(collection, {})}

    async def write(self, collection: str, item: str, values: dict[str, Value], context: Context) -> Record:
        """Write fields of a record; returns it once durable. Raises BadInput, TooMany, StoreError."""
        return await self.recording.write(collection, item, values, context)

    async def delete(self, collection: str, item: str, context: Context) -> None:
        """Delete a record; done once durable. Raises NotFound, StoreError."""
        await self.recording.delete(collection, item, context)

    async def receive(self, record: Record, context: Context) -> Record:
        """Take in a record written elsewhere; returns it as merged, once durable."""
        return await self.recording.receive(record, context)

    async def hear(self, records: Iterable[Record], rows: Sequence[Row]) -> None:
        """Take in records that another site wrote, and lines of its log, all or nothing; done once durable. Raises
        StoreError."""
        await self.recording.hear(list(records), rows)

    def _recorded(self, record: Record, durable: bool) -> None:
        if durable:
            self._show_record(record)
        for watcher in self.watchers:
            watcher.recorded(record)

    def _show_record(self, record: Record) -> None:
        if record.gone:
            self.vanish([record.path])
        else:
            shown = self.published.fact(record.path, [record.values(), record.stamp.wall / 1000])
            self._publish(shown, True)

    async def tell(self, event: Event) -> None:
        """Something happened; done once durable, then the watchers hear of it. Raises StoreError."""
        await asyncio.shield(self.keeping.durable([EventRow(event)], lambda error: self._told(event, error)))

    def _told(self, event: Event, error: BaseException | None) -> None:
        if error is None:
            for watcher in self.watchers:
                watcher.happened(event)

    # Inside

    def take(self, changes: list[Change], keep: bool = True) -> None:
        """Make these changes count, and show them."""
        rows: list[Row] = []
        for change in changes:
            self._take_one(change, rows)
        if rows and keep:
            self.keeping.keep(rows)

    def _take_one(self, change: Change, rows: list[Row]) -> None:
        evolve(self.house, change)
        if isinstance(change, Commanded):
            command = change.command
            rows.append(CommandRow(command))
            self.wishes.came_to(command)
            current = self.house.wishes.get(command.path)
            shown = current if current is not None and current.state == "sent" else None
            wish = self.published.wish(command.path, shown)
            if wish is not None:
                self._publish(wish, True)
            for watcher in self.watchers:
                watcher.commanded(command)
        elif isinstance(change, Withdrawn):
            rows.append(ThingRow(change.thing.id, None))
            self.vanish(paths_of(change.thing))

    def show(self, reading: Reading, state: bool) -> None:
        """Publish a reading as it is now."""
        self._publish(self.published.fact(reading.path, reading.shown()), state)

    def _publish(self, shown: Shown, state: bool) -> None:
        for watcher in self.watchers:
            watcher.published(shown, state)
