"""One connection between this hub and another site's, whichever of them called. It ends with an error, and whoever
called calls again: everything goes on from what both have by then."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Coroutine, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol

from wayhome import log
from wayhome.core import sited
from wayhome.core.clock import SITES_AHEAD_MS
from wayhome.core.command import Command
from wayhome.core.published import Shown
from wayhome.core.record import Record
from wayhome.errors import BadInput, Conflict, Refused, Unreachable
from wayhome.hub.ports import CommandRow, EventRow, ForeignRow, HeardRow, LogRow, ReadingRow, RecordRow, Row
from wayhome.hub.sites.feed import LOCAL, Feed
from wayhome.hub.sites.frames import (
    VERSION,
    Fetch,
    Fetched,
    Frame,
    Heard,
    Hello,
    Lines,
    Outcome,
    Records,
    Secrets,
    Time,
    Told,
    Ways,
    Wish,
    packed,
    record_of,
    row_of,
    unpacked,
)

if TYPE_CHECKING:
    from wayhome.hub.sites.sites import Sites

HELLO_WITHIN = 10.0
SILENT = 15.0
"""A connection on which nothing came for so long, in s, is dead: a clock's word is due every TIME s."""
TIME = 4.0
MOST = 10_000
"""So many small frames may wait to be sent; one that takes none of them is not there any more."""
BULK = 4 * 1024 * 1024
"""So many bytes of pictures and files may wait to be sent."""
SKEW = 2.0
"""Clocks that differ by less, in s, count as the same: the way of a frame takes its time."""


type By = Literal["direct", "relay"]


class Wire(Protocol):
    """A way to the other hub."""

    async def send(self, data: bytes) -> None:
        """Send one frame; waits while the network is full. Raises Unreachable."""

    async def receive(self) -> bytes:
        """The next frame. Raises Unreachable when there will be none."""


class Conversation:
    """A conversation with ``site``, to be ``run`` once. ``by``: the way that it takes."""

    def __init__(self, sites: Sites, site: str, wire: Wire, by: By = "direct") -> None:
        self.site = site
        self.by = by
        self._sites = sites
        self._hub = sites.hub
        self._household = sites.hub.household
        self._wire = wire
        self._urgent: deque[Frame] = deque()
        self._bulk: deque[tuple[Frame, int]] = deque()
        self._bulk_bytes = 0
        self._bell = asyncio.Event()
        self._sending = asyncio.Lock()
        self.feed = Feed(self._household, self._household.log_name, self._send)
        self._epoch = ""
        self._log = ""
        self._offset = 0.0
        self._drift = 0.0
        """This hub's clock minus its steady one, when it was told last: jumps when the clock is set."""
        self._over = asyncio.Event()

    async def run(self) -> None:
        """Talk until the connection breaks or the other site says what can't be. Raises HubError."""
        left = self._sites.left.get(self.site, 0)
        try:
            async with asyncio.timeout(HELLO_WITHIN):
                await self._send(self._hello())
                theirs = unpacked(await self._wire.receive())
        except TimeoutError:
            raise Unreachable(f"{self._called()} did not answer") from None
        self._check(theirs)
        assert isinstance(theirs, Hello)
        self._epoch, self._log = theirs.epoch, theirs.log
        self._tells(theirs.now)
        self.feed.begin(theirs, self._household.log_names)
        self._continue(theirs)
        secrets = await self._sites.secrets()
        if self._sites.left.get(self.site, 0) != left:
            # It may be in again by now; but what was said to be known of it here is not known any more.
            raise Conflict(f"{self.site} was taken out of the household meanwhile")
        self._sites.met(self)
        for part in secrets:
            self.post(Secrets(part))
        tasks = [asyncio.create_task(work) for work in self._works()]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
            raise Unreachable("the connection ended")
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            self.feed.close()
            self._sites.parted(self)

    @property
    def offset(self) -> float:
        """This hub's clock minus theirs, in s; 0 where they are about the same."""
        return self._offset

    def _called(self) -> str:
        """What people call the other site."""
        return self._sites.all().get(self.site, self.site)

    def end(self) -> None:
        """A newer connection has taken its place."""
        self._over.set()

    def _works(self) -> list[Coroutine[Any, Any, None]]:
        return [self._read(), self.feed.run(), self._posts(), self._clock(), self._replaced()]

    async def _replaced(self) -> None:
        await self._over.wait()
        raise Conflict("a newer connection has taken the place of this one")

    # Being told of this household

    def published(self, shown: Shown, state: bool) -> None:
        self.feed.published(shown, state)

    def commanded(self, command: Command) -> None:
        self.feed.soon()

    def recorded(self, record: Record) -> None:
        self.feed.soon()

    def happened(self) -> None:
        self.feed.soon()

    def post(self, frame: Frame) -> None:
        """Send a small frame as soon as may be, before all else that waits."""
        if len(self._urgent) >= MOST:
            self._over.set()
            return
        self._urgent.append(frame)
        self._bell.set()

    def bulk(self, frames: Sequence[Frame], size: int) -> bool:
        """Send what is large in parts, each after all that is small. False: too much of it waits already."""
        if self._bulk_bytes + size > BULK:
            return False
        self._bulk_bytes += size
        self._bulk.extend((frame, size // len(frames)) for frame in frames)
        self._bell.set()
        return True

    # Sending

    async def _send(self, frame: Frame) -> None:
        async with self._sending:
            clock = self._household.clock
            if isinstance(frame, Told) and abs(clock.now() - clock.steady() - self._drift) > SKEW:
                await self._wire.send(packed(self._time()))  # it was set: the times in this frame are of the new one
            await self._wire.send(packed(frame))

    def _time(self) -> Time:
        clock = self._household.clock
        told = Time(self._household.published.epoch, clock.steady(), clock.now())
        self._drift = told.now - told.steady
        return told

    async def _posts(self) -> None:
        while True:
            await self._bell.wait()
            self._bell.clear()
            while self._urgent or self._bulk:
                if self._urgent:
                    await self._send(self._urgent.popleft())
                    continue
                frame, size = self._bulk.popleft()
                await self._send(frame)
                self._bulk_bytes -= size

    async def _clock(self) -> None:
        told: list[str] = []
        while True:
            ways = self._sites.ways()
            if ways != told:
                told = ways
                await self._send(Ways(told))
            await self._send(self._time())
            await asyncio.sleep(TIME)

    def _hello(self) -> Hello:
        household = self._household
        return Hello(
            VERSION, household.house.site, self.site, household.log_name, household.published.epoch,
            household.log_names, household.heard.get(self.site), self._sites.knows.get(self.site),
            household.clock.now(),
        )  # fmt: skip

    # Hearing

    def _check(self, theirs: Frame) -> None:
        if not isinstance(theirs, Hello):
            raise BadInput("a site says hello first")
        if theirs.version != VERSION:
            raise Refused(
                f"{self._called()} speaks version {theirs.version}, this hub {VERSION}", advice="Update both."
            )
        if theirs.site != self.site or theirs.to != self._household.house.site:
            raise Conflict(f"this is {theirs.site[:40]!r} for {theirs.to[:40]!r}, not {self.site}")

    def _continue(self, theirs: Hello) -> None:
        """Their log goes on under the name that they say: where it was put back from a backup, from its end then."""
        log, number = self._household.heard.get(self.site, (theirs.log, 0))
        if log != theirs.log:
            # What it wrote after that backup it has lost, but not if it is in a record that is kept here.
            number = min(number, dict(theirs.before).get(log, 0))
            self.feed.all_records()
        self._household.heard[self.site] = (theirs.log, number)
        known = self._sites.knows.get(self.site)
        if known is not None and known[0] != theirs.epoch:
            del self._sites.knows[self.site]

    async def _read(self) -> None:
        while True:
            try:
                async with asyncio.timeout(SILENT):
                    data = await self._wire.receive()
            except TimeoutError:
                raise Unreachable(f"{self._called()} fell silent") from None
            if self._over.is_set():
                return  # what still comes is of before, and must not count after what stands since
            self._sites.heard_now(self.site)
            await self._take(unpacked(data))

    async def _take(self, frame: Frame) -> None:
        match frame:
            case Told():
                self._told(frame)
            case Lines():
                await self._heard(frame)
            case Records(plain):
                await self._household.hear(self._shared([record_of(one).record for one in plain]), [])
            case Heard(name, number):
                if name == self._household.log_name:
                    self.feed.heard(number)
                    self._sites.show(self.site)
            case Time():
                self._tells(frame.now)
                self._sites.asking(self.site).time(frame)
            case Wish():
                self._sites.judging.judge(self.site, frame, self.post)
            case Outcome():
                self._sites.asking(self.site).outcome(frame)
            case Fetch():
                self._sites.fetching.asked(self.site, frame, self.bulk, self.post)
            case Fetched():
                self._sites.fetching.answered(self.site, frame)
            case Secrets(entries):
                await self._sites.take_secrets(self.site, entries)
            case Ways(ways):
                await self._sites.take_ways(self.site, ways)
            case Hello():
                raise BadInput("a site says hello once")

    def _tells(self, now: float) -> None:
        offset = self._household.clock.now() - now
        if not abs(offset) * 1000 <= SITES_AHEAD_MS:
            # What is written on them could not be brought into one order.
            hours = f"{abs(offset) / 3600:.0f} hours" if abs(offset) < 1e9 else "years"
            text = f"the clocks of this site and of {self._called()} differ by {hours}"
            raise Refused(text, advice="Set the wrong one right.")
        self._offset = offset if abs(offset) > SKEW else 0.0
        self._sites.heard_now(self.site)

    def _told(self, told: Told) -> None:
        standing = self._sites.standing(self.site)
        if told.whole and not self._sites.telling_all(self.site):
            standing.begin()
        standing.take(told.set, told.gone, self._offset)
        self._sites.told_all(self.site, told.whole and told.more)
        if told.more:
            return
        if told.whole:
            standing.all_told()
        self._sites.knows[self.site] = (self._epoch, told.rev)

    async def _heard(self, told: Lines) -> None:
        if told.log != self._log or told.upto < told.after:
            raise BadInput("these are lines of another log")
        # Whatever becomes of this connection meanwhile: either all of it is kept and counts, or nothing.
        keeping = asyncio.create_task(self._keep(told))
        keeping.add_done_callback(lambda task: task.cancelled() or task.exception())  # heard, also when nobody waits
        await asyncio.shield(keeping)
        self.post(Heard(*self._household.heard[self.site]))

    async def _keep(self, told: Lines) -> None:
        async with self._sites.keeping(self.site):
            log, at = self._household.heard[self.site]
            if log != told.log:
                raise Conflict("a newer connection has taken the place of this one")
            if told.after > at and not told.lost:
                raise BadInput(f"lines of {self.site} are missing after {at}")
            if told.upto > at:
                await self._keep_after(at, told)

    async def _keep_after(self, at: int, told: Lines) -> None:
        rows: list[Row] = []
        records: list[Record] = []
        for number, plain in told.lines:
            if not at < number <= told.upto:
                continue
            try:
                row = row_of(plain)
            except BadInput as error:
                log.get("sites").warning("a line was left out", site=self.site, number=number, why=error.detail)
                continue
            if isinstance(row, CommandRow) and row.command.key in self._household.wishes.keys:
                continue
            if not self._theirs(row, records):
                log.get("sites").warning("a line of what is not theirs was left out", site=self.site, number=number)
                continue
            rows.append(ForeignRow(self.site, number, row))
            if isinstance(row, RecordRow):
                records.append(row.record)
        rows.append(HeardRow(self.site, self._log, told.upto))
        await self._household.hear(self._shared(records), rows)
        self._household.heard[self.site] = (self._log, told.upto)

    def _theirs(self, row: LogRow, before: list[Record]) -> bool:
        """Whether a line is about something that the other site may write of: what it owns, or (by the records that are
        known, or came ``before`` in its log) may have owned before it moved."""
        match row:
            case ReadingRow(reading):
                about = reading.path
            case CommandRow(command):
                about = command.path
            case EventRow(event):
                about = event.about or ""
            case _:
                return True
        thing = self._household.house.things.get(about.partition("/")[0])
        if thing is None or thing.site == self.site:
            return True
        if not sited.moves(thing):
            return False
        known = self._household.house.record(sited.OWNER, thing.id) is not None
        return known or any(record.collection == sited.OWNER and record.id == thing.id for record in before)

    def _shared(self, records: list[Record]) -> list[Record]:
        """Those that are the household's. That the first site is none of it any more is said by one that leaves."""
        own = self._household.house.record("site", self._household.house.site)
        first = own is not None and own.values().get("added_at") is None
        return [
            record
            for record in records
            if record.collection not in LOCAL
            and not (first and own is not None and record.gone and record.path == own.path)
        ]
