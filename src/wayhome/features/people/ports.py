"""What the people feature needs of the household, as protocols."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Protocol

import msgspec

from wayhome.core.event import Event
from wayhome.core.record import Record
from wayhome.core.value import Context, Value
from wayhome.hub.ports import Clock, Ids, Vault


class Records(Protocol):
    """The household's records and events."""

    def records(self, collection: str) -> Mapping[str, Record]: ...

    def ever(self, collection: str) -> Collection[str]: ...

    async def write(self, collection: str, item: str, values: dict[str, Value], context: Context) -> Record: ...

    async def delete(self, collection: str, item: str, context: Context) -> None: ...

    async def tell(self, event: Event) -> None: ...


class Ports(msgspec.Struct, frozen=True):
    """The ports that every part of the door works with."""

    household: Records
    vault: Vault
    clock: Clock
    ids: Ids

    def context(self, actor: str) -> Context:
        """A fresh context: what follows was caused by ``actor`` at a door."""
        return Context(self.ids.ulid(), actor, None, "door")

    async def tell(self, name: str, context: Context, about: str | None = None, /, **data: Value) -> None:
        """Tell an event (past tense). Data that is None is left out."""
        plain: dict[str, Value] = {key: value for key, value in data.items() if value is not None}
        await self.household.tell(Event(name, self.clock.now(), context, about, plain))
