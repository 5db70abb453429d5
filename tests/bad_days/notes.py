"""A feature for the simulator: notes that are written, and stories that are told."""

from __future__ import annotations

import msgspec

from wayhome.core.event import Event
from wayhome.hub.feature import Feature
from wayhome.hub.operations import operation
from wayhome.hub.session import Session


class Note(msgspec.Struct):
    id: str
    fields: dict[str, str]
    key: str | None = None
    ttl: float | None = None


class Story(msgspec.Struct):
    name: str


class Done(msgspec.Struct):
    done: bool = True


@operation("note.write")
async def write(session: Session, data: Note) -> Done:
    """Write a note."""
    await session.hub.household.write("note", data.id, dict(data.fields), session.context())
    return Done()


@operation("note.tell")
async def tell(session: Session, data: Story) -> Done:
    """Tell what happened."""
    await session.hub.household.tell(Event(data.name, session.hub.household.clock.now(), session.context()))
    return Done()


NOTES = Feature("note", (write, tell))
