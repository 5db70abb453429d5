"""What each person chose. Which apps somebody has is nobody's business: the record is sealed by the hub, as a member of
the group."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import msgspec

from wayhome.core.record import Record
from wayhome.core.value import Context
from wayhome.features.notifications.model import CHOICE
from wayhome.features.notifications.rules import UNOPENED, Rules
from wayhome.hub.group.group import group
from wayhome.hub.group.sealer import Sealer
from wayhome.hub.running import Hub
from wayhome.hub.watcher import OfRecords
from wayhome.sealing.keys import data


class Choices(OfRecords):
    """A watcher of the household."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._sealer = Sealer(hub, CHOICE)
        self._read: dict[str, Rules] = {}
        self.changed: Callable[[str], None] = lambda person: None

    def of(self, person: str) -> Rules:
        """What was not chosen is as it comes; what can't be opened is ``UNOPENED``."""
        known = self._read.get(person)
        if known is not None:
            return known
        record = self._hub.household.records(CHOICE).get(person)
        frame = record.values().get("frame") if record is not None else None
        if not isinstance(frame, str):
            return Rules()
        with suppress(ValueError, msgspec.MsgspecError):
            opened = group(self._hub).opened(CHOICE, person, data(frame))
            if opened is not None:
                self._read[person] = msgspec.json.decode(opened, type=Rules)
                return self._read[person]
        return UNOPENED

    async def keep(self, person: str, rules: Rules, context: Context) -> None:
        """Done once durable. Raises Conflict where this hub can't seal yet."""
        await self._hub.household.write(CHOICE, person, {"frame": self._sealer.sealed(person, rules)}, context)

    # Watching

    def recorded(self, record: Record) -> None:
        if record.collection == CHOICE:
            self._read.pop(record.id, None)
            self.changed(record.id)
        elif record.collection == "person" and record.gone and record.id in self._hub.household.records(CHOICE):
            context = self._hub.context("hub:notifications")
            self._hub.soon_run(self._hub.household.delete(CHOICE, record.id, context))
