"""Telling people of files: that something has changed, and what has come for their screens."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from wayhome.core.value import Value
from wayhome.features.files import model
from wayhome.features.files.model import CAME, NEWS, Offer
from wayhome.hub.group.wanted import GROWN
from wayhome.hub.running import Hub

EVERY = 0.5
"""While pieces come, those who wait for them hear of it at most so often, in s."""


def screens_of(hub: Hub) -> dict[str, Mapping[str, Value]]:
    """What the household's owners and members are signed in on, by id."""
    people, now = hub.household.records("person"), hub.household.clock.now()
    found: dict[str, Mapping[str, Value]] = {}
    for id, record in hub.household.records("device").items():
        values = record.values()
        person, until = people.get(str(values.get("person"))), values.get("until")
        if person is None or (isinstance(until, int | float) and until <= now):
            continue
        if person.values().get("role") in GROWN and values.get("role") in GROWN:
            found[id] = values
    return found


class Telling:
    """``all``: the files that there are."""

    def __init__(self, hub: Hub, all: Callable[[], Sequence[Offer]]) -> None:
        self._hub = hub
        self._all = all
        self._told: dict[str, float] = {}
        """When those who wait for a file heard of it last, by the steady clock."""
        self._shown: set[str] = set()
        """Where something is told that has come."""

    def came(self, offer: Offer) -> None:
        """A piece of it has come."""
        now = self._hub.household.clock.steady()
        if now - self._told.get(offer.id, -EVERY) >= EVERY:
            self._told[offer.id] = now
            self._news(self._people(offer))

    def changed(self, id: str, offer: Offer | None) -> None:
        """A file is another than before; None: it is gone, and whose it was besides its sender's is not known."""
        if offer is None:
            self._told.pop(id, None)
            people = self._hub.household.records("person").items()
            self._news(person for person, record in people if record.values().get("role") in GROWN)
        else:
            self._news(self._people(offer))
        self.tell(id)

    def tell(self, id: str | None = None) -> None:
        """Tell each person what has come for their screens and is not fetched yet; of one file, or of all."""
        screens = screens_of(self._hub)
        people = {device: str(values.get("person")) for device, values in screens.items()}
        wanted: dict[str, Value] = {}
        for one in self._all():
            if one.state != "whole" or one.removed is not None or (id is not None and one.id != id):
                continue
            thing = self._hub.household.house.things.get(one.via)
            name = thing.name if thing is not None else str(screens.get(one.by, {}).get("name") or "")
            for person, devices in model.audience(one, people).items():
                left: list[Value] = [device for device in devices if device not in one.got]
                if left:
                    wanted[f"{CAME}{person}:{one.id}"] = {"name": name, "to": left}
        gone = {path for path in self._shown if id is None or path.endswith(f":{id}")} - set(wanted)
        self._shown -= gone
        self._hub.household.vanish(gone)
        for path, value in wanted.items():
            shown = self._hub.household.published.find(path)
            if shown is None or shown.fact is None or shown.fact[0] != value:
                self._shown.add(path)
                self._hub.household.own(path, value)

    def _people(self, offer: Offer) -> set[str]:
        people = {device: str(values.get("person")) for device, values in screens_of(self._hub).items()}
        return {offer.person, *model.audience(offer, people)}

    def _news(self, people: Iterable[str]) -> None:
        now = self._hub.household.clock.now()
        for person in people:
            self._hub.household.own(NEWS + person, now)
