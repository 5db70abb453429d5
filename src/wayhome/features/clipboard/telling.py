"""Telling a person's other screens that a text is there: on those that are open, and by push on the others. What it
says is told to nobody: only who opens the entry reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wayhome.core.value import Context, Value
from wayhome.errors import Conflict, NotFound
from wayhome.features.clipboard import model
from wayhome.features.clipboard.model import ALL, CAME, COLLECTION, GOT, SCREEN, Entry
from wayhome.hub.group.wanted import GROWN
from wayhome.hub.running import Hub


class Telling:
    """What stands at ``@came_text/PERSON:ENTRY``: ``{"name", "to"}``, the sending screen's name and who is told."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._shown: dict[str, str] = {}
        """Where something is told, by the entry's id."""

    def screens(self, person: str) -> dict[str, Mapping[str, Value]]:
        """What a person is signed in on and takes part, by id."""
        household = self._hub.household
        now, off = household.clock.now(), household.records(SCREEN)
        found: dict[str, Mapping[str, Value]] = {}
        for id, record in household.records("device").items():
            values = record.values()
            until = values.get("until")
            if isinstance(until, int | float) and until <= now:
                continue
            mine = values.get("person") == person and values.get("role") in GROWN
            if mine and model.takes_part(off, id):
                found[id] = values
        return found

    async def tell(self, person: str, device: str | None, entry: Entry, phones: bool, context: Context) -> int:
        """Tell a person's other screens of an entry, or their phones alone; how many. Raises Conflict, NotFound,
        StoreError."""
        if entry.brief:
            raise Conflict("this is gone before anybody could look", advice="Put it in for longer.")
        if entry.owner != person:
            raise Conflict("this is for everybody", advice="Put it in for yourself, and tell your screens then.")
        screens = self.screens(person)
        to = [id for id, one in screens.items() if id != device and (one.get("kind") == "phone" or not phones)]
        if not to:
            what = "phone" if phones else "other screen"
            raise NotFound(f"none of yours that takes part is a {what}", advice="Sign in on it, with Wayhome open.")
        values: dict[str, Value] = {"to": [*sorted(to)], **{f"{GOT}{one}": None for one in entry.got}}
        await self._hub.household.write(COLLECTION, entry.id, values, context)
        return len(to)

    async def got(self, device: str, entry: Entry, context: Context) -> None:
        """A screen that was told has shown it. Raises StoreError."""
        if device in entry.to and device not in entry.got:
            values: dict[str, Value] = {f"{GOT}{device}": self._hub.household.clock.now()}
            await self._hub.household.write(COLLECTION, entry.id, values, context)

    def changed(self, id: str, entry: Entry | None) -> None:
        """An entry is another one than before; None: it is gone."""
        left: list[Value] = []
        name = ""
        if entry is not None and entry.owner != ALL and entry.to:
            screens = self.screens(entry.owner)
            left = [one for one in entry.to if one in screens and one not in entry.got]
            name = str(screens.get(entry.by, {}).get("name") or "")
        path = f"{CAME}{id.partition(':')[0]}:{id}"
        if left:
            told: dict[str, Value] = {"name": name, "to": left}
            shown = self._hub.household.published.find(path)
            self._shown[id] = path
            if shown is None or shown.fact is None or shown.fact[0] != told:
                self._hub.household.own(path, told)
        elif self._shown.pop(id, None) is not None:
            self._hub.household.vanish([path])

    def all(self, entries: Sequence[Entry]) -> None:
        """Look at all of them: who is signed in, or takes part, has changed."""
        there = {one.id: one for one in entries}
        for id in {*self._shown, *(one.id for one in entries if one.to)}:
            self.changed(id, there.get(id))
