"""The notices that are kept: the newest 200 of 30 days, in as many records that are written over and over."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

import msgspec

from wayhome import log
from wayhome.core.value import Context, Value
from wayhome.errors import HubError
from wayhome.features.notices import model
from wayhome.features.notices.conditions import Condition
from wayhome.features.notices.model import Notice
from wayhome.hub.running import Hub


class Shelf:
    """Notices by where they are kept. What stands is shown at ``@now/…``; who has seen it by marks that tell nobody
    else who that was."""

    def __init__(self, hub: Hub, secret: bytes) -> None:
        self._hub = hub
        self._secret = secret
        self._kept: dict[str, Notice] = model.notices(hub.household.records(model.NOTICE))
        self._writing: set[asyncio.Task[None]] = set()
        self._shown: dict[str, str] = {}
        """Which slot is shown at a path."""
        self._latest: dict[tuple[str, str], str] = {}
        """The slot of the last notice of a kind and key. By the order in which they came: their times are of a clock
        that may have been set back."""
        for slot, notice in sorted(self._kept.items(), key=lambda item: (item[1].until is None, item[1].at)):
            self._latest[notice.kind, str(notice.values.get("key"))] = slot
            if notice.until is None:
                self._show(slot, notice)

    def all(self) -> list[Notice]:
        """Newest first."""
        return sorted(self._kept.values(), key=lambda notice: (notice.at, notice.id), reverse=True)

    def standing(self) -> list[Notice]:
        return [notice for notice in self._kept.values() if notice.until is None]

    def mark(self, person: str) -> str:
        """By what it is told who has seen a notice, to whoever may see the notice but not who lives here."""
        return hmac.digest(self._secret, person.encode(), hashlib.sha256).hex()[:12]

    def begin(self, condition: Condition) -> Notice:
        """A new notice. The one it follows, if that still stands, is over."""
        now = self._hub.household.clock.now()
        self.over(condition.kind, condition.key)
        about = condition.about
        values = {**condition.values, "key": condition.key}
        notice = Notice(self._hub.ids.ulid().lower(), condition.kind, condition.thing, about, now, values)
        slot = self._free()
        self._latest[condition.kind, condition.key] = slot
        self._put(slot, notice)
        return notice

    def again(self, condition: Condition) -> Notice | None:
        """It is so once more: the same notice counts on. None: it was let go meanwhile. Whoever rings again after
        somebody has seen it is still waiting; what flickers is not."""
        found = self._newest(condition.kind, condition.key)
        if found is None:
            return None
        slot, notice = found
        seen = {} if notice.kind == "doorbell" else notice.seen
        notice = msgspec.structs.replace(notice, until=None, count=min(notice.count + 1, 999_999), seen=seen)
        self._put(slot, notice)
        return notice

    def differs(self, condition: Condition) -> bool:
        """Whether the notice stands and tells what is another by now."""
        found = self._newest(condition.kind, condition.key)
        values = {**condition.values, "key": condition.key}
        return found is not None and found[1].until is None and found[1].values != values

    def change(self, condition: Condition) -> None:
        """It tells what is so now."""
        found = self._newest(condition.kind, condition.key)
        if found is None:
            return
        slot, notice = found
        values = {**condition.values, "key": condition.key}
        self._hide(slot, notice)
        self._put(slot, msgspec.structs.replace(notice, values=values, about=condition.about))

    def over(self, kind: str, key: str) -> Notice | None:
        """Its cause is over."""
        found = self._newest(kind, key)
        if found is None or found[1].until is not None:
            return None
        slot, notice = found
        notice = msgspec.structs.replace(notice, until=max(notice.at, self._hub.household.clock.now()))
        self._put(slot, notice)
        return notice

    def see(self, person: str, ids: Iterable[str]) -> Coroutine[Any, Any, None]:
        """The person has seen these; done once durable."""
        now = self._hub.household.clock.now()
        wanted = set(ids)
        writes: list[asyncio.Task[None]] = []
        for slot, notice in list(self._kept.items()):
            if notice.id in wanted and person not in notice.seen and len(notice.seen) < model.MAX_SEEN:
                seen = {**notice.seen, person: now}
                notice = msgspec.structs.replace(notice, seen=seen)
                self._kept[slot] = notice
                if notice.until is None:
                    self._show(slot, notice)
                writes.append(self._begun(self._write(slot, {"seen": {**seen}})))

        async def written() -> None:
            for write in writes:
                await asyncio.shield(write)

        return written()

    # Push

    def owe(self, id: str, devices: Iterable[str]) -> None:
        """These devices are to be told of a notice."""
        self._owed(id, lambda _: tuple(devices))

    def paid(self, id: str, device: str) -> None:
        """Nothing more will come of telling this device."""
        self._owed(id, lambda owed: tuple(one for one in owed if one != device))

    def matters(self, id: str, person: str) -> bool:
        """Whether a notice still stands that the person has not seen."""
        return any(n.id == id and n.until is None and person not in n.seen for n in self._kept.values())

    def _owed(self, id: str, change: Callable[[tuple[str, ...]], tuple[str, ...]]) -> None:
        found = next(((slot, notice) for slot, notice in self._kept.items() if notice.id == id), None)
        if found is None:
            return
        slot, notice = found
        owed = change(notice.owed)
        if owed != notice.owed:
            self._kept[slot] = msgspec.structs.replace(notice, owed=owed)
            self._begun(self._safely(self._write(slot, {"owed": [*owed]})))

    # Time

    async def let_go(self) -> None:
        """What is older than 30 days goes, unless it is still so: a clock that is set ahead must not hide that it
        burns."""
        limit = self._hub.household.clock.now() - model.KEPT_FOR
        for slot, notice in list(self._kept.items()):
            if notice.at < limit and notice.until is not None:
                self._leave(slot, notice)
                del self._kept[slot]
                await self._hub.household.delete(model.NOTICE, slot, self._context())

    # Inside

    def _newest(self, kind: str, key: str) -> tuple[str, Notice] | None:
        slot = self._latest.get((kind, key))
        return None if slot is None else (slot, self._kept[slot])

    def _free(self) -> str:
        """Where the next notice is kept: a place that is free, else that of the oldest that is over."""
        if len(self._kept) < model.KEPT:
            return next(slot for n in range(model.KEPT) if (slot := f"n{n:03}") not in self._kept)
        slot, oldest = min(self._kept.items(), key=lambda item: (item[1].until is None, item[1].at, item[1].id))
        self._leave(slot, oldest)
        return slot

    def _leave(self, slot: str, notice: Notice) -> None:
        """A notice makes room."""
        self._hide(slot, notice)
        key = (notice.kind, str(notice.values.get("key")))
        if self._latest.get(key) == slot:
            del self._latest[key]

    def _put(self, slot: str, notice: Notice) -> None:
        self._kept[slot] = notice
        if notice.until is None:
            self._show(slot, notice)
        else:
            self._hide(slot, notice)
        fields: dict[str, Value] = {name: getattr(notice, name) for name in Notice.__struct_fields__}
        fields["values"], fields["seen"], fields["owed"] = {**notice.values}, {**notice.seen}, [*notice.owed]
        self._begun(self._safely(self._write(slot, fields)))

    def _begun(self, write: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """A write, begun at once: who writes the same record next must not be overtaken."""
        writing = asyncio.Task(write, loop=asyncio.get_running_loop(), eager_start=True)
        self._writing.add(writing)
        writing.add_done_callback(self._writing.discard)
        return writing

    async def _write(self, slot: str, fields: dict[str, Value]) -> None:
        await self._hub.household.write(model.NOTICE, slot, fields, self._context())

    async def _safely(self, write: Coroutine[Any, Any, None]) -> None:
        # Smoke is told of with a full disk too: what stands is shown, whatever comes of keeping it.
        try:
            await write
        except HubError as error:
            log.get("notices").error("cannot keep a notice", detail=error.detail)

    def _show(self, slot: str, notice: Notice) -> None:
        values = {name: value for name, value in notice.values.items() if name != "key"}
        self._shown[notice.path] = slot
        self._hub.household.own(
            notice.path,
            {
                "id": notice.id,
                "kind": notice.kind,
                "priority": notice.priority,
                "thing": notice.thing,
                "at": notice.at,
                "count": notice.count,
                "values": values,
                "seen": [self.mark(person) for person in notice.seen],
            },
        )

    def _hide(self, slot: str, notice: Notice) -> None:
        if self._shown.get(notice.path) == slot:
            del self._shown[notice.path]
            self._hub.household.vanish([notice.path])

    def _context(self) -> Context:
        return self._hub.context("hub:notices")
