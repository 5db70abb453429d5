"""The household's truth, and how it evolves.

``wayhome.core.decide`` reads the house and returns changes (frozen values) or raises; it alters nothing.
``evolve`` applies one change and never refuses. The same changes in the same order always make the same house, so
a house can be rebuilt, replayed and run in a simulator. The maps of the house are written in place, by ``evolve``
only: copying them for each of a thousand readings a second would cost more than all the rest (docs/adr/0004).
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from wayhome.core import driving, grant
from wayhome.core import thing as things
from wayhome.core.catalog import Catalog, Signal
from wayhome.core.clock import Stamp
from wayhome.core.command import Command
from wayhome.core.ids import split_path
from wayhome.core.record import Record
from wayhome.core.thing import Thing
from wayhome.core.value import Reading
from wayhome.errors import NotFound

# What can change.


class Reported(msgspec.Struct, frozen=True):
    """A reading was taken. ``state``: it is a state (durable), not telemetry; ``news``: the value differs."""

    reading: Reading
    state: bool
    news: bool


class Commanded(msgspec.Struct, frozen=True):
    """A command came to a new state."""

    command: Command


class Recorded(msgspec.Struct, frozen=True):
    """A record has new content. ``clock`` is the site's clock after it."""

    record: Record
    clock: Stamp


class Announced(msgspec.Struct, frozen=True):
    """A thing is here, or is described anew."""

    thing: Thing


class Withdrawn(msgspec.Struct, frozen=True):
    """A thing is gone, with its readings."""

    thing: Thing


type Change = Reported | Commanded | Recorded | Announced | Withdrawn


class House:
    """One household's things, latest readings, open commands and records."""

    def __init__(self, catalog: Catalog, node: str) -> None:
        self.catalog = catalog
        self.clock = Stamp(0, 0, node)
        self.things: dict[str, Thing] = {}
        self.readings: dict[str, Reading] = {}
        self.open: dict[str, Command] = {}
        """Open commands by key."""
        self.wishes: dict[str, Command] = {}
        """The newest open command of each path."""
        self.records: dict[str, dict[str, Record]] = {}
        """By collection and id; deleted ones too."""

    @property
    def site(self) -> str:
        """The site whose house this is: the one writer of the readings of its things."""
        return self.clock.node

    def owned(self) -> list[Thing]:
        """The things of this site."""
        return [thing for thing in self.things.values() if thing.site == self.site]

    def foreign(self, thing_id: str) -> Thing | None:
        """The thing, where it is of another site."""
        thing = self.things.get(thing_id)
        return thing if thing is not None and thing.site != self.site else None

    def signal(self, path: str) -> Signal:
        """The catalogue's entry for a path. Raises BadInput for unknown signals, NotFound for unknown things."""
        thing_id, name = split_path(path)
        if thing_id not in self.things:
            raise NotFound(f"there is no thing {thing_id!r}")
        return self.catalog.signal(name)

    def record(self, collection: str, item: str) -> Record | None:
        return self.records.get(collection, {}).get(item)

    def grants(self) -> list[grant.Grant]:
        """All grants that stand, from the records of collection ``grant``."""
        return [
            msgspec.convert({"id": record.id, **record.values()}, grant.Grant)
            for record in self.records.get("grant", {}).values()
            if not record.gone
        ]


def evolve(house: House, change: Change) -> None:
    """Apply one change."""
    match change:
        case Reported(reading):
            house.readings[reading.path] = reading
        case Commanded(command):
            _evolve_command(house, command)
        case Recorded(record, clock):
            house.records.setdefault(record.collection, {})[record.id] = record
            if clock > house.clock:
                # Of a stamp that another site made only the time is taken: this one goes on writing in its own name.
                house.clock = Stamp(clock.wall, clock.count, house.clock.node)
        case Announced(thing):
            before = house.things.get(thing.id)
            if before is not None:
                for name in before.signals.keys() - thing.signals.keys():
                    house.readings.pop(f"{thing.id}/{name}", None)
            house.things[thing.id] = thing
        case Withdrawn(thing):
            house.things.pop(thing.id, None)
            for name in paths_of(thing):
                house.readings.pop(name, None)


def _evolve_command(house: House, command: Command) -> None:
    if command.open:
        house.open[command.key] = command
        house.wishes[command.path] = command
        return
    house.open.pop(command.key, None)
    wish = house.wishes.get(command.path)
    if wish is not None and wish.key == command.key:
        del house.wishes[command.path]


def paths_of(thing: Thing) -> Iterable[str]:
    """Every path that a thing can have readings at, the hub's own among them."""
    return (f"{thing.id}/{name}" for name in (*thing.signals, things.INFO, things.ONLINE, *driving.OWN))
