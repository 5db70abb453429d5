"""What stands with the things of another site, as it told last: taken into this household, shown, and kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from wayhome import log
from wayhome.core import driving, sited
from wayhome.core import thing as things
from wayhome.core.house import Announced, Change, Reported, Withdrawn, evolve, paths_of
from wayhome.core.thing import Thing
from wayhome.core.value import Reading
from wayhome.errors import HubError
from wayhome.hub.ports import ReadingRow as Latest
from wayhome.hub.ports import Row, StandsRow, ThingRow

if TYPE_CHECKING:
    from wayhome.hub.household import Household
    from wayhome.hub.moves import Moves

EARLY = 100
"""Of so many things what comes too early is put by."""
REFUSED = 100
"""So many refusals are remembered, for the operator; more are not even logged."""


class Standing:
    """The things of one other site. What it said of whether they answer counts only while it is heard."""

    def __init__(self, household: Household, site: str, moves: Moves) -> None:
        self._household = household
        self.site = site
        self._moves = moves
        self._early: dict[str, dict[str, tuple[Any, float]]] = {}
        """What it told of things that were not its own here yet, by thing and path, with the offset of then."""
        self.refused: list[str] = []
        self._answer: dict[str, bool] = {}
        self._heard = False
        self._present: set[str] = set()

    # The other site's word

    def take(self, told: Mapping[str, Any], gone: Iterable[str], offset: float) -> None:
        """Take in what it shows and what is gone. ``offset``: this hub's clock minus the other's, in s: times are
        told by this one's. What can't be is refused, and costs no more than itself."""
        rows: list[Row] = []
        for path, shown in told.items():
            if path.endswith(f"/{things.INFO}"):
                self._each(self._announce, path, shown, offset, rows)
        for path, shown in told.items():
            if not path.endswith(f"/{things.INFO}"):
                self._each(self._read, path, shown, offset, rows)
        for path in gone:
            if path.endswith(f"/{things.INFO}"):
                self._early.pop(path.partition("/")[0], None)
                self._withdraw(path.partition("/")[0], rows)
        if rows:
            self._household.keeping.keep(rows)

    def begin(self) -> None:
        """All of it is told anew, in parts."""
        self._present = set()

    def all_told(self) -> None:
        """That was all of it: what was not told is no more."""
        rows: list[Row] = []
        mine = [thing.id for thing in self._household.house.things.values() if thing.site == self.site]
        for thing_id in mine:
            if thing_id not in self._present:
                self._withdraw(thing_id, rows)
        if rows:
            self._household.keeping.keep(rows)

    def heard(self, heard: bool, at: float | None = None) -> None:
        """Whether the other site is there: while it is not, nobody knows whether its things answer. ``at``: its last
        word (s since 1970): what stands is of then, not of when it was missed."""
        self._heard = heard
        for thing in list(self._household.house.things.values()):
            if thing.site == self.site:
                self._show(thing.id, at)

    def let_go(self, thing_id: str) -> None:
        """A thing of it is another site's from now on."""
        self._answer.pop(thing_id, None)

    def put_by(self, thing: Thing) -> None:
        """A thing of it is another's from now on. What it told last is remembered, as it tells nothing twice: where it
        has the thing after all, by a later word, that counts again."""
        if len(self._early) >= EARLY:
            return
        house, now = self._household.house, self._household.clock.now()
        early = self._early.setdefault(thing.id, {})
        early[f"{thing.id}/{things.INFO}"] = [thing.info(), now], 0.0
        early[f"{thing.id}/{things.ONLINE}"] = [self._answer.get(thing.id, False), now], 0.0
        found = (house.readings.get(f"{thing.id}/{name}") for name in thing.signals)
        early.update({reading.path: (reading.shown(), 0.0) for reading in found if reading is not None})

    def take_up(self, thing_id: str) -> None:
        """A thing is its own from now on, or no other's: what it told of it before that was known here counts."""
        self.refused = [why for why in self.refused if thing_id not in why]
        if self._household.house.things.get(thing_id) is not None:
            self._show(thing_id)
        for path, (shown, offset) in self._early.pop(thing_id, {}).items():
            self.take({path: shown}, (), offset)

    # Inside

    def _each(self, take: Any, path: str, shown: Any, offset: float, rows: list[Row]) -> None:
        try:
            take(path, shown, offset, rows)
        except HubError as error:
            if error.detail not in self.refused and len(self.refused) < REFUSED:
                log.get("sites").warning("refused", site=self.site, why=error.detail)
                self.refused.append(error.detail)

    def _announce(self, path: str, shown: Any, offset: float, rows: list[Row]) -> None:
        household = self._household
        thing_id = path.partition("/")[0]
        if self._moved(path, shown, offset):
            return
        info = shown[0] if isinstance(shown, list) and shown else None
        thing = sited.thing_of(thing_id, info, household.house, self.site)
        before = household.house.things.get(thing_id)
        changes = sited.announce(household.house, self.site, thing)
        self._present.add(thing_id)
        for change in changes:
            evolve(household.house, change)
            rows.append(StandsRow(ThingRow(thing_id, thing)))
            if before is not None:
                household.vanish(f"{thing_id}/{name}" for name in before.signals.keys() - thing.signals.keys())
            household.own(path, thing.info())
        self._show(thing_id)
        if before is None:
            self._moves.known(thing_id)

    def _moved(self, path: str, shown: Any, offset: float) -> bool:
        """Whether this is of a thing that was moved, and is not this site's as far as is known here. The record of it
        comes by another way, and may be late here or there: what came too early is put by."""
        thing_id = path.partition("/")[0]
        thing = self._household.house.things.get(thing_id)
        if thing is None or thing.site == self.site:
            return False  # a later word may be on its way to the disk: until it is there it counts for nothing
        if path.endswith(f"/{things.INFO}") and len(self._early) < EARLY:
            self._early.setdefault(thing_id, {})
        early = self._early.get(thing_id)
        if early is not None and len(early) < things.MAX_SIGNALS + 16:
            early[path] = shown, offset
        return sited.owner(self._household.house, thing_id) is not None

    def _read(self, path: str, shown: Any, offset: float, rows: list[Row]) -> None:
        household = self._household
        if self._moved(path, shown, offset):
            return
        there = sited.reading_of(household.house, self.site, path, shown)
        thing_id, _, name = path.partition("/")
        if name == things.ONLINE:
            self._answer[thing_id] = there.value is True
            self._show(thing_id)
            return
        source = None if there.source_at is None else there.source_at + offset
        reading = Reading(path, there.value, there.at + offset, source, there.quality)
        signal = household.house.catalog.find(name)
        evolve(household.house, Reported(reading, True, True))
        household.show(reading, signal is None or signal.keep == "state")
        if name not in driving.OWN:
            rows.append(StandsRow(Latest(reading)))

    def _withdraw(self, thing_id: str, rows: list[Row]) -> None:
        household = self._household
        if self._moves.lends(thing_id):
            return
        changes: list[Change] = sited.withdraw(household.house, self.site, thing_id, household.clock.now())
        for change in changes:
            if isinstance(change, Withdrawn):
                evolve(household.house, change)
                household.vanish(paths_of(change.thing))
                rows.append(StandsRow(ThingRow(thing_id, None)))
            elif not isinstance(change, Announced):
                household.take([change])
        self._answer.pop(thing_id, None)
        if changes:
            self._moves.free(thing_id)

    def _show(self, thing_id: str, at: float | None = None) -> None:
        online = self._heard and self._answer.get(thing_id, False)
        path = f"{thing_id}/{things.ONLINE}"
        before = self._household.house.readings.get(path)
        if before is None or before.value is not online:
            self._household.own(path, online, at)
