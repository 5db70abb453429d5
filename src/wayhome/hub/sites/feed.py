"""What this site tells another: what stands with its things, and what it wrote, as fast as the other takes it.

What stands is told as what is new since the last time: while the network is slow, more of it falls into one, and only
the newest is told. Lines of the log are told one after the other, none skipped.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

from wayhome.core.ids import split_path, whose
from wayhome.core.published import Shown
from wayhome.errors import BadInput
from wayhome.hub.household import Household
from wayhome.hub.ports import CommandRow, EventRow, Logged, RecordRow, ThingRow
from wayhome.hub.sites.frames import Frame, Hello, Lines, Records, Told, encoded

LOCAL = frozenset({"link", "notice", "lent"})
"""Collections of one site alone: how it is joined to the outside, what it noticed by itself, and what its links see of
things that another site has."""
PACE = 0.25
"""Telemetry is told at most so often, in s."""
PART = 64 * 1024
"""Bytes in one frame, before it is deflated; what is longer alone goes alone."""
PORTION = 250
"""Lines read at once."""
WINDOW = 500
"""So many lines may be on their way: what stands comes behind them, on a road that holds much."""
LOOK = 1.0
"""The log is looked at at least so often, in s."""

type Send = Callable[[Frame], Awaitable[None]]


class Feed:
    """One direction of a conversation. ``send`` waits while the network is full."""

    def __init__(self, household: Household, log: str, send: Send) -> None:
        self._household = household
        self._log = log
        self._send = send
        self._news = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._rev: int | None = None
        self.position = 0
        """The lines up to this number were told."""
        self.kept = 0
        """The lines up to this number are on the other's disk."""
        self.last = 0
        """The newest line there is."""
        self._all_records = False

    def begin(self, hello: Hello, before: list[tuple[str, int]]) -> None:
        """Go on from what the other side has. ``before``: what this log was called."""
        published = self._household.published
        if hello.knows is not None and hello.knows[0] == published.epoch:
            rev = hello.knows[1]
            self._rev = rev if published.forgotten <= rev <= published.rev else None
        if hello.heard is None:
            self.all_records()  # people and rights first: a long history may take its time
        log, number = hello.heard if hello.heard is not None else (self._log, 0)
        if log != self._log:
            # It kept lines of this log under an earlier name. What came after the name's end is not in this log.
            ends = dict(before)
            self.all_records()
            number = min(number, ends.get(log, 0))
        self.position = self.kept = number
        self._news.set()

    def all_records(self) -> None:
        """Tell all records as they stand: lines of before are missing, here or there."""
        self._all_records = True

    def published(self, shown: Shown, state: bool) -> None:
        """Something was published."""
        if state:
            self._news.set()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(PACE, self._due)

    def soon(self) -> None:
        """Something was written."""
        self._news.set()

    def heard(self, number: int) -> None:
        """The lines up to this number are on the other's disk."""
        self.kept = max(self.kept, min(number, self.position))
        self._news.set()

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    async def run(self) -> None:
        """Tell, until cancelled. Raises what ``send`` raises, StoreError."""
        while True:
            self._news.clear()
            # A long history goes in portions, with what stands in between: a lamp must not wait for the past.
            await self._stand()
            if self._all_records:
                self._all_records = False
                await self._records()
            if await self._lines():
                continue
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK):
                    await self._news.wait()

    def _due(self) -> None:
        self._timer = None
        self._news.set()

    # What stands

    def _owns(self, path: str) -> bool:
        if path[0] == "@" or path.startswith("hub/") or whose(path.partition("/")[0]) is not None:
            return False  # what is one person's own stays where it is
        thing = self._household.house.things.get(path.partition("/")[0])
        return thing is None or thing.site == self._household.house.site

    async def _stand(self) -> None:
        published = self._household.published
        rev, whole = published.rev, self._rev is None
        if self._rev == rev:
            return
        found = list(published.snapshot(self._owns)) if whole else published.delta(self._owns, self._rev or 0)
        self._rev = rev
        shown = [one for one in found if one.gone_at is None and one.fact is not None]
        # What a thing is goes before its readings.
        shown.sort(key=lambda one: not one.path.endswith("/thing.info"))
        # With a thing all of it is gone, and what it no longer has its description does not name: they need no words.
        gone = [one.path for one in found if one.gone_at is not None and one.path.endswith("/thing.info")]
        facts: dict[str, Any] = {}
        size = 0
        for one in shown:
            text = encoded(one.fact)
            if facts and size + len(one.path) + len(text) > PART:
                await self._send(Told(rev, facts, [], whole, True))
                facts, size = {}, 0
            facts[one.path] = text
            size += len(one.path) + len(text)
        if facts or gone or whole:
            await self._send(Told(rev, facts, gone, whole))

    # What was written

    async def _lines(self) -> bool:
        """Tell one portion; whether there may be more."""
        household = self._household
        if self.position - self.kept > WINDOW:
            return False  # it goes on when some of them are kept
        if self.position >= self.last:
            await household.keeping.settle()
        portion = await household.store.own(self.position, PORTION)
        lost = portion.after > self.position
        self.last = portion.last
        if portion.upto <= self.position and not lost:
            return False
        if lost:
            self._all_records = True
        after = portion.after
        lines: list[tuple[int, Any]] = []
        size = 0
        for one in filter(self._concerns, portion.lines):
            text = encoded(one.row)
            if lines and size + len(text) > PART:
                await self._send(Lines(self._log, after, one.seq - 1, lines, lost))
                after, lines, size, lost = one.seq - 1, [], 0, False
            lines.append((one.seq, text))
            size += len(text)
        self.position = portion.upto
        await self._send(Lines(self._log, after, portion.upto, lines, lost))
        return True

    def _concerns(self, one: Logged) -> bool:
        """Whether a line is the other's business."""
        match one.row:
            case RecordRow(record):
                return record.collection not in LOCAL
            case CommandRow(command):
                with suppress(BadInput):
                    return self._household.house.foreign(split_path(command.path)[0]) is None
                return False
            case ThingRow():
                return False
            case EventRow(event):
                return (event.about or "").partition("/")[0].removeprefix("@") not in LOCAL
            case _:
                return True

    async def _records(self) -> None:
        found = [one for one in self._household.recording.durable() if one.collection not in LOCAL]
        part: list[Any] = []
        size = 0
        for record in found:
            text = encoded(record)
            if part and size + len(text) > PART:
                await self._send(Records(part))
                part, size = [], 0
            part.append(text)
            size += len(text)
        if part:
            await self._send(Records(part))
