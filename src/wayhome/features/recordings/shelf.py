"""The recordings of a household, by what lies beside each film. Nothing of them is in the household's log: one that is
deleted leaves nothing behind."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

import msgspec

from wayhome import log
from wayhome.errors import HubError, NotFound, StoreError
from wayhome.features.recordings import mending, model, mp4, taking
from wayhome.features.recordings.model import Recording, RecordingRules
from wayhome.hub.ports import Clock, Footage

OWNER = "household.json"
"""The file that says whose recordings they are: no backup takes them along, so another household may come to them."""
DAY = 86_400.0
SET = 3600.0
"""A clock that goes otherwise than time by more, in s, was set."""


class Shelf:
    """All that is kept, in order of time."""

    def __init__(self, footage: Footage, clock: Clock) -> None:
        self.footage = footage
        self.changed = 0
        """How often anything of it has changed."""
        self._clock = clock
        self._kept: dict[str, Recording] = {}
        self._order: list[Recording] | None = None
        self._ahead: float | None = None
        """The clock on the wall minus the steady one, when it was last looked at, in s."""
        self._undated = float("-inf")
        """Until then, by the steady clock, nothing goes for its age: the clock on the wall was set."""
        self._changing = asyncio.Lock()
        """One change at a time: each takes a while on the disk, and would be made of what was before another."""

    # Whose it is

    async def whose(self) -> set[str]:
        """What the logs of the household were called that all of this is of; none: nobody has said it. Raises
        StoreError."""
        try:
            return set(msgspec.json.decode(await self.footage.read(OWNER, 0, 65_536), type=list[str]))
        except (NotFound, msgspec.DecodeError):
            return set()

    async def belong(self, names: Iterable[str]) -> None:
        """Note that. Raises StoreError."""
        await self.footage.write(OWNER, msgspec.json.encode(sorted(names)))

    async def forget_all(self) -> None:
        """Delete everything, also what was to stay. Raises StoreError."""
        for one in list(self._kept.values()):
            await self._let_go(one)

    # Finding

    async def open(self) -> None:
        """Find what is there, and end what broke off when the hub did. Raises StoreError."""
        names = await self.footage.names()
        for name in names:
            id, _, kind = name.partition(".")
            if name == OWNER:
                continue
            if kind == "json":
                try:
                    await self._find(id, names)
                except (StoreError, NotFound) as error:
                    log.get("recordings").warning("cannot read a recording", id=id, detail=error.detail)
            elif f"{id}.json" not in names:
                await self.footage.delete(name)

    async def _find(self, id: str, names: dict[str, int]) -> None:
        try:
            recording = msgspec.json.decode(await self.footage.read(f"{id}.json", 0, 65_536), type=Recording)
        except msgspec.DecodeError:
            return
        if recording.id != id:
            return
        if recording.deleted is not None or recording.film not in names:
            await taking.forget(self.footage, recording)
            return
        if recording.end is None:
            mended = await self._mend(recording)
            if mended is None:
                await taking.forget(self.footage, recording)
                return
            recording = mended
        self.put(recording)

    async def _mend(self, recording: Recording) -> Recording | None:
        """End the film of a recording that broke off; None: nothing of it can be played."""

        async def read(at: int, size: int) -> bytes:
            return await self.footage.read(recording.film, at, size)

        found = await mending.look(read)
        if found.ended is not None:
            recording = msgspec.structs.replace(recording, end=recording.start + found.ended, size=found.size)
            await self.footage.write(recording.card, msgspec.json.encode(recording))
            return recording
        if found.track is None or not found.chunks:
            return None
        await self.footage.cut(recording.film, found.size)
        ticks = mp4.duration(found.chunks)
        recording = msgspec.structs.replace(
            recording,
            end=recording.start + ticks / mp4.SCALE,
            size=found.size,
            width=found.track.width,
            height=found.track.height,
            cut=True,
        )
        try:
            return await taking.close(self.footage, recording, found.track, list(found.chunks), found.size)
        except StoreError as error:
            log.get("recordings").warning("cannot end a recording yet", id=recording.id, detail=error.detail)
            return recording  # it can be played as it is

    def put(self, recording: Recording) -> None:
        """Take one in, or what has changed of it."""
        self._kept[recording.id] = recording
        self._order = None
        self.changed += 1

    def find(self, id: str) -> Recording:
        """Raises NotFound."""
        found = self._kept.get(id)
        if found is None or found.deleted is not None:
            raise NotFound("there is no such recording for you", advice="It may have been deleted meanwhile.")
        return found

    def newest_first(self) -> list[Recording]:
        """All that are not waiting to be deleted."""
        if self._order is None:
            found = sorted(self._kept.values(), key=lambda one: (one.start, one.id), reverse=True)
            self._order = [one for one in found if one.deleted is None]
        return self._order

    def size(self) -> int:
        """What they take, in bytes."""
        return sum(one.size for one in self._kept.values())

    def kept_size(self) -> int:
        """What those take that stay."""
        return sum(one.size for one in self._kept.values() if one.kept)

    # Changing

    async def _change(self, id: str, was_deleted: bool, **more: Any) -> Recording | None:
        """Keep what has changed of one, as it is now; None: it has gone meanwhile. Raises StoreError."""
        async with self._changing:
            one = self._kept.get(id)
            if one is None or (one.deleted is not None) != was_deleted:
                return None
            changed = msgspec.structs.replace(one, **more)
            await self.footage.write(changed.card, msgspec.json.encode(changed))
            self.put(changed)
            return changed

    async def keep(self, id: str, on: bool) -> Recording:
        """Let one stay, or no more. Raises NotFound, StoreError."""
        changed = await self._change(id, False, kept=on)
        if changed is None:
            raise NotFound("there is no such recording for you", advice="It may have been deleted meanwhile.")
        return changed

    async def delete(self, recordings: Iterable[Recording]) -> None:
        """Take them out: for a minute they can be put back. Raises StoreError."""
        now = self._clock.now()
        for one in recordings:
            await self._change(one.id, False, deleted=now)

    async def put_back(self, ids: Iterable[str]) -> list[Recording]:
        """Those of them that still can be. Raises StoreError."""
        return [one for id in ids if (one := await self._change(id, True, deleted=None)) is not None]

    def deleted(self, id: str) -> Recording | None:
        """One that waits to be deleted."""
        found = self._kept.get(id)
        return found if found is not None and found.deleted is not None else None

    async def _let_go(self, seen: Recording) -> bool:
        """Delete one for good, unless something of it has changed since it was seen. Raises StoreError: then it is
        there, and counts, as before."""
        async with self._changing:
            if self._kept.get(seen.id) is not seen:
                return False
            await taking.forget(self.footage, seen)
            self._kept.pop(seen.id, None)
            self._order = None
            self.changed += 1
            return True

    async def trim(self, rules: RecordingRules) -> None:
        """Let go what has been deleted, is too old, takes more than its share, or stands in the way of the household's
        own data; the oldest first, and never what is to stay. Raises StoreError."""
        now, dated = self._clock.now(), self._dated()
        for one in [one for one in self._kept.values() if one.deleted is not None]:
            if not 0 <= now - (one.deleted or 0.0) < model.UNDO:
                await self._let_go(one)
        disk = await asyncio.to_thread(self.footage.disk)
        most, floor = disk.size * rules.share // 100, floor_of(disk.size)
        total, free = self.size(), disk.free
        for one in reversed(list(self.newest_first())):
            if one.kept:
                continue
            if (not dated or now - one.start < rules.days * DAY) and total <= most and free >= floor:
                if now >= one.start:
                    break
                continue
            if await self._let_go(one):
                total, free = total - one.size, free + one.size

    def _dated(self) -> bool:
        """Whether what is old may go for its age: not for a day after the clock was set by more than an hour. A clock
        that went astray must not cost a week of recordings, nor one that is set right those of before."""
        ahead, steady = self._clock.now() - self._clock.steady(), self._clock.steady()
        if self._ahead is not None and abs(ahead - self._ahead) > SET:
            self._undated = steady + DAY
        self._ahead = ahead
        return steady >= self._undated

    async def room(self, rules: RecordingRules) -> HubError | None:
        """Why there is no room for another recording; None: there is. Raises StoreError."""
        disk = await asyncio.to_thread(self.footage.disk)
        if disk.free < floor_of(disk.size):
            return StoreError("the disk is full", advice="Free disk space on the hub's machine.")
        if self.kept_size() >= disk.size * rules.share // 100:
            return StoreError(
                "what is to stay takes all the room that recordings have",
                advice="Let some of it go, or give recordings more of the disk.",
            )
        return None


def floor_of(size: int) -> float:
    """So many bytes of a disk stay free."""
    return min(model.FLOOR, size * model.FLOOR_SHARE)
